"""A token that may be used once is used once, in whatever process, and forgotten when it is useless."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from app.access.used_tokens import KEPT_AFTER_EXPIRY, UsedTokens
from app.audit.database import Database, open_database
from app.audit.errors import StoreUnavailable
from app.audit.tables import used_token

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
ISSUER = "https://login.example.org"


def kept(database: Database) -> int:
    with database.reader.connect() as connection:
        count: int = connection.execute(select(func.count()).select_from(used_token)).scalar_one()
    return count


def test_the_first_use_is_the_only_one(database: Database) -> None:
    used = UsedTokens(database.writer)

    assert [used.spend(ISSUER, "a", SOON, NOW) for _ in range(3)] == [True, False, False]
    assert used.spend(ISSUER, "b", SOON, NOW)
    assert used.spend("https://other.example.org", "a", SOON, NOW)


def test_an_id_may_be_any_text_that_json_can_say(database: Database) -> None:
    used = UsedTokens(database.writer)

    assert [used.spend(ISSUER, "\ud800\0é", SOON, NOW) for _ in range(2)] == [True, False]


def test_a_replay_fails_in_every_process(database: Database, database_url: str) -> None:
    elsewhere = open_database(database_url)
    UsedTokens(database.writer).spend(ISSUER, "a", SOON, NOW)

    assert not UsedTokens(elsewhere.writer).spend(ISSUER, "a", SOON, NOW)
    elsewhere.close()


def test_a_replay_in_the_same_process_writes_nothing(sqlite_url: str) -> None:
    with closing(open_database(sqlite_url)) as opened:
        used = UsedTokens(opened.writer)
        assert used.spend(ISSUER, "a", SOON, NOW)
        with opened.writer.begin() as connection:
            connection.execute(text("DROP TABLE used_token"))

        assert not used.spend(ISSUER, "a", SOON, NOW)


def test_of_many_at_once_one_is_the_first(database_url: str) -> None:
    databases = [open_database(database_url) for _ in range(4)]
    processes = [UsedTokens(database.writer) for database in databases]
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(process.spend, ISSUER, f"token-{number}", SOON, NOW)
            for number in range(20)
            for process in processes
        ]
        first = [each.result() for each in tries]
    for database in databases:
        database.close()

    assert sum(first) == 20


@pytest.mark.parametrize("token_id", ["", "\0", "\ud7ff" * 1000, "'; DROP TABLE used_token; --"])
def test_an_issuer_may_put_anything_into_an_id(database: Database, token_id: str) -> None:
    used = UsedTokens(database.writer)

    assert [used.spend(ISSUER, token_id, SOON, NOW) for _ in range(2)] == [True, False]


def test_what_can_be_used_no_more_is_forgotten_a_day_later(database: Database) -> None:
    used = UsedTokens(database.writer)
    used.spend(ISSUER, "a", SOON, NOW)
    used.spend(ISSUER, "b", SOON, SOON + KEPT_AFTER_EXPIRY)
    assert kept(database) == 2

    used.spend(ISSUER, "c", SOON + 2 * KEPT_AFTER_EXPIRY, SOON + KEPT_AFTER_EXPIRY + timedelta(minutes=2))
    assert kept(database) == 1


def test_a_token_is_not_let_in_while_nobody_can_tell_whether_it_was_used(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("DROP TABLE used_token")

    with pytest.raises(StoreUnavailable):
        UsedTokens(database.writer).spend(ISSUER, "a", SOON, NOW)
    database.close()
