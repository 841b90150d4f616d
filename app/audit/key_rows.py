"""The rows of the store of keys, and what these secrets open of them.

What opens is the judge of the secrets, and not what a row says of itself: whoever alters a row takes away the
key in it, and no other. Only where none opens, the secrets are not those that the keys were made with.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Dialect, Row, select

from app.audit.derivation import KEY_BYTES
from app.audit.errors import KeyReplaced
from app.audit.key_tables import subject_key as table
from app.audit.rows import Reading
from app.audit.sealing import SubjectKey
from app.audit.secrets import Secrets
from app.audit.wrapping import Place, unwrap, wrap, wrapping_id

log = logging.getLogger(__name__)

COLUMNS = (table.c.tenant, table.c.subject_tag, table.c.key_id, table.c.wrapped, table.c.wrapped_by)
FEW = 100
"""Rows that are tried before the secrets are taken for others, or that are named in the log."""
REPLACED = "The master key was replaced: restart this process with the new one."


class KeyRows:
    """Makes and opens rows. Each is read as the driver gives it: see `app.audit.rows`."""

    def __init__(self, secrets: Secrets, dialect: Dialect) -> None:
        self._master = secrets.master
        self._made_with = wrapping_id(secrets)
        self._reading = Reading(COLUMNS, dialect)
        self.columns = self._reading.raw

    def made(self, tenant: str, subject_tag: bytes) -> dict[str, object]:
        """A row with a new key."""
        place = Place(tenant, subject_tag, uuid4())
        return {
            **place._asdict(),
            "wrapped": wrap(self._master, place, os.urandom(KEY_BYTES)),
            "wrapped_by": self._made_with,
            "held": False,
        }

    def key(self, connection: Connection, row: Row[Any]) -> SubjectKey | None:
        """The key in a row; None where it was altered. Raises KeyReplaced where the secrets were."""
        if (key := self._opened(row)) is not None:
            return key
        if row.wrapped_by != self._made_with:
            self.require_current(connection)
        log.error("the key %s cannot be unwrapped: it was altered", self._id_of(row))
        return None

    def require_current(self, connection: Connection, but: Collection[UUID] = ()) -> None:
        """Refuse secrets with which none of the keys *but* these was made. Raises KeyReplaced.

        A key that does not open and says it was made with these is damaged, and tells nothing of them.
        """
        others = table.c.key_id.not_in(but)
        mine = select(*self.columns).where(others, table.c.wrapped_by == self._made_with).limit(FEW)
        if any(self._opened(row) is not None for row in connection.execute(mine)):
            return
        strange = select(table.c.tenant).where(others, table.c.wrapped_by != self._made_with).limit(1)
        if connection.execute(strange).first() is not None:
            raise KeyReplaced(REPLACED)

    def tell_altered(self, connection: Connection) -> None:
        """Name the keys in the log that say they were made with other secrets; whose they are is not told."""
        strange = select(*self.columns).where(table.c.wrapped_by != self._made_with).limit(FEW)
        for row in connection.execute(strange):
            log.critical("the row of the key %s was altered", self._id_of(row))

    def _opened(self, row: Row[Any]) -> SubjectKey | None:
        read = self._reading.row(row._mapping)
        if {*read.damaged} - {"wrapped_by"}:
            return None
        place = Place(*(read.values[name] for name in Place._fields))
        key = unwrap(self._master, place, read.values["wrapped"])
        return None if key is None else SubjectKey(place.key_id, key)

    def _id_of(self, row: Row[Any]) -> str:
        read = self._reading.row(row._mapping)
        return str(read.values.get("key_id", "of no readable id"))
