"""Several processes on one database, all with the same keys: one record for each key."""

import asyncio
import multiprocessing
import random
from collections import defaultdict
from multiprocessing.synchronize import Barrier
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from app.audit.archive import Search
from app.audit.recorder import Recorder
from app.audit.records import Stored
from tests.audit.examples import RULESET, TENANT, a_recording
from tests.stores import opened_store

if TYPE_CHECKING:
    Answers = multiprocessing.Queue[list[tuple[str, UUID, bytes, bool]]]

pytestmark = pytest.mark.fault

PROCESSES = 3
KEYS = [f"key-{number}" for number in range(40)]
TRIES = 30


async def race(recorder: Recorder, keys: list[str]) -> list[Stored]:
    """All at once."""
    return await asyncio.gather(*(recorder.record(a_recording(key, subject="racer")) for key in keys))


def process(seed: int, url: str, together: Barrier, results: "Answers") -> None:
    """One replica of the service: small batches, so that those of the others come in between."""
    with opened_store(url) as store:
        recorder = Recorder(store.database, store.vault, batch_size=7)
        recorder.start()
        keys = KEYS * TRIES
        random.Random(seed).shuffle(keys)  # another order in each process
        together.wait(timeout=60)
        answers = asyncio.run(race(recorder, keys))
        recorder.close()
    results.put([(key, a.record_id, a.answer, a.replayed) for key, a in zip(keys, answers, strict=True)])


def test_three_processes_with_the_same_forty_keys_make_forty_records(database_url: str) -> None:
    with opened_store(database_url) as store:
        store.archive.save_ruleset(*RULESET)
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(PROCESSES), spawn.Queue()
    shared = (database_url, together, results)
    racers = [spawn.Process(target=process, args=(seed, *shared)) for seed in range(PROCESSES)]
    for racer in racers:
        racer.start()
    answers = [answer for _ in racers for answer in results.get(timeout=60)]
    for racer in racers:
        racer.join(timeout=60)
    winners = defaultdict(set)
    for key, record_id, answer, _ in answers:
        winners[key].add((record_id, answer))
    assert len(answers) == PROCESSES * len(KEYS) * TRIES
    assert [len(winners[key]) for key in KEYS] == [1] * len(KEYS)
    assert sum(not replayed for *_, replayed in answers) == len(KEYS)
    with opened_store(database_url) as store:
        assert len(store.archive.search(TENANT, Search(subject="racer"), limit=1000).records) == len(KEYS)
