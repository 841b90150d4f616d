"""Bring the schema of a database to the newest revision, or say whether it is there."""

from dataclasses import dataclass
from pathlib import Path

from alembic.command import downgrade as run_downgrade
from alembic.command import upgrade as run_upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from app.audit import key_tables, tables
from app.audit.connected import connected
from app.audit.database import Database, open_database
from app.audit.errors import MigrationsMissing, SchemaOutdated

ADVISORY_LOCK = 7_361_202_605  # any number, as long as all versions of the service use the same
WAIT_FOR_OTHERS = "SET LOCAL lock_timeout = '120s'"
WAIT_FOR_TABLES = "SET LOCAL lock_timeout = '3s'"
NO_STATEMENT_LIMIT = "SET LOCAL statement_timeout = 0"


@dataclass(frozen=True, slots=True)
class History:
    """The revisions of one database, and how `alembic --name` calls them."""

    name: str
    folder: str
    version_table: str
    metadata: MetaData


RECORD = History("alembic", "versions", "alembic_version", tables.metadata)
KEYS = History("keys", "keys", "alembic_version_keys", key_tables.metadata)


def migrate(url: str, history: History = RECORD) -> None:
    """Bring the database to the newest schema; safe when many processes start at once."""
    database = open_database(url)
    try:
        database.require_safe()
        with database.writer.begin() as connection:
            upgrade(connection, history=history)
    finally:
        database.close()


def upgrade(connection: Connection, revision: str = "head", *, history: History = RECORD) -> None:
    """Upgrade inside the transaction of the caller: all of it or nothing."""
    _take_turns(connection)
    run_upgrade(_config(history, connection), revision)


def downgrade(connection: Connection, revision: str = "base", *, history: History = RECORD) -> None:
    """Downgrade inside the transaction of the caller; what the revision added is lost."""
    _take_turns(connection)
    run_downgrade(_config(history, connection), revision)


def schema_is_current(database: Database, history: History = RECORD) -> bool:
    """Whether the database has exactly the schema this version of the service was written for."""
    expected = ScriptDirectory.from_config(_config(history)).get_heads()
    options = {"version_table": history.version_table}
    with connected(database.reader) as connection:
        found = MigrationContext.configure(connection, opts=options).get_current_heads()
    return set(found) == set(expected)


def require_current_schema(database: Database, history: History = RECORD) -> None:
    """Refuse a database that another version of the service has migrated, or nobody."""
    database.require_safe()
    if not schema_is_current(database, history):
        raise SchemaOutdated("The database does not have the newest schema: run `decompass migrate` first.")


def _take_turns(connection: Connection) -> None:
    # SQLite needs nothing here: BEGIN IMMEDIATE has already made the others wait.
    if connection.dialect.name == "postgresql":
        for statement in (WAIT_FOR_OTHERS, NO_STATEMENT_LIMIT):
            connection.execute(text(statement))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.execute(text(WAIT_FOR_TABLES))


def _config(history: History, connection: Connection | None = None) -> Config:
    scripts = Path(__file__).parents[2] / "alembic"
    if not (scripts / "env.py").is_file():
        raise MigrationsMissing("The folder alembic/ with the migrations must lie beside the package app/.")
    config = Config(ini_section=history.name)
    for option, folder in (("script_location", scripts), ("version_locations", scripts / history.folder)):
        config.set_main_option(option, str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")  # every other one may stand in the name of a folder
    config.attributes["connection"] = connection
    return config
