"""What is appended to the log, a record as it is read back, and what the recorder answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

Kind = Literal[
    "assess",
    "correct",
    "read",
    "query",
    "verify",
    "erase",
    "hold",
    "key",
    "access",
    "recover",
    "abstain",
    "feedback",
]
"""What an entry of the log says happened."""
RECORDS: tuple[Kind, ...] = ("assess", "correct")
"""The kinds of entries that hold a record."""
LOCAL_TENANT = "local"
"""Whose everything is where no credentials are required."""


class Actor(NamedTuple):
    """On whose behalf something happens: the tenant and the credential, never its secret, and the request."""

    tenant: str
    credential: str
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One assessment: everything needed to show it again and to run it again."""

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
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the records of a tenant: what it was about, in ids and codes alone.

    Under an idempotency key it is in the log once, however often and with whatever detail it is told.
    """

    id: UUID
    at: datetime
    actor: Actor
    kind: Kind
    of: tuple[UUID, ...] = ()
    detail: Mapping[str, str | int] = field(default_factory=dict)
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A record to be stored for an actor; *request* is what a repetition under the same key must repeat."""

    record: Record
    actor: Actor
    request: bytes
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
    """A record that is committed: its answer with the receipt, and whether an earlier request made it."""

    record_id: UUID
    answer: bytes
    replayed: bool
