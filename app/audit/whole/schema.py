"""The schema against what the migrations make, and the database against itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from app.audit.database import open_database
from app.audit.migrations import History, migrate

Statements = Mapping[tuple[str, str], tuple[str, str]]
MOST_TOLD = 20
SCHEMA = text("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'")


def flaws_of_schema(connection: Connection, history: History) -> Iterator[str]:
    """What is there and was not made by the migrations, or is missing, or is other than they made it."""
    if connection.dialect.name == "sqlite":
        yield from _differences(_schema(connection), _migrated(history))
        return
    context = MigrationContext.configure(connection, opts={"version_table": history.version_table})
    for difference in compare_metadata(context, history.metadata)[:MOST_TOLD]:
        named = difference[0] if isinstance(difference[0], str) else difference[0][0]
        yield f"the schema is not that of the migrations: {named.replace('_', ' ')}"


def flaws_of_file(connection: Connection) -> Iterator[str]:
    """What SQLite finds in its own file: pages, indices, references. PostgreSQL has checksums of its own."""
    if connection.dialect.name != "sqlite":
        return
    for (said,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_TOLD})"):
        if said != "ok":
            yield f"the file of the database is damaged: {str(said).splitlines()[0]}"
    if (found := connection.exec_driver_sql("PRAGMA foreign_key_check").first()) is not None:
        yield f"a row of {found[0]} refers to a row of {found[2]} that is not there"


def _differences(found: Statements, expected: Statements) -> Iterator[str]:
    for kind, name in sorted(found.keys() | expected.keys()):
        if (kind, name) not in expected:
            yield f"the {kind} {name!a} was not made by the migrations"
        elif (kind, name) not in found:
            yield f"the {kind} {name} is missing"
        elif found[kind, name] != expected[kind, name]:
            yield f"the {kind} {name} is not as the migrations made it"


def _schema(connection: Connection) -> Statements:
    return {(str(row.type), str(row.name)): (row.tbl_name, row.sql) for row in connection.execute(SCHEMA)}


@cache
def _migrated(history: History) -> Statements:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'schema.db')}"
        migrate(url, history)
        database = open_database(url)
        try:
            with database.reader.connect() as connection:
                return _schema(connection)
        finally:
            database.close()
