"""The JSON of a case: the operation that is judged, one value for each member, and where each came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.interop.given import Given, label_of
from app.interop.merging import merge
from app.interop.notes import Note
from app.interop.operations import Judged
from app.interop.paths import AGE, DATED, MUSCLE_POWER, PRIOR_SURGERIES, fits
from app.interop.resources import Clock, Resource
from app.interop.used import Used, provenance_of
from app.services.scales import ISO_DAY


def case_of(
    subject: str,
    clock: Clock,
    judged: Judged,
    every: Iterable[Given],
    patient: Resource | None,
    call: Mapping[str, str | None],
    notes: list[Note],
) -> dict[str, Any]:
    """The contract's JSON of an operation that was chosen. ``call``: what its provenance says of the call.

    Adds to ``notes`` what is left out.
    """
    used = Used()
    case: dict[str, Any] = {"subject": subject, "assessed_on": clock.day.isoformat()}
    _add_operations(case, judged, used)
    merged = merge(every, judged.day)
    notes += merged.notes
    _add_values(case, merged.values, judged.day, used, notes)
    _add_age(case, patient, clock.day, judged.day, used, notes)
    case["provenance"] = provenance_of(call, used)
    return case


def _add_operations(case: dict[str, Any], judged: Judged, used: Used) -> None:
    """The operation that is judged, and those before it; that there were none is said only by an answer."""
    case["surgery"] = dict(judged.surgery)
    for each in judged.same_day:
        for member in ("date", "procedure", "region", *each.details):
            used.add(each.source, f"surgery.{member}")
    if judged.earlier:
        case[PRIOR_SURGERIES] = [
            {"date": each.day.isoformat(), "procedure": each.procedure, "region": each.region}
            for each in judged.earlier
        ]
    for each in judged.earlier:
        used.add(each.source, PRIOR_SURGERIES)


def _add_values(
    case: dict[str, Any], values: Iterable[Given], operated_on: date, used: Used, notes: list[Note]
) -> None:
    entries: dict[tuple[str, date], dict[str, Any]] = {}
    for each in _possible(list(values), operated_on, notes):
        group, _, member = each.path.rpartition(".")
        if group in DATED:
            entry = entries.setdefault((group, each.day), {"date": each.day.isoformat()})
            if each.path == MUSCLE_POWER:
                entry.setdefault(member, []).append(each.value)
            else:
                entry[member] = each.value
        else:
            # The procedure says of the operation what it says; an observation adds to that.
            held = case if not group else case.setdefault(group, {})
            if member in held:
                continue
            held[member] = each.value
        used.add(each.source, each.path)
    for (group, _), entry in sorted(entries.items(), key=lambda item: item[0][1]):
        case.setdefault(group, []).append(entry)


def _possible(values: list[Given], operated_on: date, notes: list[Note]) -> list[Given]:
    """Without days that contradict the operation or each other."""
    onset = next((each.value for each in values if each.path == "pain_return.onset_on"), None)
    possible = []
    for each in values:
        is_return = each.path in ("pain_return.onset_on", "pain_return.plateau_on")
        is_plateau = each.path == "pain_return.plateau_on" and onset is not None
        if (is_return and each.value < operated_on.isoformat()) or (is_plateau and each.value < onset):
            why = "before the operation or before the pain came back"
            text = f"{label_of(each.path)}: {why}; not used."
            notes.append(Note("warning", "business-rule", text, each.source.reference, each.path))
        else:
            possible.append(each)
    return possible


def _add_age(
    case: dict[str, Any],
    patient: Resource | None,
    day: date,
    operated_on: date,
    used: Used,
    notes: list[Note],
) -> None:
    """Full years from the day of birth; else the age that was answered, where it was possible."""
    born = _full_day(patient.body.get("birthDate")) if patient else None
    if born is not None and patient is not None:
        case.pop(AGE, None)
        used.forget(AGE)
        age = _years(born, day)
        if fits(AGE, age):
            case[AGE] = age
            used.add(patient, AGE)
    if AGE in case and case[AGE] < _years(operated_on, day):
        del case[AGE]
        used.forget(AGE)
        text = f"{label_of(AGE)}: by it the operation was before birth; not used."
        notes.append(Note("warning", "business-rule", text, path=AGE))


def _full_day(value: Any) -> date | None:
    if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _years(since: date, day: date) -> int:
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))
