"""What can be proved of a tenant's log, as it is answered: hashes in base64."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from app.audit.errors import NotInTheLog
from app.audit.log import Head, Leaf, Log
from app.audit.signed_log import signed_head
from app.audit.vault import Vault
from app.transparency.checkpoint import NoteRefused
from app.transparency.receipt import Growth

ALTERED = "The head of the log was altered."


class Proofs:
    """The log of a tenant, for whoever checks it."""

    def __init__(self, log: Log, vault: Vault) -> None:
        self._log = log
        self._vault = vault

    def checkpoint(self, tenant: str) -> dict[str, Any]:
        """The newest signed head. Raises NotInTheLog where there is none yet, or where it was altered."""
        head = self._head(tenant)
        try:
            checkpoint = signed_head(self._vault, tenant, head)
        except NoteRefused as error:
            raise NotInTheLog(ALTERED) from error
        return {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": _text(checkpoint.root),
            "checkpoint": head.note,
            "verifier_key": self._vault.signer.verifier_key,
        }

    def inclusion(self, tenant: str, index: int, size: int) -> dict[str, Any]:
        """The proof that a leaf is in the log of a size."""
        proof = self._log.inclusion(tenant, index, size)
        return {"leaf": _leaf(proof.leaf), "size": size, "path": [_text(each) for each in proof.path]}

    def consistency(self, tenant: str, old: int, new: int) -> dict[str, Any]:
        """The proof that the log only grew."""
        path = self._log.consistency(tenant, old, new)
        return Growth(old, new, path).members()

    def entries(self, tenant: str, start: int, end: int) -> dict[str, Any]:
        """The leaves from *start* to before *end*."""
        size = self._head(tenant).size
        return {"items": [_leaf(each) for each in self._log.entries(tenant, start, end)], "size": size}

    def _head(self, tenant: str) -> Head:
        if (head := self._log.head(tenant)) is None:
            raise NotInTheLog("The log has no leaf yet.")
        return head


def _leaf(leaf: Leaf) -> dict[str, Any]:
    return {"index": leaf.index, "meta": leaf.meta.decode(), "leaf_hash": _text(leaf.leaf_hash)}


def _text(value: bytes) -> str:
    return b64encode(value).decode()
