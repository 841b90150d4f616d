"""Two engines on one database: the one that writes and the ones that only read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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
    require_safe: Callable[[], None]
    """Connects, and refuses a database that cannot keep the promise "stored before answered"."""

    def close(self) -> None:
        """Close every connection; the database can be opened again."""
        self.reader.dispose()
        self.writer.dispose()


def open_database(url: str) -> Database:
    """The database of a `sqlite:///` or `postgresql://` address; nothing is connected to yet."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseRefused("The database address cannot be read; see DATABASE_URL.") from error
    match address.get_backend_name():
        case "sqlite":
            writer = sqlite.writing_engine(address)
            return Database(writer, sqlite.reading_engine(address), partial(sqlite.require_open, writer))
        case "postgresql" | "postgres":
            writer = postgresql.writing_engine(address)
            reader = postgresql.reading_engine(address)
            return Database(writer, reader, partial(postgresql.require_durable, writer))
        case other:
            raise DatabaseRefused(f"The record is kept in SQLite or PostgreSQL, not in {other!r}.")
