"""The verdict with what stands beside it, and the trajectory of the pain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from app.engine.rules import Rule
from app.knowledge.conclusions import Label, Note, Verdict
from app.knowledge.course import METHOD
from app.knowledge.outcome import (
    CONTINUE_TO_IMPROVE,
    FURTHER_ACTION,
    NEAR_BOUNDARY,
    TARGET_REACHED,
    VERDICT,
)
from app.knowledge.recovery import BACK_PAIN, DEFICIT_DECISIONS, LEG_PAIN, NEW_PROBLEM
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import RuleIndex, Told, as_answer

STANDS_APART = frozenset(rule.id for rule in (FURTHER_ACTION, TARGET_REACHED, NEAR_BOUNDARY))
"""Notes that have a member of their own in the answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The part as JSON text, and the status that records are searched by."""

    text: bytes
    status: str


class VerdictPart:
    """The verdict is always decided: what is missing is a verdict of its own."""

    def __init__(self, index: RuleIndex) -> None:
        self._verdicts = {rule.id: _verdict(index, rule, then) for _, rule, then in index.concluding(Verdict)}
        self._notes = {
            rule.id: to_json(_note(index, rule, note))
            for _, rule, note in index.concluding(Note)
            if rule.id not in STANDS_APART
        }

    def write(self, told: Told) -> Outcome:
        """The part for one case."""
        rule, method = told.chosen(VERDICT), told.chosen(METHOD)
        if rule is None:
            raise LookupError("The ruleset came to no verdict")
        notes = told.concluded(Note)
        text = self._verdicts[rule.id].fill(
            told.said("three_month_day") if told.in_scope else None,
            method.then.answer if method else None,
            told.said("index_pain"),
            told.said("index_status"),
            told.said("confidence"),
            _at_target(told),
            told.said("agreement") == "conflict",
            next((note.says for rule, note in notes if rule.id == NEAR_BOUNDARY.id), None),
            "continue_to_improve" if told.holds(CONTINUE_TO_IMPROVE) else None,
            _new_problem(told),
            as_answer(told.truth(FURTHER_ACTION)),
            json_list(self._notes[rule.id] for rule, _ in notes if rule.id not in STANDS_APART),
        )
        return Outcome(text, rule.then.answer)


def trajectory_part(told: Told) -> bytes:
    """Where the index pain is heading, and when relief came and went."""
    return to_json(
        {
            "status": told.said("trajectory"),
            "baseline": told.said("index_baseline"),
            "baseline_on": told.said("index_baseline_on"),
            "now": told.said("index_now"),
            "latest": told.said("index_latest"),
            "latest_on": told.said("index_latest_on"),
            "lowest": told.said("nadir"),
            "converted_from_vas": told.said("pain_converted") is True,
            "relief": told.said("relief"),
            "first_relief_on": told.said("first_relief_on"),
            "relief_interval_days": told.said("relief_interval"),
            "returned_on": told.said("returned_on"),
        }
    )


class LabelsPart:
    """Terms for the category; never a cause."""

    def __init__(self, index: RuleIndex) -> None:
        self._labels = {
            rule.id: to_json(_label(index, rule, label)) for _, rule, label in index.concluding(Label)
        }

    def write(self, told: Told) -> bytes:
        """The part for one case."""
        return json_list(self._labels[rule.id] for rule, _ in told.concluded(Label))


def _verdict(index: RuleIndex, rule: Rule, verdict: Verdict) -> Template:
    return Template(
        {
            "status": verdict.status,
            "says": verdict.says,
            "rule": rule.id,
            "evidence": index.evidence[rule.id],
            "divergence": rule.divergence or None,
            "judgeable_from": HOLE,
            "method": HOLE,
            "index_pain": HOLE,
            "comparison": HOLE,
            "confidence": HOLE,
            "at_target": HOLE,
            "conflict": HOLE,
            "boundary_note": HOLE,
            "expected_course": HOLE,
            "new_problem": HOLE,
            "further_action_required": HOLE,
            "notes": HOLE,
        }
    )


def _note(index: RuleIndex, rule: Rule, note: Note) -> dict[str, Any]:
    return {
        "code": note.code,
        "says": note.says,
        "rule": rule.id,
        "divergence": rule.divergence or None,
        "evidence": index.evidence[rule.id],
    }


def _label(index: RuleIndex, rule: Rule, label: Label) -> dict[str, Any]:
    return {
        "code": label.code,
        "term": label.term,
        "synonyms": label.synonyms,
        "says": label.says,
        "rule": rule.id,
        "evidence": index.evidence[rule.id],
    }


def _at_target(told: Told) -> bool | None:
    if told.said("index_now") is None or not told.in_scope:
        return None
    return as_answer(told.truth(TARGET_REACHED))


def _new_problem(told: Told) -> bool | None:
    """Whether a symptom is new or has come back; null while a deficit that nobody recorded could be."""
    if any(
        told.said(decision.gives.name) == NEW_PROBLEM
        for decision in (LEG_PAIN, BACK_PAIN, *DEFICIT_DECISIONS)
    ):
        return True
    return None if any(told.said(each.gives.name) is None for each in DEFICIT_DECISIONS) else False
