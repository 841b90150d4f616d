"""Write one batch of entries in one transaction, each idempotency key once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, select

from app.audit.append import Appender, Keys
from app.audit.errors import KeyReused, RecordError, RecordRefused, SubjectsErased
from app.audit.opening import Opener, Row, answer_with
from app.audit.prepare import Prepared
from app.audit.records import Stored
from app.audit.tables import entry, erased
from app.transparency.tree import Frontier

Outcome = Stored | RecordError
REPLAYED = select(entry)


class BatchWriter:
    """Writes batches of entries of any tenants."""

    def __init__(self, appender: Appender, opener: Opener) -> None:
        self._appender = appender
        self._opener = opener

    def write(
        self, connection: Connection, entries: Sequence[Prepared], keys: Keys, *, again: bool = False
    ) -> list[Outcome]:
        """Append what is new and answer all; nothing of it is true before the caller commits.

        *again* says that the same batch was tried before, and that nobody knows how its COMMIT ended.
        Raises SubjectsErased where a subject was erased after *keys* were read.
        """
        outcomes: dict[int, Outcome] = {}
        places = sorted(range(len(entries)), key=lambda place: entries[place].tenant)
        # Sorted, so that two processes lock the logs of many tenants in the same order.
        for tenant, group in groupby(places, key=lambda place: entries[place].tenant):
            mine = list(group)
            told = self._write_tenant(connection, tenant, [entries[place] for place in mine], keys, again)
            outcomes.update(zip(mine, told, strict=True))
        return [outcomes[place] for place in range(len(entries))]

    def _write_tenant(
        self, connection: Connection, tenant: str, entries: Sequence[Prepared], keys: Keys, again: bool
    ) -> list[Outcome]:
        before = self._appender.lock(connection, tenant)
        _refuse_erased(connection, tenant, keys)
        stored = _stored_before(connection, tenant, entries, again)
        fresh = _first_of_each((each for each in entries if _can_be_sealed(each, keys)), stored)
        receipts = self._append(connection, tenant, before, list(fresh.values()), keys)
        return [self._outcome(each, fresh, receipts, stored) for each in entries]

    def _append(
        self,
        connection: Connection,
        tenant: str,
        before: Frontier,
        fresh: Sequence[Prepared],
        keys: Keys,
    ) -> dict[UUID, bytes]:
        if not fresh:
            return {}
        receipts = self._appender.append(connection, tenant, before, fresh, keys)
        return {each.id: receipt for each, receipt in zip(fresh, receipts, strict=True)}

    def _outcome(
        self,
        asked: Prepared,
        fresh: dict[bytes | UUID, Prepared],
        receipts: dict[UUID, bytes],
        stored: dict[bytes | UUID, Row],
    ) -> Outcome:
        if (owner := fresh.get(_name(asked))) is not None:
            if owner.fingerprint != asked.fingerprint:
                return _other_request(asked)
            answer = answer_with(owner.answer, receipts[owner.id])
            return Stored(owner.id, answer, replayed=owner.id != asked.id)
        if (row := stored.get(_name(asked))) is None:
            return RecordRefused("The key of this subject was damaged: nothing can be sealed with it.")
        if row["fingerprint"] != asked.fingerprint:
            return _other_request(asked)
        try:
            answer = self._opener.answer(row) if asked.content is not None else b""
        except RecordError as error:
            return error
        return Stored(row["id"], answer, replayed=row["id"] != asked.id)


def _name(asked: Prepared) -> bytes | UUID:
    """By what a repetition is known: its key, or where there is none, its id."""
    return asked.id if asked.idempotency_tag is None else asked.idempotency_tag


def _first_of_each(
    entries: Iterable[Prepared], stored: dict[bytes | UUID, Row]
) -> dict[bytes | UUID, Prepared]:
    fresh: dict[bytes | UUID, Prepared] = {}
    for each in entries:
        if _name(each) not in stored:
            fresh.setdefault(_name(each), each)
    return fresh


def _can_be_sealed(entry: Prepared, keys: Keys) -> bool:
    return entry.subject is None or (entry.tenant, entry.subject) in keys


def _refuse_erased(connection: Connection, tenant: str, keys: Keys) -> None:
    ids = [key.id for (owner, _), key in keys.items() if owner == tenant]
    if not ids:
        return
    query = select(erased.c.key_id).where(erased.c.tenant == tenant, erased.c.key_id.in_(ids))
    if gone := connection.scalars(query).all():
        raise SubjectsErased(tenant, tuple(gone))


def _stored_before(
    connection: Connection, tenant: str, entries: Sequence[Prepared], again: bool
) -> dict[bytes | UUID, Row]:
    """The rows of keys that were used before; of a batch that was tried before, of its ids as well."""
    tags = [each.idempotency_tag for each in entries if each.idempotency_tag is not None]
    ids = [each.id for each in entries if each.idempotency_tag is None] if again else []
    found: dict[bytes | UUID, Row] = {}
    for column, wanted in ((entry.c.idempotency_tag, tags), (entry.c.id, ids)):
        if wanted:
            query = REPLAYED.where(entry.c.tenant == tenant, column.in_(wanted))
            rows = connection.execute(query).mappings().all()
            found |= {row[column.name]: dict(row) for row in rows}
    return found


def _other_request(asked: Prepared) -> RecordError:
    if asked.idempotency_tag is None:
        return RecordRefused("The id of this record belongs to another record.")
    return KeyReused("The idempotency key was used before for another request.")
