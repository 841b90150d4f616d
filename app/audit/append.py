"""Append entries to the log of one tenant, inside the transaction of the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Dialect, Row, select, tuple_, update

from app.audit.connected import act_for
from app.audit.errors import LogAltered, LogMoved
from app.audit.given import Given
from app.audit.inserting import Insert, insert_new
from app.audit.log_keys import ALTERED, require_newest, require_signer
from app.audit.meta import SealedContent, columns_of, read_meta, write_meta
from app.audit.prepare import Prepared
from app.audit.sealing import Sealed, SubjectKey, answer_salt, fingerprint, seal
from app.audit.tables import entry, log_head, subtree
from app.audit.vault import Vault
from app.transparency.checkpoint import Checkpoint, read_note
from app.transparency.receipt import Receipt, answer_digest
from app.transparency.tree import Appended, Frontier, append, leaf_hash

BEHIND_THE_HEAD = select(entry.c.idx).where(
    entry.c.tenant == log_head.c.tenant, entry.c.idx == log_head.c.size
)
LOCK_HEAD = select(
    log_head.c.size, log_head.c.frontier, log_head.c.note, BEHIND_THE_HEAD.exists().label("planted")
).with_for_update()
PLANTED = "There is more in the log than its head counts: nothing is appended to it."
Keys = Mapping[tuple[str, str], SubjectKey]


class Appender:
    """The log's side of a group commit."""

    def __init__(self, dialect: Dialect, vault: Vault) -> None:
        self._vault = vault
        self._log_key = vault.signer.log_key
        self._entries = Insert(entry, dialect)
        self._subtrees = Insert(subtree, dialect)
        self._new_head = insert_new(log_head, dialect)

    def lock(self, connection: Connection, tenant: str) -> Frontier:
        """The tree of the tenant; nobody else appends to it until the end of the transaction.

        The order of the leaves is therefore the order of the commits, with any number of processes.
        Raises KeyReplaced where the signing key of this process is not the one that signs this log, and
        LogAltered where the head was altered or where somebody else wrote the next leaf.
        """
        act_for(connection, tenant)
        locking = LOCK_HEAD.where(log_head.c.tenant == tenant)
        if (found := connection.execute(locking).first()) is None:
            empty = {"tenant": tenant, "size": 0, "frontier": b"", "note": b""}
            connection.execute(self._new_head, empty)
            found = connection.execute(locking).one()
            require_newest(connection, self._log_key)
            act_for(connection, tenant)
        require_signer(found.note, self._log_key)
        if found.planted:
            raise LogAltered(PLANTED)
        return self._signed_frontier(tenant, found)

    def _signed_frontier(self, tenant: str, found: Row[int, bytes, bytes, bool]) -> Frontier:
        """The frontier as far as the signed head vouches for it: what was altered is not signed again."""
        try:
            frontier = Frontier.from_bytes(found.size, found.frontier)
            if frontier == Frontier() and found.note == b"":
                return frontier
            signed = read_note(found.note.decode(), (self._log_key,))
        except (ValueError, TypeError, AttributeError) as error:
            raise LogAltered(ALTERED) from error
        if signed != Checkpoint(self._vault.origin_of(tenant), frontier.size, frontier.root):
            raise LogAltered(ALTERED)
        return frontier

    def append(
        self,
        connection: Connection,
        tenant: str,
        before: Frontier,
        entries: Sequence[Prepared],
        keys: Keys,
    ) -> list[Given]:
        """Store the entries behind what the tree holds, sign the new head, and give each its receipt.

        Raises LogAltered, with nothing written, where the place of a subtree is taken.
        """
        rows = [self._row(each, before.size + place, keys) for place, each in enumerate(entries)]
        grown = append(before, [row["leaf_hash"] for row in rows])
        self._require_room(connection, tenant, grown)
        head = Checkpoint(self._vault.origin_of(tenant), grown.frontier.size, grown.frontier.root)
        note = self._vault.signer.sign(head)
        for row, path in zip(rows, grown.paths, strict=True):
            receipt = Receipt(head.origin, row["idx"], head.size, head.root, note, row["leaf_hash"], path)
            row["receipt"] = receipt.to_json().encode()
        self._entries.run(connection, rows)
        self._keep_subtrees(connection, tenant, grown)
        self._move_head(connection, tenant, before, grown.frontier, note)
        return [
            Given(row["receipt"], row["meta"], _salt(each, keys))
            for row, each in zip(rows, entries, strict=True)
        ]

    def _row(self, prepared: Prepared, index: int, keys: Keys) -> dict[str, Any]:
        sealed, said = self._sealed(prepared, keys)
        meta = write_meta(prepared.members, index, said)
        return {
            **columns_of(read_meta(meta)),
            "idempotency_tag": prepared.idempotency_tag,
            "meta": meta,
            "leaf_hash": leaf_hash(meta),
            "content": None if sealed is None else sealed.ciphertext,
        }

    def _sealed(self, prepared: Prepared, keys: Keys) -> tuple[Sealed | None, SealedContent | None]:
        if prepared.content is None or prepared.subject is None:
            return None, None
        key = keys[prepared.tenant, prepared.subject]
        sealed = seal(key, prepared.tenant, prepared.id, prepared.content)
        return sealed, SealedContent(
            key_id=key.id,
            sha256=sha256(sealed.ciphertext).hexdigest(),
            commitment=sealed.commitment.hex(),
            answer=answer_digest(answer_salt(key, prepared.id), prepared.answer),
            fingerprint=fingerprint(key, prepared.id, prepared.request),
        )

    def _require_room(self, connection: Connection, tenant: str, grown: Appended) -> None:
        """Before anything is written: what was planted would look like a fault of the record."""
        places = [(each.level, each.index) for each in grown.subtrees]
        planted = select(subtree.c.idx).where(
            subtree.c.tenant == tenant, tuple_(subtree.c.level, subtree.c.idx).in_(places)
        )
        if places and connection.execute(planted.limit(1)).first() is not None:
            raise LogAltered(PLANTED)

    def _keep_subtrees(self, connection: Connection, tenant: str, grown: Appended) -> None:
        rows = [
            {"tenant": tenant, "level": each.level, "idx": each.index, "hash": each.hash}
            for each in grown.subtrees
        ]
        self._subtrees.run(connection, rows)

    def _move_head(
        self, connection: Connection, tenant: str, before: Frontier, after: Frontier, note: str
    ) -> None:
        moved = connection.execute(
            update(log_head)
            .where(log_head.c.tenant == tenant, log_head.c.size == before.size)
            .values(size=after.size, frontier=after.to_bytes(), note=note.encode())
        )
        if moved.rowcount != 1:
            raise LogMoved("The log was moved by somebody who did not hold its lock.")


def _salt(entry: Prepared, keys: Keys) -> bytes | None:
    """What ties the answer of the entry to its leaf; None where it has none."""
    if entry.subject is None:
        return None
    return answer_salt(keys[entry.tenant, entry.subject], entry.id)
