"""What a leaf of the log commits to: a line of JSON, written once, stored and never written again.

It holds ids, digests, codes and moments, and nothing of the patient: whoever may read the log may see it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from app.audit.errors import LeafUnreadable
from app.audit.records import Actor
from app.version import VERSION

SCHEMA = 1
Members = Mapping[str, Any]
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What reading of a leaf raises that no service wrote."""


@dataclass(frozen=True, slots=True)
class SealedContent:
    """What a leaf says of the content beside it."""

    key_id: UUID
    sha256: str
    commitment: str
    answer: str
    """SHA-256 of the salt and the answer: it ties the answer to its receipt."""
    fingerprint: str
    """Of what a repetition must repeat; it tells nothing without the key of the subject."""


def members_of(
    kind: str, event_id: UUID, at: datetime, actor: Actor, of: Iterable[UUID] = ()
) -> dict[str, Any]:
    """What every leaf says. A moment needs a time zone: it could be any of 26."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return {
        "schema": SCHEMA,
        "release": VERSION,
        "kind": kind,
        "id": str(event_id),
        "at": moment(at),
        "tenant": actor.tenant,
        "actor": actor.credential,
        "trace": actor.trace_id,
        "of": [str(each) for each in of],
    }


def write_meta(members: Members, index: int, sealed: SealedContent | None) -> bytes:
    """The bytes of the leaf at that index."""
    placed = {**members, "index": index}
    if sealed is not None:
        placed |= {
            "key": str(sealed.key_id),
            "content": sealed.sha256,
            "commitment": sealed.commitment,
            "answer": sealed.answer,
            "fingerprint": sealed.fingerprint,
        }
    return json.dumps(placed, sort_keys=True, separators=(",", ":")).encode()


def read_meta(meta: bytes) -> Members:
    """The members of a leaf; LeafUnreadable where no service wrote it."""
    try:
        members = from_json(meta)
    except (ValueError, TypeError) as error:
        raise LeafUnreadable("The leaf is not JSON.") from error
    if not isinstance(members, dict) or members.get("schema") != SCHEMA:
        raise LeafUnreadable("The leaf has another form than this release reads.")
    return members


def moment(at: datetime) -> str:
    """In UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def columns_of(members: Members) -> dict[str, Any]:
    """The columns of the table `entry` that repeat the leaf, as they must be. Raises UNREADABLE."""
    return {
        "tenant": members["tenant"],
        "idx": members["index"],
        "id": UUID(members["id"]),
        "kind": members["kind"],
        "at": datetime.fromisoformat(members["at"]),
        "key_id": UUID(members["key"]) if "key" in members else None,
        "assessed_on": date.fromisoformat(members["assessed_on"]) if "assessed_on" in members else None,
        "ruleset_digest": members.get("ruleset"),
        "corrects": UUID(members["of"][0]) if members["kind"] == "correct" else None,
    }


def tag_digest(tag: bytes | None, entry_id: str) -> str | None:
    """What the leaf of that id says of its idempotency tag: SHA-256 in hexadecimal; None without a tag.

    Who has the column can compare it; who reads only the log can match it with nothing.
    """
    return None if tag is None else sha256(entry_id.encode() + tag).hexdigest()
