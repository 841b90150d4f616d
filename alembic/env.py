"""Runs the migrations on the connection it is given, or on DECOMPASS_DATABASE_URL for the alembic tool."""

import os

from sqlalchemy import Connection

from alembic import context
from app.audit.database import open_database
from app.audit.tables import metadata


def migrate(connection: Connection) -> None:
    """Run the revisions in one transaction, on SQLite too."""
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


def migrate_from_the_command_line() -> None:
    """Open the database of the environment, as the service does."""
    database = open_database(os.environ.get("DECOMPASS_DATABASE_URL", "sqlite:///decompass.db"))
    try:
        with database.writer.begin() as connection:
            migrate(connection)
    finally:
        database.close()


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    migrate_from_the_command_line()
