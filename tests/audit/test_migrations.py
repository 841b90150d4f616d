"""The schema of production is the schema of the tests: both come from the migrations."""

import multiprocessing
import os
import subprocess
import sys
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from app.audit.connected import act_for
from app.audit.database import open_database
from app.audit.errors import SchemaOutdated, StoreUnavailable
from app.audit.migrations import (
    KEYS,
    RECORD,
    History,
    downgrade,
    migrate,
    require_current_schema,
    schema_is_current,
    upgrade,
)
from tests.roles import refusal

if TYPE_CHECKING:
    from tests.postgres import Postgres

ROOT = Path(__file__).parents[2]
KEY_IDS = (UUID(int=1), UUID(int=2))
histories = pytest.mark.parametrize("history", [RECORD, KEYS], ids=lambda history: history.name)


@histories
def test_the_migrations_make_the_tables_that_the_code_expects(empty_url: str, history: History) -> None:
    migrate(empty_url, history)
    database = open_database(empty_url)
    with database.writer.begin() as connection:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "version_table": history.version_table,
        }
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, history.metadata)
    database.close()
    assert differences == []


@histories
def test_every_constraint_and_index_has_the_name_the_code_expects(empty_url: str, history: History) -> None:
    migrate(empty_url, history)
    database = open_database(empty_url)
    found = inspect(database.writer)
    names = {
        name
        for table in history.metadata.tables
        for name in (
            found.get_pk_constraint(table)["name"],
            *(part["name"] for part in found.get_check_constraints(table)),
            *(part["name"] for part in found.get_foreign_keys(table)),
            *(part["name"] for part in found.get_unique_constraints(table)),
        )
    }
    database.close()
    assert names == {
        str(constraint.name) for table in history.metadata.sorted_tables for constraint in table.constraints
    }


@histories
def test_a_database_can_go_back_to_nothing_and_forward_again(empty_url: str, history: History) -> None:
    migrate(empty_url, history)
    database = open_database(empty_url)
    with database.writer.begin() as connection:
        downgrade(connection, history=history)
    assert set(inspect(database.writer).get_table_names()) == {history.version_table}
    with database.writer.begin() as connection:
        upgrade(connection, history=history)
    assert schema_is_current(database, history)
    database.close()


@histories
def test_a_database_that_was_not_migrated_is_not_current(empty_url: str, history: History) -> None:
    database = open_database(empty_url)
    with pytest.raises(SchemaOutdated, match="decompass migrate"):
        require_current_schema(database, history)
    assert not schema_is_current(database, history)
    database.close()


def test_the_schema_of_the_keys_is_not_that_of_the_record(keys_url: str) -> None:
    database = open_database(keys_url)
    require_current_schema(database, KEYS)
    assert not schema_is_current(database, RECORD)
    database.close()


@pytest.mark.postgres
def test_a_migration_holds_the_lock_for_which_the_others_wait(postgres_url: str) -> None:
    database = open_database(postgres_url)
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    with database.writer.begin() as connection:
        assert connection.execute(held).scalar() == 0
        upgrade(connection)
        assert connection.execute(held).scalar() == 1
    database.close()


@pytest.mark.postgres
def test_whether_the_schema_is_current_is_not_known_when_the_store_is_away(
    postgres: "Postgres", postgres_url: str
) -> None:
    database = open_database(postgres_url)
    postgres.drop_database(postgres_url)
    with pytest.raises(StoreUnavailable):
        schema_is_current(database)
    database.close()


@pytest.mark.wire
@pytest.mark.parametrize(("history", "variable"), [(RECORD, "DATABASE_URL"), (KEYS, "KEYS_URL")])
def test_the_alembic_command_uses_the_database_of_the_environment(
    empty_url: str, history: History, variable: str
) -> None:
    environment = os.environ | {f"DECOMPASS_{variable}": empty_url}
    for arguments in (["upgrade", "head"], ["check"], ["downgrade", "base"]):
        command = [sys.executable, "-m", "alembic", "--name", history.name, *arguments]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 -- our own words
    database = open_database(empty_url)
    assert inspect(database.writer).get_table_names() == [history.version_table]
    assert not schema_is_current(database, history)
    database.close()


def test_a_failed_migration_leaves_nothing_behind(empty_url: str) -> None:
    database = open_database(empty_url)
    with database.writer.connect() as connection, connection.begin() as transaction:
        upgrade(connection)
        transaction.rollback()
    assert inspect(database.writer).get_table_names() == []
    database.close()


def test_a_database_with_erasures_keeps_them_when_forged_ones_may_stand_beside(empty_url: str) -> None:
    head = "INSERT INTO log_head VALUES ('ward', 0, '', '')"
    erasure = text("INSERT INTO erased (tenant, key_id, idx) VALUES ('ward', :key, :idx)")
    kept = text("SELECT tenant, key_id, idx FROM erased ORDER BY idx")
    database = open_database(empty_url)
    with database.writer.begin() as connection:
        upgrade(connection, "2026112306")
        act_for(connection, "ward")
        connection.execute(text(head))
        connection.execute(erasure, [{"key": each.hex, "idx": number} for number, each in enumerate(KEY_IDS)])
        before = connection.execute(kept).all()
        upgrade(connection)
        act_for(connection, "ward")
        assert connection.execute(kept).all() == before
        connection.execute(erasure, {"key": KEY_IDS[0].hex, "idx": 7})
        assert len(connection.execute(kept).all()) == len(KEY_IDS) + 1
    for forbidden in ("UPDATE erased SET idx = 8", "DELETE FROM erased"):
        assert "only appended to" in refusal(empty_url, "ward", forbidden)
    database.close()


def test_a_database_with_rulesets_keeps_them_when_their_day_goes_and_comes_back(empty_url: str) -> None:
    stored = text("INSERT INTO ruleset VALUES ('sha256:1', '1.0', '{}', '2026-11-23 12:00:00+00:00')")
    kept = text("SELECT digest, version FROM ruleset")
    database = open_database(empty_url)
    with database.writer.begin() as connection:
        upgrade(connection, "2026112307")
        connection.execute(stored)
        upgrade(connection)
        downgrade(connection, "2026112307")
        upgrade(connection)
        assert connection.execute(kept).all() == [("sha256:1", "1.0")]
    for forbidden in ("UPDATE ruleset SET version = '2.0'", "DELETE FROM ruleset"):
        assert "only appended to" in refusal(empty_url, "ward", forbidden)
    database.close()


def migrate_with_others(url: str, together: Barrier) -> None:
    """What each replica of a service does when all are started at once."""
    together.wait(timeout=60)
    migrate(url)


@pytest.mark.fault
def test_many_processes_may_migrate_at_once(empty_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(4)
    processes = [spawn.Process(target=migrate_with_others, args=(empty_url, together)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    database = open_database(empty_url)
    assert schema_is_current(database)
    database.close()
