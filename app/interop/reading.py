"""Resources of FHIR R4 as the draft of a case. Whatever is sent, nothing raises, and no draft is invalid.

What is out of range, unreadable, ambiguous or in a unit that cannot be converted is left out with a note:
left out means unknown, never "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.interop.code_book import CodeBook, words
from app.interop.completed_forms import Form, add_operations, add_unread_form, read_form, values_of
from app.interop.conditions import read_condition
from app.interop.drafting import case_of
from app.interop.given import Given
from app.interop.merging import signs_of_the_day
from app.interop.notes import SEVERITIES, WHICH_OPERATION, Note
from app.interop.observations import read_observation
from app.interop.operations import Finding, choose
from app.interop.paths import RED_FLAGS
from app.interop.patients import has_died, patient_of, patients_by_address, servers_of
from app.interop.procedures import Operations, add_unread, read_procedure
from app.interop.resources import Clock, Resource, resources_of
from app.interop.sorting import sort
from app.interop.systems import INDICATION_SYSTEM

TYPES = frozenset({"Patient", "Procedure", "Observation", "Condition", "QuestionnaireResponse"})
MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """``case``: the contract's JSON, empty unless an operation is found; ``notes``: what was not used.

    ``holds_another``: whether resources of another patient were sent too. ``is_deceased``: whether the
    patient had died by the day of the assessment; then there is no case.
    """

    finding: Finding
    case: dict[str, Any]
    notes: tuple[Note, ...]
    holds_another: bool = False
    is_deceased: bool = False


def draft_from(
    resources: Sequence[Any],
    *,
    subject: str,
    now: datetime,
    assessed_on: date | None,
    book: CodeBook,
    channel: str,
    request: str | None = None,
    encounter: str | None = None,
    complete: frozenset[str] = frozenset(),
    service: str | None = None,
    server: str | None = None,
) -> Draft:
    """The case of one patient as of one day.

    ``resources``: parsed JSON of any shape; Bundles are unpacked. ``subject``: the well-formed id of the
    Patient. ``assessed_on``: the day that is asked for; else the day that a form names, else today (UTC).
    ``channel``, ``service``, ``request`` and ``encounter`` are recorded with the case where they fit its
    provenance.
    ``complete``: the types of resources of which all that there is was sent: only with "Procedure" among them
    can the finding be "no_operation". ``server``: the base address of the server on which the subject is that
    patient, where it is known; a reference to another one is to another patient.
    """
    sent = [each for each in resources_of(resources) if each.type in TYPES]
    found = sort(sent, subject, server)
    ours, notes, holds_another = found.ours, list(found.notes), found.holds_another
    if any(each.type == "Procedure" for each in found.foreign):
        complete -= {"Procedure"}  # one that was left out may be the operation
    forms = [read_form(each) for each in ours if each.type == "QuestionnaireResponse"]
    clock = Clock(assessed_on or _day_of(forms) or now.astimezone(UTC).date(), now.astimezone(UTC))
    if any(has_died(each, clock) for each in ours if each.type == "Patient"):
        return Draft("cannot_tell", {}, _in_order(notes), holds_another, is_deceased=True)
    operations = _operations(ours, forms, book, clock)
    _add_unread(found.unread, ours, book, clock, operations)
    chosen = choose(operations, is_complete="Procedure" in complete)
    notes += [note for form in forms for note in _told_by(form, subject)] + list(chosen.notes)
    if chosen.finding == "cannot_tell":
        notes += signs_of_the_day(_values(ours, forms, book, clock, clock.day))
    if chosen.judged is None:
        return Draft(chosen.finding, {}, _in_order(notes), holds_another)
    given: list[Given] = []
    for each in _values(ours, forms, book, clock, chosen.judged.day):
        if isinstance(each, Given):
            given.append(each)
        else:
            notes.append(each)
    call = {"channel": channel, "service": service, "request": request, "encounter": encounter}
    case = case_of(subject, clock, chosen.judged, given, _patient(ours), call, notes)
    return Draft(chosen.finding, case, _in_order(notes), holds_another)


def subjects_of(resources: Sequence[Any]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The ids of all patients that resources name, and the servers; for who was not told of whom they are."""
    sent = [each for each in resources_of(resources) if each.type in TYPES]
    by_address = patients_by_address(sent)
    patients = (patient_of(each, by_address) for each in sent)
    return tuple(dict.fromkeys(each.id for each in patients if each and each.id)), servers_of(sent)


def _told_by(form: Form, subject: str) -> Iterator[Note]:
    """What there is to tell of a form; also where it was answered under another id than the patient's."""
    yield from form.notes
    if form.case.get("subject", subject) != subject:
        text = "A form was answered under another id than that of the patient: is it of this patient?"
        yield Note("warning", "business-rule", text, form.source.reference, "subject")


def _day_of(forms: Iterable[Form]) -> date | None:
    """The day of assessment that the latest form names."""
    named = [form.case["assessed_on"] for form in forms if "assessed_on" in form.case]
    return date.fromisoformat(max(named)) if named else None


def _operations(ours: Sequence[Resource], forms: Iterable[Form], book: CodeBook, clock: Clock) -> Operations:
    by_reference = _by_reference(ours)
    operations = Operations()
    for each in ours:
        if each.type == "Procedure":
            read_procedure(each, book, clock, by_reference, operations)
    for form in forms:
        add_operations(form, clock, operations)
        if "surgery" in form.case and form.moment is not None and clock.is_of_the_day(form.moment):
            operations.said_today.add(date.fromisoformat(form.case["surgery"]["date"]))
    operations.points_to_the_spine = any(_is_reason_to_operate(each, book) for each in ours)
    return operations


def _is_reason_to_operate(each: Resource, book: CodeBook) -> bool:
    """Whether it is a problem for which the lumbar spine is operated on."""
    known = book.condition_means(each.body.get("code")) if each.type == "Condition" else ()
    return bool(words(known, INDICATION_SYSTEM))


def _add_unread(
    unread: Iterable[Resource], ours: Sequence[Resource], book: CodeBook, clock: Clock, into: Operations
) -> None:
    """What may be the operation among the resources that are not used: never taken for none."""
    for each in unread:
        if each.type == "Procedure":
            add_unread(each, book, clock, _by_reference(ours), into)
        elif each.type == "QuestionnaireResponse":
            add_unread_form(read_form(each), into)


def _by_reference(ours: Sequence[Resource]) -> Mapping[str, Resource]:
    """Each resource by the ways in which another one may refer to it."""
    return {key: each for each in ours for key in (each.reference, each.address) if key}


def _values(
    ours: Sequence[Resource], forms: Iterable[Form], book: CodeBook, clock: Clock, operated_on: date
) -> Iterable[Given | Note]:
    for each in ours:
        if each.type == "Observation":
            yield from read_observation(each, book, clock)
        elif each.type == "Condition":
            yield from read_condition(each, book, clock, operated_on)
    for form in forms:
        yield from values_of(form, clock)


def _patient(ours: Iterable[Resource]) -> Resource | None:
    return next((each for each in ours if each.type == "Patient"), None)


def _in_order(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Errors first, then warnings: which operation it is, red flags, the rest; each once, and not endless."""
    once = sorted(dict.fromkeys(notes), key=_weight)
    return tuple(once[:MOST_NOTES])


def _weight(note: Note) -> tuple[int, bool, bool]:
    return (
        SEVERITIES.index(note.severity),
        note.path != WHICH_OPERATION,
        not note.path.startswith(RED_FLAGS),
    )
