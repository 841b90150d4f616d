"""Every small change of the rules: a threshold one step off, a comparison turned round, a part left out.

A condition that is written once and used by several rules is changed once, in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.engine.conditions import ABSENT, AtLeast, Check, Condition, Not, parts
from app.engine.describe import words
from app.engine.facts import Quantity
from app.engine.rules import Rule
from app.engine.ruleset import Ruleset
from app.knowledge.ruleset import POSTOP_LUMBAR

TURNED = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}
STEPS = {"points": 0.5, "°C": 0.1}
"""The step of a scale by its unit; 1 where none is named. Pain takes half points (dossier 2.1)."""
WHOLE_STEP = 1
SCORES = {fact.name for fact in POSTOP_LUMBAR.facts if isinstance(fact, Quantity) and fact.unit == "points"}
"""Points that a case gives as one number are sums of items; pain comes as a series."""
OFF, ROUND, OUT = "threshold moved", "comparison turned round", "part left out"
KINDS = (OFF, ROUND, OUT)
Change = tuple[Condition, str, str]
"""The changed condition, the kind of change and its words."""


@dataclass(frozen=True)
class Mutant:
    """One change, with the conditions that rules have under it, by the rule's id; the first rule names it."""

    rule: Rule
    when: Mapping[str, Condition]
    kind: str
    change: str

    def __str__(self) -> str:
        return f"{self.rule.id} | {self.kind} | {self.change}"


def mutants(ruleset: Ruleset) -> Iterator[Mutant]:
    """All of them, in the order of the rules; a change that leaves every rule as it was is none."""
    users: dict[int, tuple[Condition, dict[str, Rule]]] = {}
    for rule in ruleset.rules:
        for part in parts(rule.when):
            users.setdefault(id(part), (part, {}))[1][rule.id] = rule
    seen: set[tuple[tuple[str, Condition], ...]] = set()
    for part, rules in users.values():
        for changed, kind, change in changes(part):
            when = {name: swapped(rule.when, part, changed) for name, rule in rules.items()}
            key = tuple(when.items())
            if key not in seen and any(when[name] != rule.when for name, rule in rules.items()):
                seen.add(key)
                yield Mutant(next(iter(rules.values())), when, kind, change)


def swapped(condition: Condition, part: Condition, changed: Condition) -> Condition:
    """The condition with another one in the place of that part: the very same object, not an equal one."""
    if condition is part:
        return changed
    match condition:
        case Not(of):
            inner = swapped(of, part, changed)
            return condition if inner is of else Not(inner)
        case AtLeast(k, of, label):
            each = tuple(swapped(one, part, changed) for one in of)
            same = all(one is other for one, other in zip(each, of, strict=True))
            return condition if same else AtLeast(k, each, label)
    return condition


def changes(condition: Condition) -> Iterator[Change]:
    """What can be changed in the condition itself, not in its parts."""
    if isinstance(condition, Check):
        yield from _check_changes(condition)
    if isinstance(condition, AtLeast):
        yield from _left_out(condition)


def _check_changes(check: Check) -> Iterator[Change]:
    said = words(check)
    if check.op in TURNED and isinstance(check.fact, Quantity):
        step = WHOLE_STEP if check.fact.name in SCORES else STEPS.get(check.fact.unit, WHOLE_STEP)
        for value in (check.value - step, check.value + step):
            moved = replace(check, value=round(value, 4), threshold=None)
            yield moved, OFF, f"{said}: {value:g} in place of {check.value:g}"
        yield replace(check, op=TURNED[check.op]), ROUND, said
    elif check.op == ABSENT or not isinstance(check.value, bool):
        yield Not(check), ROUND, said
    else:
        yield replace(check, value=not check.value), ROUND, said


def _left_out(condition: AtLeast) -> Iterator[Change]:
    """Without one of the parts: as many must hold as before of an "any of", one fewer of an "all of"."""
    k, of = condition.k, condition.of
    if len(of) > 1:
        for i, part in enumerate(of):
            rest = (*of[:i], *of[i + 1 :])
            where = f" from {condition.label}" if condition.label else ""
            yield AtLeast(k - 1 if k == len(of) else k, rest, condition.label), OUT, f"{words(part)}{where}"
