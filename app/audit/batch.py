"""Write one batch of entries in one transaction, each idempotency key once."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, select

from app.audit.append import Appender, Keys
from app.audit.database import Database
from app.audit.errors import KeyReused, LogAltered, RecordDamaged, RecordError, RecordRefused, SubjectsErased
from app.audit.given import Given, answer_with
from app.audit.opening import Opener
from app.audit.prepare import Prepared
from app.audit.proven_erasures import ProvenErasures
from app.audit.records import Stored
from app.audit.rows import Reading, Row
from app.audit.tables import entry, erased
from app.audit.vault import Vault
from app.transparency.tree import Frontier

log = logging.getLogger(__name__)

Outcome = Stored | RecordError
Found = Mapping[bytes | UUID, Row]
"""The rows that are there already, by the key or the id that was asked for."""


class BatchWriter:
    """Writes batches of entries of any tenants."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._appender = Appender(database.writer.dialect, vault)
        self._opener = Opener(database.reader, vault)
        self._erasures = ProvenErasures(database, vault)
        self._entries = Reading(entry.c, database.writer.dialect)

    def write(
        self, connection: Connection, entries: Sequence[Prepared], keys: Keys, *, again: bool = False
    ) -> list[Outcome]:
        """Append what is new and answer all; nothing of it is true before the caller commits.

        *again* says that the same batch was tried before, and that nobody knows how its COMMIT ended.
        Raises SubjectsErased where a subject was erased after *keys* were read.
        """
        outcomes: dict[int, Outcome] = {}
        for mine in _by_tenant(entries):
            tenant = entries[mine[0]].tenant
            told = self._write_unless_altered(
                connection, tenant, [entries[place] for place in mine], keys, again
            )
            outcomes.update(zip(mine, told, strict=True))
        return [outcomes[place] for place in range(len(entries))]

    def _write_unless_altered(
        self, connection: Connection, tenant: str, entries: Sequence[Prepared], keys: Keys, again: bool
    ) -> Sequence[Outcome]:
        """A log that was altered stands still, and no other with it."""
        try:
            return self._write_tenant(connection, tenant, entries, keys, again)
        except LogAltered as error:
            log.critical("a log was altered, and nothing is appended to it: %s", error)
            return [LogAltered(str(error)) for _ in entries]

    def _write_tenant(
        self, connection: Connection, tenant: str, entries: Sequence[Prepared], keys: Keys, again: bool
    ) -> list[Outcome]:
        before = self._appender.lock(connection, tenant)
        self._refuse_erased(connection, tenant, keys)
        stored = self._stored_before(connection, tenant, entries, again)
        fresh = _first_of_each((each for each in entries if _can_be_sealed(each, keys)), stored)
        receipts = self._append(connection, tenant, before, list(fresh.values()), keys)
        return [self._outcome(each, fresh, receipts, stored) for each in entries]

    def _refuse_erased(self, connection: Connection, tenant: str, keys: Keys) -> None:
        """A forged row is no reason not to record a subject: no leaf says what it says."""
        mine = {owner: key.id for owner, key in keys.items() if owner[0] == tenant}
        if not mine:
            return
        query = select(erased.c.key_id).where(erased.c.tenant == tenant, erased.c.key_id.in_(mine.values()))
        marked = connection.scalars(query).all()
        if marked and (gone := set(self._erasures.among(tenant, marked))):
            raise SubjectsErased(tenant, {owner: key_id for owner, key_id in mine.items() if key_id in gone})

    def _append(
        self,
        connection: Connection,
        tenant: str,
        before: Frontier,
        fresh: Sequence[Prepared],
        keys: Keys,
    ) -> dict[UUID, Given]:
        if not fresh:
            return {}
        receipts = self._appender.append(connection, tenant, before, fresh, keys)
        return {each.id: receipt for each, receipt in zip(fresh, receipts, strict=True)}

    def _outcome(
        self,
        asked: Prepared,
        fresh: dict[bytes | UUID, Prepared],
        receipts: dict[UUID, Given],
        stored: Found,
    ) -> Outcome:
        if (owner := fresh.get(_name(asked))) is not None:
            if owner.request != asked.request:
                return _other_request(asked)
            answer = answer_with(owner.answer, receipts[owner.id])
            return Stored(owner.id, answer, replayed=owner.id != asked.id)
        if (row := stored.get(_name(asked))) is None:
            return RecordDamaged(("key",))  # of the subject: nothing can be sealed with it
        try:
            return self._replayed(asked, row)
        except RecordError as error:
            return error

    def _replayed(self, asked: Prepared, row: Row) -> Outcome:
        """What is stored is read from its leaf: a damaged row is no fault of the one who repeats."""
        if row.damaged:
            raise RecordDamaged(row.damaged)
        answer = self._opener.answer_to(asked.request, row.values) if asked.content is not None else b""
        if answer is None or (asked.content is None and row.values["content"] is not None):
            return _other_request(asked)
        return Stored(row.values["id"], answer, replayed=row.values["id"] != asked.id)

    def _stored_before(
        self, connection: Connection, tenant: str, entries: Sequence[Prepared], again: bool
    ) -> Found:
        """The rows of keys that were used before; of a batch that was tried before, of its ids as well."""
        tags = [each.idempotency_tag for each in entries if each.idempotency_tag is not None]
        ids = [each.id for each in entries if each.idempotency_tag is None] if again else []
        found: dict[bytes | UUID, Row] = {}
        for column, wanted in ((entry.c.idempotency_tag, tags), (entry.c.id, ids)):
            if wanted:
                query = self._entries.query().where(entry.c.tenant == tenant, column.in_(wanted))
                rows = map(self._entries.row, connection.execute(query).mappings().all())
                found |= {row.values[column.name]: row for row in rows}
        return found


def parts_of(entries: Sequence[Prepared]) -> list[list[int]]:
    """The places of the entries in parts that can be written apart: tenants, or halves of a single one."""
    parts = _by_tenant(entries)
    if len(parts) > 1:
        return parts
    half = len(entries) // 2
    return [list(range(half)), list(range(half, len(entries)))]


def _by_tenant(entries: Sequence[Prepared]) -> list[list[int]]:
    """The places of each tenant, sorted: two processes lock the logs of many tenants in the same order."""
    places = sorted(range(len(entries)), key=lambda place: entries[place].tenant)
    return [list(mine) for _, mine in groupby(places, key=lambda place: entries[place].tenant)]


def _name(asked: Prepared) -> bytes | UUID:
    """By what a repetition is known: its key, or where there is none, its id."""
    return asked.id if asked.idempotency_tag is None else asked.idempotency_tag


def _first_of_each(entries: Iterable[Prepared], stored: Found) -> dict[bytes | UUID, Prepared]:
    fresh: dict[bytes | UUID, Prepared] = {}
    for each in entries:
        if _name(each) not in stored:
            fresh.setdefault(_name(each), each)
    return fresh


def _can_be_sealed(entry: Prepared, keys: Keys) -> bool:
    return entry.subject is None or (entry.tenant, entry.subject) in keys


def _other_request(asked: Prepared) -> RecordError:
    if asked.idempotency_tag is None:
        return RecordRefused("The id of this record belongs to another record.")
    return KeyReused("The idempotency key was used before for another request.")
