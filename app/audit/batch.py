"""Write one batch of records in one transaction, each idempotency key once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Dialect, bindparam, select

from app.audit.errors import KeyReused, RecordError, RecordRefused
from app.audit.records import Record, Stored
from app.audit.tables import record as table

Outcome = Stored | RecordError

COLUMNS = tuple(column.name for column in table.columns)
ROWS_AT_ONCE = 16
"""Few: the driver keeps a statement for each number of rows, with the values that it was last given."""
PLACEHOLDER = {"sqlite": "?", "postgresql": "%s"}
BY_KEY = select(table.c.idempotency_key, table.c.fingerprint, table.c.id, table.c.answer).where(
    table.c.idempotency_key.in_(bindparam("keys", expanding=True))
)
BY_ID = select(table.c.id, table.c.answer).where(table.c.id.in_(bindparam("ids", expanding=True)))


class Entry(NamedTuple):
    """A record, and the same as the driver takes it."""

    record: Record
    row: tuple[Any, ...]


class Owner(NamedTuple):
    """The record that holds an idempotency key."""

    fingerprint: bytes | None
    id: UUID
    answer: bytes


class Insert:
    """The insert of a record, prepared once: the types of SQLAlchemy, without its work for each row.

    A row that is there already is left alone, and is no error: another process may have won the race for a
    key, or a batch may be repeated whose first COMMIT was answered to nobody.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._row = f"({', '.join([PLACEHOLDER[dialect.name]] * len(COLUMNS))})"
        self._values = attrgetter(*COLUMNS)
        types = (column.type.dialect_impl(dialect) for column in table.columns)
        self._processors = [
            (place, processor)
            for place, kind in enumerate(types)
            if (processor := kind.bind_processor(dialect)) is not None
        ]

    def entry(self, record: Record) -> Entry:
        """The work that is done for each record before it waits in the queue."""
        values = list(self._values(record))
        for place, processor in self._processors:
            values[place] = processor(values[place])
        return Entry(record, tuple(values))

    def sql(self, rows: int) -> str:
        """One statement for several rows: it runs as a whole while other threads run Python."""
        names, values = ", ".join(COLUMNS), ", ".join([self._row] * rows)
        return f"INSERT INTO record ({names}) VALUES {values} ON CONFLICT DO NOTHING"  # noqa: S608 -- no data  # nosec B608


def write_batch(connection: Connection, insert: Insert, entries: Sequence[Entry]) -> list[Outcome]:
    """Insert what is new and answer all; nothing of it is true before the caller commits."""
    fresh = _first_of_each_key(entries)
    owners = {
        record.idempotency_key: Owner(record.fingerprint, record.id, record.answer) for record, _ in fresh
    }
    lost: set[UUID] = set()
    if _inserted(connection, insert, fresh) != len(fresh):
        owners = _owners(connection, owners)
        lost = _not_stored(connection, fresh)
    return [_outcome(entry.record, owners, lost) for entry in entries]


def _first_of_each_key(entries: Sequence[Entry]) -> list[Entry]:
    keyed: dict[str, Entry] = {}
    keyless = []
    for entry in entries:
        if (key := entry.record.idempotency_key) is None:
            keyless.append(entry)
        else:
            keyed.setdefault(key, entry)
    # In the same order in every process, so that two batches with the same keys cannot deadlock.
    return keyless + [keyed[key] for key in sorted(keyed)]


def _inserted(connection: Connection, insert: Insert, entries: Sequence[Entry]) -> int:
    return sum(
        connection.exec_driver_sql(insert.sql(len(rows)), tuple(chain.from_iterable(rows))).rowcount
        for rows in _groups([entry.row for entry in entries])
    )


def _groups(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def _owners(connection: Connection, keys: Iterable[str | None]) -> dict[str | None, Owner]:
    rows = connection.execute(BY_KEY, {"keys": [key for key in keys if key is not None]})
    return {key: Owner(*rest) for key, *rest in rows}


def _not_stored(connection: Connection, entries: Sequence[Entry]) -> set[UUID]:
    rows = connection.execute(BY_ID, {"ids": [entry.record.id for entry in entries]})
    answers = {found.id: found.answer for found in rows}
    return {record.id for record, _ in entries if answers.get(record.id) != record.answer}


def _outcome(record: Record, owners: Mapping[str | None, Owner], lost: set[UUID]) -> Outcome:
    if record.idempotency_key is None:
        return _refused() if record.id in lost else Stored(record.id, record.answer, replayed=False)
    owner = owners.get(record.idempotency_key)
    if owner is None:
        return _refused()
    if owner.fingerprint != record.fingerprint:
        return KeyReused("The idempotency key was used before for another request.")
    return Stored(owner.id, owner.answer, replayed=owner.id != record.id)


def _refused() -> RecordRefused:
    return RecordRefused("The id of this record belongs to another record.")
