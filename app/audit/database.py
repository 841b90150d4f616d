"""Two engines on one database: the one that writes and the ones that only read."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.audit import postgresql, sqlite
from app.audit.errors import DatabaseRefused


@dataclass(frozen=True, slots=True)
class Database:
    """The one writing connection, and a small pool of reading ones."""

    writer: Engine
    reader: Engine

    def close(self) -> None:
        """Close every connection; the database can be opened again."""
        self.reader.dispose()
        self.writer.dispose()


def open_database(url: str) -> Database:
    """Open the database of a `sqlite:///` or `postgresql://` address, or refuse it."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseRefused("The database address cannot be read; see DATABASE_URL.") from error
    match address.get_backend_name():
        case "sqlite":
            return Database(sqlite.writing_engine(address), sqlite.reading_engine(address))
        case "postgresql" | "postgres":
            return Database(postgresql.writing_engine(address), postgresql.reading_engine(address))
        case other:
            raise DatabaseRefused(f"The record is kept in SQLite or PostgreSQL, not in {other!r}.")
