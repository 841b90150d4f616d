"""The entries of one log as they stand in the database, and as their leaves say they must stand there.

Both are compared in the form in which SQLite keeps them, which PostgreSQL is asked for as well: to make a
UUID or a moment of every value would take longer than all other checks together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Dialect,
    String,
    Uuid,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import NULLTYPE

from app.audit.meta import Members
from app.audit.tables import UtcDateTime, entry

AT_ONCE = 256
REPEATED = (
    "tenant",
    "idx",
    "id",
    "kind",
    "at",
    "key_id",
    "assessed_on",
    "ruleset_digest",
    "corrects",
)
"""The columns that repeat the leaf."""
OWN = ("idempotency_tag", "leaf_hash", "receipt", "content", "meta")
INDEX, META, CONTENT, RECEIPT, LEAF_HASH, TAG = 1, -1, -2, -3, -4, -5
"""Where they stand in a row."""
ZONE = "+00:00"

Values = Sequence[Any]
Some = Sequence[tuple[Values, Members | None]]
"""Entries with what their leaves say; None where a leaf cannot be read."""


def entries_of(connection: Connection, tenant: str) -> Iterator[Sequence[Values]]:
    """The rows of a log in the order of their index, some at a time: REPEATED, then OWN."""
    columns = [_written(entry.c[name], connection.dialect) for name in (*REPEATED, *OWN)]
    asked = select(*columns).where(entry.c.tenant == tenant).order_by(entry.c.idx)
    with connection.execute(asked, execution_options={"yield_per": AT_ONCE}) as result:
        yield from result.partitions()


def repeated(members: Members) -> tuple[Any, ...]:
    """What the columns REPEATED must hold. Raises what reading of a leaf raises that no service wrote."""
    get, kind, at = members.get, members["kind"], members["at"]
    if not at.endswith(ZONE):
        raise ValueError("a moment of another zone")
    return (
        members["tenant"],
        members["index"],
        members["id"].replace("-", ""),
        kind,
        at[: -len(ZONE)].replace("T", " "),
        get("key", "").replace("-", "") or None,
        get("assessed_on"),
        get("ruleset"),
        members["of"][0].replace("-", "") if kind == "correct" else None,
    )


def _written(column: Column[Any], dialect: Dialect) -> ColumnElement[Any]:
    """The column in the form in which SQLite keeps it."""
    if dialect.name == "sqlite":
        return type_coerce(column, NULLTYPE)
    if isinstance(column.type, Uuid):
        return func.replace(cast(column, String), "-", "")
    if isinstance(column.type, Date):
        return cast(column, String)
    if isinstance(column.type, UtcDateTime):
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
    return type_coerce(column, NULLTYPE)
