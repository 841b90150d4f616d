"""The candidate causes: grade, what speaks for and against, what is missing, and the base rate if known."""

from __future__ import annotations

from typing import Any

from app.engine.rules import Decision, Rule
from app.engine.truth import Truth
from app.knowledge.causes import CAUSE_DECISIONS, decision_id
from app.knowledge.conclusions import Cause, Feature
from app.services.answer.told import Told

GRADE_ORDER = ("likely", "possible", "not_assessable", "unlikely")


def causes_part(told: Told) -> list[dict[str, Any]]:
    """Likely first. A cause of which no rule holds or is open is not offered."""
    offered = (_cause(told, told.decision(decision)) for decision in CAUSE_DECISIONS)
    return sorted(filter(None, offered), key=lambda cause: GRADE_ORDER.index(cause["grade"]))


def _cause(told: Told, decision: Decision) -> dict[str, Any] | None:
    rule = next((each for each in decision.rules if told.holds(each)), None)
    open_rules = _open_before(told, decision, rule)
    if rule is None and not open_rules:
        return None
    shown = rule or open_rules[0]
    cause = shown.then
    assert isinstance(cause, Cause)  # noqa: S101 - narrows the type: decisions on causes conclude causes
    return {
        "condition": cause.condition,
        "grade": cause.grade if rule else "not_assessable",
        "could_be": sorted({each.then.answer for each in open_rules} - ({cause.grade} if rule else set())),
        "says": cause.says if rule else "Cannot be told from what is on record.",
        "base_rate": _base_rate(cause),
        "supporting": _features(told, decision, "for"),
        "against": _features(told, decision, "against"),
        "neutral": _features(told, decision, "neutral"),
        "missing": _missing(told, open_rules),
        "rule": shown.id,
        "divergence": shown.divergence or None,
        "evidence": told.evidence(shown),
    }


def _open_before(told: Told, decision: Decision, rule: Rule | None) -> list[Rule]:
    """The rules that cannot be told yet and would decide before the one that holds."""
    before = decision.rules[: decision.rules.index(rule)] if rule else decision.rules
    return [each for each in before if told.truth(each) is Truth.UNKNOWN]


def _base_rate(cause: Cause) -> dict[str, float | None] | None:
    if cause.base_rate_low is None or cause.base_rate_high is None:
        return None
    return {
        "low": cause.base_rate_low,
        "high": cause.base_rate_high,
        "literature_low": cause.literature_low,
        "literature_high": cause.literature_high,
    }


def _features(told: Told, decision: Decision, speaks: str) -> list[dict[str, Any]]:
    return [
        {
            "code": feature.code,
            "says": feature.says,
            "rule": rule.id,
            "divergence": rule.divergence or None,
            "evidence": told.evidence(rule),
        }
        for rule, feature in told.concluded(Feature)
        if feature.speaks == speaks and decision.id == decision_id(feature.cause)
    ]


def _missing(told: Told, open_rules: list[Rule]) -> list[str]:
    names: dict[str, None] = {}
    for rule in open_rules:
        for question in told.questions(rule):
            names[question.fact] = None
    return list(names)
