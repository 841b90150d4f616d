"""PostgreSQL engines that fail fast, and refuse a server that may lose a commit."""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from app.audit.errors import DatabaseRefused, StoreUnavailable
from app.audit.prompt_connection import connect

READING_CONNECTIONS = 4
SESSION_OPTIONS = (
    "-c statement_timeout=5000 -c lock_timeout=3000"
    " -c idle_in_transaction_session_timeout=10000 -c synchronous_commit=on"
)
REQUIRED = ("fsync", "full_page_writes", "synchronous_commit")

log = logging.getLogger(__name__)


def writing_engine(address: URL) -> Engine:
    """The one connection that writes."""
    # No ping before use: the recorder repeats a batch that met a dead connection, and is safe to.
    return _engine(address, SESSION_OPTIONS, pool_size=1)


def reading_engine(address: URL) -> Engine:
    """A few connections that cannot write."""
    options = f"{SESSION_OPTIONS} -c default_transaction_read_only=on"
    return _engine(address, options, pool_size=READING_CONNECTIONS, pool_pre_ping=True)


def unsafe_settings(settings: Mapping[str, str]) -> list[str]:
    """The settings with which a committed record could be lost."""
    return [name for name in REQUIRED if settings.get(name) == "off"]


def _engine(address: URL, options: str, **pool: Any) -> Engine:
    given = " ".join(address.normalized_query.get("options", ()))
    engine = create_engine(
        address.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        hide_parameters=True,
        max_overflow=0,
        pool_timeout=3,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": 3,
            "tcp_user_timeout": 3000,
            "options": f"{given} {options}".strip(),  # the last one wins: ours
        },
        **pool,
    )
    event.listen(engine, "do_connect", connect)
    return engine


def require_durable(engine: Engine) -> None:
    """Refuse a server that may lose what it has committed."""
    query = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    try:
        with engine.connect() as connection:
            rows = connection.execute(query, {"names": [*REQUIRED, "data_checksums"]}).all()
    except SQLAlchemyError as error:
        engine.dispose()
        raise StoreUnavailable("PostgreSQL does not answer.") from error
    settings: dict[str, str] = {row.name: row.setting for row in rows}
    log.info("PostgreSQL durability: %s", settings)
    if unsafe := unsafe_settings(settings):
        engine.dispose()
        raise DatabaseRefused(f"PostgreSQL may lose a committed record: turn on {', '.join(unsafe)}.")
