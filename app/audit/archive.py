"""Reads what was stored, and keeps the rulesets that records refer to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, select, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from app.audit.database import Database
from app.audit.errors import StoreUnavailable
from app.audit.records import Record, StoredRuleset
from app.audit.tables import record, ruleset

INSERT_RULESET = {
    name: dialect.insert(ruleset).on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


class Cursor(NamedTuple):
    """The place in the list, newest first, behind which the next page begins."""

    created_at: datetime
    id: UUID


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
    """Records, newest first, and where to go on; None at the end."""

    records: list[Record]
    after: Cursor | None


class Archive:
    """All that is asked of the database besides storing a record."""

    def __init__(self, database: Database) -> None:
        self._reader = database.reader
        self._writer = database.writer

    def get(self, record_id: UUID) -> Record | None:
        """The record, as it was stored."""
        with _connected(self._reader) as connection:
            found = connection.execute(select(record).where(record.c.id == record_id)).mappings().first()
        return None if found is None else Record(**found)

    def search(self, wanted: Search, after: Cursor | None = None, limit: int = 50) -> Page:
        """A page of records, newest first; stable while new ones are stored."""
        newest_first = (record.c.created_at, record.c.id)
        query = select(record).where(*wanted.conditions())
        if after is not None:
            query = query.where(tuple_(*newest_first) < tuple_(*after))
        query = query.order_by(*(column.desc() for column in newest_first)).limit(limit + 1)
        with _connected(self._reader) as connection:
            found = [Record(**row) for row in connection.execute(query).mappings()]
        records = found[:limit]
        more = len(found) > limit
        return Page(records, Cursor(records[-1].created_at, records[-1].id) if more else None)

    def save_ruleset(self, digest: str, version: str, json: bytes) -> None:
        """Keep a ruleset for as long as records refer to it; a second time changes nothing."""
        row = {"digest": digest, "version": version, "json": json, "stored_at": datetime.now(UTC)}
        with _connected(self._writer) as connection, connection.begin():
            connection.execute(INSERT_RULESET[connection.dialect.name], row)

    def ruleset(self, digest: str) -> StoredRuleset | None:
        """The ruleset of that digest."""
        with _connected(self._reader) as connection:
            found = connection.execute(select(ruleset).where(ruleset.c.digest == digest)).mappings().first()
        return None if found is None else StoredRuleset(**found)

    def rulesets(self) -> list[StoredRuleset]:
        """Every ruleset that was ever used here, the newest first."""
        query = select(ruleset).order_by(ruleset.c.stored_at.desc(), ruleset.c.digest)
        with _connected(self._reader) as connection:
            return [StoredRuleset(**row) for row in connection.execute(query).mappings()]

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
