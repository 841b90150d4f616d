"""Resources as they were sent: unpacked, named, told apart by patient, their days read. Nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from app.interop.elements import FHIR_ID
from app.services.timeline import FARTHEST_EAST

TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
PATIENT = re.compile(
    r"(?:.*/)?Patient/(?!\.{1,2}(?:/|$))([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?"
)
URN = re.compile(r"urn:uuid:([A-Za-z0-9-]{1,64})")
LONGEST_TEXT = 2000
"""Characters of a reference that are looked at; an address that is longer names no patient."""
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)
"""The days that a case can hold."""
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


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
            return True
        if not self.is_today:
            return False
        if moment.at is None:
            tomorrow = self.day + timedelta(days=1)
            return moment.day == tomorrow <= self.now.astimezone(FARTHEST_EAST).date()
        return moment.at <= self.now and moment.at.date() == self.day

    def day_in_case(self, moment: Moment) -> date | None:
        """The day under which the case holds it; None for what is after the assessment."""
        if moment.day <= self.day:
            return moment.day
        return self.day if self.is_of_the_day(moment) else None


def resources_of(sent: Sequence[Any]) -> list[Resource]:
    """Every resource, those inside Bundles too; of the versions of one resource the latest.

    What does not tell when it was written stays as well: it may be the latest, and what two versions say is
    weighed like what two resources say.
    """
    found: dict[str, list[Resource]] = {}
    for number, each in enumerate(_unpacked(sent)):
        found.setdefault(each.reference or f"#{number}", []).append(each)
    return [each for versions in found.values() for each in _latest(versions)]


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
    )


def text_of(value: Any) -> str:
    """A text that is short enough to be looked at; empty for all else."""
    return value if isinstance(value, str) and len(value) <= LONGEST_TEXT else ""


def list_of(value: Any) -> list[Any]:
    """A list; empty for all else."""
    return value if isinstance(value, list) else []


def patients_by_address(resources: Sequence[Resource]) -> dict[str, str]:
    """The id of each Patient by the address (fullUrl) that entries of a Bundle refer to."""
    named = ((each.address, _own_id(each)) for each in resources if each.type == "Patient")
    return {address: known for address, known in named if address and known}


def _own_id(patient: Resource) -> str:
    """The id of a Patient, else that in its address; empty where neither tells."""
    in_address = PATIENT.fullmatch(patient.address) or URN.fullmatch(patient.address)
    return patient.reference.partition("/")[2] or (in_address[1] if in_address else "")


def patient_of(resource: Resource, by_address: Mapping[str, str]) -> str | None:
    """The id of the patient it is of; empty where it names none, None where that cannot be read."""
    if resource.type == "Patient":
        return _own_id(resource) or (None if resource.address else "")
    subject = resource.body.get("subject")
    if subject is None:
        return ""
    reference = text_of(subject.get("reference")) if isinstance(subject, dict) else ""
    if reference in by_address:
        return by_address[reference]
    named = PATIENT.fullmatch(reference)
    return named[1] if named else None


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


def _instant(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def updated_at(resource: Resource) -> datetime:
    """When its version was written; long ago where that is not told."""
    try:
        return _instant(resource.updated_at) if resource.updated_at else LONG_AGO
    except (ValueError, OverflowError):
        return LONG_AGO
