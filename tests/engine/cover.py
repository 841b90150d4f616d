"""Which checks of a rule its examples have put to the proof (the idea of MC/DC, read off the tree)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.engine.conditions import AtLeast, Check, Condition, Not, checks
from app.engine.explain import check_truth
from app.engine.truth import Truth, at_least, opposite

NUMERIC = frozenset({"<", "<=", ">", ">="})


def unproven(condition: Condition, examples: Iterable[Mapping[str, Any]]) -> set[Check]:
    """The checks that no example turns on: reversing them would have changed no example's outcome."""
    left = set(checks(condition))
    for facts in examples:
        truths = {check: check_truth(check, facts.get(check.fact.name)) for check in checks(condition)}
        outcome = _combine(condition, truths)
        left -= {c for c in left if _combine(condition, truths | {c: opposite(truths[c])}) is not outcome}
    return left


def one_sided(condition: Condition, examples: Iterable[Mapping[str, Any]]) -> set[Check]:
    """The numeric checks that have no example on each side of their threshold."""
    numeric = {check for check in checks(condition) if check.op in NUMERIC}
    sides: dict[Check, set[Truth]] = {check: set() for check in numeric}
    for facts in examples:
        for check, seen in sides.items():
            seen.add(check_truth(check, facts.get(check.fact.name)))
    return {check for check, seen in sides.items() if not {Truth.TRUE, Truth.FALSE} <= seen}


def _combine(condition: Condition, truths: Mapping[Check, Truth]) -> Truth:
    match condition:
        case Check():
            return truths[condition]
        case AtLeast(k, of):
            return at_least(k, (_combine(part, truths) for part in of))
        case Not(of):
            return opposite(_combine(of, truths))
    raise TypeError(f"Not a condition: {condition!r}")
