"""What was appended is neither changed nor taken away, whoever asks the database to."""

from __future__ import annotations

import pytest

from tests.audit.whole.generated import events, fill, recordings
from tests.roles import OWNER, SERVICE, SUPERUSER, as_role, refusal, tampering
from tests.stores import opened_store

KEPT = ("entry", "subtree", "erased", "ruleset")
REFUSED = "a log is only appended to"
UPDATES = (
    "UPDATE entry SET kind = 'read'",
    "UPDATE subtree SET level = 7",
    "UPDATE erased SET idx = 0",
    "UPDATE ruleset SET version = ''",
    "UPDATE log_head SET size = size - 1",
)
DELETES = tuple(f"DELETE FROM {table}" for table in ("subtree", "erased", "entry", "log_head", "ruleset"))  # noqa: S608 -- ours
SIZE = 263


@pytest.fixture
def url(database_url: str) -> str:
    """A database with something in every table."""
    with opened_store(database_url) as store:
        fill(store, recordings(store, 3))
        fill(store, events(260))
    with tampering(database_url) as connection:
        connection.exec_driver_sql("INSERT INTO erased SELECT tenant, id, 1 FROM entry WHERE idx = 0")
    return database_url


@pytest.mark.parametrize("role", [SERVICE, OWNER])
def test_neither_the_service_nor_the_owner_changes_what_was_appended(url: str, role: str) -> None:
    changes = (*UPDATES, *DELETES, "UPDATE log_head SET tenant = 'another'")
    refusals = [refusal(as_role(url, role), "local", change) for change in changes]

    assert all(refusals)
    if role == OWNER or url.startswith("sqlite"):
        assert [each for each in refusals if REFUSED not in each] == []
    with opened_store(url) as store:
        head = store.log.head("local")
        assert head
        assert head.size == len(store.log.entries("local", 0, 2 * SIZE)) == SIZE


def test_whoever_has_the_file_or_is_the_superuser_can(url: str) -> None:
    """The control: without the triggers the same statements go through."""
    with tampering(url) as connection:
        for change in (*UPDATES, *DELETES):
            assert connection.exec_driver_sql(change).rowcount > 0


def test_a_row_cannot_be_replaced_by_an_insert(sqlite_url: str) -> None:
    with opened_store(sqlite_url) as store:
        fill(store, events(2))

    assert REFUSED in refusal(sqlite_url, "local", "INSERT OR REPLACE INTO entry SELECT * FROM entry")


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_session_that_calls_itself_a_replica_is_refused_too(url: str) -> None:
    """Ordinary triggers are passed over there; it takes the superuser, who can still remove ours."""
    replica = "SET LOCAL session_replication_role = replica"
    truncates = (f"TRUNCATE {table} CASCADE" for table in (*KEPT, "log_head"))
    for change in (*UPDATES, *DELETES, *truncates):
        assert REFUSED in refusal(as_role(url, SUPERUSER), "local", replica, change)
