"""A record as it is stored, and what the recorder answers."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Record:
    """One assessment as stored: everything needed to show it again and to run it again."""

    id: UUID
    created_at: datetime
    subject: str
    assessed_on: date
    verdict: str
    tier: str
    worst_not_excluded: str
    ruleset_digest: str
    engine_version: str
    case_json: bytes
    facts_json: bytes
    answer: bytes
    truths: bytes
    fingerprint: bytes
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A record in short, as a search shows it."""

    id: UUID
    created_at: datetime
    subject: str
    assessed_on: date
    verdict: str
    tier: str
    worst_not_excluded: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A record that is committed: its answer, and whether an earlier request made it."""

    record_id: UUID
    answer: bytes
    replayed: bool
