"""The work that is done for each entry before it waits in the queue; what cannot be kept is found here."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.audit.content import content_of
from app.audit.meta import members_of, tag_digest
from app.audit.records import Event, Recording
from app.audit.vault import Vault


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry that lacks nothing but its place in the log."""

    id: UUID
    tenant: str
    members: dict[str, Any]
    subject: str | None = None
    content: bytes | None = None
    answer: bytes = b""
    idempotency_tag: bytes | None = None
    request: bytes = b""
    """SHA-256 of what a repetition under the same key must repeat."""


def prepare_event(event: Event, tag: bytes | None = None) -> Prepared:
    """An entry that names others and holds nothing itself; in the log once under a tag."""
    members = members_of(event.kind, event.id, event.at, event.actor, event.of)
    if tag is not None:
        members["idempotency"] = tag_digest(tag, members["id"])
    return Prepared(event.id, event.actor.tenant, {**members, **event.detail}, idempotency_tag=tag)


def prepare_recording(recording: Recording, vault: Vault) -> Prepared:
    """An entry with a record. Raises what the types raise on values that nothing can be written of."""
    record, tenant, key = recording.record, recording.actor.tenant, recording.idempotency_key
    corrected = () if record.corrects is None else (record.corrects,)
    kind = "correct" if corrected else "assess"
    tag = None if key is None else vault.tag(tenant, "idempotency", key)
    members = members_of(kind, record.id, record.created_at, recording.actor, corrected) | {
        "ruleset": record.ruleset_digest,
        "assessed_on": record.assessed_on.isoformat(),
    }
    if tag is not None:
        members["idempotency"] = tag_digest(tag, members["id"])
    return Prepared(
        record.id,
        tenant,
        members,
        subject=record.subject,
        content=content_of(record),
        answer=record.answer,
        idempotency_tag=tag,
        request=sha256(recording.request).digest(),
    )
