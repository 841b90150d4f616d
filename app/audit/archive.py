"""Reads what was stored, and keeps the rulesets that records refer to."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from itertools import count, islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from app.audit.database import Database
from app.audit.errors import RecordDamaged, StoreUnavailable
from app.audit.records import Record, Summary
from app.audit.rows import Query, Reading
from app.audit.tables import record, ruleset

log = logging.getLogger(__name__)

INSERT_RULESET = {
    name: dialect.insert(ruleset).on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


class Cursor(NamedTuple):
    """The place in the list, newest first, behind which the next page begins."""

    created_at: datetime
    id: UUID


class RulesetName(NamedTuple):
    """How a stored ruleset is asked for."""

    digest: str
    version: str


@dataclass(frozen=True, slots=True)
class Search:
    """What the records of a page have in common; what is absent is not asked for."""

    subject: str | None = None
    assessed_from: date | None = None
    assessed_to: date | None = None
    verdict: str | None = None
    tier: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The question in the words of the database."""
        columns = record.c
        asked = (
            (self.subject, columns.subject.__eq__),
            (self.assessed_from, columns.assessed_on.__ge__),
            (self.assessed_to, columns.assessed_on.__le__),
            (self.verdict, columns.verdict.__eq__),
            (self.tier, columns.tier.__eq__),
        )
        return [compare(value) for value, compare in asked if value is not None]


@dataclass(frozen=True, slots=True)
class Page:
    """Records in short, newest first, and where to go on; None at the end."""

    records: list[Summary]
    after: Cursor | None


class Archive:
    """All that is asked of the database besides storing a record."""

    def __init__(self, database: Database) -> None:
        self._reader = database.reader
        self._writer = database.writer
        dialect = database.reader.dialect
        self._records = Reading(record.c, dialect)
        self._summaries = Reading((record.c[each.name] for each in fields(Summary)), dialect)
        self._answers = Reading([record.c.answer], dialect)
        self._cases = Reading([record.c.case_json], dialect)
        self._rulesets = Reading([ruleset.c.json], dialect)
        self._names = Reading([ruleset.c.digest, ruleset.c.version], dialect)

    def get(self, record_id: UUID) -> Record | None:
        """The record, as it was stored. Raises RecordDamaged."""
        values = self._values(self._records, record_id)
        return None if values is None else Record(**values)

    def answer(self, record_id: UUID) -> bytes | None:
        """The answer alone, whatever became of the rest of its record. Raises RecordDamaged."""
        values = self._values(self._answers, record_id)
        return None if values is None else values["answer"]

    def case(self, record_id: UUID) -> bytes | None:
        """The case alone, whatever became of the rest of its record. Raises RecordDamaged."""
        values = self._values(self._cases, record_id)
        return None if values is None else values["case_json"]

    def _values(self, reading: Reading, record_id: UUID) -> Mapping[str, Any] | None:
        with _connected(self._reader) as connection:
            found = connection.execute(reading.query().where(record.c.id == record_id)).mappings().first()
        if found is None:
            return None
        row = reading.row(found)
        if row.damaged:
            raise RecordDamaged(row.damaged)
        return row.values

    def search(self, wanted: Search, after: Cursor | None = None, limit: int = 50) -> Page:
        """A page of records, newest first; stable while new ones are stored. Damaged ones are left out."""
        newest_first = (record.c.created_at, record.c.id)
        query = self._summaries.query().where(*wanted.conditions())
        if after is not None:
            query = query.where(tuple_(*newest_first) < tuple_(*after))
        query = query.order_by(*(column.desc() for column in newest_first))
        with _connected(self._reader) as connection:
            found = list(islice(self._readable(connection, query, limit + 1), limit + 1))
        records = found[:limit]
        more = len(found) > limit
        return Page(records, Cursor(records[-1].created_at, records[-1].id) if more else None)

    def _readable(self, connection: Connection, query: Query, at_once: int) -> Iterator[Summary]:
        """As many at once as are wanted; further ones only in the place of the damaged."""
        for offset in count(step=at_once):
            rows = connection.execute(query.limit(at_once).offset(offset)).mappings().all()
            for found in rows:
                row = self._summaries.row(found)
                if row.damaged:
                    log.error("a record was left out of a search: %s cannot be read", ", ".join(row.damaged))
                else:
                    yield Summary(**row.values)
            if len(rows) < at_once:
                return

    def save_ruleset(self, digest: str, version: str, json: bytes) -> None:
        """Keep a ruleset for as long as records refer to it; a second time changes nothing."""
        row = {"digest": digest, "version": version, "json": json, "stored_at": datetime.now(UTC)}
        with _connected(self._writer) as connection, connection.begin():
            connection.execute(INSERT_RULESET[connection.dialect.name], row)

    def ruleset(self, digest: str) -> bytes | None:
        """The ruleset of that digest; None where there is none that can be read."""
        query = self._rulesets.query().where(ruleset.c.digest == digest)
        with _connected(self._reader) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else self._rulesets.row(found).values.get("json")

    def rulesets(self) -> list[RulesetName]:
        """Every ruleset that was ever used here and can be read, the newest first."""
        query = self._names.query().order_by(ruleset.c.stored_at.desc(), ruleset.c.digest)
        with _connected(self._reader) as connection:
            rows = map(self._names.row, connection.execute(query).mappings())
            return [RulesetName(**row.values) for row in rows if not row.damaged]

    def ping(self) -> None:
        """Raise StoreUnavailable unless the database answers."""
        with _connected(self._reader) as connection:
            connection.execute(text("SELECT 1"))


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreUnavailable("The store does not answer; try again later.") from error
