"""SQLite engines that lose nothing on a power cut."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pysqlite3 import dbapi2  # type: ignore[import-untyped]  # the package ships no types
from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from app.audit.errors import DatabaseRefused

BUSY_SECONDS = 2  # with the one repetition, a caller knows within 5 seconds
READING_CONNECTIONS = 4

WRITER_PRAGMAS: Mapping[str, str | int] = {
    "page_size": 8192,  # a record is about 35 kB; has an effect on a new file only
    "journal_mode": "WAL",
    "wal_autocheckpoint": 2000,  # 16 MB: a fifth more records per second than with the default of 4 MB
    "synchronous": "FULL",  # NORMAL loses acknowledged commits on a power cut
    "foreign_keys": "ON",
    "secure_delete": "ON",
    "recursive_triggers": "ON",  # without it, INSERT OR REPLACE deletes past the triggers that refuse it
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
}
READER_PRAGMAS: Mapping[str, str | int] = {
    "query_only": "ON",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
}


def writing_engine(address: URL) -> Engine:
    """One connection, and every transaction takes the write lock before it reads."""
    require_safe_wal(dbapi2.sqlite_version_info)
    file = _file(address)
    engine = _engine(URL.create("sqlite", database=str(file)), 1, WRITER_PRAGMAS)
    event.listen(engine, "begin", _begin_immediate)
    event.listen(engine, "connect", _read_any_text)
    return engine


def reading_engine(address: URL) -> Engine:
    """A few connections that cannot write; each statement sees the newest commit."""
    location = URL.create("sqlite", database=f"file:{quote(str(_file(address)))}")
    read_only = location.update_query_dict({"mode": "ro", "uri": "true"})
    engine = _engine(read_only, READING_CONNECTIONS, READER_PRAGMAS)
    event.listen(engine, "connect", _read_any_text)
    return engine


def require_safe_wal(version: tuple[int, int, int]) -> None:
    """Refuse the SQLite releases whose write-ahead log can corrupt the database when it restarts."""
    repaired_branch = (3, 44, 6) <= version < (3, 45, 0) or (3, 50, 7) <= version < (3, 51, 0)
    if version < (3, 51, 3) and not repaired_branch:
        found = ".".join(map(str, version))
        raise DatabaseRefused(
            f"SQLite {found} can corrupt a database in WAL mode; 3.51.3 or newer is needed. "
            "Install pysqlite3 0.6.1 or newer."
        )


def require_open(engine: Engine) -> None:
    """Open the file, and make it when there is none, so that reading connections find one.

    It holds health data: nobody else on the machine may read it. SQLite gives its other files the same mode.
    """
    try:
        os.close(os.open(str(engine.url.database), os.O_CREAT | os.O_RDWR, 0o600))
        engine.connect().close()
    except (OSError, SQLAlchemyError) as error:
        engine.dispose()
        raise DatabaseRefused(
            f"SQLite cannot open {engine.url.database}: is the folder there, and is it a database?"
        ) from error


def _file(address: URL) -> Path:
    if not address.database or address.database == ":memory:":
        raise DatabaseRefused("A record kept in memory is lost: name a file, as in sqlite:///decompass.db.")
    return Path(address.database).absolute()


def _engine(address: URL, connections: int, pragmas: Mapping[str, str | int]) -> Engine:
    engine = create_engine(
        address,
        module=dbapi2,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    def prepare(connection: Any, _: object) -> None:
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")

    event.listen(engine, "connect", prepare)
    return engine


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that turns into a writing one fails at once, whatever the busy timeout is.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _read_any_text(connection: Any, _: object) -> None:
    # By itself the driver fails, and with it the whole query, on one text that is not UTF-8.
    connection.text_factory = _text


def _text(stored: bytes) -> str | bytes:
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored
