"""A ruleset as one straight-line Python function: each fact read once, each shared part run once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.calculate import Calculation
from app.engine.conditions import ABSENT, OPERATORS, AtLeast, Check, Condition, Fact, Not, parts_of
from app.engine.explain import TRUTHS
from app.engine.facts import Codes, Series
from app.engine.rules import Decision
from app.engine.ruleset import Ruleset, conditions
from app.engine.truth import Truth

OPEN = -1
NONE_HOLDS = -2
"""What a decision comes to besides the place of the rule that decided."""

Run = Callable[[Mapping[str, Any]], tuple[tuple[int, ...], tuple[int, ...], tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Program:
    """The compiled ruleset.

    ``run`` maps facts to the truth (0, 1 or 2) of every condition, parts included, the rule that decided each
    decision (or OPEN, NONE_HOLDS), and the derived facts. By place: ``conditions`` are all conditions,
    ``parts`` the places of a condition's parts, ``asked`` the fact that a single question is about.
    """

    ruleset: Ruleset
    run: Run
    place: Mapping[Condition, int]
    conditions: tuple[Condition, ...]
    parts: tuple[tuple[int, ...], ...]
    asked: tuple[Fact | None, ...]
    rule_place: tuple[int, ...]
    place_of_rule: Mapping[str, int]
    decisions: tuple[str, ...]
    derived: tuple[str, ...]
    given_series: frozenset[str]
    derived_series: frozenset[str]
    codes: frozenset[str]
    source: str


def compile_ruleset(ruleset: Ruleset) -> Program:
    """Write the ruleset's steps out as one function and compile it."""
    writer = _Writer()
    for step in ruleset.steps:
        for condition in conditions(step):
            writer.condition(condition)
        if isinstance(step, Calculation):
            writer.calculation(step)
        elif isinstance(step, Decision):
            writer.decision(step)
    derived = tuple(fact.name for fact in ruleset.derived)
    given_series = frozenset(fact.name for fact in ruleset.facts if isinstance(fact, Series))
    derived_series = frozenset(fact.name for fact in ruleset.derived if isinstance(fact, Series))
    codes = frozenset(fact.name for fact in (*ruleset.facts, *ruleset.derived) if isinstance(fact, Codes))
    decisions = tuple(decision.id for decision in ruleset.decisions)
    source = writer.source([f"{name}_" for name in derived], len(decisions))
    place = {condition: place for place, condition in enumerate(writer.names)}
    rule_place = tuple(place[rule.when] for rule in ruleset.rules)
    place_of_rule = dict(zip((rule.id for rule in ruleset.rules), rule_place, strict=True))
    parts = tuple(tuple(place[part] for part in parts_of(condition)) for condition in place)
    asked = tuple(condition.fact if isinstance(condition, Check) else None for condition in place)
    return Program(
        ruleset,
        writer.compiled(source),
        place,
        tuple(place),
        parts,
        asked,
        rule_place,
        place_of_rule,
        decisions,
        derived,
        given_series,
        derived_series,
        codes,
        source,
    )


def compile_condition(condition: Condition) -> Callable[[Mapping[str, Any]], Truth]:
    """One condition alone, for calculations that ask a rule's question of every reading."""
    writer = _Writer()
    name = writer.condition(condition)
    body = "\n    ".join(["def run(facts):", *writer.lines, f"return {name}"])
    run = writer.compiled(body)
    return lambda facts: TRUTHS[run(facts)]


class _Writer:
    """Writes lines of Python. Only identifiers and numbers are written out; other values are passed in."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: list[Any] = []
        self.names: dict[Condition, str] = {}
        self._facts: set[str] = set()
        self._decisions = 0

    def source(self, derived: Iterable[str], decisions: int) -> str:
        truths = _tuple(self.names.values())
        decided = _tuple(f"d{i}" for i in range(decisions))
        returned = f"return {truths}, {decided}, {_tuple(derived)}"
        return "\n    ".join(["def run(facts):", *self.lines, returned])

    def compiled(self, source: str) -> Callable[..., Any]:
        return _function(source, {f"k{i}": constant for i, constant in enumerate(self.constants)})

    def condition(self, condition: Condition) -> str:
        if condition not in self.names:
            expression = self._expression(condition)
            self.names[condition] = f"t{len(self.names)}"
            self.lines.append(f"{self.names[condition]} = {expression}")
        return self.names[condition]

    def calculation(self, calculation: Calculation) -> None:
        inputs = {name: self._read(name) for name in calculation.takes}
        guard = " and ".join(
            f"{inputs[name]} is not None" for name in calculation.takes if name in calculation.needs
        )
        call = (
            f"{self._constant(calculation.work_out)}({', '.join(inputs[name] for name in calculation.takes)})"
        )
        self._gives(calculation.gives.name, f"{call} if {guard} else None" if guard else call)

    def decision(self, decision: Decision) -> None:
        chosen = f"d{self._decisions}"
        self._decisions += 1
        places = "".join(
            f"{place} if {self.names[rule.when]} == 2 else {OPEN} if {self.names[rule.when]} == 1 else "
            for place, rule in enumerate(decision.rules)
        )
        self.lines.append(f"{chosen} = {places}{NONE_HOLDS}")
        answers = (
            *(rule.then.answer for rule in decision.rules),
            None,
            None,
        )  # the last two: NONE_HOLDS, OPEN
        self._gives(decision.gives.name, f"{self._constant(answers)}[{chosen}]")

    def _gives(self, name: str, expression: str) -> None:
        self._facts.add(name)
        self.lines.append(f"{name}_ = {expression}")

    def _expression(self, condition: Condition) -> str:
        match condition:
            case Check(fact, op, _) if op == ABSENT:
                return f"2 if {self._read(fact.name)} is None else 0"
            case Check(fact, op, value):
                seen = self._read(fact.name)
                test = OPERATORS[op].code.format(seen=seen, value=self._constant(value))
                return f"1 if {seen} is None else 2 if {test} else 0"
            case Not(of):
                return f"2 - {self.condition(of)}"
            case AtLeast(k, of):
                return _at_least(k, [self.condition(part) for part in of])
        raise TypeError(f"Not a condition: {condition!r}")

    def _read(self, name: str) -> str:
        if name not in self._facts:
            self._facts.add(name)
            self.lines.append(f"{name}_ = facts.get({name!r})")
        return f"{name}_"

    def _constant(self, value: Any) -> str:
        if type(value) in (int, float):
            return repr(value)
        self.constants.append(value)
        return f"k{len(self.constants) - 1}"


def _function(source: str, scope: dict[str, Any]) -> Callable[..., Any]:
    """The function that *source* defines; nothing but its definition is run."""
    made: dict[str, Callable[..., Any]] = {}
    # Written here from numbers and the identifiers that Fact insists on.
    exec(source, scope, made)  # noqa: S102 - as said above  # nosec B102
    return made.popitem()[1]


def _at_least(k: int, parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    if k == len(parts):
        return f"0 if {_any_is(0, parts)} else 1 if {_any_is(1, parts)} else 2"
    if k == 1:
        return f"2 if {_any_is(2, parts)} else 1 if {_any_is(1, parts)} else 0"
    return f"sorted(({', '.join(parts)}))[{-k}]"  # the k-th best decides


def _any_is(truth: int, parts: list[str]) -> str:
    return " or ".join(f"{part} == {truth}" for part in parts)


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"
