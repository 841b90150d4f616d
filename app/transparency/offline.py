"""Checks of what a log has handed out, from its bytes alone: no database, no network, nothing of the service.

With the package `cryptography`, this folder is all that an auditor needs.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable

from app.transparency.checkpoint import NoteRefused
from app.transparency.keys import VerifierKey
from app.transparency.receipt import (
    Growth,
    ProofRefused,
    Receipt,
    answer_digest,
    check_growth,
    check_receipt,
)

RECEIPT = b',"receipt":'
"""What stands between a stored answer and its receipt."""


def receipt_in(text: bytes) -> Receipt:
    """A receipt in JSON, or the one at the end of an answer. Raises ``ProofRefused`` where there is none."""
    _, found, tail = text.rpartition(RECEIPT)
    return Receipt.from_json(tail.removesuffix(b"}") if found else text)


def receipt_flaws(
    receipt: bytes, keys: Iterable[str], meta: bytes | None = None, origin: str | None = None
) -> tuple[str, ...]:
    """The flaws of a receipt in JSON, under verifier keys as text; nothing when it proves its entry.

    One key signs every log of a service: the *origin* says which of them it has to be, as text such as
    ``decompass.example.org/ward-7``. Raises ``ProofRefused`` when it is no receipt and ``KeyRefused`` when a
    key is none.
    """
    read = Receipt.from_json(receipt)
    return (*check_receipt(read, _keys(keys), meta), *_other_log(read, origin))


def answer_flaws(answer: bytes, keys: Iterable[str], origin: str | None = None) -> tuple[str, ...]:
    """The flaws of a recorded answer, as it was received, with the receipt that stands at its end.

    Nothing when the log has this very answer in the leaf of the receipt; the *origin* says in which log.
    Raises ``ProofRefused`` when there is no such receipt in it and ``KeyRefused`` when a key is none.
    """
    stored, found, tail = answer.rpartition(RECEIPT)
    try:
        members = json.loads(tail.removesuffix(b"}"))
        meta, salt = members["meta"].encode(), b64decode(members["salt"], validate=True)
        said = json.loads(meta)["answer"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProofRefused("This is not an answer with a receipt at its end.") from error
    flaws = receipt_flaws(tail.removesuffix(b"}"), keys, meta, origin)
    is_the_one = found and said == answer_digest(salt, stored + b"}")
    return flaws if is_the_one else (*flaws, "answer_altered")


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


def _other_log(receipt: Receipt, origin: str | None) -> tuple[str, ...]:
    return () if origin in (None, receipt.origin) else ("another_log",)


def _keys(texts: Iterable[str]) -> list[VerifierKey]:
    return [VerifierKey.from_text(text) for text in texts]
