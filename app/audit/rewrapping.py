"""Wrap the keys of all subjects with a new master key, all or none."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from app.audit.committed import committed
from app.audit.database import Database
from app.audit.errors import SecretsRefused, StoreUnavailable
from app.audit.forgetting import forget_deleted
from app.audit.key_tables import subject_key as table
from app.audit.secrets import Secrets
from app.audit.wrapping import unwrap, wrap, wrapping_id

AT_ONCE = 1000
USED = select(table.c.wrapped_by).distinct()
KEYS = select(table.c.tenant, table.c.key_id, table.c.wrapped)
REWRAPPED = (
    update(table)
    .where(table.c.tenant == bindparam("of_tenant"), table.c.key_id == bindparam("of_key"))
    .values(wrapped=bindparam("wrapped"), wrapped_by=bindparam("wrapped_by"))
)
NOBODY_ELSE_WRITES = text("LOCK TABLE subject_key IN SHARE ROW EXCLUSIVE MODE")
NO_STATEMENT_LIMIT = text("SET LOCAL statement_timeout = 0")


def rewrap(database: Database, old: Secrets, new: Secrets) -> int:
    """How many keys were wrapped anew. To repeat it does no harm.

    Whoever still has the old master key makes no key from then on: see `SubjectKeys`.
    Raises SecretsRefused where a key was wrapped with neither, and StoreUnavailable.
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
    if set(connection.scalars(USED)) - {wrapping_id(old), wrapping_id(new)}:
        raise SecretsRefused("A key was wrapped with neither the old nor the new master key.")
    rows = connection.execute(KEYS.where(table.c.wrapped_by == wrapping_id(old))).all()
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        connection.execute(REWRAPPED, [_rewrapped(row, old, new) for row in some])
    return len(rows)


def _rewrapped(row: Row[str, UUID, bytes], old: Secrets, new: Secrets) -> dict[str, object]:
    key = unwrap(old.master, row.tenant, row.wrapped)
    return {
        "of_tenant": row.tenant,
        "of_key": row.key_id,
        # What was damaged before is damaged afterwards: it does not stop the rotation of all others.
        "wrapped": row.wrapped if key is None else wrap(new.master, row.tenant, key),
        "wrapped_by": wrapping_id(new),
    }
