"""Which checks of a rule its examples have put to the proof (the idea of MC/DC, read off the tree)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from app.engine.conditions import AtLeast, Check, Condition, Not, checks
from app.engine.explain import check_truth
from app.engine.truth import Truth, at_least, opposite

NUMERIC = frozenset({"<", "<=", ">", ">="})


def unproven(condition: Condition, examples: Iterable[Mapping[str, Any]]) -> set[Check]:
    """The checks that no example turns on: reversing them would have changed no example's outcome."""
    left = set(checks(condition))
    asked = tuple(left)
    for facts in examples:
        if not left:
            break
        truths = {check: check_truth(check, facts.get(check.fact.name)) for check in asked}
        left -= _outcome(condition, truths, left)[1].keys()
    return left


def one_sided(condition: Condition, examples: Iterable[Mapping[str, Any]]) -> set[Check]:
    """The numeric checks that have no example on each side of their threshold."""
    numeric = {check for check in checks(condition) if check.op in NUMERIC}
    sides: dict[Check, set[Truth]] = {check: set() for check in numeric}
    for facts in examples:
        for check, seen in sides.items():
            seen.add(check_truth(check, facts.get(check.fact.name)))
    return {check for check, seen in sides.items() if not {Truth.TRUE, Truth.FALSE} <= seen}


def _outcome(
    condition: Condition, truths: Mapping[Check, Truth], left: Set[Check]
) -> tuple[Truth, dict[Check, Truth]]:
    """The truth of the condition, and what it would be for each check left that changes it when reversed."""
    match condition:
        case Check():
            truth, reversed_ = truths[condition], opposite(truths[condition])
            return truth, {condition: reversed_} if reversed_ is not truth and condition in left else {}
        case AtLeast(k, of):
            each = [_outcome(part, truths, left) for part in of]
            truth = at_least(k, (one for one, _ in each))
            turning = set().union(*(turned for _, turned in each))
            turned = {c: at_least(k, (turned.get(c, one) for one, turned in each)) for c in turning}
            return truth, {c: other for c, other in turned.items() if other is not truth}
        case Not(of):
            truth, turned = _outcome(of, truths, left)
            return opposite(truth), {c: opposite(other) for c, other in turned.items()}
    raise TypeError(f"Not a condition: {condition!r}")
