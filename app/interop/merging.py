"""Of all values that were given: one for each member and day, so that the case cannot contradict itself.

What cannot be decided is left out: unknown, never "no". A red flag that was answered both ways stays "yes".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from app.engine.conditions import OPERATORS, Check
from app.engine.evidence import Threshold
from app.interop.given import Given, label_of
from app.interop.notes import SIGN, Note
from app.interop.paths import AGE, DATED, RED_FLAGS, VITALS
from app.interop.whole_numbers import limits_of
from app.knowledge.safety_thresholds import (
    FEVER_C,
    ITEM_9_POINTS,
    LOW_SATURATION_PERCENT,
    SEPSIS_HEART_RATE,
    SEPSIS_RESPIRATORY_RATE,
    SEPSIS_SYSTOLIC_MMHG,
)
from app.knowledge.thresholds import RESIDUAL_ML
from app.services.case_provenance import MOST_RESOURCES

OF_THE_DAY = frozenset({"vitals", "examination", "red_flags", "scores"})
ALSO_OF_THE_DAY = frozenset({AGE, "surgery.still_in_hospital", "history.pregnant"})
SINCE_THE_OPERATION = frozenset({"surgery", "pain_return"})
"""Groups that an observation from before the operation says nothing of: it would be of another operation."""
ROOM_FOR_OPERATIONS = 50
"""Resources that are kept for the patient and the operations."""
ALARMS: Mapping[str, Threshold] = {
    "examination.post_void_residual_ml": RESIDUAL_ML,
    "vitals.temperature_c": FEVER_C,
    "vitals.respiratory_rate_bpm": SEPSIS_RESPIRATORY_RATE,
    "vitals.heart_rate_bpm": SEPSIS_HEART_RATE,
    "vitals.systolic_bp_mmhg": SEPSIS_SYSTOLIC_MMHG,
    "vitals.spo2_percent": LOW_SATURATION_PERCENT,
    "scores.phq9_item9": ITEM_9_POINTS,
}
"""The limit of each member that is one; on which side of it the warning sign is, the rules say."""
ALARMS_BY_WORD = {
    "examination.saddle_sensation": "abnormal",
    "examination.leg_power": "abnormal",
    "examination.bilateral_examination": "abnormal",
    "examination.pulses_present": "no",
}
"""Findings of an earlier day that are not used, and must not pass unseen."""


class Merged(NamedTuple):
    """The values that stand, the latest first, and what there is to tell of the others."""

    values: list[Given]
    notes: list[Note]


def merge(every: Iterable[Given], operated_on: date) -> Merged:
    """One value for each member, or for each member and day."""
    by_place: dict[Any, list[Given]] = {}
    older: dict[str, list[Given]] = {}
    for each in every:
        group = each.path.partition(".")[0]
        if not each.is_of_the_day and (group in OF_THE_DAY or each.path in ALSO_OF_THE_DAY):
            older.setdefault(each.path, []).append(each)
        elif group not in SINCE_THE_OPERATION or each.day >= operated_on:
            by_place.setdefault(_place(each, group), []).append(each)
    notes: list[Note] = []
    standing = [stood for place in by_place.values() if (stood := _standing(place, notes)) is not None]
    standing.sort(key=_rank, reverse=True)
    answered = {each.path for each in standing if each.value != "unknown"}
    notes += [_of_earlier(older[path], operated_on) for path in older if path not in answered]
    for path in sorted(path for path in older if path in answered and path.startswith(VITALS)):
        notes += _behind_a_newer(older[path], operated_on)
    for narrow in (_one_scale, _few_entries, _few_resources):
        standing = list(narrow(standing, notes))
    return Merged(standing, notes)


def _place(each: Given, group: str) -> tuple[Any, ...]:
    """What only one value can stand for."""
    if group not in DATED:
        return (each.path,)
    if isinstance(each.value, dict):
        return each.path, each.day, each.value["muscle"], each.value["side"]
    return each.path, each.day


def _rank(each: Given) -> tuple[Any, ...]:
    return each.day, each.rank


def _standing(place: list[Given], notes: list[Note]) -> Given | None:
    """The latest; of a red flag the "yes". None where two of one instant differ: either may be right."""
    latest = max(place, key=_rank)
    others = [each for each in place if each.value != latest.value]
    if not others:
        return latest
    path = latest.path
    if path.startswith(RED_FLAGS) and (yes := [each for each in place if each.value == "yes"]):
        text = f"{label_of(path)}: answered in more than one way on the day; the yes is used."
        notes.append(Note("warning", "business-rule", text, path=path))
        return yes[0]
    if any(_rank(each) == _rank(latest) for each in others):
        text = f"{label_of(path)}: two different values of {latest.day} without an order; none is used."
        notes.append(Note("warning", "business-rule", text, latest.source.reference, path))
        return None
    if not _alarms(path, latest.value) and any(_alarms(path, each.value) for each in others):
        seen = f"A warning sign was recorded on {latest.day}: {label_of(path)}"
        text = f"{seen}; a later value of the day is used."
        notes.append(Note("warning", "business-rule", text, latest.source.reference, path))
    return latest


def _of_earlier(older: list[Given], operated_on: date) -> Note:
    """What an earlier day said of a member that the day of the assessment says nothing of."""
    path = older[0].path
    alarming = [each for each in older if each.day >= operated_on and _alarms(path, each.value)]
    latest = max(alarming or older, key=_rank)
    if alarming:
        text = f"A warning sign was recorded on {latest.day}: {label_of(path)}; look again."
        if path.startswith(RED_FLAGS):
            text = f"Answered yes on {latest.day} to: {label_of(path)}; ask again."
        return Note("warning", "incomplete", text, latest.source.reference, path)
    text = f"{label_of(path)}: of {latest.day}, not of the day of the assessment; not used."
    return Note("information", "informational", text, latest.source.reference, path)


def _behind_a_newer(older: list[Given], operated_on: date) -> Iterator[Note]:
    """The latest warning sign of an earlier day since the operation, where the day has a value of its own."""
    alarming = [each for each in older if each.day >= operated_on and _alarms(each.path, each.value)]
    for each in sorted(alarming, key=_rank)[-1:]:
        seen = f"A warning sign was recorded on {each.day}: {label_of(each.path)}"
        text = f"{seen}; the value of the day of the assessment is used. Ask again."
        yield Note("warning", "incomplete", text, each.source.reference, each.path)


def signs_of_the_day(every: Iterable[Given | Note]) -> list[Note]:
    """The warning signs of the day of the assessment: what is told where no operation can be judged."""
    alarming = {
        each.path: each.source.reference
        for each in every
        if isinstance(each, Given) and each.is_of_the_day and _alarms(each.path, each.value)
    }
    return [
        Note("warning", SIGN, f"A warning sign of the day is on record: {label_of(path)}.", reference, path)
        for path, reference in sorted(alarming.items())
    ]


def _alarms(path: str, value: Any) -> bool:
    """Whether a value of an earlier day is a warning sign, by the thresholds that the rules use."""
    if path in ALARMS:
        return any(OPERATORS[each.op].check(value, each.value) for each in _alarm_limits(path))
    word: str | None = "yes" if path.startswith(RED_FLAGS) else ALARMS_BY_WORD.get(path)
    return word is not None and bool(value == word)


def _alarm_limits(path: str) -> list[Check]:
    """What the rules ask about the limit."""
    return [each for each in limits_of(path) if each.value == ALARMS[path].value]


def _one_scale(standing: list[Given], notes: list[Note]) -> Iterator[Given]:
    """A numeric rating before a visual analogue scale of the same pain and day, as the case asks."""
    rated = {(each.path.removesuffix("_nrs"), each.day) for each in standing if each.path.endswith("_nrs")}
    for each in standing:
        if each.path.endswith("_vas_mm") and (each.path.removesuffix("_vas_mm"), each.day) in rated:
            text = f"{label_of(each.path)} in millimetres of {each.day}: rated 0 to 10 as well; that is used."
            notes.append(Note("information", "informational", text, each.source.reference, each.path))
        else:
            yield each


def _few_entries(standing: list[Given], notes: list[Note]) -> Iterator[Given]:
    """The latest days that the case has room for; the values come with the latest first."""
    days: dict[str, dict[date, None]] = {group: {} for group in DATED}
    for each in standing:
        group = each.path.partition(".")[0]
        if group in DATED:
            if each.day not in days[group] and len(days[group]) == DATED[group]:
                text = f"More than {DATED[group]} days of {group}: the latest are used."
                notes.append(Note("warning", "business-rule", text, path=group))
                continue
            days[group][each.day] = None
        yield each


def _few_resources(standing: list[Given], notes: list[Note]) -> Iterator[Given]:
    """What comes from the latest resources, as many as the record names."""
    named: set[str] = set()
    for each in standing:
        reference = each.source.reference
        if reference and reference not in named:
            if len(named) == MOST_RESOURCES - ROOM_FOR_OPERATIONS:
                text = f"More than {MOST_RESOURCES} resources: what the latest of them give is used."
                notes.append(Note("warning", "business-rule", text))
                continue
            named.add(reference)
        yield each
