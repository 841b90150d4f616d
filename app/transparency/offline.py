"""Checks of what a log has handed out, from its bytes alone: no database, no network, nothing of the service.

With the package `cryptography`, this folder is all that an auditor needs.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.transparency.checkpoint import NoteRefused
from app.transparency.keys import VerifierKey
from app.transparency.receipt import Growth, Receipt, check_growth, check_receipt


def receipt_flaws(receipt: bytes, keys: Iterable[str], meta: bytes | None = None) -> tuple[str, ...]:
    """The flaws of a receipt in JSON, under verifier keys as text; nothing when it proves its entry.

    Raises ``ProofRefused`` when it is no receipt and ``KeyRefused`` when a key is none.
    """
    return check_receipt(Receipt.from_json(receipt), _keys(keys), meta)


def consistency_flaws(old: bytes, new: bytes, proof: bytes, keys: Iterable[str]) -> tuple[str, ...]:
    """The flaws of the proof, in JSON, that a log grew from the old note to the new one.

    Raises ``ProofRefused`` when it is no proof, ``NoteRefused`` when a note is not text and ``KeyRefused``
    when a key is none.
    """
    return check_growth(note_text(old), note_text(new), Growth.from_json(proof), _keys(keys))


def note_text(note: bytes) -> str:
    """The text of a note; raises ``NoteRefused`` when it is not UTF-8."""
    try:
        return note.decode()
    except UnicodeDecodeError as error:
        raise NoteRefused("This is not a signed note.") from error


def _keys(texts: Iterable[str]) -> list[VerifierKey]:
    return [VerifierKey.from_text(text) for text in texts]
