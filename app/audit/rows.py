"""Reads rows value by value, so that one which was altered behind the back of the service fails alone.

SQLite keeps whatever is put into a column, whatever the column was made for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Dialect, RowMapping, Select, select, type_coerce
from sqlalchemy.types import NULLTYPE

Query = Select[*tuple[Any, ...]]
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError)
"""What the types of SQLAlchemy raise on a value that none of them wrote."""


class Row(NamedTuple):
    """What could be read, and the names of the columns that could not."""

    values: Mapping[str, Any]
    damaged: tuple[str, ...]


class Reading:
    """Some columns of one table, and how to read them."""

    def __init__(self, columns: Iterable[Column[Any]], dialect: Dialect) -> None:
        self._columns = tuple(columns)
        self._processors = [
            each.type.dialect_impl(dialect).result_processor(dialect, None) for each in self._columns
        ]
        self.raw: tuple[ColumnElement[Any], ...] = tuple(
            type_coerce(each, NULLTYPE).label(each.name) for each in self._columns
        )
        """The columns as they are asked for."""
        self._query: Query = select(*self.raw)

    def query(self) -> Query:
        """Asks for the values as the driver gives them."""
        return self._query

    def row(self, found: RowMapping) -> Row:
        """The values as the tables declare them."""
        values, damaged = {}, []
        for column, process in zip(self._columns, self._processors, strict=True):
            try:
                values[column.name] = _value(column, process, found[column.name])
            except UNREADABLE:
                damaged.append(column.name)
        return Row(values, tuple(damaged))


def _value(column: Column[Any], process: Callable[[Any], Any] | None, raw: Any) -> Any:
    if raw is None and column.nullable:
        return None
    if isinstance(raw, int | float) and column.type.python_type is not int:
        raise TypeError("the column was not made for numbers")  # and bytes(raw) would be as many zeros
    value = process(raw) if process else raw
    if not isinstance(value, column.type.python_type):
        raise TypeError("the column was made for another type")
    return value
