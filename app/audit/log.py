"""Reads a tenant's log: its signed head, its leaves, and the proofs of RFC 9162 about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.audit.connected import connected
from app.audit.database import Database
from app.audit.errors import NotInTheLog, RecordDamaged
from app.audit.tables import entry, log_head, subtree
from app.transparency.tree import HASH_BYTES, STORED_LEVELS, Node, consistency_path, inclusion_path, root_of


class Head(NamedTuple):
    """How far a log goes: the number of its leaves, and the signed checkpoint."""

    size: int
    note: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry as an auditor sees it: its place, what it commits to, and its hash."""

    index: int
    meta: bytes
    leaf_hash: bytes


class InclusionProof(NamedTuple):
    """That a leaf is in the tree of a size."""

    leaf: Leaf
    size: int
    path: tuple[bytes, ...]


class Log:
    """The proofs about the logs of all tenants; each call asks for one tenant's."""

    def __init__(self, database: Database) -> None:
        self._reader = database.reader

    def head(self, tenant: str) -> Head | None:
        """The newest signed head; None before the first entry."""
        asked = select(log_head.c.size, log_head.c.note).where(log_head.c.tenant == tenant)
        with connected(self._reader, tenant) as connection:
            found = connection.execute(asked).first()
        if found is None:
            return None
        try:
            return Head(found.size, found.note.decode())
        except (UnicodeDecodeError, AttributeError) as error:
            raise RecordDamaged(("note",)) from error

    def entries(self, tenant: str, start: int, end: int) -> list[Leaf]:
        """The leaves from *start* to before *end*, as far as there are any."""
        asked = select(entry.c.idx, entry.c.meta, entry.c.leaf_hash).where(
            entry.c.tenant == tenant, entry.c.idx >= start, entry.c.idx < end
        )
        with connected(self._reader, tenant) as connection:
            leaves = [_leaf(*row) for row in connection.execute(asked.order_by(entry.c.idx))]
        if [each.index for each in leaves] != list(range(start, start + len(leaves))):
            raise RecordDamaged(("idx",))  # leaves are missing
        return leaves

    def inclusion(self, tenant: str, index: int, size: int) -> InclusionProof:
        """Raises NotInTheLog where the log has no such leaf, or had never that size."""
        with connected(self._reader, tenant) as connection:
            _require_size(connection, tenant, size)
            asked = select(entry.c.idx, entry.c.meta, entry.c.leaf_hash).where(
                entry.c.tenant == tenant, entry.c.idx == index
            )
            if index >= size or (found := connection.execute(asked).first()) is None:
                raise NotInTheLog("The log of that size has no such leaf.")
            path = inclusion_path(index, size, _nodes(connection, tenant))
        return InclusionProof(_leaf(*found), size, tuple(path))

    def consistency(self, tenant: str, old: int, new: int) -> tuple[bytes, ...]:
        """That the log of the new size only added to that of the old one. Raises NotInTheLog."""
        if old > new:
            raise NotInTheLog("A log only grows.")
        with connected(self._reader, tenant) as connection:
            _require_size(connection, tenant, new)
            return tuple(consistency_path(old, new, _nodes(connection, tenant)))


def _require_size(connection: Connection, tenant: str, size: int) -> None:
    now = connection.execute(select(log_head.c.size).where(log_head.c.tenant == tenant)).scalar() or 0
    if not 0 <= size <= now:
        raise NotInTheLog("The log has not that many leaves.")


def _nodes(connection: Connection, tenant: str) -> Node:
    """Hashes of complete subtrees: read where they are stored, else worked out from below."""

    def node(level: int, index: int) -> bytes:
        stored = level - level % STORED_LEVELS
        width = 1 << (level - stored)
        return root_of(_stored_hashes(connection, tenant, stored, index * width, (index + 1) * width))

    return node


def _stored_hashes(connection: Connection, tenant: str, level: int, start: int, end: int) -> Sequence[bytes]:
    if level == 0:
        place, value, of = entry.c.idx, entry.c.leaf_hash, entry.c.tenant == tenant
    else:
        place, value = subtree.c.idx, subtree.c.hash
        of = (subtree.c.tenant == tenant) & (subtree.c.level == level)
    asked = select(value).where(of, place >= start, place < end).order_by(place)
    found = connection.execute(asked).scalars().all()
    if len(found) != end - start:
        raise RecordDamaged(("idx",))  # leaves are missing
    if not all(isinstance(each, bytes) and len(each) == HASH_BYTES for each in found):
        raise RecordDamaged(("leaf_hash",))
    return found


def _leaf(index: int, meta: object, leaf_hash: object) -> Leaf:
    # SQLite keeps whatever is put into a column.
    if not isinstance(meta, bytes) or not isinstance(leaf_hash, bytes) or not meta.isascii():
        raise RecordDamaged(("meta",))
    return Leaf(index, meta, leaf_hash)
