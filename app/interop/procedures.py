"""Procedures as operations on the spine: recognised by their codes, doubted by their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from app.interop.code_book import CodeBook, Meanings, pairs, words
from app.interop.conditions import is_denied
from app.interop.notes import Note
from app.interop.paths import FIELDS
from app.interop.resources import (
    Clock,
    Moment,
    Resource,
    days_of,
    moment_of,
    objects_of,
    text_of,
)
from app.interop.systems import (
    INDICATION_SYSTEM,
    LEVEL_SYSTEM,
    NO_OPERATION_SYSTEM,
    PROCEDURE_SYSTEM,
    REGION_SYSTEM,
    SIDE_SYSTEM,
)
from app.interop.wording import (
    codings_of,
    says_nothing,
    speaks_of_something_else,
    speaks_of_the_spine,
    words_of,
)

NEVER_DONE = frozenset({"entered-in-error", "not-done", "preparation"})
LUMBAR = ("lumbar", "lumbosacral")
Kind = Literal["unknown", "wordless", "unrecognised", "unfinished", "undated", "ahead", "unread"]
SAYS: Mapping[Kind, str] = {
    "unknown": "A procedure has no code that is known here",
    "wordless": "A procedure has no code that is known here",
    "unrecognised": "A procedure has no code, and words that are not known here",
    "unfinished": "An operation on the spine is not said to be completed",
    "undated": "An operation on the spine has no full day",
    "ahead": "An operation on the spine is said to be completed on a day that is still to come",
    "unread": "A procedure cannot be read as of this patient, or as it is meant",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on the spine. ``region`` is None where the site is not known.

    ``details`` are further members of the case's ``surgery``.
    """

    day: date
    procedure: str
    region: str | None
    details: Mapping[str, Any]
    source: Resource

    @property
    def is_lumbar(self) -> bool:
        return self.region in LUMBAR


class Unsettled(NamedTuple):
    """A procedure that may be the operation that is looked for, and cannot be told.

    ``kind``: its code is not known and its words or site speak of the spine; it has neither a code nor words
    that say anything; it has no code and its words are not known here; it is not said to be completed; it has
    no full day, or one that cannot be; of whom it is, or how it is meant, cannot be read. ``last_day``: the
    last on which it can have been, None where that is not known either.
    """

    kind: Kind
    source: Resource
    last_day: date | None


@dataclass(slots=True)
class Operations:
    """What all procedures together say. ``said_today``: the days of operations that forms of the day name."""

    found: list[Operation] = field(default_factory=list)
    unsettled: list[Unsettled] = field(default_factory=list)
    doubts: list[Note] = field(default_factory=list)
    open_forms: list[Note] = field(default_factory=list)
    """What there is to tell of forms about a lumbar operation that leave it to others to say which."""
    """Of what cannot be told either, and is not the latest lumbar operation."""
    said_today: set[date] = field(default_factory=set)
    points_to_the_spine: bool = False
    """Whether a problem on record is one for which the lumbar spine is operated on."""


def read_procedure(
    resource: Resource, book: CodeBook, clock: Clock, by_reference: Mapping[str, Resource], into: Operations
) -> None:
    """Add the operations that the codes of a Procedure tell of, or the doubt that it leaves."""
    body = resource.body
    if text_of(body.get("status")) in NEVER_DONE:
        return
    meant = words(book.means(body.get("code")), PROCEDURE_SYSTEM)
    procedures = [each for each in meant if each in FIELDS["surgery.procedure"].options]
    moment = _moment(body)
    if not procedures:
        kind = _kind_of_unknown(body, book)
        if kind == "unrecognised" and any(_reasons(body, book, by_reference)):
            kind = "unknown"
        if kind:
            _doubt(kind, resource, book, clock, into)
    elif body.get("status") != "completed":
        _doubt("unfinished", resource, book, clock, into)
    elif moment is None:
        _doubt("undated", resource, book, clock, into)
    elif clock.is_ahead(moment):
        _doubt("ahead", resource, book, clock, into)
    elif (
        day := clock.day_in_case(moment)
    ) is not None:  # what is after the day that is asked for is not judged
        into.found += [_operation(resource, each, day, book, by_reference) for each in procedures]


def add_unread(
    resource: Resource, book: CodeBook, clock: Clock, by_reference: Mapping[str, Resource], into: Operations
) -> None:
    """Add the doubt that a Procedure leaves which may be of the patient and is not used."""
    alone = Operations()
    read_procedure(resource, book, clock, by_reference, alone)
    if alone.found or alone.unsettled or alone.doubts:
        _doubt("unread", resource, book, clock, into)


def _doubt(kind: Kind, resource: Resource, book: CodeBook, clock: Clock, into: Operations) -> None:
    """Add what cannot be told; no rival of the operation that is judged where it is elsewhere, or to come."""
    region, moment = _region(resource.body, book), _moment(resource.body)
    is_to_come = kind != "ahead" and moment is not None and clock.day_in_case(moment) is None
    if is_to_come or (region is not None and region not in LUMBAR):
        into.doubts.append(doubt_of(kind, resource))
    else:
        into.unsettled.append(Unsettled(kind, resource, _last_day(resource.body)))


def doubt_of(kind: Kind, resource: Resource) -> Note:
    """What is said of a procedure that leaves a doubt, wherever and whenever it was."""
    text = f"{SAYS[kind]}; it is not used."
    return Note(
        "information" if kind == "unrecognised" else "warning",
        "incomplete",
        text,
        resource.reference,
        "surgery",
    )


def _site(body: Mapping[str, Any], book: CodeBook) -> Meanings:
    return book.means([coding for each in objects_of(body.get("bodySite")) for coding in codings_of(each)])


def _region(body: Mapping[str, Any], book: CodeBook) -> str | None:
    """The region that site or code says; None where none or several."""
    said = words(_site(body, book), REGION_SYSTEM) or words(book.means(body.get("code")), REGION_SYSTEM)
    if not said and book.is_lumbar_by_itself(body.get("code")):
        return "lumbar"
    return _only(said, "region")


def _operation(
    resource: Resource, procedure: str, day: date, book: CodeBook, by_reference: Mapping[str, Resource]
) -> Operation:
    body, site = resource.body, _site(resource.body, book)
    details = {
        "levels": [w for w in words(site, LEVEL_SYSTEM) if w in FIELDS["surgery.levels"].options],
        "side": _only(words(site, SIDE_SYSTEM), "side"),
        "indication": _only(tuple(dict.fromkeys(_reasons(body, book, by_reference))), "indication"),
    }
    return Operation(
        day,
        procedure,
        _region(body, book),
        {name: value for name, value in details.items() if value},
        resource,
    )


def _reasons(body: Mapping[str, Any], book: CodeBook, by_reference: Mapping[str, Resource]) -> Iterator[str]:
    """Every indication that the reasons say, by code or by a Condition that was sent."""
    for concept in objects_of(body.get("reasonCode")):
        yield from words(book.means(concept), INDICATION_SYSTEM)
    for reference in objects_of(body.get("reasonReference")):
        named = text_of(reference.get("reference"))
        condition = by_reference.get(named)
        if condition is not None and condition.type == "Condition" and not is_denied(condition.body):
            yield from words(book.means(condition.body.get("code")), INDICATION_SYSTEM)


def _only(said: Sequence[str], member: str) -> str | None:
    """The one option that was said; None where it was none or several."""
    known = [word for word in said if word in FIELDS[f"surgery.{member}"].options]
    return known[0] if len(known) == 1 else None


def _moment(body: Mapping[str, Any]) -> Moment | None:
    """The day on which it began."""
    period = body.get("performedPeriod")
    if isinstance(period, dict):
        return moment_of(period.get("start"))
    return moment_of(body.get("performedDateTime"))


def _last_day(body: Mapping[str, Any]) -> date | None:
    """The last day on which it can have begun, by whatever is said of its time."""
    period = body.get("performedPeriod")
    said = [period.get("start"), period.get("end")] if isinstance(period, dict) else []
    days = [days_of(each) for each in (*said, body.get("performedDateTime"))]
    return next((each[1] for each in days if each is not None), None)


def _kind_of_unknown(body: Mapping[str, Any], book: CodeBook) -> Kind | None:
    """What a procedure may be whose code is no operation that is known; None where that is ruled out.

    Words never make an operation; they only keep one from being overlooked. That it was none, a code says, or
    words that speak of something else; those beside any code do where they do not speak of the spine.
    """
    if any(words(book.means(body.get(each)), NO_OPERATION_SYSTEM) for each in ("code", "category")):
        return None
    site = _site(body, book)
    sites = [text for each in objects_of(body.get("bodySite")) for text in words_of(each)]
    if {*words(site, REGION_SYSTEM), *words(site, LEVEL_SYSTEM)} or speaks_of_the_spine(sites):
        return "unknown"
    told = words_of(body.get("code"))
    if speaks_of_the_spine(told):
        return "unknown"
    if says_nothing(body.get("code")):
        return "wordless"
    return None if pairs(body.get("code")) or speaks_of_something_else(told) else "unrecognised"
