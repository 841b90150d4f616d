"""Wrap the keys of all subjects with a new master key, all or none."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, text, update
from sqlalchemy.exc import SQLAlchemyError

from app.audit.committed import committed
from app.audit.database import Database
from app.audit.errors import SecretsRefused, StoreUnavailable
from app.audit.forgetting import forget_deleted
from app.audit.key_tables import subject_key as table
from app.audit.rows import Reading, Row
from app.audit.secrets import Secrets
from app.audit.wrapping import Place, unwrap, wrap, wrapping_id

AT_ONCE = 1000
COLUMNS = (table.c.tenant, table.c.subject_tag, table.c.key_id, table.c.wrapped)
REWRAPPED = (
    update(table)
    .where(table.c.tenant == bindparam("of_tenant"), table.c.key_id == bindparam("of_key"))
    .values(wrapped=bindparam("wrapped"), wrapped_by=bindparam("wrapped_by"))
)
NOBODY_ELSE_WRITES = text("LOCK TABLE subject_key IN SHARE ROW EXCLUSIVE MODE")
NO_STATEMENT_LIMIT = text("SET LOCAL statement_timeout = 0")

log = logging.getLogger(__name__)

Values = Mapping[str, Any]
"""A row of a key, as the table declares it."""


def rewrap(database: Database, old: Secrets, new: Secrets) -> int:
    """How many keys were wrapped anew. To repeat it does no harm.

    Whoever still has the old master key makes no key from then on: see `SubjectKeys`.
    A row that was altered is left as it is, and told in the log by the id of its key.
    Raises SecretsRefused where no key was wrapped with either, and StoreUnavailable.
    """
    if old.index != new.index:
        raise SecretsRefused("The index key cannot be changed: no subject would be found again.")
    count = committed(database.writer, lambda connection: _rewrap(connection, old, new))
    try:
        forget_deleted(database.writer, table)
    except SQLAlchemyError as error:
        raise StoreUnavailable("The keys are wrapped anew, but traces of before may be left.") from error
    return count


def _rewrap(connection: Connection, old: Secrets, new: Secrets) -> int:
    if connection.dialect.name == "postgresql":
        connection.execute(NO_STATEMENT_LIMIT)
        connection.execute(NOBODY_ELSE_WRITES)
    reading = Reading(COLUMNS, connection.dialect)
    rows = [reading.row(found) for found in connection.execute(reading.query()).mappings()]
    # By what opens, and not by what a row says of itself; what was damaged before is damaged afterwards.
    opened = [(row, _opened(old, row)) for row in rows]
    rewrapped = [_rewrapped(row.values, key, new) for row, key in opened if key is not None]
    altered = [row for row, key in opened if key is None and _opened(new, row) is None]
    if rows and len(altered) == len(rows):
        raise SecretsRefused("No key was wrapped with the old or the new master key.")
    for row in altered:
        _tell_left(row.values)
    for start in range(0, len(rewrapped), AT_ONCE):
        connection.execute(REWRAPPED, rewrapped[start : start + AT_ONCE])
    return len(rewrapped)


def _opened(secrets: Secrets, row: Row) -> bytes | None:
    if row.damaged:
        return None
    return unwrap(secrets.master, _place(row.values), row.values["wrapped"])


def _tell_left(row: Values) -> None:
    named = row.get("key_id", "of no readable id")
    log.critical("the row of the key %s was altered: it is left as it is, restore it from a backup", named)


def _place(row: Values) -> Place:
    return Place(row["tenant"], row["subject_tag"], row["key_id"])


def _rewrapped(row: Values, key: bytes, new: Secrets) -> dict[str, object]:
    return {
        "of_tenant": row["tenant"],
        "of_key": row["key_id"],
        "wrapped": wrap(new.master, _place(row), key),
        "wrapped_by": wrapping_id(new),
    }
