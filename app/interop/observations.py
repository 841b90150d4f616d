"""Observations as values of the case, by code and body site; their components too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.interop.code_book import CodeBook, words
from app.interop.given import Given, given, label_of
from app.interop.notes import Note
from app.interop.numbers import NotUsed
from app.interop.paths import FIELDS, MUSCLE_POWER, PRIOR_SURGERIES
from app.interop.resources import MOST_COMPONENTS, Clock, Moment, Resource, moment_of, objects_of, text_of
from app.interop.systems import ANSWER_SYSTEM, CASE_SYSTEM
from app.interop.values import check_one_value, value_of

STATES = frozenset({"final", "amended", "corrected", "preliminary"})
NOT_FINAL = "preliminary"
REASSURING = ("no", "normal", "negative", "none")
"""Words that are not taken from a result that may still change; a number or a finding is."""
SAYS_NOTHING = frozenset({"registered", "cancelled", "entered-in-error"})
MUSCLE_PARTS = tuple(f"{MUSCLE_POWER}.{name}" for name in ("muscle", "side", "grade"))
TOLD_OTHERWISE = frozenset({"subject", "assessed_on", "surgery.date", "surgery.procedure", "surgery.region"})
"""Members that the patient, the call and the procedures tell, or that need several values."""

READ = frozenset(
    path
    for path, field in FIELDS.items()
    if field.kind != "group"
    and not field.repeats
    and path not in TOLD_OTHERWISE
    and not path.endswith(".date")
    and not path.startswith((f"{PRIOR_SURGERIES}.", f"{MUSCLE_POWER}."))
)
"""The members that one observation, or a component of one, can give."""


def read_observation(resource: Resource, book: CodeBook, clock: Clock) -> Iterator[Given | Note]:
    """What one Observation gives; nothing for one that was never valid, or whose code means nothing here."""
    body = resource.body
    status = text_of(body.get("status"))
    if status not in STATES:
        if status not in SAYS_NOTHING:
            yield from _not_used(resource, book, "not said to be a valid result")
        return
    if body.get("focus") and not _is_about_the_patient(body):
        yield from _not_used(resource, book, "about somebody or something else than the patient")
        return
    components = [each for each in objects_of(body.get("component"), MOST_COMPONENTS) if each.get("code")]
    meant = words(book.means(body.get("code")), CASE_SYSTEM)
    if not meant and not components:
        return
    moment = _moment(body)
    if MUSCLE_POWER in meant:
        yield from _muscle(components, resource, book, clock, moment)
        return
    yield from _part(body, meant, resource, book, clock, moment)
    for part in components:
        meant = words(book.means(part.get("code")), CASE_SYSTEM)
        yield from _part(part, meant, resource, book, clock, moment)


def _not_used(resource: Resource, book: CodeBook, why: str) -> Iterator[Note]:
    """That values are there which do not count."""
    parts = (resource.body, *objects_of(resource.body.get("component"), MOST_COMPONENTS))
    meant = [path for part in parts for path in words(book.means(part.get("code")), CASE_SYSTEM)]
    for path in dict.fromkeys(path for path in meant if path in READ):
        text = f"{label_of(path)}: {why}; not used."
        yield Note("warning", "incomplete", text, resource.reference, path)


def _is_about_the_patient(body: Mapping[str, Any]) -> bool:
    subject = body.get("subject")
    named = text_of(subject.get("reference")) if isinstance(subject, dict) else ""
    about = objects_of(body.get("focus"))
    return bool(named and about) and all(each.get("reference") == named for each in about)


def _part(
    part: Mapping[str, Any],
    meant: tuple[str, ...],
    resource: Resource,
    book: CodeBook,
    clock: Clock,
    moment: Moment | None,
) -> Iterator[Given | Note]:
    """What the observation itself or one component gives."""
    paths = [path for path in meant if path in READ or path == PRIOR_SURGERIES]
    if len(paths) > 1:
        sites = words(book.means(resource.body.get("bodySite")), CASE_SYSTEM)
        at_site = [path for path in paths if path in sites]
        if len(at_site) != 1:
            yield _which(paths, resource)
            return
        paths = at_site
    for path in paths:
        if moment is None:
            text = f"{label_of(path)}: without a full day; not used."
            yield Note("warning", "incomplete", text, resource.reference, path)
        else:
            yield from _valued(path, part, resource, book, clock, moment)


def _valued(
    path: str, part: Mapping[str, Any], resource: Resource, book: CodeBook, clock: Clock, moment: Moment
) -> Iterator[Given | Note]:
    try:
        if path == PRIOR_SURGERIES:
            yield from _none_before(part, resource, book, clock, moment)
            return
        value = value_of(part, FIELDS[path], book)
    except NotUsed as not_used:
        yield not_used.note._replace(reference=resource.reference)
        return
    if value in REASSURING and resource.body.get("status") == NOT_FINAL:
        text = f"{label_of(path)}: answered by a result that is not final; not used."
        yield Note("warning", "incomplete", text, resource.reference, path)
    else:
        yield given(path, value, moment, clock, resource)


def _none_before(
    part: Mapping[str, Any], resource: Resource, book: CodeBook, clock: Clock, moment: Moment
) -> Iterator[Given | Note]:
    """That there were none, which is the one thing that an observation can say of a list. Raises NotUsed."""
    check_one_value(part, FIELDS[PRIOR_SURGERIES])
    said = words(book.means(part.get("valueCodeableConcept")), ANSWER_SYSTEM)
    if part.get("valueBoolean") is False or said == ("no",):
        yield given(PRIOR_SURGERIES, [], moment, clock, resource)


def _muscle(
    components: list[dict[str, Any]], resource: Resource, book: CodeBook, clock: Clock, moment: Moment | None
) -> Iterator[Given | Note]:
    """One muscle on one side, of three components."""
    tested: dict[str, Any] = {}
    try:
        for part in components:
            for path in words(book.means(part.get("code")), CASE_SYSTEM):
                if path in MUSCLE_PARTS:
                    tested[path] = value_of(part, FIELDS[path], book)
    except NotUsed as not_used:
        yield not_used.note._replace(reference=resource.reference)
        return
    if moment is None or len(tested) < len(MUSCLE_PARTS):
        text = f"{label_of(MUSCLE_POWER)}: without day, muscle, side or grade; not used."
        yield Note("warning", "incomplete", text, resource.reference, MUSCLE_POWER)
        return
    value = {path.rpartition(".")[2]: tested[path] for path in MUSCLE_PARTS}
    yield given(MUSCLE_POWER, value, moment, clock, resource)


def _which(paths: list[str], resource: Resource) -> Note:
    known = " or ".join(label_of(path) for path in paths)
    text = f"{known}: the body site does not say which; not used."
    return Note("warning", "incomplete", text, resource.reference, paths[0])


def _moment(body: Mapping[str, Any]) -> Moment | None:
    """When it was observed: of a period its end, for what is said "of the last week" is known then."""
    period = body.get("effectivePeriod")
    if isinstance(period, dict):
        return moment_of(period.get("end")) or moment_of(period.get("start"))
    return moment_of(body.get("effectiveDateTime")) or moment_of(body.get("effectiveInstant"))
