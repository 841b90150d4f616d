"""The symptoms: how each is now, how it was before surgery, and what is to be expected of it."""

from __future__ import annotations

from typing import Any

from app.engine.rules import Decision, Rule
from app.knowledge.conclusions import Prognosis
from app.knowledge.deficits import FULL_POWER
from app.knowledge.pain import baseline_of, now_of
from app.knowledge.recovery import (
    BACK_PAIN,
    LEG_PAIN,
    NUMBNESS_DECISION,
    TINGLING_DECISION,
    WEAKNESS_DECISION,
    WINDOW_CLOSES_ON,
)
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import RuleIndex, Told

SYMPTOMS: tuple[tuple[str, Decision, str], ...] = (
    ("leg_pain", LEG_PAIN, "leg_pain"),
    ("back_pain", BACK_PAIN, "back_pain"),
    ("numbness", NUMBNESS_DECISION, "numbness"),
    ("tingling", TINGLING_DECISION, "tingling"),
    ("weakness", WEAKNESS_DECISION, "weakness"),
)
"""Symptom, its decision, and the series that it is shown by."""
UNKNOWN: dict[str, Any] = {
    "prognosis": "unknown",
    "says": "Not enough is on record to tell.",
    "confidence": None,
    "rule": None,
    "divergence": None,
    "evidence": [],
}
"""What is said while no rule tells the prognosis."""


class SymptomsPart:
    """Every symptom, whether there are records of it or not."""

    def __init__(self, index: RuleIndex) -> None:
        self._unknown = {name: _symptom(name, UNKNOWN) for name, _, _ in SYMPTOMS}
        self._told = {
            rule.id: _symptom(name, _prognosis(index, rule))
            for name, decision, _ in SYMPTOMS
            for rule in index.rules_of(decision)
        }

    def write(self, told: Told) -> bytes:
        """The part for one case."""
        return json_list(self._symptom(told, *symptom) for symptom in SYMPTOMS)

    def _symptom(self, told: Told, name: str, decision: Decision, series: str) -> bytes:
        rule = told.chosen(decision)
        template = self._told[rule.id] if rule else self._unknown[name]
        return template.fill(
            _shown(now_of, told, series, told.said("assessed_on")),
            _shown(baseline_of, told, series),
            _weakest(told) if name == "weakness" else None,
            told.day(WINDOW_CLOSES_ON[name].name),
        )


def _symptom(name: str, prognosis: dict[str, Any]) -> Template:
    expected = {key: prognosis[key] for key in ("prognosis", "says", "confidence")}
    grounds = {key: prognosis[key] for key in ("rule", "divergence", "evidence")}
    shown = {"symptom": name, "now": HOLE, "baseline": HOLE, "weakest_mrc_grade": HOLE}
    return Template({**shown, **expected, "window_closes_on": HOLE, **grounds})


def _prognosis(index: RuleIndex, rule: Rule) -> dict[str, Any]:
    then = rule.then
    said = (
        {"prognosis": then.status, "says": then.says, "confidence": then.confidence}
        if isinstance(then, Prognosis)
        else {}
    )
    grounds = {
        "rule": rule.id,
        "divergence": rule.divergence or None,
        "evidence": index.evidence[rule.id],
    }
    return {**UNKNOWN, **said, **grounds}


def _shown(pick: Any, told: Told, series: str, *at: Any) -> str | None:
    readings = told.said(series)
    if readings is None:
        return None
    value = pick(readings, told.said("surgery_date"), *at)
    if value is None:
        return None
    return value if isinstance(value, str) else f"{value:g}/10"


def _weakest(told: Told) -> float | None:
    """The grade of the weakest muscle tested on the latest day."""
    lost = told.said("power_course")
    now = now_of(lost, told.said("surgery_date"), told.said("assessed_on")) if lost else None
    return None if now is None else round(FULL_POWER - now, 1)
