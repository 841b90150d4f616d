"""Read an entry back: compare it with its leaf, and unseal the record in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from hmac import compare_digest
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine

from app.audit.connected import connected
from app.audit.content import record_of
from app.audit.errors import LeafUnreadable, RecordDamaged, RecordErased, Unsealable
from app.audit.given import Given, answer_with
from app.audit.meta import UNREADABLE, Members, columns_of, read_meta, tag_digest
from app.audit.records import Record
from app.audit.rows import Reading
from app.audit.sealing import Sealed, SubjectKey, answer_salt, fingerprint, unseal
from app.audit.tables import entry, erased
from app.audit.vault import Vault
from app.transparency.receipt import ProofRefused, Receipt
from app.transparency.tree import leaf_hash

Row = Mapping[str, Any]
AT_ITS_LEAF = erased.join(entry, (entry.c.tenant == erased.c.tenant) & (entry.c.idx == erased.c.idx))


class RecordLeaf(NamedTuple):
    """What the leaf of a record says of the content beside it."""

    tenant: str
    place: int
    id: UUID
    key_id: UUID
    content: str
    commitment: bytes
    fingerprint: str


class Keys(NamedTuple):
    """Keys of subjects, and for each that was erased the index of the leaf that says so."""

    held: Mapping[UUID, SubjectKey]
    erased: Mapping[UUID, int]

    def of(self, leaf: RecordLeaf) -> SubjectKey:
        """Erased only where a leaf behind the record says so; otherwise the key was taken away."""
        if (key := self.held.get(leaf.key_id)) is not None:
            return key
        if self.erased.get(leaf.key_id, -1) > leaf.place:
            raise RecordErased("The content of this record was erased.")
        raise RecordDamaged(("key",))


class Opener:
    """Unseals records with the keys of their subjects; the database says which of those were erased.

    Its methods ask for connections of their own: nobody may hold one of the same pool while calling them.
    """

    def __init__(self, reader: Engine, vault: Vault) -> None:
        self._reader = reader
        self._vault = vault
        leaves = (erased.c.key_id, erased.c.idx, entry.c.meta, entry.c.leaf_hash)
        self._erasures = Reading(leaves, reader.dialect)

    def record(self, row: Row) -> Record:
        """The record of a row. Raises RecordDamaged, and RecordErased where its key was destroyed."""
        leaf = _record_leaf(row)
        return _unsealed(row, leaf, self._key(leaf))

    def records(self, tenant: str, rows: Sequence[Row]) -> list[Record | RecordDamaged | RecordErased]:
        """The records of many rows of a tenant, or what is wrong with each, in two statements at most."""
        leaves = [_leaf_or_flaw(row) for row in rows]
        keys = self._keys(tenant, {leaf.key_id for leaf in leaves if isinstance(leaf, RecordLeaf)})
        return [_record_or_flaw(row, leaf, keys) for row, leaf in zip(rows, leaves, strict=True)]

    def answer(self, row: Row) -> bytes:
        """The answer as it was given, with its receipt. Raises as `record` does."""
        leaf = _record_leaf(row)
        return _answer(row, leaf, self._key(leaf))

    def answer_to(self, request: bytes, row: Row) -> bytes | None:
        """The same, for the request (SHA-256) that the record was made of; None for any other."""
        leaf = _record_leaf(row)
        key = self._key(leaf)
        same = compare_digest(leaf.fingerprint, fingerprint(key, leaf.id, request))
        return _answer(row, leaf, key) if same else None

    def salt(self, row: Row) -> bytes:
        """What ties the answer to the leaf. Raises as `record` does."""
        leaf = _record_leaf(row)
        return answer_salt(self._key(leaf), leaf.id)

    def _key(self, leaf: RecordLeaf) -> SubjectKey:
        return self._keys(leaf.tenant, {leaf.key_id}).of(leaf)

    def _keys(self, tenant: str, ids: Collection[UUID]) -> Keys:
        held = self._vault.subject_keys.keys(tenant, ids)
        return Keys(held, self._erased(tenant, [each for each in ids if each not in held]))

    def _erased(self, tenant: str, ids: Collection[UUID]) -> dict[UUID, int]:
        if not ids:
            return {}
        query = self._erasures.query().select_from(AT_ITS_LEAF)
        asked = query.where(erased.c.tenant == tenant, erased.c.key_id.in_(ids))
        with connected(self._reader, tenant) as connection:
            rows = map(self._erasures.row, connection.execute(asked).mappings().all())
        found = (row.values for row in rows if not row.damaged)
        said = ((row["key_id"], row["idx"]) for row in found if says_erased(row, row["key_id"]))
        return dict(sorted(said))  # the last leaf, where several say so


def says_erased(leaf: Row, key_id: UUID) -> bool:
    """Whether a leaf, told by its `meta` and `leaf_hash`, is whole and says that the key was erased."""
    try:
        members = _members(leaf)
        said = (members["kind"], members["what"])
        return said == ("erase", "erased") and str(key_id) in members["of"]
    except (RecordDamaged, *UNREADABLE):
        return False


def flaws_of(row: Row) -> list[str]:
    """The columns that differ from the leaf, or the leaf from its hash: what can be told without a key."""
    try:
        members = _members(row)
        expected = columns_of(members)
        tag = tag_digest(row["idempotency_tag"], members["id"])
    except (RecordDamaged, *UNREADABLE):
        return ["meta"]
    flaws = [name for name, value in expected.items() if row[name] != value]
    if tag != members.get("idempotency"):
        flaws.append("idempotency_tag")
    said = members.get("content")
    if (row["content"] is None) != (said is None) or (said and _digest(row["content"]) != said):
        flaws.append("content")
    return flaws


def _members(row: Row) -> Members:
    if leaf_hash(row["meta"]) != row["leaf_hash"]:
        raise RecordDamaged(("meta",))
    try:
        return read_meta(row["meta"])
    except LeafUnreadable as error:
        raise RecordDamaged(("meta",)) from error


def _record_leaf(row: Row) -> RecordLeaf:
    members = _members(row)
    try:
        leaf = RecordLeaf(
            tenant=members["tenant"],
            place=members["index"],
            id=UUID(members["id"]),
            key_id=UUID(members["key"]),
            content=members["content"],
            commitment=bytes.fromhex(members["commitment"]),
            fingerprint=members["fingerprint"],
        )
        leaf.fingerprint.encode("ascii")  # what cannot be compared
    except UNREADABLE as error:
        raise RecordDamaged(("meta",)) from error
    if (leaf.tenant, leaf.place, leaf.id) != (row["tenant"], row["idx"], row["id"]):
        raise RecordDamaged(("meta",))  # a leaf of another entry
    return leaf


def _leaf_or_flaw(row: Row) -> RecordLeaf | RecordDamaged:
    try:
        return _record_leaf(row)
    except RecordDamaged as damage:
        return damage


def _record_or_flaw(
    row: Row, leaf: RecordLeaf | RecordDamaged, keys: Keys
) -> Record | RecordDamaged | RecordErased:
    if isinstance(leaf, RecordDamaged):
        return leaf
    try:
        return _unsealed(row, leaf, keys.of(leaf))
    except (RecordDamaged, RecordErased) as flaw:
        return flaw


def _unsealed(row: Row, leaf: RecordLeaf, key: SubjectKey) -> Record:
    if row["content"] is None or _digest(row["content"]) != leaf.content:
        raise RecordDamaged(("content",))
    try:
        content = unseal(key, leaf.tenant, leaf.id, Sealed(row["content"], leaf.commitment))
    except Unsealable as error:
        raise RecordDamaged(("content",)) from error
    return record_of(content)


def _answer(row: Row, leaf: RecordLeaf, key: SubjectKey) -> bytes:
    record = _unsealed(row, leaf, key)
    given = Given(_receipt(row), row["meta"], answer_salt(key, leaf.id))
    return answer_with(record.answer, given)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _receipt(row: Row) -> bytes:
    """The receipt as it was given; only one that is of this leaf."""
    try:
        receipt = Receipt.from_json(row["receipt"])
    except ProofRefused as error:
        raise RecordDamaged(("receipt",)) from error
    if not compare_digest(receipt.leaf_hash, row["leaf_hash"]):
        raise RecordDamaged(("receipt",))
    stored: bytes = row["receipt"]
    return stored
