"""The symptoms: how each is now, how it was before surgery, and what is to be expected of it."""

from __future__ import annotations

from typing import Any

from app.engine.rules import Decision
from app.knowledge.conclusions import Prognosis
from app.knowledge.pain import baseline_of, now_of
from app.knowledge.recovery import (
    BACK_PAIN,
    LEG_PAIN,
    NUMBNESS_DECISION,
    TINGLING_DECISION,
    WEAKNESS_DECISION,
)
from app.services.answer.told import Told

SYMPTOMS: tuple[tuple[str, Decision, str], ...] = (
    ("leg_pain", LEG_PAIN, "leg_pain"),
    ("back_pain", BACK_PAIN, "back_pain"),
    ("numbness", NUMBNESS_DECISION, "numbness"),
    ("tingling", TINGLING_DECISION, "tingling"),
    ("weakness", WEAKNESS_DECISION, "weakness"),
)
"""Symptom, its decision, and the series that it is shown by."""
CLOSES_ON = {"leg_pain": "six_month_day"}
"""The end of the recovery window; the twelve-month anniversary unless named here."""


def symptoms_part(told: Told) -> list[dict[str, Any]]:
    """Every symptom, whether there are records of it or not."""
    return [_symptom(told, *symptom) for symptom in SYMPTOMS]


def _symptom(told: Told, name: str, decision: Decision, series: str) -> dict[str, Any]:
    rule = told.chosen(decision)
    then = rule.then if rule else None
    return {
        "symptom": name,
        "now": _shown(now_of, told, series, told.said("assessed_on")),
        "baseline": _shown(baseline_of, told, series),
        "weakest_mrc_grade": _weakest(told) if name == "weakness" else None,
        "prognosis": then.status if isinstance(then, Prognosis) else "unknown",
        "says": then.says if isinstance(then, Prognosis) else "Not enough is on record to tell.",
        "confidence": then.confidence if isinstance(then, Prognosis) else None,
        "window_closes_on": told.day(CLOSES_ON.get(name, "twelve_month_day")),
        "rule": rule.id if rule else None,
        "divergence": (rule.divergence or None) if rule else None,
        "evidence": told.evidence(rule) if rule else [],
    }


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
    return None if now is None else round(5 - now, 1)
