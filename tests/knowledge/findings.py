"""Answers without a finding to what an assessment asks: "no", a normal value, a record of little pain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from app.engine.facts import Choice, Quantity, Reading, Series, YesNo
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.vocabulary import MUSCLES

Facts = dict[str, Any]
FACTS = {fact.name: fact for fact in POSTOP_LUMBAR.facts}
BEFORE_AND_NOW: dict[str, tuple[Any, Any]] = {
    "leg_pain": (8, 0),
    "back_pain": (4, 0),
    "odi": (46, 0),
    "global_change": (1, 1),
    "stated_trend": ("better", "better"),
    "numbness": ("none", "none"),
    "tingling": ("none", "none"),
    "weakness": ("none", "none"),
}
ASKS_FOR = {
    "crp_finding": "crp",
    "esr_raised": "esr",
    "motor_loss": "muscle_power",
    "power_tested": "muscle_power",
    "weakness_progressing": "weakness",
    **{f"{name}_now": name for name in BEFORE_AND_NOW},
    **{f"{name}_baseline": name for name in ("leg_pain", "back_pain")},
    **{f"odi_{name}": "odi" for name in ("drop", "drop_percent")},
    **dict.fromkeys(("leg_pain_change", "leg_first_relief_on", "leg_returned_on"), "leg_pain"),
    **dict.fromkeys(("back_pain_change", "back_pain_was_less"), "back_pain"),
    **{f"{name}_change": name for name in ("numbness", "tingling", "weakness")},
    **{f"{name}_{of}": name for name in ("numbness", "tingling", "weakness") for of in ("new", "present")},
}
"""The record that answers a question which is put about a worked-out fact."""
OF_THE_INDEX_PAIN = (
    *("index_now", "index_baseline", "index_change", "pain_drop_percent"),
    *("first_relief_on", "returned_on", "rising_twice"),
)
NORMAL: dict[str, Any] = {
    "age_years": 45,
    "pulses_present": True,
    "temperature_c": 36.8,
    "heart_rate_bpm": 70,
    "respiratory_rate_bpm": 14,
    "systolic_bp_mmhg": 125,
    "spo2_percent": 98,
    "egfr": 90,
    "straight_leg_raise": "negative",
    "pain_return_onset": "gradual",
}
"""What is normal where it is not "no", nothing or the first of the options."""


def record_of(question: str, facts: Facts) -> str:
    """The given fact that answers a question."""
    if question in OF_THE_INDEX_PAIN:
        return f"{facts.get('index_pain', 'leg')}_pain"
    return ASKS_FOR.get(question, question)


def without_findings(facts: Facts, records: Iterable[str]) -> Facts:
    """The facts with these given as well, none of them a finding."""
    return {**facts, **{name: _normal(facts, name) for name in records}}


def _normal(facts: Facts, name: str) -> Any:
    fact = FACTS[name]
    if isinstance(fact, Series):
        return _series(facts, fact)
    if name.endswith("_onset_on") or name in ("pain_return_onset_on", "pain_return_plateau_on"):
        return facts["surgery_date"] - timedelta(days=100)
    if name in NORMAL:
        return NORMAL[name]
    match fact:
        case YesNo():
            return False
        case Quantity():
            return fact.minimum
        case Choice():
            return fact.options[0]
    raise TypeError(f"No normal value of {name}")


def _every_muscle(before: date, today: date, known: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Full power today and before; a muscle that was tested today keeps its grade, and had it before."""
    sites = [f"{muscle}.{side}" for muscle in MUSCLES for side in ("left", "right")]
    found = {each.site: each.value for each in known if each.day == today}
    first = [Reading(before, found.get(site, 5), site) for site in sites]
    last = [Reading(today, 5, site) for site in sites if site not in found]
    return tuple(sorted((*first, *known, *last), key=lambda each: each.day))


def _series(facts: Facts, fact: Series) -> tuple[Reading, ...]:
    """A record from before surgery where there was none, and one of today."""
    day, surgery = facts["assessed_on"], facts["surgery_date"]
    known = tuple(each for each in facts.get(fact.name) or () if each.day < max(day, surgery))
    before = surgery - timedelta(days=1)
    if fact.name == "muscle_power":
        return _every_muscle(before, day, facts.get(fact.name) or ())
    if fact.name not in BEFORE_AND_NOW:
        normal = fact.of.minimum if isinstance(fact.of, Quantity) else "no"
        return tuple(sorted((*known, Reading(day, normal)), key=lambda each: each.day))
    then, now = BEFORE_AND_NOW[fact.name]
    if fact.name == "weakness" and any(each.value < 5 for each in facts.get("muscle_power") or ()):
        then = "severe"  # to have had none before surgery would make a finding of the weak muscle
    first = [] if any(each.day <= surgery for each in known) else [Reading(before, then)]
    return tuple(sorted((*first, *known, Reading(day, now)), key=lambda each: each.day))
