"""Stored before it is answered, once for each key, and nobody fails for another's record."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.audit.archive import Archive, Search
from app.audit.errors import (
    KeyReused,
    QueueFull,
    RecordDamaged,
    RecordErased,
    RecordError,
    RecordRefused,
    StoreUnavailable,
)
from app.audit.key_tables import subject_key
from app.audit.recorder import Recorder
from app.audit.records import Actor, Event, Recording, Stored
from app.audit.store import Store
from tests.audit.examples import EXAMPLE, RULESET, TENANT, a_recording
from tests.roles import tampering
from tests.stores import opened_store

pytestmark = pytest.mark.anyio


async def all_of(recorder: Recorder, recordings: list[Recording]) -> list[Stored | BaseException]:
    """Record all at once; errors are answers too."""
    return await asyncio.gather(*(recorder.record(each) for each in recordings), return_exceptions=True)


@dataclass
class Batches:
    """How large each batch was."""

    sizes: list[int] = field(default_factory=list)

    def on_batch(self, size: int, _seconds: float) -> None:
        self.sizes.append(size)


async def queued(recorder: Recorder, recordings: list[Recording]) -> list[asyncio.Task[Stored]]:
    """Tasks that have reached the queue and wait there."""
    tasks = [asyncio.create_task(recorder.record(each)) for each in recordings]
    await asyncio.wait(tasks, timeout=0)
    return tasks


def is_answer_of(stored: Stored | BaseException, recording: Recording, *, replayed: bool = False) -> bool:
    """Whether that recording was answered, with its own bytes and a receipt behind them."""
    assert isinstance(stored, Stored), stored
    members = json.loads(stored.answer)
    receipt = members.pop("receipt")
    return (
        stored.record_id == recording.record.id
        and members == json.loads(recording.record.answer)
        and receipt["origin"].endswith(f"/{recording.actor.tenant}")
        and stored.replayed == replayed
    )


async def test_a_record_comes_back_as_it_was_stored(recorder: Recorder, archive: Archive) -> None:
    recording = a_recording("key-1")
    stored = await recorder.record(recording)
    assert is_answer_of(stored, recording)
    assert archive.get(TENANT, recording.record.id) == recording.record
    assert archive.answer(TENANT, recording.record.id) == stored.answer


async def test_the_same_key_and_request_gets_the_first_answer(recorder: Recorder, archive: Archive) -> None:
    first, second = a_recording("key-1"), a_recording("key-1")
    answered = await recorder.record(first)
    again = await recorder.record(second)
    assert (again.record_id, again.answer, again.replayed) == (first.record.id, answered.answer, True)
    assert archive.get(TENANT, second.record.id) is None


async def test_the_same_key_for_another_request_is_refused(recorder: Recorder, archive: Archive) -> None:
    await recorder.record(a_recording("key-1"))
    other = a_recording("key-1", request=b"another request")
    with pytest.raises(KeyReused):
        await recorder.record(other)
    assert archive.get(TENANT, other.record.id) is None


async def test_a_key_is_of_one_tenant_alone(recorder: Recorder, archive: Archive) -> None:
    ours, theirs = a_recording("key-1"), a_recording("key-1", tenant="other", request=b"another request")
    assert is_answer_of(await recorder.record(ours), ours)
    assert is_answer_of(await recorder.record(theirs), theirs)
    assert archive.get(TENANT, theirs.record.id) is None
    assert archive.get("other", ours.record.id) is None


async def test_records_without_a_key_are_never_taken_for_each_other(recorder: Recorder) -> None:
    answers = await all_of(recorder, [a_recording() for _ in range(20)])
    assert not any(isinstance(answer, Stored) and answer.replayed for answer in answers)
    assert len({answer.record_id for answer in answers if isinstance(answer, Stored)}) == 20


async def test_forty_keys_thirty_times_at_once_make_forty_records(
    recorder: Recorder, archive: Archive
) -> None:
    tries = [a_recording(f"key-{number % 40}", subject=f"key-{number % 40}") for number in range(1200)]
    answers = await all_of(recorder, tries)
    for key in range(40):
        mine = [answer for answer in answers[key::40] if isinstance(answer, Stored)]
        assert len(mine) == 30
        assert len({(answer.record_id, answer.answer) for answer in mine}) == 1
        assert [answer.replayed for answer in mine].count(False) == 1
        assert len(archive.search(TENANT, Search(subject=f"key-{key}")).records) == 1


async def test_a_race_of_two_requests_for_one_key_has_one_winner(recorder: Recorder) -> None:
    tries = [a_recording("key-1", request=b"%d" % (number % 2)) for number in range(10)]
    answers = await all_of(recorder, tries)
    assert [type(answer) for answer in answers] == [Stored, KeyReused] * 5


async def test_a_record_that_the_database_refuses_fails_alone(recorder: Recorder, archive: Archive) -> None:
    recordings = [a_recording(f"key-{number}") for number in range(50)]
    recordings[17] = a_recording(ruleset_digest="never stored")
    recordings[33] = a_recording(created_at=EXAMPLE.created_at.replace(tzinfo=None))
    recordings[34] = a_recording(subject="lone \ud800 surrogate")
    answers = await all_of(recorder, recordings)
    refused = {number for number, answer in enumerate(answers) if isinstance(answer, RecordRefused)}
    assert refused == {17, 33, 34}
    records = [each.record for each in recordings]
    stored = {place for place, each in enumerate(records) if archive.get(TENANT, each.id) == each}
    assert stored == set(range(50)) - refused
    assert recorder.healthy


async def test_the_same_record_twice_at_once_is_stored_once(recorder: Recorder, archive: Archive) -> None:
    recording = a_recording()
    answers = await all_of(recorder, [recording, recording])
    assert all(is_answer_of(answer, recording) for answer in answers)
    assert len(archive.search(TENANT, Search()).records) == 1


async def test_an_id_that_belongs_to_another_record_is_refused(recorder: Recorder, archive: Archive) -> None:
    first = a_recording()
    await recorder.record(first)
    record_id = first.record.id
    thieves = [a_recording(id=record_id, request=b"other"), a_recording("key-1", id=record_id)]
    bystander = a_recording()
    answers = await all_of(recorder, [*thieves, bystander])
    assert [type(answer) for answer in answers] == [RecordRefused, RecordRefused, Stored]
    assert archive.get(TENANT, record_id) == first.record


async def test_a_client_that_goes_away_does_not_stop_its_record(recorder: Recorder, archive: Archive) -> None:
    recording = a_recording("key-1")
    (waiting,) = await queued(recorder, [recording])
    waiting.cancel()
    retry = await recorder.record(a_recording("key-1"))
    assert is_answer_of(retry, recording, replayed=True)
    assert archive.get(TENANT, recording.record.id) == recording.record


async def test_requests_that_came_together_are_written_together(store: Store) -> None:
    batches = Batches()
    recorder = Recorder(store.database, store.vault, observer=batches)
    recorder.start()

    async def prepared_slowly() -> None:
        time.sleep(0.02)  # noqa: ASYNC251 - the loop has work to do, and an idle writer would begin
        await recorder.record(a_recording())

    await asyncio.gather(*(prepared_slowly() for _ in range(8)))
    recorder.close()

    assert sum(batches.sizes) == 8
    assert len(batches.sizes) <= 2


async def test_an_entry_does_not_wait_for_others_that_never_cease(recorder: Recorder) -> None:
    first = asyncio.create_task(recorder.record(a_recording()))
    others = []
    async with asyncio.timeout(30):
        while not first.done():
            others.append(asyncio.create_task(recorder.record(a_recording())))
            await asyncio.sleep(0.005)
    assert isinstance(first.result(), Stored)
    assert all(isinstance(each, Stored) for each in await asyncio.gather(*others))


async def test_closing_answers_everything_that_was_accepted(store: Store) -> None:
    store.recorder.start()
    recordings = [a_recording() for _ in range(600)]
    waiting = await queued(store.recorder, recordings)
    await asyncio.to_thread(store.recorder.close)
    answered = [stored.record_id for stored in await asyncio.gather(*waiting)]
    assert answered == [each.record.id for each in recordings]
    assert not store.recorder.healthy
    with pytest.raises(StoreUnavailable):
        await store.recorder.record(a_recording())


async def test_a_recorder_that_was_not_started_refuses_at_once(store: Store) -> None:
    with pytest.raises(StoreUnavailable):
        await store.recorder.record(a_recording())


async def test_more_than_the_queue_holds_is_refused_and_the_rest_is_stored(store: Store) -> None:
    recorder = Recorder(store.database, store.vault, queue_size=5)
    with store.database.writer.begin():  # the writer has to wait, so that the queue fills
        recorder.start()
        waiting = await queued(recorder, [a_recording()])
        while recorder.depth > 0:  # until the writer has taken the first
            await asyncio.wait(waiting, timeout=0)
        waiting += await queued(recorder, [a_recording() for _ in range(20)])
        assert recorder.depth == 5
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.to_thread(recorder.close)
    assert [type(answer) for answer in answers] == [Stored] * 6 + [QueueFull] * 15
    assert len(store.archive.search(TENANT, Search()).records) == 6


def test_a_loop_that_is_gone_does_not_trouble_the_others(recorder: Recorder, archive: Archive) -> None:
    abandoned = a_recording()

    async def walk_away() -> None:
        (waiting,) = await queued(recorder, [abandoned])
        waiting.cancel()

    asyncio.run(walk_away())
    last = a_recording(id=uuid4())
    assert asyncio.run(recorder.record(last)).record_id == last.record.id
    assert archive.get(TENANT, abandoned.record.id) == abandoned.record


async def test_a_correction_is_a_record_of_its_own_that_names_the_old_one(
    recorder: Recorder, archive: Archive
) -> None:
    old, new = a_recording(), a_recording()
    correction = a_recording(corrects=old.record.id)
    for each in (old, new, correction):
        await recorder.record(each)
    assert archive.get(TENANT, old.record.id) == old.record
    assert archive.get(TENANT, correction.record.id) == correction.record
    assert archive.corrected_by(TENANT, old.record.id) == correction.record.id
    assert archive.corrected_by(TENANT, new.record.id) is None


async def test_a_key_that_nothing_can_be_sealed_with_is_no_fault_of_the_case(
    recorder: Recorder, store: Store
) -> None:
    await recorder.record(a_recording())
    with store.keys.writer.begin() as connection:
        connection.execute(text("UPDATE subject_key SET wrapped = subject_tag"))

    answers = await all_of(recorder, [a_recording(), a_recording(subject="patient-2")])

    assert [type(answer) for answer in answers] == [RecordDamaged, Stored]


async def test_a_key_that_cannot_be_read_stops_nobody_else(recorder: Recorder, store: Store) -> None:
    ours, theirs = a_recording(), a_recording(tenant="other")
    store.vault.subject_keys.keys_for({(TENANT, EXAMPLE.subject)})
    with store.keys.writer.begin() as connection:
        connection.execute(text("UPDATE subject_key SET key_id = 'nonsense'"))
    neighbour = a_recording(subject="patient-2")

    answers = await all_of(recorder, [ours, theirs, neighbour])

    assert isinstance(answers[0], RecordError)
    assert is_answer_of(answers[1], theirs)
    assert is_answer_of(answers[2], neighbour)


@pytest.mark.parametrize("column", ["at", "content", "receipt", "kind"])
async def test_a_damaged_row_fails_its_replay_alone(sqlite_url: str, column: str) -> None:
    with opened_store(sqlite_url) as store:
        store.archive.save_ruleset(*RULESET)
        store.recorder.start()
        first, other = a_recording("key-1"), a_recording(tenant="other")
        await store.recorder.record(first)
        with tampering(store.database.writer.url) as connection:
            connection.execute(text(f"UPDATE entry SET {column} = CAST(X'ff' AS TEXT)"))  # noqa: S608 -- ours

        answers = await all_of(store.recorder, [a_recording("key-1"), other, a_recording()])

    assert isinstance(answers[0], RecordDamaged)
    assert [type(answer) for answer in answers[1:]] == [Stored, Stored]


async def test_what_is_refused_or_repeated_makes_no_key_of_a_subject(
    recorder: Recorder, store: Store
) -> None:
    """A key that no leaf tells of would be made of a subject that was never recorded, or was erased."""
    await recorder.record(a_recording("key-1"))
    made = keys_there(store)
    others = [a_recording("key-1", request=b"another", subject=f"never-{number}") for number in range(20)]
    assert {type(each) for each in await all_of(recorder, others)} == {KeyReused}
    assert keys_there(store) == made

    erasing = Event(uuid4(), datetime.now(UTC), Actor(TENANT, "tests"), "erase")
    store.erasure.erase(EXAMPLE.subject, erasing, "request")
    with pytest.raises(RecordErased):
        await recorder.record(a_recording("key-1"))
    assert keys_there(store) == 0


async def test_a_key_that_is_used_twice_in_a_batch_makes_the_key_of_the_first_subject_alone(
    recorder: Recorder, store: Store
) -> None:
    tries = [a_recording("key-1", request=b"%d" % each, subject=f"patient-{each}") for each in range(20)]
    answers = await all_of(recorder, tries)
    assert [type(each) for each in answers] == [Stored] + [KeyReused] * 19
    assert keys_there(store) == 1


def keys_there(store: Store) -> int:
    """How many subjects have a key."""
    with store.keys.reader.connect() as connection:
        return connection.scalars(select(func.count()).select_from(subject_key)).one()
