"""Checkpoints: the head of a log as a signed note, in the formats of C2SP that witnesses and monitors read.

The formats are signed-note, tlog-checkpoint and, for witnesses, the Ed25519 form of tlog-cosignature. A note
is its text, an empty line, and a line for each signature; base64 is that of RFC 4648, section 4, padded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.transparency.keys import COSIGNATURE, LOG_SIGNATURE, VerifierKey, is_name, read_secret, secret_text
from app.transparency.text import base64_bytes, base64_text, is_one_line
from app.transparency.tree import HASH_BYTES

MAX_NOTE_CHARACTERS = 131_072
"""Room for far more than the 16 signatures of any kind that every reader has to accept."""
MAX_SIZE = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_TIME_BYTES = 8
_DASH = "\u2014 "


class NoteRefused(ValueError):
    """The note is no checkpoint that a trusted key has signed; the text says why, and repeats nothing."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: whose it is, how many leaves it has, and the root over them.

    Raises ``ValueError`` where no log can have such a head.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_one_line(self.origin) or not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_BYTES:
            raise ValueError("no log has such a head")

    @property
    def text(self) -> str:
        """The text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{base64_text(self.root)}\n"


class Cosignature(NamedTuple):
    """The word of a witness that at this time this was the largest consistent head it knew of the log."""

    witness: str
    at: int
    """In whole seconds since 1970 (POSIX)."""


class _Line(NamedTuple):
    """A signature as it stands in a note."""

    name: str
    key_id: bytes
    signature: bytes

    def is_by(self, key: VerifierKey) -> bool:
        return (self.name, self.key_id) == (key.name, key.key_id)


@dataclass(frozen=True)
class Signer:
    """Signs checkpoints in a name that the verifier's key repeats.

    The name is the origin of the log, or what the origins of its logs begin with before a slash: a key speaks
    for no other log. Raises ``ValueError`` for a name that no note can carry.
    """

    name: str
    private_key: Ed25519PrivateKey

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise ValueError("a name has no space, no plus sign and no control character")

    @classmethod
    def generate(cls, name: str) -> Self:
        """A signer with a new key."""
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `to_text` wrote; raises ``KeyRefused``."""
        return cls(*read_secret(text))

    def to_text(self) -> str:
        """The name and the secret key in one line, as other tools for signed notes keep them."""
        return secret_text(self.log_key, self.private_key)

    @cached_property
    def log_key(self) -> VerifierKey:
        """What verifies its checkpoints."""
        return VerifierKey(self.name, LOG_SIGNATURE, self.private_key.public_key().public_bytes_raw())

    @cached_property
    def witness_key(self) -> VerifierKey:
        """What verifies its cosignatures."""
        return VerifierKey(self.name, COSIGNATURE, self.private_key.public_key().public_bytes_raw())

    @property
    def verifier_key(self) -> str:
        """What verifies its checkpoints, as text to hand out: ``name+hash+base64``."""
        return str(self.log_key)

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a note with this one signature; raises ``ValueError`` for another's log."""
        if not _speaks_for(self.log_key, checkpoint.origin):
            raise ValueError("a key signs only for the origin of its name, and for those below it")
        signature = self.private_key.sign(checkpoint.text.encode())
        return f"{checkpoint.text}\n{_line(self.log_key, signature)}"


def is_last_signed_by(note: str, key: VerifierKey) -> bool:
    """Whether a note names the key as its last signer; it proves nothing. Raises ``NoteRefused``."""
    _, lines = _parsed(note)
    return lines[-1].is_by(key)


def countersign(note: str, signer: Signer) -> str:
    """The note with the signature of a second key of the log added: from here on, that one signs.

    Raises ``NoteRefused`` when the note is no checkpoint.
    """
    checkpoint, _ = _parsed(note)
    return note + signer.sign(checkpoint).removeprefix(f"{checkpoint.text}\n")


def _speaks_for(key: VerifierKey, origin: str) -> bool:
    return origin == key.name or origin.startswith(f"{key.name}/")


def _line(key: VerifierKey, signature: bytes) -> str:
    return f"{_DASH}{key.name} {base64_text(key.key_id + signature)}\n"


def read_note(note: str, keys: Collection[VerifierKey]) -> Checkpoint:
    """The checkpoint of a note that one of these keys of its log has signed.

    Signatures of other keys are passed over; a wrong one of a key that is trusted spoils the note.
    Raises ``NoteRefused``.
    """
    checkpoint, lines = _parsed(note)
    of_the_log = [key for key in keys if key.kind == LOG_SIGNATURE and _speaks_for(key, checkpoint.origin)]
    if not list(_verified(lines, of_the_log, checkpoint)):
        raise NoteRefused("No key that is trusted for this log has signed the checkpoint.")
    return checkpoint


def read_cosignatures(note: str, keys: Collection[VerifierKey]) -> tuple[Cosignature, ...]:
    """What these witnesses say of the checkpoint of a note, in its order, each once.

    Whether the log itself has signed it is for `read_note` to say. Raises ``NoteRefused``.
    """
    checkpoint, lines = _parsed(note)
    witnesses = [key for key in keys if key.kind == COSIGNATURE]
    told: dict[VerifierKey, Cosignature] = {}
    for key, line in _verified(lines, witnesses, checkpoint):
        told.setdefault(key, Cosignature(key.name, _time(line)))
    return tuple(told.values())


def read_cosigned(note: str, witness: VerifierKey) -> Checkpoint:
    """The checkpoint of a note that this witness has cosigned, whoever else has signed it.

    Raises ``NoteRefused``.
    """
    if not read_cosignatures(note, [witness]):
        raise NoteRefused("The witness has not cosigned the checkpoint.")
    return _parsed(note)[0]


def cosign(note: str, signer: Signer, at: int) -> str:
    """The note with the cosignature of a witness added, given at this POSIX second.

    Only who has seen the log grow consistently up to here may say so: see `app.transparency.witness`.
    Raises ``NoteRefused`` when the note is no checkpoint.
    """
    checkpoint, _ = _parsed(note)
    signature = signer.private_key.sign(_cosigned(checkpoint, at))
    return note + _line(signer.witness_key, at.to_bytes(_TIME_BYTES) + signature)


def _cosigned(checkpoint: Checkpoint, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()


def _time(line: _Line) -> int:
    return int.from_bytes(line.signature[:_TIME_BYTES])


def _verified(
    lines: tuple[_Line, ...], keys: Collection[VerifierKey], checkpoint: Checkpoint
) -> Iterator[tuple[VerifierKey, _Line]]:
    """The lines by these keys; raises ``NoteRefused`` at one that does not verify."""
    for line in lines:
        by = [key for key in keys if line.is_by(key)]
        if by and not any(_verifies(key, line, checkpoint) for key in by):
            raise NoteRefused("A signature of a key that is trusted does not verify.")
        yield from ((key, line) for key in by[:1])


def _verifies(key: VerifierKey, line: _Line, checkpoint: Checkpoint) -> bool:
    if key.kind == LOG_SIGNATURE:
        return key.verifies(line.signature, checkpoint.text.encode())
    at, signature = _time(line), line.signature[_TIME_BYTES:]
    return at <= MAX_SIZE and key.verifies(signature, _cosigned(checkpoint, at))


def _parsed(note: str) -> tuple[Checkpoint, tuple[_Line, ...]]:
    if len(note) > MAX_NOTE_CHARACTERS or not is_one_line(note.replace("\n", " ")):
        raise NoteRefused("This is not a signed note.")
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise NoteRefused("This is not a signed note.")
    return _checkpoint(text), tuple(map(_signature, signatures[:-1].split("\n")))


def _checkpoint(text: str) -> Checkpoint:
    try:
        origin, size, root = text.split("\n")
        if not _SIZE.fullmatch(size):
            raise NoteRefused("The size of the checkpoint is not a number.")
        return Checkpoint(origin, int(size), base64_bytes(root))
    except ValueError as error:
        raise NoteRefused("A checkpoint is an origin, a size and a root.") from error


def _signature(line: str) -> _Line:
    try:
        name, value = line.removeprefix(_DASH).split(" ")
        signed = base64_bytes(value)
    except ValueError as error:
        raise NoteRefused("A signature is a name and a value.") from error
    if not line.startswith(_DASH) or not is_name(name) or len(signed) <= 4:
        raise NoteRefused("A signature is a name and a value.")
    return _Line(name, signed[:4], signed[4:])
