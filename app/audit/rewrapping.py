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
from app.audit.wrapping import Place, unwrap, wrap, wrapping_id

AT_ONCE = 1000
KEYS = select(table.c.tenant, table.c.subject_tag, table.c.key_id, table.c.wrapped)
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
    rows = connection.execute(KEYS).all()
    # By what opens, and not by what a row says of itself; what was damaged before is damaged afterwards.
    opened = [(row, unwrap(old.master, _place(row), row.wrapped)) for row in rows]
    rewrapped = [_rewrapped(row, key, new) for row, key in opened if key is not None]
    done = any(unwrap(new.master, _place(row), row.wrapped) for row, key in opened if key is None)
    if rows and not rewrapped and not done:
        raise SecretsRefused("No key was wrapped with the old or the new master key.")
    for start in range(0, len(rewrapped), AT_ONCE):
        connection.execute(REWRAPPED, rewrapped[start : start + AT_ONCE])
    return len(rewrapped)


def _place(row: Row[str, bytes, UUID, bytes]) -> Place:
    return Place(row.tenant, row.subject_tag, row.key_id)


def _rewrapped(row: Row[str, bytes, UUID, bytes], key: bytes, new: Secrets) -> dict[str, object]:
    return {
        "of_tenant": row.tenant,
        "of_key": row.key_id,
        "wrapped": wrap(new.master, _place(row), key),
        "wrapped_by": wrapping_id(new),
    }
