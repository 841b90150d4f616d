"""Stored before it is answered, once for each key, and nobody fails for another's record."""

import asyncio
from uuid import uuid4

import pytest

from app.audit.archive import Archive, Search
from app.audit.batch import Insert, write_batch
from app.audit.database import Database, open_database
from app.audit.errors import KeyReused, QueueFull, RecordRefused, StoreUnavailable
from app.audit.recorder import Recorder
from app.audit.records import Record, Stored
from tests.audit.examples import EXAMPLE, RULESET, a_keyed_record, a_record

pytestmark = pytest.mark.anyio


async def all_of(recorder: Recorder, records: list[Record]) -> list[Stored | BaseException]:
    """Record all at once; errors are answers too."""
    return await asyncio.gather(*(recorder.record(record) for record in records), return_exceptions=True)


async def queued(recorder: Recorder, records: list[Record]) -> list[asyncio.Task[Stored]]:
    """Tasks that have reached the queue and wait there."""
    tasks = [asyncio.create_task(recorder.record(record)) for record in records]
    await asyncio.wait(tasks, timeout=0)
    return tasks


async def test_a_record_comes_back_as_it_was_stored(recorder: Recorder, archive: Archive) -> None:
    record = a_keyed_record("key-1")
    assert await recorder.record(record) == Stored(record.id, record.answer, replayed=False)
    assert archive.get(record.id) == record


async def test_the_same_key_and_request_gets_the_first_answer(recorder: Recorder, archive: Archive) -> None:
    first, second = a_keyed_record("key-1"), a_keyed_record("key-1")
    await recorder.record(first)
    assert await recorder.record(second) == Stored(first.id, first.answer, replayed=True)
    assert archive.get(second.id) is None


async def test_the_same_key_for_another_request_is_refused(recorder: Recorder, archive: Archive) -> None:
    await recorder.record(a_keyed_record("key-1"))
    other = a_keyed_record("key-1", fingerprint=b"another request")
    with pytest.raises(KeyReused):
        await recorder.record(other)
    assert archive.get(other.id) is None


async def test_records_without_a_key_are_never_taken_for_each_other(recorder: Recorder) -> None:
    answers = await all_of(recorder, [a_record() for _ in range(20)])
    assert not any(isinstance(answer, Stored) and answer.replayed for answer in answers)
    assert len({answer.record_id for answer in answers if isinstance(answer, Stored)}) == 20


async def test_forty_keys_thirty_times_at_once_make_forty_records(
    recorder: Recorder, archive: Archive
) -> None:
    tries = [a_keyed_record(f"key-{number % 40}", subject=f"key-{number % 40}") for number in range(1200)]
    answers = await all_of(recorder, tries)
    for key in range(40):
        mine = [answer for answer in answers[key::40] if isinstance(answer, Stored)]
        assert len(mine) == 30
        assert len({(answer.record_id, answer.answer) for answer in mine}) == 1
        assert [answer.replayed for answer in mine].count(False) == 1
        assert len(archive.search(Search(subject=f"key-{key}")).records) == 1


async def test_a_race_of_two_requests_for_one_key_has_one_winner(recorder: Recorder) -> None:
    tries = [a_keyed_record("key-1", fingerprint=bytes([number % 2])) for number in range(10)]
    answers = await all_of(recorder, tries)
    assert [type(answer) for answer in answers] == [Stored, KeyReused] * 5


async def test_a_record_that_the_database_refuses_fails_alone(recorder: Recorder, archive: Archive) -> None:
    records = [a_keyed_record(f"key-{number}") for number in range(50)]
    records[17] = a_record(ruleset_digest="never stored")
    records[33] = a_record(created_at=EXAMPLE.created_at.replace(tzinfo=None))
    records[34] = a_record(subject="lone \ud800 surrogate")
    answers = await all_of(recorder, records)
    refused = {number for number, answer in enumerate(answers) if isinstance(answer, RecordRefused)}
    assert refused == {17, 33, 34}
    stored = {number for number, record in enumerate(records) if archive.get(record.id) == record}
    assert stored == set(range(50)) - refused
    assert recorder.healthy


async def test_the_same_record_twice_is_stored_once(recorder: Recorder, archive: Archive) -> None:
    record = a_record()
    answers = [*await all_of(recorder, [record, record]), await recorder.record(record)]
    assert answers == [Stored(record.id, record.answer, replayed=False)] * 3
    assert len(archive.search(Search()).records) == 1


async def test_an_id_that_belongs_to_another_record_is_refused(recorder: Recorder, archive: Archive) -> None:
    first = a_record()
    await recorder.record(first)
    thieves = [a_record(id=first.id, answer=b"other"), a_keyed_record("key-1", id=first.id)]
    bystander = a_record()
    answers = await all_of(recorder, [*thieves, bystander])
    assert [type(answer) for answer in answers] == [RecordRefused, RecordRefused, Stored]
    assert archive.get(first.id) == first


async def test_a_client_that_goes_away_does_not_stop_its_record(recorder: Recorder, archive: Archive) -> None:
    record = a_keyed_record("key-1")
    (waiting,) = await queued(recorder, [record])
    waiting.cancel()
    retry = await recorder.record(a_keyed_record("key-1"))
    assert retry == Stored(record.id, record.answer, replayed=True)
    assert archive.get(record.id) == record


async def test_closing_answers_everything_that_was_accepted(database: Database) -> None:
    recorder = Recorder(database)
    recorder.start()
    records = [a_record() for _ in range(600)]
    waiting = await queued(recorder, records)
    await asyncio.to_thread(recorder.close)
    assert [stored.record_id for stored in await asyncio.gather(*waiting)] == [r.id for r in records]
    assert not recorder.healthy
    with pytest.raises(StoreUnavailable):
        await recorder.record(a_record())


async def test_a_recorder_that_was_not_started_refuses_at_once(database: Database) -> None:
    recorder = Recorder(database)
    with pytest.raises(StoreUnavailable):
        await recorder.record(a_record())
    recorder.close()


async def test_more_than_the_queue_holds_is_refused_and_the_rest_is_stored(
    database: Database, archive: Archive
) -> None:
    recorder = Recorder(database, queue_size=5)
    with database.writer.begin():  # the writer has to wait, so that the queue fills
        recorder.start()
        waiting = await queued(recorder, [a_record()])
        while recorder.depth > 0:  # until the writer has taken the first
            await asyncio.wait(waiting, timeout=0)
        waiting += await queued(recorder, [a_record() for _ in range(20)])
        assert recorder.depth == 5
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.to_thread(recorder.close)
    assert [type(answer) for answer in answers] == [Stored] * 6 + [QueueFull] * 15
    assert len(archive.search(Search()).records) == 6


def test_a_loop_that_is_gone_does_not_trouble_the_others(recorder: Recorder, archive: Archive) -> None:
    abandoned = a_record()

    async def walk_away() -> None:
        (waiting,) = await queued(recorder, [abandoned])
        waiting.cancel()

    asyncio.run(walk_away())
    last = a_record(id=uuid4())
    assert asyncio.run(recorder.record(last)).record_id == last.id
    assert archive.get(abandoned.id) == abandoned


@pytest.mark.parametrize("key", [None, "key-1"])
async def test_every_record_has_a_fingerprint_whether_it_has_a_key_or_not(
    recorder: Recorder, key: str | None
) -> None:
    with pytest.raises(RecordRefused):
        await recorder.record(a_record(idempotency_key=key, fingerprint=None))
    await recorder.record(a_record(idempotency_key=key))


def test_a_batch_takes_its_keys_in_the_same_order_in_every_process(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    Archive(database).save_ruleset(*RULESET)
    insert = Insert(database.writer.dialect)
    with database.writer.begin() as connection:
        write_batch(connection, insert, [insert.entry(a_keyed_record(key)) for key in "cab"])
        inserted = connection.exec_driver_sql("SELECT idempotency_key FROM record ORDER BY rowid")
        assert inserted.scalars().all() == ["a", "b", "c"]
    database.close()
