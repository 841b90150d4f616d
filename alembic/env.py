"""Runs the migrations on the connection it is given; for the alembic tool, on a database of the environment.

`alembic` is about the record, in DECOMPASS_OWNER_DATABASE_URL, or where that is not set
DECOMPASS_DATABASE_URL; `alembic --name keys` about the keys of subjects, in
DECOMPASS_KEYS_URL.
"""

import os

from sqlalchemy import Connection

from alembic import context
from app.audit.database import open_database
from app.audit.migrations import KEYS, RECORD
from app.settings import DATABASE_URL, KEYS_URL, OWNER_DATABASE_URL

history, addresses = {
    RECORD.name: (RECORD, (OWNER_DATABASE_URL, DATABASE_URL)),
    KEYS.name: (KEYS, (KEYS_URL,)),
}[context.config.config_ini_section]


def migrate(connection: Connection) -> None:
    """Run the revisions in one transaction, on SQLite too."""
    context.configure(
        connection=connection,
        target_metadata=history.metadata,
        version_table=history.version_table,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate_from_the_command_line() -> None:
    """Open the database of the environment, as the service does."""
    database = open_database(next(filter(None, (each.read(os.environ) for each in addresses))))
    try:
        with database.writer.begin() as connection:
            migrate(connection)
    finally:
        database.close()


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    migrate_from_the_command_line()
