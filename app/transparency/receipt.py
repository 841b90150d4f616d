"""What a log hands out: the receipt of one entry, and the proof that the log only grew.

Both travel as JSON. Hashes are in base64 (RFC 4648, section 4, padded), as in the checkpoints.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from app.transparency.checkpoint import NoteRefused, read_note
from app.transparency.keys import VerifierKey
from app.transparency.members import count_of, hash_of, members_of, path_of, text_of
from app.transparency.text import base64_text
from app.transparency.tree import leaf_hash, verify_consistency, verify_inclusion


class ProofRefused(ValueError):
    """The text is not a receipt, or not a proof; it is not repeated."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """That an entry stands at this place of a log, proved against a checkpoint that the log has signed.

    As JSON it has the members ``origin``, ``index`` (from 0), ``size`` (leaves at the time), ``root``,
    ``signature`` (as it stands in the checkpoint), ``checkpoint`` (the signed note), ``leaf_hash`` and
    ``path`` (hashes from the leaf up).
    """

    origin: str
    index: int
    size: int
    root: bytes
    note: str
    leaf_hash: bytes
    path: tuple[bytes, ...]

    @property
    def signature(self) -> str:
        """The first signature of the checkpoint, which is that of the log; empty where there is none."""
        _, _, signatures = self.note.rpartition("\n\n")
        return signatures.partition("\n")[0].rpartition(" ")[2]

    def members(self) -> dict[str, object]:
        """What its JSON holds."""
        return {
            "origin": self.origin,
            "index": self.index,
            "size": self.size,
            "root": base64_text(self.root),
            "signature": self.signature,
            "checkpoint": self.note,
            "leaf_hash": base64_text(self.leaf_hash),
            "path": [base64_text(each) for each in self.path],
        }

    def to_json(self) -> str:
        """The receipt as compact JSON."""
        return _compact(self.members())

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The receipt that `to_json` wrote; raises ``ProofRefused``."""
        try:
            members = members_of(text if isinstance(text, bytes) else text.encode())
            receipt = cls(
                text_of(members, "origin"),
                count_of(members, "index"),
                count_of(members, "size"),
                hash_of(members, "root"),
                text_of(members, "checkpoint"),
                hash_of(members, "leaf_hash"),
                path_of(members, "path"),
            )
            if text_of(members, "signature") != receipt.signature:
                raise ProofRefused("The signature of the receipt is not that of its checkpoint.")
        except ProofRefused:
            raise
        except ValueError as error:
            raise ProofRefused("This is not a receipt.") from error
        return receipt


@dataclass(frozen=True, slots=True)
class Growth:
    """That a log of the new size begins with the log of the old size.

    As JSON it has the members ``from``, ``to`` and ``path``.
    """

    old: int
    new: int
    path: tuple[bytes, ...]

    def members(self) -> dict[str, object]:
        """What its JSON holds."""
        return {"from": self.old, "to": self.new, "path": [base64_text(each) for each in self.path]}

    def to_json(self) -> str:
        """The proof as compact JSON."""
        return _compact(self.members())

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The proof that `to_json` wrote; raises ``ProofRefused``."""
        try:
            members = members_of(text if isinstance(text, bytes) else text.encode())
            return cls(count_of(members, "from"), count_of(members, "to"), path_of(members, "path"))
        except ValueError as error:
            raise ProofRefused("This is not a proof of consistency.") from error


def _compact(members: dict[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


FLAWS = {
    "signature_invalid": "No key that was given, and that speaks for this log, has signed the checkpoint.",
    "checkpoint_differs": "The checkpoint is the head of another log, or another head of this one.",
    "meta_altered": "The metadata are not those that the leaf stands for.",
    "path_invalid": "The path does not lead from the leaf to the root.",
    "answer_altered": "The answer is not, byte for byte, the one that the leaf was made of.",
    "another_log": "What it proves is of another log than the one that was asked for.",
    "origin_differs": "The two checkpoints are of different logs.",
    "size_differs": "The proof is for other sizes than those of the checkpoints.",
    "growth_unproved": "It is not proved that the log only grew: what it held before may have been changed.",
}
"""What can be wrong with a receipt or a proof, and what that means."""


def answer_digest(salt: bytes, answer: bytes) -> str:
    """What a leaf says of the answer that was made of it, as ``answer``: SHA-256, in hexadecimal."""
    return sha256(salt + answer).hexdigest()


def check_receipt(
    receipt: Receipt, keys: Collection[VerifierKey], meta: bytes | None = None
) -> tuple[str, ...]:
    """What of `FLAWS` a receipt has; nothing when it proves its entry.

    The metadata, where given, are the exact bytes of the entry that the leaf stands for.
    """
    flaws = []
    try:
        signed = read_note(receipt.note, keys)
        if (signed.origin, signed.size, signed.root) != (receipt.origin, receipt.size, receipt.root):
            flaws.append("checkpoint_differs")
    except NoteRefused:
        flaws.append("signature_invalid")
    if meta is not None and leaf_hash(meta) != receipt.leaf_hash:
        flaws.append("meta_altered")
    if not verify_inclusion(receipt.leaf_hash, receipt.index, receipt.size, receipt.path, receipt.root):
        flaws.append("path_invalid")
    return tuple(flaws)


def check_growth(
    old_note: str, new_note: str, growth: Growth, keys: Collection[VerifierKey]
) -> tuple[str, ...]:
    """What of `FLAWS` the claim has that a log grew from one checkpoint to the other; nothing when proved."""
    try:
        old, new = read_note(old_note, keys), read_note(new_note, keys)
    except NoteRefused:
        return ("signature_invalid",)
    if old.origin != new.origin:
        return ("origin_differs",)
    if (growth.old, growth.new) != (old.size, new.size):
        return ("size_differs",)
    proved = verify_consistency(old.size, new.size, old.root, new.root, growth.path)
    return () if proved else ("growth_unproved",)
