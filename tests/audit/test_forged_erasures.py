"""Nobody has a key destroyed by writing to the database: only a leaf that was signed says it was erased."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text, update

from app.audit.archive import Search
from app.audit.connected import connected
from app.audit.errors import KeyAltered, RecordErased, StoreUnavailable
from app.audit.key_tables import subject_key
from app.audit.meta import write_meta
from app.audit.recorder import Recorder
from app.audit.records import Stored
from app.audit.store import Store
from app.audit.tables import entry, erased
from app.audit.whole.check import Asked, check_database
from app.audit.whole.findings import Finding
from app.transparency.tree import leaf_hash
from tests.audit.examples import RULESET, TENANT, a_recording
from tests.audit.test_erasure import SUBJECT, asked, erase, fail_at, hold, recorded
from tests.roles import tampering
from tests.stores import opened_store

pytestmark = pytest.mark.anyio
OF_ANOTHER, OF_NO_ERASURE, OF_NOTHING, BEFORE_ALL = 1, 0, 99, -1


def forge(store: Store, index: int | str) -> UUID:
    """Write that the key of the subject was erased by the leaf at that index."""
    (key_id,) = store.vault.subject_keys.key_ids_of(TENANT, SUBJECT)
    with tampering(store.database.writer.url) as connection:
        connection.execute(insert(erased).values(tenant=TENANT, key_id=key_id, idx=index))
    return key_id


def forge_with_a_leaf(store: Store) -> None:
    """The same, beside a leaf that says so and is in no tree."""
    key_id = forge(store, OF_NOTHING)
    says = {"schema": 1, "kind": "erase", "what": "erased", "of": [str(key_id)], "tenant": TENANT}
    meta = write_meta(says, OF_NOTHING, None)
    event = asked()
    row = {"tenant": TENANT, "idx": OF_NOTHING, "id": event.id, "kind": "erase", "at": event.at}
    row |= {"meta": meta, "leaf_hash": leaf_hash(meta), "receipt": b""}
    with tampering(store.database.writer.url) as connection:
        connection.execute(insert(entry).values(row))


FORGERIES: list[Callable[[Store], object]] = [
    lambda store: forge(store, OF_ANOTHER),
    lambda store: forge(store, OF_NO_ERASURE),
    lambda store: forge(store, OF_NOTHING),
    lambda store: forge(store, BEFORE_ALL),
    forge_with_a_leaf,
]


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_row_destroys_no_key_and_stops_nobody(
    recorder: Recorder, store: Store, forgery: Callable[[Store], object], caplog: pytest.LogCaptureFixture
) -> None:
    before = await recorded(recorder)
    await recorded(recorder, subject="patient-2")
    assert erase(store, "patient-2").index != OF_NO_ERASURE
    forgery(store)

    after = [await recorded(recorder, subject=subject) for subject in (SUBJECT, "patient-3")]
    store.finish_erasures()
    erase(store, "patient-3")
    for each in (before, after[0]):
        assert store.archive.get(TENANT, each.record.id) == each.record
    assert {each.levelname for each in caplog.records if "erased" in each.message} >= {"CRITICAL"}
    assert SUBJECT not in caplog.text


async def test_a_held_key_with_a_forged_row_stops_nobody(recorder: Recorder, store: Store) -> None:
    await recorded(recorder)
    forge(store, OF_NO_ERASURE)
    assert hold(store, on=True).what == "held"
    kept = await recorded(recorder)
    assert store.archive.get(TENANT, kept.record.id) == kept.record


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_true_erasure_is_recorded_beside_a_forged_one(
    recorder: Recorder, store: Store, forgery: Callable[[Store], object]
) -> None:
    """It is marked and finished as any other, and what was forged is still found."""
    before = await recorded(recorder)
    await recorded(recorder, subject="patient-2")
    forgery(store)
    with tampering(store.database.writer.url) as connection:
        connection.execute(delete(entry).where(entry.c.idx == OF_NOTHING))
    forged = marks(store)

    done = erase(store)
    assert done.what == "erased"
    assert marks(store) == forged | {(done.key_ids[0], done.index)}
    assert store.vault.subject_keys.key_ids_of(TENANT, SUBJECT) == []
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, before.record.id)
    after = await recorded(recorder)
    assert store.archive.get(TENANT, after.record.id) == after.record
    assert [each.index for each in findings(store)] == [index for _, index in forged]


async def test_an_erasure_beside_a_forged_one_is_finished_after_a_crash(
    recorder: Recorder, store: Store
) -> None:
    """By the next start, and by a second erasure, whose leaf is then marked as well."""
    before = await recorded(recorder)
    forge(store, OF_NO_ERASURE)
    repaired = fail_at(store.keys.writer, "DELETE")
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            erase(store)
    repaired()
    assert store.vault.subject_keys.key_ids_of(TENANT, SUBJECT)
    store.finish_erasures()
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, before.record.id)
    assert [each.index for each in findings(store)] == [OF_NO_ERASURE]


def marks(store: Store) -> set[tuple[UUID, int]]:
    """What the list of erased keys says."""
    with connected(store.database.reader, TENANT) as connection:
        return {(row.key_id, row.idx) for row in connection.execute(select(erased))}


def findings(store: Store) -> list[Finding]:
    """What a look through the log finds; the ruleset of the examples is none."""
    found: list[Finding] = []
    check_database(store, Asked(), found.append)
    return [each for each in found if each.tenant == TENANT]


async def test_an_erasure_in_an_altered_log_destroys_its_own_key(recorder: Recorder, store: Store) -> None:
    """Who has just written the leaf needs no proof of it."""
    await recorded(recorder)
    with tampering(store.database.writer.url) as connection:
        connection.execute(update(entry).where(entry.c.idx == 0).values(leaf_hash=bytes(32)))
    assert erase(store).what == "erased"
    assert store.vault.subject_keys.key_ids_of(TENANT, SUBJECT) == []


async def test_a_key_that_cannot_be_destroyed_stops_nobody_else(recorder: Recorder, store: Store) -> None:
    """Its subject waits; what is recorded of others in the same batch is stored."""
    await recorded(recorder)
    repaired = fail_at(store.keys.writer, "DELETE")
    with pytest.raises(KeyboardInterrupt):
        erase(store)
    repaired()
    store.vault.subject_keys.hold(TENANT, SUBJECT, on=True)

    subjects = [SUBJECT, "patient-2", "patient-3"] * 10
    tries = [recorder.record(a_recording(subject=subject)) for subject in subjects]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in answers] == [StoreUnavailable, Stored, Stored] * 10


async def test_a_forged_row_of_another_form_stops_nobody(sqlite_url: str) -> None:
    with opened_store(sqlite_url) as store:
        store.archive.save_ruleset(*RULESET)
        store.recorder.start()
        await recorded(store.recorder)
        forge(store, "no index")
        with tampering(store.database.writer.url) as connection:
            connection.execute(text("INSERT INTO erased VALUES ('local', 'no id', 0)"))
        again = await recorded(store.recorder)
        store.finish_erasures()
        assert store.archive.get(TENANT, again.record.id) == again.record


async def test_swapped_keys_have_no_other_subject_erased_and_none_shown(
    recorder: Recorder, store: Store
) -> None:
    mine, other = [await recorded(recorder, subject=each) for each in (SUBJECT, "patient-2")]
    rows = {each: store.vault.subject_keys.key_ids_of(TENANT, each)[0] for each in (SUBJECT, "patient-2")}
    tags = swap_tags(store, *rows.values())

    for command in (erase, lambda store: hold(store, on=True)):
        with pytest.raises(KeyAltered):
            command(store)
    assert store.archive.search(TENANT, Search(SUBJECT)).records == []
    assert swap_tags(store, *rows.values()) == tags[::-1]
    assert erase(store).what == "erased"
    with pytest.raises(RecordErased):
        store.archive.get(TENANT, mine.record.id)
    assert store.archive.get(TENANT, other.record.id) == other.record


def swap_tags(store: Store, one: UUID, other: UUID) -> list[bytes]:
    """Exchange the tags of two keys; what they were."""
    tag, key_id = subject_key.c.subject_tag, subject_key.c.key_id
    with store.keys.writer.begin() as connection:
        tags = [connection.scalars(select(tag).where(key_id == each)).one() for each in (one, other)]
        for each, becomes in ((one, b"aside"), (other, tags[0]), (one, tags[1])):
            connection.execute(update(subject_key).where(key_id == each).values(subject_tag=becomes))
    return tags
