"""The verdict with what stands beside it, and the trajectory of the pain."""

from __future__ import annotations

from typing import Any

from app.engine.truth import Truth
from app.knowledge.conclusions import Label, Note, Verdict
from app.knowledge.course import METHOD
from app.knowledge.outcome import (
    CONTINUE_TO_IMPROVE,
    FURTHER_ACTION,
    NEAR_BOUNDARY,
    TARGET_REACHED,
    VERDICT,
)
from app.knowledge.recovery import BACK_PAIN, DEFICIT_DECISIONS, LEG_PAIN
from app.services.answer.told import Told, as_answer

NEW = "new_symptom_needs_workup"
STANDS_APART = frozenset(rule.id for rule in (FURTHER_ACTION, TARGET_REACHED, NEAR_BOUNDARY))
"""Notes that have a member of their own in the answer."""


def verdict_part(told: Told) -> dict[str, Any]:
    """The verdict is always decided: what is missing is a verdict of its own."""
    rule = told.chosen(VERDICT)
    then = rule.then if rule else None
    method = told.chosen(METHOD)
    return {
        "status": then.status if isinstance(then, Verdict) else None,
        "says": then.says if isinstance(then, Verdict) else None,
        "rule": rule.id if rule else None,
        "evidence": told.evidence(rule) if rule else [],
        "divergence": (rule.divergence or None) if rule else None,
        "judgeable_from": told.day("three_month_day") if told.in_scope else None,
        "method": method.then.answer if method else None,
        "index_pain": told.said("index_pain"),
        "comparison": told.said("index_status"),
        "confidence": told.said("confidence"),
        "at_target": _at_target(told),
        "conflict": told.said("agreement") == "conflict",
        "boundary_note": _note_text(told, NEAR_BOUNDARY.id),
        "expected_course": "continue_to_improve" if told.holds(CONTINUE_TO_IMPROVE) else None,
        "new_problem": _new_problem(told),
        "further_action_required": as_answer(told.truth(FURTHER_ACTION)),
        "notes": _notes(told),
    }


def trajectory_part(told: Told) -> dict[str, Any]:
    """Where the index pain is heading, and when relief came and went."""
    return {
        "status": told.said("trajectory"),
        "baseline": told.said("index_baseline"),
        "baseline_on": told.day("index_baseline_on"),
        "now": told.said("index_now"),
        "latest": told.said("index_latest"),
        "latest_on": told.day("index_latest_on"),
        "lowest": told.said("nadir"),
        "converted_from_vas": told.said("pain_converted") is True,
        "relief": told.said("relief"),
        "first_relief_on": told.day("first_relief_on"),
        "relief_interval_days": told.said("relief_interval"),
        "returned_on": told.day("returned_on"),
    }


def labels_part(told: Told) -> list[dict[str, Any]]:
    """Terms for the category; never a cause."""
    return [
        {
            "code": label.code,
            "term": label.term,
            "synonyms": list(label.synonyms),
            "says": label.says,
            "rule": rule.id,
            "evidence": told.evidence(rule),
        }
        for rule, label in told.concluded(Label)
    ]


def _at_target(told: Told) -> bool | None:
    if told.said("index_now") is None or not told.in_scope:
        return None
    return as_answer(told.truth(TARGET_REACHED))


def _note_text(told: Told, rule_id: str) -> str | None:
    return next((note.says for rule, note in told.concluded(Note) if rule.id == rule_id), None)


def _new_problem(told: Told) -> bool | None:
    """Whether a symptom is new or has come back; null while a deficit that nobody recorded could be."""
    if any(told.said(decision.gives.name) == NEW for decision in (LEG_PAIN, BACK_PAIN, *DEFICIT_DECISIONS)):
        return True
    return None if any(told.said(each.gives.name) is None for each in DEFICIT_DECISIONS) else False


def _notes(told: Told) -> list[dict[str, Any]]:
    return [
        {
            "code": note.code,
            "says": note.says,
            "rule": rule.id,
            "divergence": rule.divergence or None,
            "evidence": told.evidence(rule),
        }
        for rule, note in told.concluded(Note, Truth.TRUE)
        if rule.id not in STANDS_APART
    ]
