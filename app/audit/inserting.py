"""Inserts of many rows that are prepared once, and inserts of rows that may be there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

ROWS_AT_ONCE = 16
"""Few: the driver keeps a statement for each number of rows, with the values that it was last given."""
PLACEHOLDER = {"sqlite": "?", "postgresql": "%s"}


def insert_new(table: Table, dialect: Dialect) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves a row as it is where there is one already."""
    if dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


class Insert:
    """Puts rows into one table, several with one statement.

    It has the types of SQLAlchemy, without its work for each row.
    """

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self._names = [column.name for column in table.columns]
        self._head = f"INSERT INTO {table.name} ({', '.join(self._names)}) VALUES "  # noqa: S608 -- no data  # nosec B608
        self._row = f"({', '.join([PLACEHOLDER[dialect.name]] * len(self._names))})"
        types = (column.type.dialect_impl(dialect) for column in table.columns)
        self._processors = [kind.bind_processor(dialect) for kind in types]

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """One statement runs as a whole while other threads run Python."""
        for start in range(0, len(rows), ROWS_AT_ONCE):
            group = [self._values(row) for row in rows[start : start + ROWS_AT_ONCE]]
            statement = self._head + ", ".join([self._row] * len(group))
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(group)))

    def _values(self, row: Mapping[str, Any]) -> list[Any]:
        pairs = zip(self._names, self._processors, strict=True)
        return [process(row[name]) if process else row[name] for name, process in pairs]
