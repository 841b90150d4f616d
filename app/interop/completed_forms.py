"""Filled forms as values of the case, so that they are weighed beside everything else that was sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.interop.forms import case_of_form
from app.interop.given import Given, given
from app.interop.notes import Note
from app.interop.paths import DATED, MUSCLE_POWER, PRIOR_SURGERIES
from app.interop.procedures import Operation, Operations, Unsettled
from app.interop.resources import Clock, Moment, Resource, moment_of

TOLD_BY_THE_CALL = frozenset({"subject", "assessed_on", "provenance"})


class Form(NamedTuple):
    """One form: what it says, and when it was filled in; None where it does not tell."""

    case: dict[str, Any]
    moment: Moment | None
    source: Resource
    notes: tuple[Note, ...]


def read_form(resource: Resource) -> Form:
    """A QuestionnaireResponse as the part of a case that it gives."""
    case, notes = case_of_form(dict(resource.body))
    authored = moment_of(resource.body.get("authored"))
    said = moment_of(case.get("assessed_on"))
    # Nobody answers before the day that is asked about; a day of zones apart is no reason to doubt.
    is_before = said is not None and authored is not None and authored.day < said.day - timedelta(days=1)
    if said is None or (authored is not None and (authored.day == said.day or is_before)):
        return Form(case, authored, resource, tuple(notes))
    return Form(case, said, resource, tuple(notes))


def values_of(form: Form, clock: Clock) -> Iterator[Given | Note]:
    """Every value of the form but the operations; those without a day of their own are of the form's day."""
    for name, part in form.case.items():
        if name in DATED:
            for entry in part:
                yield from _dated(name, entry, form, clock)
        elif name in TOLD_BY_THE_CALL or name in ("surgery", PRIOR_SURGERIES):
            continue
        elif form.moment is None:
            text = "The form does not tell its day; answers about that day are not used."
            yield Note("warning", "incomplete", text, form.source.reference, name)
        elif isinstance(part, dict):
            for member, value in part.items():
                yield given(f"{name}.{member}", value, form.moment, clock, form.source)
        else:
            yield given(name, part, form.moment, clock, form.source)
    if form.case.get(PRIOR_SURGERIES) == [] and form.moment is not None:
        yield given(PRIOR_SURGERIES, [], form.moment, clock, form.source)


def _dated(name: str, entry: dict[str, Any], form: Form, clock: Clock) -> Iterator[Given | Note]:
    moment = moment_of(entry["date"])
    if moment is None:
        return
    for member, value in entry.items():
        path = f"{name}.{member}"
        if path == MUSCLE_POWER:
            for tested in value:
                yield given(path, tested, moment, clock, form.source)
        elif member != "date":
            yield given(path, value, moment, clock, form.source)


def add_operations(form: Form, clock: Clock, into: Operations) -> None:
    """The operation that the form is about, and those before it; where it cannot be told, the doubt."""
    surgery = form.case.get("surgery")
    if surgery is None and _is_ours(form):
        text = "A form about an operation on the lumbar spine does not tell the operation."
        into.open_forms.append(Note("warning", "incomplete", text, form.source.reference, "surgery"))
    for told in ([surgery] if surgery else []) + form.case.get(PRIOR_SURGERIES, []):
        moment = Moment(date.fromisoformat(told["date"]))
        if (day := clock.day_in_case(moment)) is None:
            if clock.is_ahead(moment):
                into.unsettled.append(Unsettled("ahead", form.source, None))
            continue
        details = {name: value for name, value in told.items() if name not in ("date", "procedure", "region")}
        if form.moment is None or not clock.is_of_the_day(form.moment):
            details.pop("still_in_hospital", None)
        region = told.get("region", "lumbar")
        into.found.append(Operation(day, told["procedure"], region, details, form.source))


def add_unread_form(form: Form, into: Operations) -> None:
    """The doubt that a form leaves which may be of the patient and is not used."""
    if _is_ours(form):
        text = "A form about an operation on the lumbar spine cannot be read as of this patient; not used."
        into.doubts.append(Note("warning", "incomplete", text, form.source.reference, "surgery"))


def _is_ours(form: Form) -> bool:
    """Whether it is the form of this service, by what it says or by why it says nothing."""
    return bool(form.case) or any(note.code != "not-supported" for note in form.notes)
