"""Procedures as operations on the spine: recognised by their codes, doubted by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from unicodedata import category, normalize

from app.interop.code_book import (
    INDICATION_SYSTEM,
    PROCEDURE_SYSTEM,
    REGION_SYSTEM,
    SIDE_SYSTEM,
    CodeBook,
    words,
)
from app.interop.conditions import is_denied
from app.interop.notes import Note
from app.interop.paths import CASE_SYSTEM, FIELDS
from app.interop.resources import Clock, Moment, Resource, list_of, moment_of, text_of

NEVER_DONE = frozenset({"entered-in-error", "not-done", "preparation"})
LUMBAR = ("lumbar", "lumbosacral")
LEVEL_SYSTEM = f"{CASE_SYSTEM}:surgery.levels"
SPEAKS_OF_THE_SPINE = re.compile(
    "spin|lumb|disc|disk|disq|lamin|foramin|facet|vertebr|decompr|dekompr|descompr|wirbel|wervel|"
    "bandscheib|herni|sacr|sakr|colonn|column|coluna|kregos|rygg|pater|rachi|canal etroit|sequestr|nucleotom|"
    r"spondyl|nukleotom|radicul|radikul|nerve root|\bback\b|\b[ls] ?[1-5](?!\d)"
)
"""Parts of words, in several languages and without their accents, and levels such as L4/5: what keeps a
procedure without a known code from being ruled out."""
LAST_LATIN_LETTER = "\u024f"
"""In other scripts no word is known here."""
MOST_GROWTH = 2
"""So many times its length a text has at most when its accents are taken apart. Single signs stand for many
letters: words are not made of them, and to look at all those letters takes long."""
MOST_CODINGS = 20


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


@dataclass(slots=True)
class Operations:
    """What all procedures together say."""

    found: list[Operation] = field(default_factory=list)
    doubts: list[Note] = field(default_factory=list)
    """Each may be the operation that is looked for, and cannot be told."""


def read_procedure(
    resource: Resource, book: CodeBook, clock: Clock, by_reference: Mapping[str, Resource], into: Operations
) -> None:
    """Add the operation that a Procedure tells of, or the doubt that it leaves."""
    body = resource.body
    if text_of(body.get("status")) in NEVER_DONE:
        return
    meant = book.means(body.get("code"))
    procedure = next(
        (w for w in words(meant, PROCEDURE_SYSTEM) if w in FIELDS["surgery.procedure"].options), None
    )
    if procedure is None:
        if _may_be_of_the_spine(body.get("code")):
            into.doubts.append(_doubt("A procedure has no code that is known here", resource))
        return
    if body.get("status") != "completed":
        into.doubts.append(_doubt("An operation on the spine is not said to be completed", resource))
        return
    moment = _moment(body)
    if moment is None:
        into.doubts.append(_doubt("An operation on the spine has no full day", resource))
        return
    day = clock.day_in_case(moment)
    if day is not None:  # an operation that is still to come is not judged yet
        into.found.append(_operation(resource, procedure, day, book, by_reference))


def _operation(
    resource: Resource, procedure: str, day: date, book: CodeBook, by_reference: Mapping[str, Resource]
) -> Operation:
    body = resource.body
    site = book.means([coding for each in list_of(body.get("bodySite"))[:20] for coding in _codings(each)])
    said = words(site, REGION_SYSTEM) or words(book.means(body.get("code")), REGION_SYSTEM)
    region = _only(said, "region")
    if not said and book.is_lumbar_by_itself(body.get("code")):
        region = "lumbar"
    details = {
        "levels": [w for w in words(site, LEVEL_SYSTEM) if w in FIELDS["surgery.levels"].options],
        "side": _only(words(site, SIDE_SYSTEM), "side"),
        "indication": _only(tuple(dict.fromkeys(_reasons(body, book, by_reference))), "indication"),
    }
    return Operation(
        day,
        procedure,
        region,
        {name: value for name, value in details.items() if value},
        resource,
    )


def _reasons(body: Mapping[str, Any], book: CodeBook, by_reference: Mapping[str, Resource]) -> Iterator[str]:
    """Every indication that the reasons say, by code or by a Condition that was sent."""
    for concept in list_of(body.get("reasonCode"))[:20]:
        yield from words(book.means(concept), INDICATION_SYSTEM)
    for reference in list_of(body.get("reasonReference"))[:20]:
        named = text_of(reference.get("reference")) if isinstance(reference, dict) else ""
        condition = by_reference.get(named)
        if condition is not None and condition.type == "Condition" and not is_denied(condition.body):
            yield from words(book.means(condition.body.get("code")), INDICATION_SYSTEM)


def _only(said: Sequence[str], member: str) -> str | None:
    """The one option that was said; None where it was none or several."""
    known = [word for word in said if word in FIELDS[f"surgery.{member}"].options]
    return known[0] if len(known) == 1 else None


def _codings(concept: Any) -> list[Any]:
    return list_of(concept.get("coding")) if isinstance(concept, dict) else []


def _moment(body: Mapping[str, Any]) -> Moment | None:
    """The day on which it began."""
    period = body.get("performedPeriod")
    if isinstance(period, dict):
        return moment_of(period.get("start"))
    return moment_of(body.get("performedDateTime"))


def _may_be_of_the_spine(code: Any) -> bool:
    """Whether nothing rules it out: it has no words, they speak of the spine, or cannot be read here.

    Words never make an operation; they only keep one from being overlooked.
    """
    concept = code if isinstance(code, dict) else {}
    codings = _codings(concept)
    words_of = [concept.get("text"), *(each.get("display") for each in codings if isinstance(each, dict))]
    said = [each for each in words_of if isinstance(each, str)]
    if len(codings) > MOST_CODINGS or any(text_of(each) != each for each in said):
        return True  # more than is looked at
    told = _plain(" ".join(said))
    unknown = any(letter.isalpha() and letter > LAST_LATIN_LETTER for letter in told)
    return not told or unknown or SPEAKS_OF_THE_SPINE.search(told) is not None


def _plain(text: str) -> str:
    """In small letters, without accents and without what is not seen; empty where it is no text of words."""
    letters = normalize("NFKD", text)
    if len(letters) > MOST_GROWTH * len(text):
        return ""
    unseen = {ord(each): None for each in set(letters) if category(each) in ("Mn", "Cf")}
    return letters.translate(unseen).casefold().strip()


def _doubt(what: str, resource: Resource) -> Note:
    return Note("warning", "incomplete", f"{what}; it is not used.", resource.reference, "surgery")
