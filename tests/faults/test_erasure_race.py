"""Two processes record a subject while a third erases it again and again: nothing is left unexplained."""

from __future__ import annotations

import asyncio
import multiprocessing
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.audit.errors import RecordErased, StoreUnavailable
from app.audit.meta import read_meta
from app.audit.records import Actor, Event
from app.audit.store import Store, open_store
from tests.audit.examples import RULESET, TENANT, a_recording
from tests.stores import ORIGIN, SECRETS

pytestmark = pytest.mark.fault

SUBJECT = "patient-1"
WRITERS, ERASURES, AT_ONCE = 2, 15, 8
Urls = tuple[str, str]
SPAWN = multiprocessing.get_context("spawn")


def opened(urls: Urls) -> Store:
    return open_store(*urls, SECRETS, ORIGIN)


def write(urls: Urls, stop: Flag, acknowledged: Path) -> None:
    """One replica of the service: records until it is told to stop, and keeps what it was promised."""
    store = opened(urls)
    store.recorder.start()

    async def clients() -> None:
        with acknowledged.open("w") as ids:
            while not stop.is_set():
                recordings = [a_recording(subject=SUBJECT) for _ in range(AT_ONCE)]
                tries = (store.recorder.record(each) for each in recordings)
                told = await asyncio.gather(*tries, return_exceptions=True)
                for each, answer in zip(recordings, told, strict=True):
                    # An answer that says "erased" is one as well: the record is there, its subject is not.
                    if not isinstance(answer, StoreUnavailable):
                        ids.write(f"{each.record.id}\n")

    asyncio.run(clients())
    assert store.recorder.healthy
    store.close()


def erase(urls: Urls, done: Flag) -> None:
    """The command, as often as it takes: a reader may be in the way."""
    store = opened(urls)
    for _ in range(ERASURES):
        with suppress(StoreUnavailable):
            asked = Event(uuid4(), datetime.now(UTC), Actor(TENANT, "command"), "erase")
            store.erasure.erase(SUBJECT, asked, "request")
    store.close()
    done.set()


def explained(store: Store) -> tuple[set[UUID], set[UUID]]:
    """The records that can be read, and those that cannot; each of these has a leaf behind it."""
    head = store.log.head(TENANT)
    assert head
    readable: set[UUID] = set()
    erased_at: dict[str, int] = {}
    leaves = [(each.index, read_meta(each.meta)) for each in store.log.entries(TENANT, 0, head.size)]
    for index, said in leaves:
        if said["kind"] == "erase":
            erased_at |= dict.fromkeys(said["of"], index)
    for index, said in leaves:
        if said["kind"] != "assess":
            continue
        try:
            record = store.archive.get(TENANT, UUID(said["id"]))
        except RecordErased:
            assert erased_at[said["key"]] > index
        else:
            assert record
            readable.add(record.id)
    return readable, {UUID(said["id"]) for _, said in leaves if said["kind"] == "assess"} - readable


@pytest.mark.parametrize("database", ["sqlite_url", pytest.param("postgres_url", marks=pytest.mark.postgres)])
def test_no_record_is_unreadable_without_an_erase_leaf_behind_it(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> None:
    urls = (request.getfixturevalue(database), request.getfixturevalue(database.replace("_url", "_keys_url")))
    store = opened(urls)
    store.archive.save_ruleset(*RULESET)
    store.recorder.start()
    asyncio.run(store.recorder.record(a_recording(subject=SUBJECT)))
    done, files = SPAWN.Event(), [tmp_path / f"acknowledged-{number}" for number in range(WRITERS)]
    racers = [SPAWN.Process(target=write, args=(urls, done, file)) for file in files]
    racers.append(SPAWN.Process(target=erase, args=(urls, done)))
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(timeout=120)
    assert [racer.exitcode for racer in racers] == [0] * len(racers)

    readable, gone = explained(store)
    acknowledged = {UUID(line) for file in files for line in file.read_text().split()}
    assert acknowledged <= readable | gone
    assert len(acknowledged) > ERASURES
    assert gone
    asyncio.run(store.recorder.record(last := a_recording(subject=SUBJECT)))
    assert store.archive.get(TENANT, last.record.id) == last.record
    store.close()
