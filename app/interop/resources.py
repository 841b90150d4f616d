"""Resources as they were sent: unpacked, named, their days read. Nothing raises."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from app.interop.addresses import Named, home_of, named
from app.interop.elements import FHIR_ID
from app.services.scales import FIRST_DAY, LAST_DAY
from app.services.timeline import FARTHEST_EAST

TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
YEAR_OR_MONTH = re.compile(r"([0-9]{4})(-([0-9]{2}))?")
LONGEST_TEXT = 2000
"""Characters of a reference that are looked at; an address that is longer names no patient."""
MOST_LISTED = 20
"""Entries of one list that are looked at: nobody writes more for another reason than to keep us busy."""
MOST_COMPONENTS = 100
"""Components of one observation that are looked at."""
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
APART = timedelta(minutes=5)
"""The clock of an EHR may be so far ahead of this one."""


class Resource(NamedTuple):
    """One resource of a known shape: a JSON object that says its type.

    ``reference`` ("Observation/o1"), ``version`` and ``updated_at`` are empty where they are not well formed.
    """

    type: str
    reference: str
    version: str
    updated_at: str
    body: Mapping[str, Any]
    address: str = ""
    about: Named | None = Named("")
    """The patient that its subject names; with an empty id where it has none, None if unreadable."""


class Moment(NamedTuple):
    """A day as it was written where it happened, and the instant (UTC) where one was given."""

    day: date
    at: datetime | None = None


class Clock(NamedTuple):
    """The day of the assessment, and the instant at which it is made (UTC)."""

    day: date
    now: datetime

    @property
    def is_today(self) -> bool:
        return self.day == self.now.date()

    def is_of_the_day(self, moment: Moment) -> bool:
        """Whether it belongs to the day of the assessment.

        Where patients live the day may already be the next one, or still the one before, while it is this day
        in UTC: what has happened within this day of UTC counts as well.
        """
        if moment.day == self.day:
            return not self.is_ahead(moment)
        if not self.is_today:
            return False
        if moment.at is None:
            tomorrow = self.day + timedelta(days=1)
            return moment.day == tomorrow <= self.now.astimezone(FARTHEST_EAST).date()
        return moment.at <= self.now and moment.at.date() == self.day

    def day_in_case(self, moment: Moment) -> date | None:
        """The day under which the case holds it; None for what is after the assessment."""
        if moment.day < self.day:
            return moment.day
        return self.day if self.is_of_the_day(moment) else None

    def is_ahead(self, moment: Moment) -> bool:
        """Whether it is still to come wherever the patient lives, so that nothing can be known of it yet."""
        if moment.at is not None:
            return moment.at > self.now + APART
        return moment.day > max(self.day, self.now.astimezone(FARTHEST_EAST).date())


def resources_of(sent: Sequence[Any]) -> list[Resource]:
    """Every resource, those inside Bundles too; of the versions of one resource the latest.

    What does not tell when it was written stays as well: it may be the latest, and what two versions say is
    weighed like what two resources say.
    """
    found: dict[tuple[str, str], list[Resource]] = {}
    for number, each in enumerate(_unpacked(sent)):
        found.setdefault((each.reference or f"#{number}", _server(each)), []).append(each)
    return [each for versions in found.values() for each in _latest(versions)]


def _server(resource: Resource) -> str:
    """The server that it names: the same id on another one is another resource."""
    return (resource.about.server if resource.about else "") or home_of(resource.address)


def _latest(versions: list[Resource]) -> list[Resource]:
    if len(versions) == 1:
        return versions
    written = [updated_at(each) for each in versions]
    last = max(written)
    return [each for each, at in zip(versions, written, strict=True) if at in (LONG_AGO, last)]


def _unpacked(sent: Sequence[Any]) -> Iterator[Resource]:
    """In the order sent, by a list of what is left: no depth of Bundles inside Bundles is too deep."""
    left = [(each, "") for each in reversed(sent)]
    while left:
        body, address = left.pop()
        if not isinstance(body, dict):
            continue
        kind = body.get("resourceType")
        if kind == "Bundle":
            entries = body.get("entry")
            for entry in reversed(entries) if isinstance(entries, list) else ():
                if isinstance(entry, dict):
                    left.append((entry.get("resource"), text_of(entry.get("fullUrl"))))
        elif isinstance(kind, str) and TYPE.fullmatch(kind):
            yield _named(kind, body, address)


def _named(kind: str, body: dict[str, Any], address: str) -> Resource:
    known = text_of(body.get("id"))
    meta = body.get("meta")
    version = text_of(meta.get("versionId")) if isinstance(meta, dict) else ""
    updated = text_of(meta.get("lastUpdated")) if isinstance(meta, dict) else ""
    return Resource(
        kind,
        f"{kind}/{known}" if FHIR_ID.fullmatch(known) else "",
        version if FHIR_ID.fullmatch(version) else "",
        updated if INSTANT.fullmatch(updated) else "",
        body,
        address,
        named(reference_of(body)) if body.get("subject") is not None else Named(""),
    )


def reference_of(body: Mapping[str, Any]) -> str:
    """The reference to its subject, as it was written; empty where there is none."""
    subject = body.get("subject")
    return text_of(subject.get("reference")) if isinstance(subject, dict) else ""


def text_of(value: Any) -> str:
    """A text that is short enough to be looked at; empty for all else."""
    return value if isinstance(value, str) and len(value) <= LONGEST_TEXT else ""


def list_of(value: Any) -> list[Any]:
    """A list; empty for all else."""
    return value if isinstance(value, list) else []


def objects_of(value: Any, most: int | None = MOST_LISTED) -> list[dict[str, Any]]:
    """The objects among the first entries of a list, of all where ``most`` is None; of all else none."""
    return [each for each in list_of(value)[:most] if isinstance(each, dict)]


def is_cut(body: Mapping[str, Any]) -> bool:
    """Whether it holds more components, or more codes of one thing, than are looked at."""
    components = list_of(body.get("component"))
    return (
        _has_many_codes(body)
        or len(components) > MOST_COMPONENTS
        or any(_has_many_codes(each) for each in components if isinstance(each, dict))
    )


def _has_many_codes(part: Mapping[str, Any]) -> bool:
    concepts = (part.get("code"), part.get("valueCodeableConcept"))
    return any(len(list_of(each.get("coding"))) > MOST_LISTED for each in concepts if isinstance(each, dict))


def moment_of(value: Any) -> Moment | None:
    """A dateTime of FHIR that says at least the day; None for all else, and for days no case can hold."""
    if not isinstance(value, str) or len(value) > 40 or not (form := DATE_TIME.fullmatch(value)):
        return None
    try:
        day = date.fromisoformat(form[1])
        if not FIRST_DAY <= day <= LAST_DAY:
            return None
        return Moment(day, _instant(value) if form[2] else None)
    except ValueError:
        return None


def days_of(value: Any) -> tuple[date, date] | None:
    """The first and the last day that a date or dateTime of FHIR can mean, which may be a year or a month."""
    if (moment := moment_of(value)) is not None:
        return moment.day, moment.day
    if not isinstance(value, str) or not (form := YEAR_OR_MONTH.fullmatch(value)):
        return None
    year, first, last = int(form[1]), int(form[3] or 1), int(form[3] or 12)
    if not (1 <= first <= 12 and FIRST_DAY.year <= year <= LAST_DAY.year):
        return None
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _instant(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def updated_at(resource: Resource) -> datetime:
    """When its version was written; long ago where that is not told."""
    try:
        return _instant(resource.updated_at) if resource.updated_at else LONG_AGO
    except (ValueError, OverflowError):
        return LONG_AGO
