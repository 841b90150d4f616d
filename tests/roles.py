"""The databases of the tests as others than the service open them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import URL, Connection, Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from app.audit.connected import act_for
from app.audit.database import open_database

SUPERUSER, OWNER, SERVICE = "postgres", "decompass_owner", "decompass"
"""Who may do everything, and the roles that the README makes: who migrates, and what the service is."""
TRIGGERS = {
    "sqlite": text("SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'trigger'"),
    "postgresql": text(
        "SELECT tgrelid::regclass AS tbl_name, tgname AS name FROM pg_trigger WHERE NOT tgisinternal"
    ),
}


def as_role(url: str | URL, role: str) -> str:
    """The same database as that role opens it; a file of SQLite is everybody's."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(username=role)
    return address.render_as_string(hide_password=False)


@contextmanager
def tampering(url: str | URL) -> Iterator[Connection]:
    """A transaction of somebody who has the file, or PostgreSQL as its superuser: nothing is refused.

    What would have refused it is there again afterwards, so that what was done is all that is to be seen.
    """
    with (
        closing(open_database(as_role(url, SUPERUSER))) as database,
        _unchecked(database.writer).begin() as connection,
    ):
        sqlite = connection.dialect.name == "sqlite"
        triggers = connection.execute(TRIGGERS[connection.dialect.name]).all()
        for each in triggers:
            off = f"DROP TRIGGER {each.name}" if sqlite else _switch(each.tbl_name, "DISABLE", each.name)
            connection.exec_driver_sql(off)
        yield connection
        for each in triggers:
            connection.exec_driver_sql(
                each.sql if sqlite else _switch(each.tbl_name, "ENABLE ALWAYS", each.name)
            )


def _unchecked(writer: Engine) -> Engine:
    """The same, with references that may lead nowhere; of its one connection, and before a transaction."""
    if writer.dialect.name == "sqlite":
        with closing(writer.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA foreign_keys = OFF")
    return writer


def _switch(table: str, how: str, trigger: str) -> str:
    return f"ALTER TABLE {table} {how} TRIGGER {trigger}"


def refusal(url: str, tenant: str, *statements: str) -> str:
    """What the database says to the first of these statements that it refuses; nothing of them stays."""
    with closing(open_database(url)) as database, database.writer.connect() as connection:
        act_for(connection, tenant)
        try:
            for each in statements:
                connection.exec_driver_sql(each)
        except DBAPIError as error:
            return str(error.orig)
    return ""
