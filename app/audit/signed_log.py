"""What of a tenant's log the service signed: its head, and the leaves below it. All else may be planted."""

from __future__ import annotations

from app.audit.errors import NotInTheLog, RecordDamaged
from app.audit.log import Head, Leaf, Log
from app.audit.vault import Vault
from app.transparency.checkpoint import Checkpoint, NoteRefused, read_note
from app.transparency.tree import verify_inclusion


def signed_head(vault: Vault, tenant: str, head: Head) -> Checkpoint:
    """What a head says, where it is the one that was signed for this tenant and size. Raises NoteRefused."""
    signed = read_note(head.note, vault.verifier_keys)
    if (signed.origin, signed.size) != (vault.origin_of(tenant), head.size):
        raise NoteRefused("the note was signed for another log, or another size")
    return signed


def signed_leaf(log: Log, vault: Vault, tenant: str, index: int) -> Leaf | None:
    """The leaf at an index, where it is below the newest head that was signed. Raises StoreUnavailable."""
    try:
        if (head := log.head(tenant)) is None:
            return None
        signed = signed_head(vault, tenant, head)
        proof = log.inclusion(tenant, index, signed.size)
        leaf = proof.leaf
        whole = verify_inclusion(leaf.leaf_hash, index, signed.size, proof.path, signed.root)
    except (RecordDamaged, NotInTheLog, ValueError):  # the last for a note, or an index, that is none
        return None
    return leaf if whole else None
