"""Killed without warning under load: every acknowledged record is in the database."""

import asyncio
import random
import sys
from uuid import UUID

import pytest
from sqlalchemy import select

from app.audit.archive import Archive
from app.audit.database import Database, open_database
from app.audit.recorder import Recorder
from app.audit.records import Stored
from app.audit.tables import record as table
from tests.audit.examples import RULESET, a_keyed_record
from tests.faults.ledger import Ledger, run_and_kill

pytestmark = pytest.mark.fault

ROUNDS = 10


def recording(url: str, *options: str) -> list[str]:
    """The command of a program that records until it is killed."""
    return [sys.executable, "-m", "tests.faults.recording_program", url, *options]


def stored(database: Database) -> set[str]:
    """Every id in the database, once its answer was found to be the one that belongs to it."""
    with database.reader.connect() as connection:
        rows = connection.execute(select(table.c.id, table.c.answer)).all()
    assert all(row.answer == row.id.bytes * 400 for row in rows)
    return {str(row.id) for row in rows}


async def repeat_all(database: Database, names: list[str]) -> list[Stored]:
    """What clients do after a crash: the same requests again, with the same keys."""
    recorder = Recorder(database)
    recorder.start()
    answers = []
    for begin in range(0, len(names), 1000):
        tries = (recorder.record(a_keyed_record(f"key-{name}")) for name in names[begin : begin + 1000])
        answers += await asyncio.gather(*tries)
    recorder.close()
    return answers


def test_no_acknowledged_record_is_lost_when_the_service_is_killed(database_url: str) -> None:
    moments = random.Random(2605)
    ledger = Ledger()
    database = open_database(database_url)
    Archive(database).save_ruleset(*RULESET)
    for _ in range(ROUNDS):
        run_and_kill(recording(database_url), ledger, after=moments.randint(1, 1500))
        found = stored(database)
        assert ledger.lost(found) == set()
        assert ledger.invented(found) == set()
    promised = sorted(ledger.acknowledged)
    answers = asyncio.run(repeat_all(database, promised))
    assert [(answer.record_id, answer.replayed) for answer in answers] == [(UUID(n), True) for n in promised]
    database.close()


def test_a_service_that_acknowledges_before_its_commit_is_found_out(database_url: str) -> None:
    moments = random.Random(2606)
    ledger = Ledger()
    database = open_database(database_url)
    Archive(database).save_ruleset(*RULESET)
    for _ in range(3):
        run_and_kill(recording(database_url, "--acknowledge-early"), ledger, after=moments.randint(100, 1500))
    assert ledger.lost(stored(database)) != set()
    database.close()


def test_an_sqlite_file_is_sound_after_a_kill(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    Archive(database).save_ruleset(*RULESET)
    database.close()
    run_and_kill(recording(sqlite_url), Ledger(), after=500)
    database = open_database(sqlite_url)
    with database.reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    database.close()
