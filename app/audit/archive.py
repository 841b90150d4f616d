"""Reads what was stored, and keeps the rulesets that records refer to."""

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple, TypeGuard
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, tuple_

from app.audit.connected import connected
from app.audit.database import Database
from app.audit.errors import RecordDamaged, RecordErased
from app.audit.inserting import insert_new
from app.audit.opening import Opener
from app.audit.records import RECORDS, Kind, Record, Summary
from app.audit.rows import Query, Reading, Row
from app.audit.tables import HAS_CONTENT, entry, ruleset
from app.audit.vault import Vault

log = logging.getLogger(__name__)

LONGEST_CHAIN = 100
"""Corrections of corrections that are followed."""
LOOKED_AT = 500
"""Records that one page looks at; it ends there, however few of them it shows."""
AT_ONCE = 100
"""Records that are fetched in one statement, when those of the first were not enough."""


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
    """Records in short, newest first, and where to go on; None at the end.

    A page that shows few or none is the last only where there is nowhere to go on.
    """

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

    def has_record(self, tenant: str, record_id: UUID, kinds: Collection[Kind] = RECORDS) -> bool:
        """Whether the tenant has an entry of that id and of one of these kinds, readable or not."""
        asked = select(entry.c.idx).where(
            entry.c.tenant == tenant, entry.c.id == record_id, entry.c.kind.in_(kinds)
        )
        with connected(self._reader, tenant) as connection:
            return connection.execute(asked).first() is not None

    def corrected_by(self, tenant: str, record_id: UUID) -> UUID | None:
        """The record that corrects this one: the newest, and where that was corrected as well, its own."""
        newest, found = entry.c.idx.desc(), None
        with connected(self._reader, tenant) as connection:
            for _ in range(LONGEST_CHAIN):
                corrected = found or record_id
                asked = select(entry.c.id).where(entry.c.tenant == tenant, entry.c.corrects == corrected)
                newer = connection.execute(asked.order_by(newest).limit(1)).scalar()
                if newer is None:
                    break
                found = newer
        return found

    def search(self, tenant: str, wanted: Search, after: Cursor | None = None, limit: int = 50) -> Page:
        """A page of records, newest first, without the damaged and the erased; stable while it is paged.

        Verdict and tier stand in the sealed content alone: what is asked of them is asked of each record.
        """
        found: dict[UUID, Summary] = {}  # by id: a record that is stored meanwhile moves those behind it
        for looked_at, (row, record) in enumerate(self._opened(tenant, wanted, after, limit + 1), start=1):
            if _is_wanted(record, wanted) and record.id not in found:
                if len(found) == limit:
                    last = [*found.values()][-1]
                    return Page([*found.values()], Cursor(last.created_at, last.id))
                found[record.id] = _in_short(record)
            if looked_at == LOOKED_AT:
                return Page([*found.values()], Cursor(row["at"], row["id"]))
        return Page([*found.values()], None)

    def _opened(
        self, tenant: str, wanted: Search, after: Cursor | None, at_once: int
    ) -> Iterator[tuple[Mapping[str, Any], Record | RecordDamaged | RecordErased]]:
        """Rows with what is in them: first so many as are wanted, then more for those in vain."""
        query, offset = self._question(tenant, wanted, after), 0
        while True:
            with connected(self._reader, tenant) as connection:
                found = connection.execute(query.limit(at_once).offset(offset)).mappings().all()
            # Only now are they opened: that needs a connection of the same pool.
            rows = list(_whole(map(self._sealed.row, found)))
            yield from zip(rows, self._opener.records(tenant, rows), strict=True)
            if len(found) < at_once:
                return
            offset, at_once = offset + at_once, AT_ONCE

    def _question(self, tenant: str, wanted: Search, after: Cursor | None) -> Query:
        newest_first = (entry.c.at, entry.c.id)
        query = self._sealed.query().where(
            entry.c.tenant == tenant, HAS_CONTENT, *self._conditions(tenant, wanted)
        )
        if after is not None:
            query = query.where(tuple_(*newest_first) < tuple_(*after))
        return query.order_by(*(column.desc() for column in newest_first))

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
        return asked

    def save_ruleset(self, digest: str, version: str, json: bytes) -> None:
        """Keep a ruleset for as long as records refer to it; a second time changes nothing."""
        row = {"digest": digest, "version": version, "json": json}
        with connected(self._writer) as connection, connection.begin():
            connection.execute(insert_new(ruleset, connection.dialect), row)

    def ruleset(self, digest: str) -> bytes | None:
        """The ruleset of that digest; None where there is none that can be read."""
        query = self._rulesets.query().where(ruleset.c.digest == digest)
        with connected(self._reader) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else self._rulesets.row(found).values.get("json")

    def rulesets(self) -> list[RulesetName]:
        """Every ruleset that was ever used here and can be read, the newest version first."""
        with connected(self._reader) as connection:
            rows = map(self._names.row, connection.execute(self._names.query()).mappings())
            found = [RulesetName(**row.values) for row in rows if not row.damaged]
        return sorted(found, key=_age)

    def ping(self) -> None:
        """Raise StoreUnavailable unless the database answers."""
        with connected(self._reader) as connection:
            connection.execute(text("SELECT 1"))


def _age(name: RulesetName) -> tuple[list[int], str]:
    """Sorts the newest version first; no day is stored that says it, because no leaf could prove it."""
    return [-int(number) for number in re.findall("[0-9]+", name.version)], name.digest


def _whole(rows: Iterable[Row]) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        if row.damaged:
            _tell(row.damaged)
        else:
            yield row.values


def _is_wanted(record: Record | RecordDamaged | RecordErased, wanted: Search) -> TypeGuard[Record]:
    if isinstance(record, RecordDamaged):
        _tell(record.columns)
    if not isinstance(record, Record):
        return False
    # Of the subject as well: swapped keys of two subjects show nobody the records of another one.
    asked = (wanted.verdict, record.verdict), (wanted.tier, record.tier), (wanted.subject, record.subject)
    return all(wish in (None, found) for wish, found in asked)


def _tell(damaged: Iterable[str]) -> None:
    log.error("a record was left out of a search: %s cannot be read", ", ".join(damaged))


def _in_short(record: Record) -> Summary:
    return Summary(*(getattr(record, each.name) for each in fields(Summary)))
