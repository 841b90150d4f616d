"""What a leaf tells to whoever reads the log, and what is read back where rows and leaves were altered."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, update

from app.audit.archive import LOOKED_AT, Archive, Search
from app.audit.connected import connected
from app.audit.errors import KeyReused, RecordDamaged, RecordErased
from app.audit.opening import flaws_of
from app.audit.recorder import Recorder
from app.audit.records import Actor, Event, Recording
from app.audit.sqlite import READING_CONNECTIONS
from app.audit.store import Store
from app.audit.tables import entry
from app.transparency.tree import leaf_hash
from tests.audit.examples import EXAMPLE, TENANT, a_recording
from tests.roles import tampering

pytestmark = pytest.mark.anyio
TOLD = {"schema", "release", "kind", "at", "tenant", "actor", "trace", "of", "ruleset", "assessed_on", "key"}
"""What the leaves of two records of one subject may have in common; decision 0018 says what it gives away."""
TOLD_IN_COLUMNS = {"tenant", "kind", "at", "key_id", "assessed_on", "ruleset_digest", "corrects"}


async def recorded(recorder: Recorder, *args: Any, **changes: Any) -> Recording:
    recording = a_recording(*args, **changes)
    await recorder.record(recording)
    return recording


def erase(store: Store, subject: str = EXAMPLE.subject) -> None:
    asked = Event(uuid4(), datetime.now(UTC), Actor(TENANT, "tests"), "erase")
    store.erasure.erase(subject, asked, "request")


def row_of(store: Store, record_id: UUID) -> dict[str, Any]:
    with connected(store.database.reader, TENANT) as connection:
        return dict(connection.execute(select(entry).where(entry.c.id == record_id)).mappings().one())


def rewrite_leaf(store: Store, record_id: UUID, **members: Any) -> None:
    """Put another leaf in the place of that of a record, with the hash that belongs to it."""
    said = {**json.loads(row_of(store, record_id)["meta"]), **members}
    meta = json.dumps({name: value for name, value in said.items() if value is not None}).encode()
    changed = update(entry).where(entry.c.id == record_id).values(meta=meta, leaf_hash=leaf_hash(meta))
    with tampering(store.database.writer.url) as connection:
        connection.execute(changed)


async def test_a_search_over_erased_records_needs_no_second_connection(
    recorder: Recorder, store: Store, archive: Archive
) -> None:
    gone = [await recorded(recorder) for _ in range(3)]
    stays = await recorded(recorder, subject="patient-2")
    erase(store)

    with ExitStack() as taken:
        for _ in range(READING_CONNECTIONS - 1):
            taken.enter_context(store.database.reader.connect())
        found = archive.search(TENANT, Search()).records
        with pytest.raises(RecordErased):
            archive.answer(TENANT, gone[0].record.id)

    assert [each.id for each in found] == [stays.record.id]


async def test_a_search_asks_once_which_of_a_page_were_erased(
    recorder: Recorder, store: Store, archive: Archive
) -> None:
    asked: list[str] = []
    event.listen(store.database.reader, "before_cursor_execute", lambda *sent: asked.append(sent[2]))
    for number in range(5):
        await recorded(recorder, subject=f"patient-{number}")
    for number in range(5):
        erase(store, f"patient-{number}")
    asked.clear()

    assert archive.search(TENANT, Search()).records == []
    assert len([each for each in asked if "FROM erased" in each]) == 1


async def test_what_is_asked_of_few_is_found_behind_all_that_were_looked_at_in_vain(
    recorder: Recorder, archive: Archive
) -> None:
    oldest = await recorded(recorder, verdict="relapsed", tier="same_day")
    later = EXAMPLE.created_at + timedelta(hours=1)
    for _ in range(LOOKED_AT + 1):
        await recorded(recorder, created_at=later)

    wanted = Search(verdict="relapsed", tier="same_day")
    first = archive.search(TENANT, wanted, limit=2)
    assert first.records == []
    assert first.after is not None
    second = archive.search(TENANT, wanted, first.after, limit=2)
    assert [each.id for each in second.records] == [oldest.record.id]
    assert second.after is None


async def test_two_leaves_of_the_same_case_have_nothing_in_common_that_tells_of_it(
    recorder: Recorder, store: Store
) -> None:
    one, other = [await recorded(recorder, f"key-{number}") for number in range(2)]

    rows = [row_of(store, each.record.id) for each in (one, other)]
    leaves = [json.loads(row["meta"]) for row in rows]
    columns = [{name: repr(value) for name, value in row.items()} for row in rows]

    assert {name for name, value in leaves[0].items() if leaves[1][name] == value} == TOLD
    assert {name for name, value in columns[0].items() if columns[1][name] == value} == TOLD_IN_COLUMNS


async def test_a_leaf_names_the_idempotency_key_to_nobody_and_its_column_is_held_against_it(
    recorder: Recorder, store: Store
) -> None:
    recording = await recorded(recorder, "key-1")
    row = row_of(store, recording.record.id)

    assert row["idempotency_tag"].hex() not in row["meta"].decode()
    assert flaws_of(row) == []
    assert flaws_of({**row, "idempotency_tag": bytes(32)}) == ["idempotency_tag"]
    assert flaws_of({**row, "idempotency_tag": None}) == ["idempotency_tag"]


async def test_whether_a_request_is_the_one_of_an_erased_record_is_told_to_nobody(
    recorder: Recorder, store: Store
) -> None:
    await recorded(recorder, "key-1")
    erase(store)

    for request in (b"same request", b"another request"):
        with pytest.raises(RecordErased):
            await recorder.record(a_recording("key-1", request))


FOREIGN: tuple[object, ...] = ("\ud800", "\xff", 7)
REWRITTEN: list[dict[str, Any]] = [
    *({name: None} for name in ("key", "id", "tenant", "index", "content", "commitment", "fingerprint")),
    {"key": "no id"},
    {"key": 7},
    {"commitment": "zz"},
    {"commitment": 7},
    *({"fingerprint": value} for value in FOREIGN),
    {"tenant": 7},
    {"id": str(UUID(int=7))},
]


@pytest.mark.parametrize("members", REWRITTEN, ids=str)
async def test_a_leaf_that_was_rewritten_with_its_hash_is_damage_and_no_failure(
    recorder: Recorder, store: Store, archive: Archive, members: dict[str, Any]
) -> None:
    recording = await recorded(recorder, "key-1")
    stays = await recorded(recorder)
    rewrite_leaf(store, recording.record.id, **members)

    for read in (archive.get, archive.answer):
        with pytest.raises(RecordDamaged):
            read(TENANT, recording.record.id)
    with pytest.raises(RecordDamaged):
        await recorder.record(a_recording("key-1"))
    assert [each.id for each in archive.search(TENANT, Search()).records] == [stays.record.id]


async def test_a_replay_is_compared_with_what_the_leaf_says(recorder: Recorder, store: Store) -> None:
    recording = await recorded(recorder, "key-1")
    rewrite_leaf(store, recording.record.id, fingerprint="0" * 64)

    with pytest.raises(KeyReused):
        await recorder.record(a_recording("key-1"))
