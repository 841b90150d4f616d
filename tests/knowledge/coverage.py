"""What the cases put to the proof: rules held, ruled out or open, and checks that turn an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from app.engine.assess import Assessment
from app.engine.calculate import Calculation
from app.engine.conditions import ABSENT, AtLeast, Check, Condition, Not, checks
from app.engine.rules import Decision, Rule
from app.engine.ruleset import Ruleset
from app.engine.truth import Truth, at_least, opposite
from tests.engine.cover import one_sided, unproven

ALWAYS_KNOWN = {"assessed_on", "surgery_date", "procedure", "region"}
"""What every case holds (the contract requires it, or fills it in)."""
ALWAYS_DECIDED = {"verdict", "index_pain", "agreement", "trajectory", "pain_contradiction"}
"""The decisions that are never open; test_laws.py holds them to it."""


def truths_met(rule: Rule, assessments: Iterable[Assessment]) -> set[Truth]:
    return {assessment.truth(rule.when) for assessment in assessments}


def unturned(rule: Rule, assessments: Iterable[Assessment]) -> set[Check]:
    """The checks of the rule that no case turns on; cases that answer all of its checks alike count once."""
    asked = tuple(checks(rule.when))
    alike = {tuple(each.truths[each.program.place[c]] for c in asked): each.facts for each in assessments}
    return unproven(rule.when, alike.values())


def without_sides(ruleset: Ruleset, facts: list[Mapping[str, Any]]) -> set[Check]:
    """The numeric checks of all rules that lack a case on one side of their threshold."""
    return one_sided(AtLeast(1, tuple({rule.when for rule in ruleset.rules})), facts)


def can_be_missing(ruleset: Ruleset, always: Iterable[str]) -> set[str]:
    """The facts that a case can leave out: given ones, and what is worked out from them.

    A calculation always gives its fact when all that it needs is there and its annotation has no None.
    Of decisions and given facts, ``always`` names those that are there in every case.
    """
    missing = {fact.name for fact in ruleset.facts} - set(always)
    for step in ruleset.steps:
        if isinstance(step, Calculation) and (step.needs & missing or "None" in _returns(step)):
            missing.add(step.gives.name)
        if isinstance(step, Decision) and step.gives.name not in always:
            missing.add(step.gives.name)
    return missing


def _returns(step: Calculation) -> str:
    return str(step.work_out.__annotations__["return"])


def can_be_open(rule: Rule, ruleset: Ruleset, missing: set[str]) -> bool:
    """Whether leaving out one fact, or all that can be left out, can leave the rule open."""
    facts = {check.fact.name for check in checks(rule.when)} & missing
    absences = [{name} for name in facts] + [facts]
    return any(Truth.UNKNOWN in possible(rule.when, with_followers(absent, ruleset)) for absent in absences)


def with_followers(absent: set[str], ruleset: Ruleset) -> set[str]:
    """The facts, and those that cannot be worked out without them."""
    followed = set(absent)
    for calculation in ruleset.calculations:
        if calculation.needs & followed:
            followed.add(calculation.gives.name)
    return followed


def possible(condition: Condition, absent: set[str]) -> frozenset[Truth]:
    """The truths that a condition can come to while these facts are missing and the others are known."""
    match condition:
        case Check(fact, op) if op == ABSENT:
            return frozenset({Truth.TRUE if fact.name in absent else Truth.FALSE})
        case Check(fact):
            return frozenset({Truth.UNKNOWN} if fact.name in absent else {Truth.TRUE, Truth.FALSE})
        case AtLeast(k, of):
            each = (possible(part, absent) for part in of)
            return frozenset(_counted(k, each, len(of)))
        case Not(of):
            return frozenset(opposite(truth) for truth in possible(of, absent))
    raise TypeError(f"Not a condition: {condition!r}")


def _counted(k: int, parts: Iterable[frozenset[Truth]], count: int) -> set[Truth]:
    """at_least over every combination: only how many are TRUE and how many are not FALSE matters."""
    reached = {(0, 0)}
    for part in parts:
        steps = {(int(t is Truth.TRUE), int(t is not Truth.FALSE)) for t in part}
        reached = {(a + x, b + y) for (a, b), (x, y) in product(reached, steps)}
    return {_truth(k, sure, likely, count) for sure, likely in reached}


def _truth(k: int, sure: int, likely: int, count: int) -> Truth:
    truths = [Truth.TRUE] * sure + [Truth.UNKNOWN] * (likely - sure) + [Truth.FALSE] * (count - likely)
    return at_least(k, truths)
