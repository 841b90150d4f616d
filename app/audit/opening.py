"""Read an entry back: compare it with its leaf, and unseal the record in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from app.audit.connected import connected
from app.audit.content import record_of
from app.audit.errors import LeafUnreadable, RecordDamaged, RecordErased, Unsealable
from app.audit.meta import Members, columns_of, read_meta
from app.audit.records import Record
from app.audit.sealing import Sealed, SubjectKey, unseal
from app.audit.tables import entry, erased
from app.audit.vault import Vault
from app.transparency.receipt import ProofRefused, Receipt
from app.transparency.tree import leaf_hash

Row = Mapping[str, Any]
NOT_IN_THE_LEAF = ("meta", "leaf_hash", "content", "receipt")


class Opener:
    """Unseals records with the keys of their subjects; the database says which of those were erased."""

    def __init__(self, reader: Engine, vault: Vault) -> None:
        self._reader = reader
        self._vault = vault

    def record(self, row: Row, key: SubjectKey | None = None) -> Record:
        """The record of a row. Raises RecordDamaged, and RecordErased where its key was destroyed."""
        members = _members(row)
        if key is None:
            key = self._vault.subject_keys.key(row["tenant"], UUID(members["key"]))
        if key is None:
            raise self._without_key(row["tenant"], row["idx"], UUID(members["key"]))
        return record_of(_unsealed(row, members, key))

    def records(self, rows: Iterable[Row]) -> list[Record | RecordDamaged | RecordErased]:
        """The records of many rows of one tenant, or what is wrong with each."""
        rows = list(rows)
        ids = {row["key_id"] for row in rows if row["key_id"] is not None}
        tenants = {row["tenant"] for row in rows}
        keys: dict[UUID, SubjectKey] = {}
        for tenant in tenants:
            keys |= self._vault.subject_keys.keys(tenant, ids)
        return [self._record_or_flaw(row, keys) for row in rows]

    def answer(self, row: Row) -> bytes:
        """The answer as it was given, with its receipt."""
        return answer_with(self.record(row).answer, _receipt(row))

    def _without_key(self, tenant: str, index: int, key_id: UUID) -> RecordErased | RecordDamaged:
        """Erased only where a leaf behind the record says so; otherwise the key was taken away."""
        at_its_leaf = (entry.c.tenant == erased.c.tenant) & (entry.c.idx == erased.c.idx)
        asked = select(entry.c.meta, entry.c.leaf_hash).join_from(erased, entry, at_its_leaf)
        mine = (erased.c.tenant == tenant, erased.c.key_id == key_id, erased.c.idx > index)
        with connected(self._reader, tenant) as connection:
            found = connection.execute(asked.where(*mine)).mappings().first()
        if found is None or not _says_erased(dict(found), key_id):
            return RecordDamaged(("key",))
        return RecordErased("The content of this record was erased.")

    def _record_or_flaw(
        self, row: Row, keys: Mapping[UUID, SubjectKey]
    ) -> Record | RecordDamaged | RecordErased:
        try:
            return self.record(row, keys.get(row["key_id"]))
        except (RecordDamaged, RecordErased) as flaw:
            return flaw


def _says_erased(leaf: Row, key_id: UUID) -> bool:
    try:
        members = _members(leaf)
    except RecordDamaged:
        return False
    said = (members.get("kind"), members.get("what"))
    return said == ("erase", "erased") and str(key_id) in members.get("of", ())


def answer_with(answer: bytes, receipt: bytes) -> bytes:
    """The answer as a client gets it: the stored bytes, and behind them the receipt."""
    return b'%s,"receipt":%s}' % (answer.removesuffix(b"}"), receipt)


def flaws_of(row: Row) -> list[str]:
    """The columns that differ from the leaf, or the leaf from its hash: what can be told without a key."""
    try:
        members = _members(row)
        expected = columns_of(members)
    except RecordDamaged as damage:
        return list(damage.columns)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["meta"]
    flaws = [name for name, value in expected.items() if row[name] != value]
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


def _unsealed(row: Row, members: Members, key: SubjectKey) -> bytes:
    if row["content"] is None or _digest(row["content"]) != members["content"]:
        raise RecordDamaged(("content",))
    try:
        sealed = Sealed(row["content"], bytes.fromhex(members["commitment"]))
        return unseal(key, members["tenant"], UUID(members["id"]), sealed)
    except (Unsealable, ValueError) as error:
        raise RecordDamaged(("content",)) from error


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
