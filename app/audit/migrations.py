"""Bring the schema of a database to the newest revision, or say whether it is there."""

from pathlib import Path

from alembic.command import downgrade as run_downgrade
from alembic.command import upgrade as run_upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.audit.database import Database, open_database
from app.audit.errors import MigrationsMissing, SchemaOutdated, StoreUnavailable

ADVISORY_LOCK = 7_361_202_605  # any number, as long as all versions of the service use the same
WAIT_FOR_OTHERS = "SET LOCAL lock_timeout = '120s'"
WAIT_FOR_TABLES = "SET LOCAL lock_timeout = '3s'"
NO_STATEMENT_LIMIT = "SET LOCAL statement_timeout = 0"


def migrate(url: str) -> None:
    """Bring the database to the newest schema; safe when many processes start at once."""
    database = open_database(url)
    try:
        database.require_safe()
        with database.writer.begin() as connection:
            upgrade(connection)
    finally:
        database.close()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrade inside the transaction of the caller: all of it or nothing."""
    _take_turns(connection)
    run_upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Downgrade inside the transaction of the caller; what the revision added is lost."""
    _take_turns(connection)
    run_downgrade(_config(connection), revision)


def schema_is_current(database: Database) -> bool:
    """Whether the database has exactly the schema this version of the service was written for."""
    expected = ScriptDirectory.from_config(_config()).get_heads()
    try:
        with database.reader.connect() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
    except SQLAlchemyError as error:
        raise StoreUnavailable("The store does not answer; try again later.") from error
    return set(found) == set(expected)


def require_current_schema(database: Database) -> None:
    """Refuse a database that another version of the service has migrated, or nobody."""
    database.require_safe()
    if not schema_is_current(database):
        raise SchemaOutdated("The database does not have the newest schema: run `decompass migrate` first.")


def _take_turns(connection: Connection) -> None:
    # SQLite needs nothing here: BEGIN IMMEDIATE has already made the others wait.
    if connection.dialect.name == "postgresql":
        for statement in (WAIT_FOR_OTHERS, NO_STATEMENT_LIMIT):
            connection.execute(text(statement))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.execute(text(WAIT_FOR_TABLES))


def _config(connection: Connection | None = None) -> Config:
    scripts = Path(__file__).parents[2] / "alembic"
    if not (scripts / "env.py").is_file():
        raise MigrationsMissing("The folder alembic/ with the migrations must lie beside the package app/.")
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
