"""Which keys the log itself says were erased: nothing else may destroy one.

A row of `erased` says where the leaf is, and anybody who can write to the database can write one. The leaf
counts only where it is in the tree of its tenant that this service signed, names the key, and says it erased.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement

from app.audit.connected import connected
from app.audit.database import Database
from app.audit.log import Leaf, Log
from app.audit.opening import says_erased
from app.audit.rows import Reading
from app.audit.signed_log import signed_leaf
from app.audit.tables import erased
from app.audit.vault import Vault

log = logging.getLogger(__name__)


class Mark(NamedTuple):
    """A key that is said to be erased by the leaf at that index."""

    key_id: UUID
    idx: int


class ProvenErasures:
    """Tells the keys that were erased from those that somebody wants to be taken for erased."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._reader = database.reader
        self._log = Log(database)
        self._vault = vault
        self._marks = Reading([erased.c.key_id, erased.c.idx], database.reader.dialect)

    def among(self, tenant: str, ids: Collection[UUID]) -> list[UUID]:
        """Those of the ids that a leaf says were erased. Raises StoreUnavailable."""
        return self._proven(tenant, self._marked(tenant, erased.c.key_id.in_(ids)))

    def all_there(self, tenant: str) -> list[UUID]:
        """The erased keys of the tenant that are there still. Raises StoreUnavailable."""
        marks = self._marked(tenant)
        there = set(self._vault.subject_keys.there(tenant, {each.key_id for each in marks}))
        return self._proven(tenant, (each for each in marks if each.key_id in there))

    def _marked(self, tenant: str, *which: ColumnElement[bool]) -> list[Mark]:
        with connected(self._reader, tenant) as connection:
            found = connection.execute(self._marks.query().where(erased.c.tenant == tenant, *which))
            rows = [self._marks.row(each) for each in found.mappings()]
        if damaged := sum(bool(row.damaged) for row in rows):
            log.critical("%d rows that tell of erased keys cannot be read: they were altered", damaged)
        return [Mark(row.values["key_id"], row.values["idx"]) for row in rows if not row.damaged]

    def _proven(self, tenant: str, marks: Iterable[Mark]) -> list[UUID]:
        """Each key once, however many rows tell of it, true or forged."""

        @cache
        def leaf_at(index: int) -> Leaf | None:
            return signed_leaf(self._log, self._vault, tenant, index)

        proven: dict[UUID, None] = {}
        for each in marks:
            if (leaf := leaf_at(each.idx)) is not None and says_erased(
                {"meta": leaf.meta, "leaf_hash": leaf.leaf_hash}, each.key_id
            ):
                proven[each.key_id] = None
            else:
                log.critical("no leaf says that the key %s was erased: a row was forged", each.key_id)
        return list(proven)
