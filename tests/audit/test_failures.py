"""When the database fails: nothing is acknowledged that is not stored, and the right thing is given up."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from pysqlite3 import dbapi2  # type: ignore[import-untyped]  # the package ships no types
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.audit.archive import Archive, Search
from app.audit.database import Database, open_database
from app.audit.errors import DatabaseRefused, StoreUnavailable
from app.audit.failures import Failure, failure_of
from app.audit.recorder import Recorder
from app.audit.records import Stored
from tests.audit.examples import RULESET, TENANT, a_recording, in_short
from tests.stores import store_at

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = pytest.mark.anyio


def wrapped(original: Exception) -> OperationalError:
    """An error of the driver as SQLAlchemy hands it on."""
    return OperationalError("INSERT", None, original)


@pytest.mark.parametrize(
    ("sqlstate", "meaning"),
    [
        ("08006", Failure.PASSING),
        ("40001", Failure.PASSING),
        ("40P01", Failure.PASSING),
        ("57014", Failure.PASSING),
        ("57P01", Failure.PASSING),
        ("55P03", Failure.PASSING),
        ("53100", Failure.UNAVAILABLE),  # disk full
        ("53300", Failure.UNAVAILABLE),  # too many connections
        ("25006", Failure.UNAVAILABLE),  # a standby
        ("42P01", Failure.UNAVAILABLE),  # not migrated
        ("22021", Failure.REFUSED),
        ("23503", Failure.REFUSED),
        ("58030", Failure.BROKEN),
        ("XX001", Failure.BROKEN),
    ],
)
def test_every_state_of_postgresql_has_one_meaning(sqlstate: str, meaning: Failure) -> None:
    assert failure_of(wrapped(psycopg.errors.lookup(sqlstate)())) is meaning


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (5, Failure.PASSING),  # busy
        (5 | 2 << 8, Failure.PASSING),  # busy: snapshot
        (13, Failure.UNAVAILABLE),  # full
        (19 | 3 << 8, Failure.REFUSED),  # constraint: foreign key
        (10 | 4 << 8, Failure.BROKEN),  # input or output: fsync
        (11, Failure.BROKEN),  # corrupt
        (26, Failure.BROKEN),  # not a database
    ],
)
def test_every_code_of_sqlite_has_one_meaning(code: int, meaning: Failure) -> None:
    original = dbapi2.OperationalError()
    original.sqlite_errorcode = code
    assert failure_of(wrapped(original)) is meaning


def test_a_lost_connection_passes_and_a_full_pool_does_not() -> None:
    assert failure_of(wrapped(psycopg.OperationalError("server closed the connection"))) is Failure.PASSING
    assert failure_of(PoolTimeout()) is Failure.UNAVAILABLE
    assert failure_of(UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate")) is Failure.REFUSED


def test_a_fault_of_the_service_is_not_blamed_on_the_record() -> None:
    assert failure_of(KeyError("a bug")) is Failure.OURS
    assert failure_of(StoreUnavailable()) is Failure.UNAVAILABLE


async def test_a_full_disk_refuses_and_recovers(sqlite_url: str) -> None:
    store = store_at(sqlite_url)
    archive, recorder = store.archive, store.recorder
    archive.save_ruleset(*RULESET)
    recorder.start()
    limit_pages(store.database, 60)
    acknowledged: list[Stored] = []

    async def fill() -> None:
        while len(acknowledged) < 100:
            acknowledged.append(
                await recorder.record(a_recording(answer=b'{"padding":"%s"}' % (b"x" * 7000)))
            )

    with pytest.raises(StoreUnavailable):
        await fill()
    assert recorder.healthy
    limit_pages(store.database, 100_000)
    acknowledged.append(await recorder.record(a_recording()))
    stored = archive.search(TENANT, Search(), limit=200).records
    assert {record.id for record in stored} == {answer.record_id for answer in acknowledged}
    store.close()


def limit_pages(database: Database, pages: int) -> None:
    """Give the database no more room than this."""
    with database.writer.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def damage(sqlite_url: str, begin: int) -> None:
    """Overwrite a closed database from there on."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    sound = path.read_bytes()
    path.write_bytes(sound[:begin].ljust(len(sound), b"\xff"))


async def test_a_damaged_file_stops_the_recorder_for_good(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    damage(sqlite_url, begin=8192)
    store = store_at(sqlite_url)
    recorder = store.recorder
    recorder.start()
    waiting = [asyncio.create_task(recorder.record(a_recording())) for _ in range(300)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(answer) for answer in answers} == {StoreUnavailable}
    assert sum("not stored" in message for message in caplog.messages) == 1, "it tried again"
    assert not recorder.healthy
    with pytest.raises(StoreUnavailable):
        await recorder.record(a_recording())
    store.close()


def test_a_file_that_is_not_a_database_is_refused_at_the_start(sqlite_url: str) -> None:
    damage(sqlite_url, begin=0)
    with pytest.raises(DatabaseRefused, match="is it a database"):
        open_database(sqlite_url).require_safe()


@pytest.mark.parametrize("key", [None, "key-1"], ids=["keyless", "keyed"])
async def test_a_commit_whose_answer_was_lost_is_repeated_without_a_second_record(
    recorder: Recorder, archive: Archive, database: Database, key: str | None
) -> None:
    def commit_but_lose_the_answer(connection: Connection) -> None:
        event.remove(database.writer, "commit", commit_but_lose_the_answer)
        connection.connection.commit()
        raise OperationalError("COMMIT", None, psycopg.OperationalError(), connection_invalidated=True)

    event.listen(database.writer, "commit", commit_but_lose_the_answer)
    recording = a_recording(key)
    record = recording.record
    stored = await recorder.record(recording)
    assert (stored.record_id, stored.replayed) == (record.id, False)
    assert archive.search(TENANT, Search()).records == [in_short(record)]
    assert archive.get(TENANT, record.id) == record
    assert archive.answer(TENANT, record.id) == stored.answer


async def test_a_store_that_was_not_migrated_refuses_and_stays_up(empty_url: str) -> None:
    store = store_at(empty_url)
    recorder = store.recorder
    recorder.start()
    with pytest.raises(StoreUnavailable):
        await recorder.record(a_recording())
    assert recorder.healthy
    store.close()


@pytest.mark.postgres
async def test_a_connection_cut_by_the_server_is_not_noticed_by_the_client(
    postgres: "Postgres", postgres_url: str
) -> None:
    store = store_at(postgres_url)
    store.archive.save_ruleset(*RULESET)
    recorder = store.recorder
    recorder.start()
    for _ in range(3):
        recording = a_recording()
        assert (await recorder.record(recording)).record_id == recording.record.id
        postgres.disconnect_all(postgres_url)
    store.close()
