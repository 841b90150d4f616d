"""Records to store; each call makes another one unless it is told what to be."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from app.audit.records import Actor, Record, Recording, Summary

TENANT = "local"
RULESET = ("sha256:ruleset", "2026.1", b'{"rules":[]}')

EXAMPLE = Record(
    id=UUID(int=0),
    created_at=datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
    subject="patient-1",
    assessed_on=date(2026, 3, 1),
    verdict="on_track",
    tier="none",
    worst_not_excluded="same_day",
    ruleset_digest=RULESET[0],
    engine_version="0.1.0",
    case_json=b'{"subject":"patient-1"}',
    facts_json=b'{"leg_pain_nrs":2}',
    answer=b'{"verdict":"on_track"}',
    truths=b"\x00\x01\x02\xff",
)


def a_record(**changes: Any) -> Record:
    """An example with an id of its own."""
    return replace(EXAMPLE, **{"id": uuid4(), **changes})


def a_recording(
    key: str | None = None, request: bytes = b"same request", tenant: str = TENANT, **changes: Any
) -> Recording:
    """A try at the request with this key: each try has its own id and answer."""
    record_id = uuid4()
    mine = {"id": record_id, "answer": b'{"id":"%s"}' % str(record_id).encode(), **changes}
    return Recording(a_record(**mine), Actor(tenant, "tests"), request, key)


def in_short(record: Record) -> Summary:
    """The record as a search shows it."""
    return Summary(**{each.name: getattr(record, each.name) for each in fields(Summary)})
