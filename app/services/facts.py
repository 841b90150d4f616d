"""From the case as JSON to the facts of the vocabulary. What was not said stays missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from app.engine.facts import Reading
from app.services.case import Case, Observation
from app.services.case_measurements import Examination, History, Imaging, LaboratoryResult, Scores, Vitals
from app.services.case_questions import RedFlags, SymptomOnsets

DISC_PROCEDURES = frozenset({"microdiscectomy", "discectomy"})
MM_PER_POINT = 10
ANSWERS = {"yes": True, "no": False, "unknown": None}
NOT_KNOWN = (None, "unknown")
LABORATORY = {"crp": "crp_mg_l", "esr": "esr_mm_h", "white_cells": "white_cells_10e9_l"}
IMAGING = {name: name for name in Imaging.model_fields if name != "date"}


def facts_of(case: Case, assessed_on: date) -> dict[str, Any]:
    """The facts that the case gives, by name; missing ones are left out."""
    facts = {
        "assessed_on": assessed_on,
        "age_years": case.age_years,
        **_surgery(case),
        **_series(case.observations),
        **_return(case),
        **_questions(case),
        **_dated(case.labs, LABORATORY),
        **_dated(case.imaging, IMAGING),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _surgery(case: Case) -> dict[str, Any]:
    surgery = case.surgery
    return {
        "surgery_date": surgery.date,
        "procedure": surgery.procedure,
        "region": surgery.region,
        "indication": surgery.indication,
        "disc_opened": _disc_opened(case),
        "operated_side": surgery.side,
        "operated_levels": frozenset(surgery.levels) if surgery.levels is not None else None,
        "implant": _yes_no(surgery.implant),
        "dural_tear": _yes_no(surgery.dural_tear),
        "still_in_hospital": _yes_no(surgery.still_in_hospital),
        "prior_operations": None if case.prior_surgeries is None else len(case.prior_surgeries),
    }


def _disc_opened(case: Case) -> bool | None:
    said = _yes_no(case.surgery.disc_opened)
    if said is None and case.surgery.procedure in DISC_PROCEDURES:
        return True
    return said


def _series(observations: list[Observation] | None) -> dict[str, Any]:
    if observations is None:
        return {}
    in_order = sorted(observations, key=lambda each: each.date)
    series = {name: tuple(_readings(in_order, value)) for name, value in MEASURES.items()}
    power = tuple(
        Reading(each.date, tested.grade, f"{tested.muscle}.{tested.side}")
        for each in in_order
        for tested in each.muscle_power or ()
    )
    converted = any(e.leg_pain_vas_mm is not None or e.back_pain_vas_mm is not None for e in observations)
    known = {name: readings for name, readings in {**series, "muscle_power": power}.items() if readings}
    return {**known, "pain_converted": converted}


def _readings(observations: list[Observation], value: Callable[[Observation], Any]) -> Iterator[Reading]:
    for observation in observations:
        if (found := value(observation)) is not None:
            yield Reading(observation.date, found)


def _pain(points: float | None, millimetres: float | None) -> float | None:
    """Points of the numeric scale; millimetres are converted by ten, and the case says that some were."""
    if points is not None:
        return points
    return None if millimetres is None else round(millimetres / MM_PER_POINT, 4)


MEASURES: dict[str, Callable[[Observation], Any]] = {
    "leg_pain": lambda each: _pain(each.leg_pain_nrs, each.leg_pain_vas_mm),
    "back_pain": lambda each: _pain(each.back_pain_nrs, each.back_pain_vas_mm),
    "odi": lambda each: each.odi_percent,
    "global_change": lambda each: each.global_change,
    "stated_trend": lambda each: each.stated_trend,
    "numbness": lambda each: each.numbness,
    "tingling": lambda each: each.tingling,
    "weakness": lambda each: each.weakness,
}


def _return(case: Case) -> dict[str, Any]:
    if case.pain_return is None:
        return {}
    said = case.pain_return
    return {
        "pain_return_onset_on": said.onset_on,
        "pain_return_plateau_on": said.plateau_on,
        "pain_return_onset": said.onset,
        "pain_return_side": said.side,
        "same_dermatome": _yes_no(said.same_dermatome),
        "eased_by_sitting": _yes_no(said.eased_by_sitting),
    }


def _questions(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in (case.red_flags, case.examination, case.vitals, case.scores, case.history):
        if part:
            found.update((name, ANSWERS.get(value, value)) for name, value in part)
    if case.symptom_onsets:
        found.update((f"{symptom}_onset_on", day) for symptom, day in case.symptom_onsets)
    return found


def _dated(results: Sequence[LaboratoryResult | Imaging] | None, members: dict[str, str]) -> dict[str, Any]:
    """Laboratory results or findings of imaging as series, by the fact that each member gives."""
    if results is None:
        return {}
    in_order = sorted(results, key=lambda each: each.date)
    series = {}
    for fact, member in members.items():
        given = ((each.date, getattr(each, member)) for each in in_order)
        readings = tuple(Reading(day, value) for day, value in given if value not in NOT_KNOWN)
        if readings:
            series[fact] = readings
    return series


def _yes_no(answer: str | None) -> bool | None:
    return ANSWERS.get(answer) if answer else None


OBSERVATIONS = "/observations"
DEFICITS = ("numbness", "tingling", "weakness")
TOLD_BY_THE_SERIES = (
    *(
        f"{name}_{when}"
        for name in ("leg_pain", "back_pain", "index")
        for when in ("baseline", "now", "change")
    ),
    *(f"{name}_{what}" for name in DEFICITS for what in ("present", "new", "change", "before_onset_on")),
    *(
        "odi_now",
        "odi_drop",
        "odi_drop_percent",
        "pain_drop_percent",
        "global_change_now",
        "stated_trend_now",
    ),
    *("first_relief_on", "leg_first_relief_on", "returned_on", "leg_returned_on", "rising_twice"),
    *("weakness_progressing", "motor_loss", "found_loss", "back_pain_was_less", "back_first_low_on"),
    *("index_status", "pain_drop", "rise_above_nadir", "stated_weakness_now", "power_lost_now"),
)
"""Facts that are worked out from the dated series; what is asked about one is answered by records."""
POINTERS = {
    "assessed_on": "/assessed_on",
    "age_years": "/age_years",
    "surgery_date": "/surgery/date",
    "procedure": "/surgery/procedure",
    "region": "/surgery/region",
    "indication": "/surgery/indication",
    "disc_opened": "/surgery/disc_opened",
    "operated_side": "/surgery/side",
    "operated_levels": "/surgery/levels",
    "implant": "/surgery/implant",
    "dural_tear": "/surgery/dural_tear",
    "still_in_hospital": "/surgery/still_in_hospital",
    "prior_operations": "/prior_surgeries",
    "pain_return_onset_on": "/pain_return/onset_on",
    "pain_return_plateau_on": "/pain_return/plateau_on",
    "pain_return_onset": "/pain_return/onset",
    "pain_return_side": "/pain_return/side",
    "same_dermatome": "/pain_return/same_dermatome",
    "eased_by_sitting": "/pain_return/eased_by_sitting",
    "muscle_power": OBSERVATIONS,
    "pain_converted": OBSERVATIONS,
    **dict.fromkeys((*MEASURES, *TOLD_BY_THE_SERIES), OBSERVATIONS),
    **{name: f"/red_flags/{name}" for name in RedFlags.model_fields},
    **{f"{name}_onset_on": f"/symptom_onsets/{name}" for name in SymptomOnsets.model_fields},
    **{name: f"/examination/{name}" for name in Examination.model_fields},
    **{name: f"/vitals/{name}" for name in Vitals.model_fields},
    **{name: f"/scores/{name}" for name in Scores.model_fields},
    **{name: f"/history/{name}" for name in History.model_fields},
    **dict.fromkeys((*LABORATORY, "crp_finding", "esr_raised"), "/labs"),
    **dict.fromkeys(IMAGING, "/imaging"),
    **{f"{name}_origin": f"/symptom_onsets/{name}" for name in DEFICITS},
    **{f"{name}_before_onset_on": OBSERVATIONS for name in DEFICITS},
}
"""Where in the case each fact is given, and what is asked of a fact that is worked out (RFC 6901)."""
