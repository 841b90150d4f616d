"""The role of the service sees one tenant at a time, and may do nothing but append and read."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from psycopg import sql
from sqlalchemy import Connection, select, text

from app.audit.anchors import Anchors
from app.audit.connected import ALL_HEADS, act_for
from app.audit.database import open_database
from app.audit.errors import DatabaseRefused, StoreUnavailable
from app.audit.pins import Pins
from app.audit.records import Actor, Event
from app.audit.roles import require_bound, role_of
from app.audit.rotation import Rotation
from app.audit.secret_files import make_secrets
from app.audit.sinks import FileSink
from app.audit.store import Store
from app.audit.tables import entry, erased, log_head, subtree
from app.audit.whole.check import Asked, check_database
from app.audit.whole.findings import Finding
from app.audit.whole.recovery import declare_recovery
from tests.audit.whole.generated import START, events, fill, recordings
from tests.roles import OWNER, SERVICE, SUPERUSER, as_role, refusal, tampering
from tests.stores import opened_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgres import Postgres

pytestmark = pytest.mark.postgres
MINE, OTHER = "local", "other"
OF_A_TENANT = (log_head, entry, subtree, erased)


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """Two tenants with something in every table, as the role of the service opens it."""
    with opened_store(postgres_url) as store:
        for tenant in (MINE, OTHER):
            fill(store, recordings(store, 3, tenant=tenant), tenant=tenant)
            fill(store, events(260, tenant), tenant=tenant)
        with tampering(postgres_url) as connection:
            connection.exec_driver_sql("INSERT INTO erased SELECT tenant, id, 1 FROM entry WHERE idx = 0")
        yield store


def seen(connection: Connection) -> dict[str, set[str]]:
    """Whose rows are to be seen in each table."""
    return {table.name: set(connection.scalars(select(table.c.tenant).distinct())) for table in OF_A_TENANT}


def only(*tenants: str) -> dict[str, set[str]]:
    """The same in every table."""
    return {table.name: set(tenants) for table in OF_A_TENANT}


def test_a_transaction_sees_the_rows_of_the_tenant_that_it_acts_for(store: Store) -> None:
    with store.database.reader.connect() as connection:
        for tenant in (MINE, OTHER, MINE):
            act_for(connection, tenant)
            assert seen(connection) == only(tenant)


def test_without_a_tenant_no_row_is_seen(store: Store) -> None:
    with store.database.reader.connect() as connection:
        assert seen(connection) == only()
        act_for(connection, "")
        assert seen(connection) == only()


def test_with_every_head_nothing_but_heads_is_seen(store: Store) -> None:
    with store.database.reader.connect() as connection:
        act_for(connection, ALL_HEADS)
        assert seen(connection) == only() | {"log_head": {MINE, OTHER}}


def test_nothing_of_the_last_tenant_stays_in_a_pooled_connection(store: Store) -> None:
    writer = store.database.writer  # its pool holds one connection
    with writer.begin() as connection:
        act_for(connection, MINE)
        (first,) = connection.execute(text("SELECT pg_backend_pid()")).one()
        assert seen(connection) == only(MINE)
    with writer.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == first
        assert connection.scalar(text("SELECT current_setting('app.tenant')")) == ""
        assert seen(connection) == only()


@pytest.mark.usefixtures("store")
def test_the_owner_sees_one_tenant_at_a_time_as_well(postgres_url: str) -> None:
    with closing(open_database(as_role(postgres_url, OWNER))) as owned, owned.reader.connect() as connection:
        assert seen(connection) == only()
        act_for(connection, MINE)
        assert seen(connection) == only(MINE)


FOREIGN = [
    "INSERT INTO log_head VALUES ('third', 0, '', '')",
    "INSERT INTO entry (tenant, idx, id, kind, at, meta, leaf_hash, receipt)"
    " SELECT 'other', 900, gen_random_uuid(), kind, at, meta, leaf_hash, receipt FROM entry LIMIT 1",
    "INSERT INTO subtree VALUES ('other', 8, 900, '')",
    "INSERT INTO erased VALUES ('other', gen_random_uuid(), 0)",
    "UPDATE log_head SET tenant = 'other'",
]
NOT_FOR_THE_SERVICE = [
    *(f"DELETE FROM {table}" for table in ("entry", "subtree", "erased", "ruleset", "log_head", "api_key")),  # noqa: S608 -- ours
    *(f"TRUNCATE {table} CASCADE" for table in ("entry", "log_head", "log_key", "api_key", "used_token")),
    "UPDATE entry SET kind = 'read'",
    "UPDATE log_head SET tenant = 'local'",
    "UPDATE api_key SET tenant = 'other'",
    "UPDATE used_token SET expires_at = now()",
    "INSERT INTO log_key VALUES (99, 'mine')",
    "DELETE FROM alembic_version",
    "ALTER TABLE entry DISABLE TRIGGER ALL",
    "ALTER TABLE entry DISABLE ROW LEVEL SECURITY",
    "DROP POLICY entry_select ON entry",
    "DROP TABLE entry",
    "CREATE TABLE mine (id int)",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''",
    "SET session_replication_role = replica",
    "SET ROLE decompass_owner",
    "COPY entry TO PROGRAM 'cat'",
    "COPY entry TO '/tmp/entry'",
    "LOCK TABLE log_head IN EXCLUSIVE MODE",
]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("statement", FOREIGN)
def test_a_row_of_another_tenant_is_refused(postgres_url: str, statement: str) -> None:
    told = refusal(postgres_url, MINE, statement)
    assert "row-level security" in told or "permission denied" in told


@pytest.mark.usefixtures("store")
def test_what_the_service_never_does_is_refused(postgres_url: str) -> None:
    refusals = {each: refusal(postgres_url, MINE, each) for each in NOT_FOR_THE_SERVICE}
    denied = ("permission denied", "must be owner")

    assert {each: told for each, told in refusals.items() if not any(word in told for word in denied)} == {}


@pytest.mark.usefixtures("store")
def test_an_insert_tells_nothing_of_other_tenants(postgres_url: str) -> None:
    """The id, the place and the key of another tenant's entry are free for this one."""
    with tampering(postgres_url) as connection:
        (theirs,) = connection.execute(text("SELECT id FROM entry WHERE tenant = 'other' AND idx = 0")).one()
    taken = (
        "INSERT INTO entry (tenant, idx, id, kind, at, meta, leaf_hash, receipt, idempotency_tag)"  # noqa: S608 -- ours
        f" SELECT 'local', 900, '{theirs}', kind, at, meta, leaf_hash, receipt, ''"
        " FROM entry WHERE idx = 0"
    )
    assert refusal(postgres_url, MINE, taken) == ""
    unknown = refusal(postgres_url, MINE, FOREIGN[1].replace("gen_random_uuid()", f"'{uuid4()}'"))
    assert refusal(postgres_url, MINE, FOREIGN[1].replace("gen_random_uuid()", f"'{theirs}'")) == unknown


def test_a_question_of_a_tenant_is_answered_by_its_index(store: Store) -> None:
    """Row-level security must not hide the index from the planner: a log may hold millions."""
    asked = select(entry.c.idx).where(entry.c.tenant == MINE, entry.c.id == uuid4())
    with store.database.reader.connect() as connection:
        act_for(connection, MINE)
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            connection.scalars(
                text("EXPLAIN " + str(asked.compile(connection, compile_kwargs={"literal_binds": True})))
            )
        )
    assert "uq_entry_tenant_id" in plan
    assert "id = " in plan.partition("Index Cond")[2].partition("\n")[0]


def test_anchors_recovery_and_the_look_through_everything_see_every_log(store: Store, tmp_path: Path) -> None:
    assert Anchors(store.database.reader, [FileSink(tmp_path / "pins")], lambda: START).anchor()
    assert len((tmp_path / "pins").read_text().splitlines()) == 2
    with tampering(store.database.writer.url) as connection:
        connection.exec_driver_sql("DELETE FROM erased")
    found: list[Finding] = []
    looked = check_database(store, Asked(), found.append)
    assert (looked.logs, looked.entries, found) == (2, 526, [])
    declared = declare_recovery(store, Pins(), lambda: START, uuid4)
    assert [each.tenant for each in declared] == [MINE, OTHER]


def test_only_the_owner_rotates_the_key_that_signs(store: Store, tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")

    with pytest.raises(StoreUnavailable, match="OWNER_DATABASE_URL"):
        Rotation(tmp_path / "secrets", {}, store).signing(
            lambda tenant: Event(uuid4(), START, Actor(tenant, "tests"), "key")
        )


def test_the_role_of_the_service_is_bound(postgres_url: str) -> None:
    with closing(open_database(postgres_url)) as database:
        assert role_of(database) == SERVICE
        require_bound(database.reader)


@pytest.mark.parametrize("role", [OWNER, SUPERUSER])
def test_a_role_that_could_pass_over_the_rules_is_refused_with_what_to_do(
    postgres_url: str, role: str
) -> None:
    with (
        closing(open_database(as_role(postgres_url, role))) as database,
        pytest.raises(DatabaseRefused, match="NOSUPERUSER NOBYPASSRLS") as caught,
    ):
        require_bound(database.reader)
    assert "decompass migrate" in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER ROLE stranger BYPASSRLS",
        "GRANT decompass_owner TO stranger",
        "GRANT pg_execute_server_program TO stranger",
    ],
)
def test_a_role_that_could_become_one_is_refused_too(
    postgres: Postgres, postgres_url: str, change: str
) -> None:
    postgres.execute(sql.SQL("CREATE ROLE stranger LOGIN"), sql.SQL(change))
    try:
        with (
            closing(open_database(as_role(postgres_url, "stranger"))) as database,
            pytest.raises(DatabaseRefused, match="NOSUPERUSER NOBYPASSRLS"),
        ):
            require_bound(database.reader)
    finally:
        postgres.execute(sql.SQL("DROP ROLE stranger"))


def test_a_database_whose_security_was_turned_off_is_refused_and_found(
    store: Store, postgres_url: str
) -> None:
    with tampering(postgres_url) as connection:
        connection.exec_driver_sql("DELETE FROM erased")
        connection.exec_driver_sql("ALTER TABLE log_head DISABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql("ALTER TABLE entry NO FORCE ROW LEVEL SECURITY")
        connection.exec_driver_sql("DROP POLICY subtree_insert ON subtree")
        connection.exec_driver_sql("CREATE POLICY more ON ruleset USING (current_setting('app.tenant') = '')")
        connection.exec_driver_sql("DROP POLICY entry_select ON entry")
        connection.exec_driver_sql("CREATE POLICY entry_select ON entry FOR SELECT USING (true)")
    with pytest.raises(DatabaseRefused, match="Row-level security is off"):
        require_bound(store.database.reader)
    found: list[Finding] = []
    check_database(store, Asked(keyed=False), found.append)
    assert {str(each).removeprefix("database: ") for each in found} == {
        "the row-level security of log_head is missing or turned off",
        "the row-level security of entry is missing or turned off",
        "the policy subtree_insert is missing or turned off",
        "the policy entry_select is missing or turned off",
        "the altered policy entry_select was not made by the migrations",
        "the policy more was not made by the migrations",
    }


def test_a_trigger_that_was_turned_off_or_added_is_found(store: Store, postgres_url: str) -> None:
    with tampering(postgres_url) as connection:
        connection.exec_driver_sql("DELETE FROM erased")
    with closing(open_database(as_role(postgres_url, OWNER))) as owned, owned.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE erased DISABLE TRIGGER erased_is_kept")
        connection.exec_driver_sql(
            "CREATE TRIGGER another AFTER INSERT ON entry EXECUTE FUNCTION refuse_change()"
        )
    found: list[Finding] = []
    check_database(store, Asked(keyed=False), found.append)
    assert list(map(str, found)) == [
        "database: the trigger erased_is_kept is missing or turned off",
        "database: the trigger another was not made by the migrations",
    ]


NEVER_REFUSES = "CREATE FUNCTION let_pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
REPLACED = [
    (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
        {
            "the function refuse_change is missing or turned off",
            "the altered function refuse_change was not made by the migrations",
        },
    ),
    (
        "CREATE OR REPLACE TRIGGER entry_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION let_pass()",
        {"the trigger entry_is_kept is missing or turned off"},
    ),
    (
        "CREATE OR REPLACE TRIGGER entry_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON entry"
        " FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION refuse_change()",
        {"the trigger entry_is_kept is missing or turned off"},
    ),
    (
        "CREATE OR REPLACE TRIGGER entry_is_kept BEFORE DELETE ON entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        {"the trigger entry_is_kept is missing or turned off"},
    ),
]


@pytest.mark.parametrize(("change", "expected"), REPLACED)
def test_what_refuses_a_change_is_found_where_it_was_replaced_under_its_name(
    store: Store, postgres_url: str, change: str, expected: set[str]
) -> None:
    with tampering(postgres_url) as connection:
        connection.exec_driver_sql("DELETE FROM erased")
    with closing(open_database(as_role(postgres_url, OWNER))) as owned, owned.writer.begin() as connection:
        connection.exec_driver_sql(NEVER_REFUSES)
        connection.exec_driver_sql(change)
        connection.exec_driver_sql("ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_is_kept")
    found: list[Finding] = []
    check_database(store, Asked(keyed=False), found.append)
    assert {str(each).removeprefix("database: ") for each in found} == expected
