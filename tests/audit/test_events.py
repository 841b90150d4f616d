"""What is told of a record is in the log; under a key it is there once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from app.audit.archive import Archive
from app.audit.errors import StoreUnavailable
from app.audit.meta import read_meta
from app.audit.opening import flaws_of
from app.audit.recorder import Recorder
from app.audit.records import Actor, Event
from app.audit.store import Store
from app.audit.whole.check import Asked, check_database
from app.audit.whole.findings import Finding
from tests.audit.examples import TENANT, a_recording
from tests.audit.whole.generated import RULESET
from tests.stores import opened_store

pytestmark = pytest.mark.anyio


def told(key: str | None, what: str = "accepted", tenant: str = TENANT) -> Event:
    """A feedback as a service tells it: each time with an id of its own."""
    at, actor = datetime.now(UTC), Actor(tenant, "tests")
    return Event(uuid4(), at, actor, "feedback", (UUID(int=1),), {"what": what}, key)


async def test_an_event_is_in_the_log_once_for_each_key(recorder: Recorder, store: Store) -> None:
    first = told("card:accepted:then")

    known_as = [await recorder.log(each) for each in (first, told("card:accepted:then", "overridden"))]
    at_once = await asyncio.gather(*(recorder.log(told("other")) for _ in range(5)))

    assert known_as == [first.id, first.id]
    assert len(set(at_once)) == 1
    head = store.log.head(TENANT)
    assert head is not None
    assert head.size == 2


async def test_events_without_a_key_are_never_taken_for_each_other(recorder: Recorder) -> None:
    assert len({await recorder.log(told(None)) for _ in range(3)}) == 3


async def test_a_key_of_an_event_is_no_key_of_a_record_and_of_one_tenant_alone(recorder: Recorder) -> None:
    event, elsewhere = told("key-1"), told("key-1", tenant="other")
    recording = a_recording("key-1")

    assert await recorder.log(event) == event.id
    assert await recorder.log(elsewhere) == elsewhere.id
    assert (await recorder.record(recording)).record_id == recording.record.id


async def test_the_leaf_of_an_event_commits_to_its_key_without_telling_it(
    recorder: Recorder, archive: Archive
) -> None:
    event = told("card:accepted:then")
    await recorder.log(event)
    row = archive.entry(TENANT, event.id)

    assert row is not None
    assert flaws_of(row) == []
    leaf = read_meta(row["meta"])
    assert (leaf["kind"], leaf["what"], leaf["of"]) == ("feedback", "accepted", [str(UUID(int=1))])
    assert b"card:" not in row["meta"]
    assert flaws_of({**row, "idempotency_tag": b"another"}) == ["idempotency_tag"]


async def test_a_whole_log_with_events_of_every_kind_is_in_order(database_url: str) -> None:
    found: list[Finding] = []
    with opened_store(database_url) as store:
        store.recorder.start()
        store.archive.save_ruleset(*RULESET)
        await store.recorder.record(a_recording("key-1", ruleset_digest=RULESET[0]))
        await store.recorder.log(told("card:accepted:then"))
        await store.recorder.log(replace(told("call"), kind="abstain", of=()))
        check_database(store, Asked(), found.append)

    assert [str(each) for each in found] == []


async def test_what_has_no_content_is_no_record(recorder: Recorder, archive: Archive) -> None:
    event = replace(told("call"), kind="abstain", of=())
    await recorder.log(event)

    assert archive.get(TENANT, event.id) is None
    assert not archive.has_record(TENANT, event.id)
    assert archive.has_record(TENANT, event.id, ["assess", "abstain"])
    assert not archive.has_record("other", event.id, ["abstain"])


async def test_an_event_that_is_not_in_the_log_is_not_told_as_there(sqlite_url: str) -> None:
    with opened_store(sqlite_url) as store, pytest.raises(StoreUnavailable):
        await store.recorder.log(told("key-1"))
