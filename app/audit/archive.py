"""Reads what was stored, and keeps the rulesets that records refer to."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from itertools import count, islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from app.audit.connected import connected
from app.audit.database import Database
from app.audit.errors import RecordDamaged, RecordErased
from app.audit.opening import Opener
from app.audit.records import Record, Summary
from app.audit.rows import Query, Reading, Row
from app.audit.tables import HAS_CONTENT, entry, ruleset
from app.audit.vault import Vault

log = logging.getLogger(__name__)

RECORDS = ("assess", "correct")
"""The kinds of entries that hold a record."""
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


@dataclass(frozen=True, slots=True)
class Page:
    """Records in short, newest first, and where to go on; None at the end."""

    records: list[Summary]
    after: Cursor | None


class Archive:
    """All that is asked of the database besides appending to its logs."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._reader = database.reader
        self._writer = database.writer
        self._vault = vault
        self._opener = Opener(database.reader, vault)
        dialect = database.reader.dialect
        self._entries = Reading(entry.c, dialect)
        self._sealed = Reading((each for each in entry.c if each is not entry.c.receipt), dialect)
        self._rulesets = Reading([ruleset.c.json], dialect)
        self._names = Reading([ruleset.c.digest, ruleset.c.version], dialect)

    def entry(self, tenant: str, entry_id: UUID) -> Mapping[str, Any] | None:
        """The row of an entry. Raises RecordDamaged where a value in it cannot be read."""
        asked = self._entries.query().where(entry.c.tenant == tenant, entry.c.id == entry_id)
        with connected(self._reader, tenant) as connection:
            found = connection.execute(asked).mappings().first()
        if found is None:
            return None
        row = self._entries.row(found)
        if row.damaged:
            raise RecordDamaged(row.damaged)
        return row.values

    def get(self, tenant: str, record_id: UUID) -> Record | None:
        """The record, as it was stored; of another tenant, as if there were none.

        Raises RecordDamaged and RecordErased.
        """
        row = self._row_of_record(tenant, record_id)
        return None if row is None else self._opener.record(row)

    def answer(self, tenant: str, record_id: UUID) -> bytes | None:
        """The answer as it was given, with its receipt. Raises RecordDamaged and RecordErased."""
        row = self._row_of_record(tenant, record_id)
        return None if row is None else self._opener.answer(row)

    def _row_of_record(self, tenant: str, record_id: UUID) -> Mapping[str, Any] | None:
        row = self.entry(tenant, record_id)
        return row if row is not None and row["kind"] in RECORDS else None

    def has_record(self, tenant: str, record_id: UUID) -> bool:
        """Whether the tenant has a record of that id, readable or not."""
        asked = select(entry.c.idx).where(
            entry.c.tenant == tenant, entry.c.id == record_id, entry.c.kind.in_(RECORDS)
        )
        with connected(self._reader, tenant) as connection:
            return connection.execute(asked).first() is not None

    def corrected_by(self, tenant: str, record_id: UUID) -> UUID | None:
        """The newest record that corrects this one."""
        newest = entry.c.idx.desc()
        asked = select(entry.c.id).where(entry.c.tenant == tenant, entry.c.corrects == record_id)
        with connected(self._reader, tenant) as connection:
            return connection.execute(asked.order_by(newest).limit(1)).scalar()

    def search(self, tenant: str, wanted: Search, after: Cursor | None = None, limit: int = 50) -> Page:
        """A page of records, newest first, without the damaged and the erased; stable while it is paged."""
        newest_first = (entry.c.at, entry.c.id)
        query = self._sealed.query().where(
            entry.c.tenant == tenant, HAS_CONTENT, *self._conditions(tenant, wanted)
        )
        if after is not None:
            query = query.where(tuple_(*newest_first) < tuple_(*after))
        query = query.order_by(*(column.desc() for column in newest_first))
        with connected(self._reader, tenant) as connection:
            found = list(islice(self._readable(connection, query, limit + 1), limit + 1))
        records = [_in_short(record) for record in found[:limit]]
        more = len(found) > limit
        return Page(records, Cursor(records[-1].created_at, records[-1].id) if more else None)

    def _conditions(self, tenant: str, wanted: Search) -> list[ColumnElement[bool]]:
        """The question in the words of the database, which knows keyed digests of what tells of a patient."""
        columns = entry.c
        asked: list[ColumnElement[bool]] = []
        if wanted.subject is not None:
            asked.append(columns.key_id.in_(self._vault.subject_keys.key_ids_of(tenant, wanted.subject)))
        if wanted.assessed_from is not None:
            asked.append(columns.assessed_on >= wanted.assessed_from)
        if wanted.assessed_to is not None:
            asked.append(columns.assessed_on <= wanted.assessed_to)
        if wanted.verdict is not None:
            asked.append(columns.verdict == self._vault.tag(tenant, "verdict", wanted.verdict))
        if wanted.tier is not None:
            asked.append(columns.tier == self._vault.tag(tenant, "tier", wanted.tier))
        return asked

    def _readable(self, connection: Connection, query: Query, at_once: int) -> Iterator[Record]:
        """As many at once as are wanted; further ones only in the place of those that cannot be read."""
        for offset in count(step=at_once):
            rows = [
                self._sealed.row(found)
                for found in connection.execute(query.limit(at_once).offset(offset)).mappings()
            ]
            for record in self._opener.records(_whole(rows)):
                if isinstance(record, RecordDamaged):
                    log.error(
                        "a record was left out of a search: %s cannot be read", ", ".join(record.columns)
                    )
                elif not isinstance(record, RecordErased):
                    yield record
            if len(rows) < at_once:
                return

    def save_ruleset(self, digest: str, version: str, json: bytes) -> None:
        """Keep a ruleset for as long as records refer to it; a second time changes nothing."""
        row = {"digest": digest, "version": version, "json": json, "stored_at": datetime.now(UTC)}
        with connected(self._writer) as connection, connection.begin():
            connection.execute(INSERT_RULESET[connection.dialect.name], row)

    def ruleset(self, digest: str) -> bytes | None:
        """The ruleset of that digest; None where there is none that can be read."""
        query = self._rulesets.query().where(ruleset.c.digest == digest)
        with connected(self._reader) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else self._rulesets.row(found).values.get("json")

    def rulesets(self) -> list[RulesetName]:
        """Every ruleset that was ever used here and can be read, the newest first."""
        query = self._names.query().order_by(ruleset.c.stored_at.desc(), ruleset.c.digest)
        with connected(self._reader) as connection:
            rows = map(self._names.row, connection.execute(query).mappings())
            return [RulesetName(**row.values) for row in rows if not row.damaged]

    def ping(self) -> None:
        """Raise StoreUnavailable unless the database answers."""
        with connected(self._reader) as connection:
            connection.execute(text("SELECT 1"))


def _whole(rows: Iterable[Row]) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        if row.damaged:
            log.error("a record was left out of a search: %s cannot be read", ", ".join(row.damaged))
        else:
            yield row.values


def _in_short(record: Record) -> Summary:
    return Summary(*(getattr(record, each.name) for each in fields(Summary)))
