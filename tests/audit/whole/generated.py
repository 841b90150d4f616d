"""Databases with many entries, appended as the recorder appends them but without its queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from uuid import UUID, uuid4

from app.audit.append import Appender
from app.audit.prepare import Prepared, prepare_event, prepare_recording
from app.audit.records import Actor, Event, Recording
from app.audit.store import Store
from tests.audit.examples import TENANT, a_record

RULES = b'{"rules":[],"version":"2026.1"}'
RULESET = (sha256(RULES).hexdigest(), "2026.1", RULES)
START = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def events(count: int, tenant: str = TENANT) -> Iterator[Prepared]:
    """Reads of records: entries without a content."""
    actor = Actor(tenant, "tests", "0af7651916cd43dd8448eb211c80319c")
    for number in range(count):
        at = START + timedelta(seconds=number)
        yield prepare_event(Event(uuid4(), at, actor, "read", (uuid4(),), {"what": "answer"}))


def recordings(
    store: Store, count: int, size: int = 200, tenant: str = TENANT, subjects: int = 7
) -> Iterator[Prepared]:
    """Records with answers of *size* bytes, each under a key; every third corrects the first."""
    first: UUID | None = None
    for number in range(count):
        record_id = uuid4()
        first = first or record_id
        record = a_record(
            id=record_id,
            subject=f"patient-{number % subjects}",
            ruleset_digest=RULESET[0],
            answer=b"x" * size,
            corrects=first if number % 3 == 2 else None,
        )
        recording = Recording(record, Actor(tenant, "tests"), b"request", f"key-{record_id}")
        yield prepare_recording(recording, store.vault)


def fill(store: Store, entries: Iterator[Prepared], at_once: int = 256, tenant: str = TENANT) -> None:
    """Append entries of one tenant, so many in each commit."""
    store.archive.save_ruleset(*RULESET)
    while some := list(islice(entries, at_once)):
        commit(store, some, tenant)


def commit(store: Store, some: Sequence[Prepared], tenant: str = TENANT) -> None:
    """Append these in one commit."""
    keys = store.vault.subject_keys.keys_for({(tenant, each.subject) for each in some if each.subject})
    appender = Appender(store.database.writer.dialect, store.vault)
    with store.database.writer.begin() as connection:
        appender.append(connection, tenant, appender.lock(connection, tenant), some, keys)
