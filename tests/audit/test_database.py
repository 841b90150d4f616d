"""A database that cannot keep the promise is refused with a sentence that says what to do."""

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from pysqlite3 import dbapi2  # type: ignore[import-untyped]  # the package ships no types
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.audit.database import Database, open_database
from app.audit.errors import DatabaseRefused, StoreUnavailable
from app.audit.migrations import migrate
from app.audit.postgresql import unsafe_settings
from app.audit.sqlite import require_safe_wal

if TYPE_CHECKING:
    from tests.postgres import Postgres


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)])
def test_an_sqlite_that_can_corrupt_its_log_is_refused(version: tuple[int, int, int]) -> None:
    with pytest.raises(DatabaseRefused, match=r"3\.51\.3 or newer"):
        require_safe_wal(version)


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 4)])
def test_an_sqlite_with_the_repair_is_accepted(version: tuple[int, int, int]) -> None:
    require_safe_wal(version)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/records", "nonsense"])
def test_an_address_that_keeps_no_record_is_refused(url: str) -> None:
    with pytest.raises(DatabaseRefused):
        open_database(url)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="missing"):
        open_database(f"sqlite:///{tmp_path / 'missing' / 'decompass.db'}").require_safe()


def test_nothing_is_connected_to_before_it_is_asked_for(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'decompass.db'}").close()
    assert list(tmp_path.iterdir()) == []


def test_a_relative_address_is_a_file_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    migrate("sqlite:///here.db")
    assert (tmp_path / "here.db").is_file()


def test_a_path_with_signs_that_mean_something_in_an_address_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "50% of a#b.db"
    migrate(f"sqlite:///{path}")
    database = open_database(f"sqlite:///{path}")
    with database.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM entry").scalar() == 0
    database.close()


def test_a_commit_in_sqlite_waits_for_the_disk(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    pragmas = (
        "journal_mode",
        "synchronous",
        "foreign_keys",
        "secure_delete",
        "recursive_triggers",
        "trusted_schema",
    )
    with database.writer.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
    database.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
    }


def test_a_writing_transaction_in_sqlite_holds_the_lock_from_its_first_word(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    other = dbapi2.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
    with database.writer.begin(), pytest.raises(dbapi2.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()
    database.close()


def test_a_reading_connection_cannot_write(database: Database) -> None:
    with database.reader.connect() as connection, pytest.raises(SQLAlchemyError, match=r"read-?only"):
        connection.exec_driver_sql("DELETE FROM entry")


def test_an_error_of_the_database_does_not_show_the_values(database: Database) -> None:
    query = text("SELECT nothing FROM entry WHERE sign = :value")
    with database.writer.connect() as connection, pytest.raises(SQLAlchemyError) as caught:
        connection.execute(query, {"value": "canary"})
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_each_setting_that_loses_commits_is_named(name: str) -> None:
    safe = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    assert unsafe_settings(safe) == []
    assert unsafe_settings({**safe, name: "off"}) == [name]


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        open_database(f"postgresql://postgres@/records?host={tmp_path}").require_safe()


@pytest.mark.postgres
def test_a_postgresql_without_fsync_is_refused(postgres: "Postgres", postgres_url: str) -> None:
    postgres.execute(sql.SQL("ALTER SYSTEM SET fsync = off"), sql.SQL("SELECT pg_reload_conf()"))
    try:
        wait_for_fsync(postgres_url, "off")
        with pytest.raises(DatabaseRefused, match="turn on fsync"):
            open_database(postgres_url).require_safe()
    finally:
        postgres.execute(sql.SQL("ALTER SYSTEM RESET fsync"), sql.SQL("SELECT pg_reload_conf()"))
        wait_for_fsync(postgres_url, "on")


def wait_for_fsync(url: str, value: str) -> None:
    """A reloaded setting reaches new sessions a moment later."""
    for _ in range(1000):
        with psycopg.connect(url) as connection:
            if connection.execute("SHOW fsync").fetchone() == (value,):
                return
    raise AssertionError(f"fsync did not become {value}")


@pytest.mark.postgres
def test_our_options_win_over_those_of_the_address_and_leave_the_others(postgres_url: str) -> None:
    options = "-c%20synchronous_commit%3Doff%20-c%20work_mem%3D5MB"
    database = open_database(f"{postgres_url}&options={options}")
    with database.writer.connect() as connection:
        found = [
            connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("synchronous_commit", "work_mem", "statement_timeout")
        ]
    database.close()
    assert found == ["on", "5MB", "5s"]


def test_nobody_else_on_the_machine_may_read_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'decompass.db'}"
    migrate(url)
    database = open_database(url)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    database.close()
