"""Conditions in words: the documentation is read off the rule, never written beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.engine.conditions import ABSENT, OPERATORS, AtLeast, Check, Condition, Fact, Not
from app.engine.evidence import Threshold
from app.engine.facts import Quantity


def words(condition: Condition) -> str:
    """The condition as one line a clinician can read."""
    match condition:
        case Check():
            return _check_words(condition)
        case AtLeast(label=label) if label:
            return label
        case AtLeast(_, (only,)):
            return words(only)
        case AtLeast(k, of):
            return f"{quantifier(k, len(of))} ({'; '.join(map(words, of))})"
        case Not(Check(fact, op)) if op == ABSENT:
            return f"{fact.label} recorded"
        case Not(AtLeast(1, of)):
            return f"none of ({'; '.join(map(words, of))})"
        case Not(of):
            return f"not ({words(of)})"
    raise TypeError(f"Not a condition: {condition!r}")


def outline(condition: Condition, depth: int = 0) -> list[tuple[int, str]]:
    """The condition as indented lines: depth and text of each part."""
    match condition:
        case AtLeast(_, (only,), label) if not label:
            return outline(only, depth)
        case AtLeast(k, of, label):
            heading = f"{label}, {quantifier(k, len(of))}:" if label else f"{quantifier(k, len(of))}:"
            return [(depth, heading), *_outlines(of, depth + 1)]
        case Not(AtLeast(1, of)) if len(of) > 1:
            return [(depth, "none of:"), *_outlines(of, depth + 1)]
        case _:
            return [(depth, words(condition))]


def quantifier(k: int, n: int) -> str:
    """How many of the parts must hold, in words."""
    return "all of" if k == n else "any of" if k == 1 else f"at least {k} of"


def show(fact: Fact, value: Any) -> str:
    """A value of a fact as text, with its unit."""
    return measured(value, fact.unit) if isinstance(fact, Quantity) else plain(value)


def measured(value: float, unit: str) -> str:
    """A number with its unit as it is said: 2 points, 1 point, grade 3."""
    if unit == "grade":
        return f"grade {plain(value)}"
    return f"{plain(value)} {unit.removesuffix('s') if abs(value) == 1 else unit}".rstrip()


def valued(threshold: Threshold) -> str:
    """The value of a threshold with its unit."""
    return measured(threshold.value, threshold.unit)


def plain(value: Any) -> str:
    """A bare value as text: yes and no for booleans, options without underscores."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.12g}"  # every digit that was written, none that binary fractions add
        case date():
            return value.isoformat()
        case frozenset():
            return " or ".join(sorted(map(plain, value)))
        case _:
            return str(value).replace("_", " ")


def _check_words(check: Check) -> str:
    if check.op == ABSENT:
        return f"{check.fact.label} not recorded"
    if isinstance(check.value, bool):
        return f"{check.fact.label}: {plain(check.value)}"
    named = f" ({check.threshold.label})" if check.threshold else ""
    return f"{check.fact.label} {OPERATORS[check.op].words} {show(check.fact, check.value)}{named}"


def _outlines(of: tuple[Condition, ...], depth: int) -> list[tuple[int, str]]:
    return [line for part in of for line in outline(part, depth)]
