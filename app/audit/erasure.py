"""Erase a subject: say so in the log of its tenant, then destroy the key that its records are sealed with.

Both keys and leaves are looked at under the lock of the log. Whatever was recorded of the subject lies
therefore before the leaf that names its key, and whatever is recorded afterwards is sealed with another. What
a crash leaves undone between the leaf and the key is finished by the next erasure, by the next start, and by
whoever meets the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Connection, select

from app.audit.append import Appender
from app.audit.committed import committed
from app.audit.connected import connected
from app.audit.database import Database
from app.audit.errors import NotInTheLog
from app.audit.inserting import insert_new
from app.audit.meta import read_meta
from app.audit.prepare import prepare_event
from app.audit.proven_erasures import ProvenErasures
from app.audit.records import Event
from app.audit.tables import entry, erased, log_head
from app.audit.vault import Vault

Reason = Literal["request", "retention", "error", "order"]
"""Why: asked for by the subject, kept long enough, recorded by mistake, ordered by an authority."""
REASONS: tuple[Reason, ...] = get_args(Reason)
What = Literal["erased", "refused", "nothing", "held", "released"]


@dataclass(frozen=True, slots=True)
class Noted:
    """What was done about a subject, as the leaf at that index says, and the keys that it was done to."""

    what: What
    index: int
    key_ids: tuple[UUID, ...]


class Erasure:
    """Ends and holds the life of the keys of subjects. Each call leaves one leaf that says how it went."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._reader = database.reader
        self._writer = database.writer
        self._vault = vault
        self._keys = vault.subject_keys
        self._erasures = ProvenErasures(database, vault)
        self._appender = Appender(database.writer.dialect, vault)

    def erase(self, subject: str, asked: Event, reason: Reason) -> Noted:
        """Return when the key of the subject is nowhere any more, or was refused for a legal hold.

        Raises NotInTheLog for a tenant without a log, KeyAltered where another key than that of the subject
        could be meant, and StoreUnavailable: then it must be repeated, and finishes what was begun.
        """
        self._require_log(asked.actor.tenant)
        because = replace(asked, detail={**asked.detail, "reason": reason})
        noted = committed(self._writer, lambda connection: self._erase(connection, subject, because))
        self._finish(asked.actor.tenant, noted.key_ids if noted.what == "erased" else ())
        return noted

    def hold(self, subject: str, asked: Event, *, on: bool) -> Noted:
        """Begin or end a legal hold on the records of a subject. Raises as `erase` does."""
        self._require_log(asked.actor.tenant)
        return committed(self._writer, lambda connection: self._hold(connection, subject, asked, on=on))

    def finish(self) -> int:
        """Destroy the keys of all tenants that were erased; how many were left. Raises StoreUnavailable."""
        tenants = (each for each in self._keys.tenants() if self._erasures.all_there(each))
        return sum(self._finish(tenant) for tenant in tenants)

    def _require_log(self, tenant: str) -> None:
        # A mistyped tenant would get a log of its own otherwise, and the erasure would seem to be done.
        asked = select(log_head.c.size).where(log_head.c.tenant == tenant)
        with connected(self._reader, tenant) as connection:
            if connection.execute(asked).first() is None:
                raise NotInTheLog("There is no log of such a tenant.")

    def _finish(self, tenant: str, now: Iterable[UUID] = ()) -> int:
        # Also where nothing is left: the traces of a key that was destroyed before may be.
        return len(self._keys.destroy_ids(tenant, {*now, *self._erasures.all_there(tenant)}))

    def _erase(self, connection: Connection, subject: str, asked: Event) -> Noted:
        tenant = asked.actor.tenant
        before = self._appender.lock(connection, tenant)
        if (said := _said_before(connection, asked)) is not None:
            return said
        ids = tuple(self._keys.own_key_ids_of(tenant, subject))
        what: What = "nothing" if not ids else "refused" if self._keys.held(tenant, ids) else "erased"
        noted = Noted(what, before.size, ids)
        self._appender.append(connection, tenant, before, [prepare_event(_leaf(asked, noted))], {})
        if what == "erased":
            rows = [{"tenant": tenant, "key_id": each, "idx": before.size} for each in ids]
            connection.execute(insert_new(erased, connection.dialect), rows)
        return noted

    def _hold(self, connection: Connection, subject: str, asked: Event, *, on: bool) -> Noted:
        tenant = asked.actor.tenant
        before = self._appender.lock(connection, tenant)
        ids = tuple(self._keys.own_key_ids_of(tenant, subject))
        gone = self._erasures.among(tenant, _marked(connection, tenant, ids))
        ids = tuple(each for each in ids if each not in gone)
        what: What = "nothing" if not ids else "held" if on else "released"
        noted = Noted(what, before.size, ids)
        if ids:
            self._keys.hold(tenant, subject, on=on)
        if (said := _said_before(connection, asked)) is not None:
            return said
        self._appender.append(connection, tenant, before, [prepare_event(_leaf(asked, noted))], {})
        return noted


def _leaf(asked: Event, noted: Noted) -> Event:
    return replace(asked, of=noted.key_ids, detail={**asked.detail, "what": noted.what})


def _said_before(connection: Connection, asked: Event) -> Noted | None:
    """What the leaf of this very event says, where a first try was committed and nobody heard of it."""
    found = select(entry.c.idx, entry.c.meta).where(
        entry.c.tenant == asked.actor.tenant, entry.c.id == asked.id
    )
    if (row := connection.execute(found).first()) is None:
        return None
    members: Mapping[str, Any] = read_meta(row.meta)
    return Noted(members["what"], row.idx, tuple(map(UUID, members["of"])))


def _marked(connection: Connection, tenant: str, ids: Iterable[UUID]) -> list[UUID]:
    asked = select(erased.c.key_id).where(erased.c.tenant == tenant, erased.c.key_id.in_(ids))
    return list(connection.scalars(asked))
