"""PostgreSQL refuses what the service writes: the logs of neither tell what was in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from tests.api.sample import CANARY
from tests.api.service import ASSESS, SEARCH, example
from tests.faults.client import Client
from tests.faults.gates import Measured
from tests.faults.served import served
from tests.roles import SUPERUSER, as_role

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = [pytest.mark.fault, pytest.mark.postgres, pytest.mark.anyio]

AS_THE_README_SAYS = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
AS_SHIPPED = {"log_error_verbosity": "default", "log_min_error_statement": "error"}
ALL_THERE_IS = AS_SHIPPED | {
    "log_min_messages": "debug1",
    "log_statement": "all",
    "log_error_verbosity": "verbose",
}
FORMS = (CANARY.lower(), CANARY.encode().hex())
"""The text itself, and as PostgreSQL writes bytes."""


class Broken:
    """A database whose statements fail, and what is said of it in the log of its server."""

    def __init__(self, postgres: Postgres, url: str, logging: dict[str, str]) -> None:
        self._postgres = postgres
        self._url = url
        self._from = postgres.log.stat().st_size
        database = sql.Identifier(postgres.name_of(url))
        for name, value in logging.items():
            postgres.execute(
                sql.SQL("ALTER DATABASE {} SET {} = {}").format(
                    database, sql.Identifier(name), sql.Literal(value)
                )
            )

    def refuse_every_row(self) -> None:
        """No table takes a row any more; PostgreSQL names the row when it says so."""
        self._alter_every_table("ADD CHECK (false) NOT VALID")

    def lose_every_table(self) -> None:
        """Every statement fails before it does anything; PostgreSQL names the statement."""
        self._alter_every_table("RENAME TO {away}")

    def _alter_every_table(self, how: str) -> None:
        with psycopg.connect(as_role(self._url, SUPERUSER), autocommit=True) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            for (name,) in tables:
                change = sql.SQL("ALTER TABLE {} " + how)
                connection.execute(change.format(sql.Identifier(name), away=sql.Identifier(f"{name}_away")))

    def told(self) -> str:
        """The log since then."""
        with self._postgres.log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace").lower()


def places(told: str) -> int:
    """How often the canary is in it, in any form."""
    return sum(told.count(form) for form in FORMS)


@pytest.mark.parametrize(
    "logging",
    [
        pytest.param(AS_THE_README_SAYS, id="as the README says"),
        pytest.param(AS_SHIPPED, id="as shipped"),
        pytest.param(ALL_THERE_IS, id="all there is"),
    ],
)
async def test_what_postgresql_refuses_is_told_by_no_log(
    postgres: Postgres, postgres_url: str, logging: dict[str, str], measured: Measured
) -> None:
    broken = Broken(postgres, postgres_url, logging)
    with served(postgres_url) as server:
        client = await Client.of(server.port)
        broken.refuse_every_row()
        recorded = await client.post(ASSESS, example(subject=CANARY))
        broken.lose_every_table()
        searched = await client.post(SEARCH, {"subject": CANARY})
        client.close()
        server.ask_to_stop()
        server.process.wait()
    told = broken.told()
    assert "violates check constraint" in told
    assert "does not exist" in told
    assert recorded.status >= 400
    assert searched.status == 503
    heard = told + "".join(server.told).lower() + (recorded.content + searched.content).decode().lower()
    measured("G12.canary", places(heard), "a refused row and a failed search on PostgreSQL")


def test_a_row_that_is_not_encrypted_is_found_in_the_log(postgres: Postgres, postgres_url: str) -> None:
    broken = Broken(postgres, postgres_url, AS_SHIPPED)
    row = (CANARY, CANARY.encode())
    with psycopg.connect(as_role(postgres_url, SUPERUSER)) as connection:
        connection.execute("CREATE TABLE clear (subject text, content bytea CHECK (false))")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("INSERT INTO clear VALUES (%s, %s)", row)
    assert [form for form in FORMS if form in broken.told()] == list(FORMS)
