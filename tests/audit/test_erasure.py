"""A subject that is erased is gone for good, and nothing else is; the log says so, and every proof holds."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from psycopg import sql
from sqlalchemy import Engine, delete, event, insert, select, text

from app.audit.archive import Search
from app.audit.erasure import Noted
from app.audit.errors import NotInTheLog, RecordDamaged, RecordErased, StoreUnavailable
from app.audit.key_tables import subject_key
from app.audit.recorder import Recorder
from app.audit.records import Actor, Event, Kind, Recording
from app.audit.store import Store, open_store
from app.audit.tables import erased
from app.transparency.checkpoint import read_note
from app.transparency.tree import Frontier, append, leaf_hash, verify_inclusion
from tests.audit.examples import RULESET, TENANT, a_recording
from tests.roles import tampering
from tests.stores import ORIGIN, SECRETS, opened_store

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = pytest.mark.anyio
SUBJECT = "patient-1"


def asked(kind: Kind = "erase", tenant: str = TENANT) -> Event:
    return Event(uuid4(), datetime.now(UTC), Actor(tenant, "tests"), kind)


def erase(store: Store, subject: str = SUBJECT) -> Noted:
    return store.erasure.erase(subject, asked(), "request")


def hold(store: Store, *, on: bool, subject: str = SUBJECT) -> Noted:
    return store.erasure.hold(subject, asked("hold"), on=on)


def leaf(store: Store, index: int) -> dict[str, Any]:
    (found,) = store.log.entries(TENANT, index, index + 1)
    members: dict[str, Any] = json.loads(found.meta)
    return members


async def recorded(recorder: Recorder, **changes: Any) -> Recording:
    recording = a_recording(**changes)
    await recorder.record(recording)
    return recording


def require_whole_log(store: Store) -> None:
    """Every leaf is what its hash says, and in the tree that was signed."""
    head = store.log.head(TENANT)
    assert head
    checkpoint = read_note(head.note, store.vault.verifier_keys)
    leaves = store.log.entries(TENANT, 0, head.size)
    assert len(leaves) == head.size == checkpoint.size
    grown = append(Frontier.from_bytes(0, b""), [leaf_hash(each.meta) for each in leaves])
    assert grown.frontier.root == checkpoint.root
    for each in leaves:
        proof = store.log.inclusion(TENANT, each.index, head.size)
        assert verify_inclusion(each.leaf_hash, each.index, head.size, proof.path, checkpoint.root)


async def test_an_erased_record_cannot_be_read_and_all_others_can(recorder: Recorder, store: Store) -> None:
    gone = [await recorded(recorder) for _ in range(3)]
    stays = await recorded(recorder, subject="patient-2")
    namesake = await recorded(recorder, tenant="other")

    noted = erase(store)

    assert (noted.what, noted.index, len(noted.key_ids)) == ("erased", 4, 1)
    for each in gone:
        with pytest.raises(RecordErased):
            store.archive.get(TENANT, each.record.id)
        with pytest.raises(RecordErased):
            store.archive.answer(TENANT, each.record.id)
    assert store.archive.get(TENANT, stays.record.id) == stays.record
    assert store.archive.get("other", namesake.record.id) == namesake.record
    assert [each.id for each in store.archive.search(TENANT, Search()).records] == [stays.record.id]
    require_whole_log(store)


async def test_the_leaf_names_the_keys_and_the_reason_and_nothing_of_the_patient(
    recorder: Recorder, store: Store
) -> None:
    await recorded(recorder)
    noted = erase(store)
    said = leaf(store, noted.index)

    assert (said["kind"], said["what"], said["reason"]) == ("erase", "erased", "request")
    assert said["of"] == [str(each) for each in noted.key_ids]
    assert SUBJECT not in json.dumps(said)


async def test_a_subject_can_be_recorded_again_after_its_erasure(recorder: Recorder, store: Store) -> None:
    old = await recorded(recorder)
    erase(store)
    new = await recorded(recorder)

    assert store.archive.get(TENANT, new.record.id) == new.record
    assert [each.id for each in store.archive.search(TENANT, Search(SUBJECT)).records] == [new.record.id]
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, old.record.id)


async def test_a_repeated_request_of_an_erased_record_is_told_so(recorder: Recorder, store: Store) -> None:
    await recorded(recorder, key="key-1")
    erase(store)
    with pytest.raises(RecordErased):
        await recorder.record(a_recording("key-1"))


async def test_nothing_to_erase_is_said_in_the_log_as_well(recorder: Recorder, store: Store) -> None:
    await recorded(recorder)
    noted = erase(store, "unknown")
    assert (noted.what, noted.key_ids) == ("nothing", ())
    assert leaf(store, noted.index)["what"] == "nothing"
    assert erase(store).what == "erased"
    assert erase(store).what == "nothing"


def test_a_mistyped_tenant_gets_no_log_of_its_own(store: Store) -> None:
    with pytest.raises(NotInTheLog, match="no log"):
        store.erasure.erase(SUBJECT, asked(tenant="mistyped"), "request")
    with pytest.raises(NotInTheLog, match="no log"):
        store.erasure.hold(SUBJECT, asked("hold", tenant="mistyped"), on=True)
    assert store.log.head("mistyped") is None


async def test_a_legal_hold_refuses_the_erasure_until_it_ends(recorder: Recorder, store: Store) -> None:
    kept = await recorded(recorder)
    assert hold(store, on=True).what == "held"
    refused = erase(store)
    assert refused.what == leaf(store, refused.index)["what"] == "refused"
    assert store.archive.get(TENANT, kept.record.id) == kept.record

    released = hold(store, on=False)
    assert (leaf(store, released.index)["kind"], released.what) == ("hold", "released")
    assert erase(store).what == "erased"
    assert hold(store, on=True).what == "nothing"
    require_whole_log(store)


def fail_at(engine: Engine, statement: str) -> Callable[[], None]:
    """Let one statement fail as a crash at that point would; call what is returned to end it."""

    def fail(*told: Any) -> None:
        if told[2].startswith(statement):
            raise KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", fail)
    return lambda: event.remove(engine, "before_cursor_execute", fail)


@pytest.fixture
async def interrupted(recorder: Recorder, store: Store) -> Recording:
    """A record whose subject has an `erase` leaf, and its key still: a crash came between."""
    recording = await recorded(recorder)
    repaired = fail_at(store.keys.writer, "DELETE")
    with pytest.raises(KeyboardInterrupt):
        erase(store)
    repaired()
    assert store.vault.subject_keys.key_ids_of(TENANT, SUBJECT)
    return recording


def test_an_interrupted_erasure_is_finished_by_the_next_start(interrupted: Recording, store: Store) -> None:
    assert store.erasure.finish() == 1
    assert store.erasure.finish() == 0
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, interrupted.record.id)


def test_an_interrupted_erasure_is_finished_by_the_next_one(interrupted: Recording, store: Store) -> None:
    assert erase(store, "somebody else").what == "nothing"
    assert store.vault.subject_keys.tenants() == []
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, interrupted.record.id)


async def test_an_interrupted_erasure_is_finished_by_a_writer_that_meets_the_key(
    interrupted: Recording, recorder: Recorder, store: Store
) -> None:
    new = await recorded(recorder)
    assert store.archive.get(TENANT, new.record.id) == new.record
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, interrupted.record.id)


def test_an_interrupted_erasure_can_be_repeated_and_no_longer_held(
    interrupted: Recording, store: Store
) -> None:
    assert hold(store, on=True).what == "nothing"
    assert erase(store).what == "erased"
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, interrupted.record.id)


async def test_a_writer_that_meets_an_erased_key_destroys_no_newer_one(
    recorder: Recorder, store: Store, database_url: str
) -> None:
    """Between its look at the key and its transaction, another process erases and records the subject."""
    await recorded(recorder)
    meanwhile: list[Recording] = []

    def erase_and_record_again(*_: object) -> None:
        if not meanwhile:
            erase(store)
            meanwhile.append(asyncio.run(recorded(recorder)))

    with opened_store(database_url) as slow:
        event.listen(slow.database.writer, "checkout", erase_and_record_again)
        slow.recorder.start()
        late = await recorded(slow.recorder)
    for each in (*meanwhile, late):
        assert store.archive.get(TENANT, each.record.id) == each.record


async def test_a_key_that_cannot_be_destroyed_now_does_not_end_the_recorder(
    interrupted: Recording, recorder: Recorder, store: Store
) -> None:
    repaired = fail_with_locked(store)
    with pytest.raises(StoreUnavailable):
        await recorder.record(a_recording())
    repaired()
    assert recorder.healthy
    again = await recorded(recorder)
    assert store.archive.get(TENANT, again.record.id) == again.record
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, interrupted.record.id)


def fail_with_locked(store: Store) -> Callable[[], None]:
    """The database of the keys refuses to delete, as a full disk would."""
    trigger = "CREATE TRIGGER full BEFORE DELETE ON subject_key BEGIN SELECT RAISE(ABORT, 'full'); END"
    with store.keys.writer.begin() as connection:
        connection.execute(text(trigger))

    def repaired() -> None:
        with store.keys.writer.begin() as connection:
            connection.execute(text("DROP TRIGGER full"))

    return repaired


async def test_a_key_that_a_backup_brings_back_is_destroyed_by_the_next_start(
    recorder: Recorder, store: Store
) -> None:
    """The record remembers that it was erased, whatever the database of keys is restored from."""
    gone = await recorded(recorder)
    with store.keys.reader.connect() as connection:
        backup = dict(connection.execute(select(subject_key)).mappings().one())
    erase(store)
    with store.keys.writer.begin() as connection:
        connection.execute(insert(subject_key).values(backup))

    store.finish_erasures()
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, gone.record.id)


async def test_a_start_that_cannot_finish_an_erasure_says_so_and_goes_on(
    interrupted: Recording, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    repaired = fail_with_locked(store)
    store.finish_erasures()
    assert "not finished" in caplog.text
    repaired()
    store.finish_erasures()
    assert "1 keys were destroyed" in caplog.text
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, interrupted.record.id)


async def test_an_erasure_whose_commit_was_not_heard_of_leaves_one_leaf(
    recorder: Recorder, store: Store
) -> None:
    """The same event a second time finds its leaf, and says what that says."""
    await recorded(recorder)
    event_of_one = asked()
    first = store.erasure.erase(SUBJECT, event_of_one, "request")
    assert store.erasure.erase(SUBJECT, event_of_one, "request") == first
    head = store.log.head(TENANT)
    assert head
    assert head.size == first.index + 1


async def test_a_key_that_is_gone_without_a_leaf_is_damage(recorder: Recorder, store: Store) -> None:
    recording = await recorded(recorder)
    with store.keys.writer.begin() as connection:
        connection.execute(delete(subject_key))
    with pytest.raises(RecordDamaged):
        store.archive.get(TENANT, recording.record.id)


@pytest.mark.parametrize("forged", [0, 1, 99])
async def test_a_forged_note_of_an_erasure_explains_nothing(
    recorder: Recorder, store: Store, forged: int
) -> None:
    """Whoever took a key away can write a row that says it was erased, but no leaf."""
    recording = await recorded(recorder)
    erase(store, "somebody else")
    (key_id,) = store.vault.subject_keys.key_ids_of(TENANT, SUBJECT)
    with store.keys.writer.begin() as connection:
        connection.execute(delete(subject_key))
    with tampering(store.database.writer.url) as connection:
        connection.execute(insert(erased).values(tenant=TENANT, key_id=key_id, idx=forged))
    with pytest.raises(RecordDamaged):
        store.archive.get(TENANT, recording.record.id)


def canaries(recording: Recording, key: bytes, wrapped: bytes) -> list[bytes]:
    record = recording.record
    return [record.subject.encode(), record.answer[:60], record.case_json, key, wrapped]


WHO = "canary-of-a-subject"
CANARY = {"subject": WHO, "case_json": b'{"canary":"of a case"}', "facts_json": b'{"canary":"of a fact"}'}


async def erased_canary(recorder: Recorder, store: Store, files: Callable[[], bytes]) -> None:
    """Erase one subject among many: it and its key are in no file afterwards, and the log is whole."""
    others = [await recorded(recorder, subject=f"patient-{number}") for number in range(40)]
    recording = await recorded(recorder, **CANARY)
    with store.keys.reader.connect() as connection:
        (key_id,) = store.vault.subject_keys.key_ids_of(TENANT, WHO)
        stored = select(subject_key.c.wrapped).where(subject_key.c.key_id == key_id)
        wrapped = connection.scalars(stored).one()
    key = store.vault.subject_keys.key(TENANT, key_id)
    assert key
    assert wrapped in files(), "the test looks into the wrong files"
    assert erase(store, WHO).what == "erased"
    after = files()
    assert [each for each in canaries(recording, key.key, wrapped) if each in after] == []
    assert all(store.archive.get(TENANT, each.record.id) == each.record for each in others)
    require_whole_log(store)


def files_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_no_trace_of_an_erased_subject_is_in_the_files_of_sqlite(
    sqlite_url: str, tmp_path: Path
) -> None:
    with opened_store(sqlite_url) as store:
        store.archive.save_ruleset(*RULESET)
        store.recorder.start()
        await erased_canary(store.recorder, store, lambda: files_of(tmp_path))


@pytest.mark.postgres
async def test_no_trace_of_an_erased_subject_is_in_the_tables_of_postgresql(
    postgres: "Postgres", postgres_url: str, postgres_keys_url: str
) -> None:
    """In the tables of both databases: the server's own log is recycled later, as its retention says."""
    store = open_store(postgres_url, postgres_keys_url, SECRETS, ORIGIN)

    def tables() -> bytes:
        postgres.execute(sql.SQL("CHECKPOINT"))
        return files_of(Path(postgres.server.pgdata) / "base")

    store.archive.save_ruleset(*RULESET)
    store.recorder.start()
    await erased_canary(store.recorder, store, tables)
    store.close()
