"""The keys that sign notes and verify them, in the text forms of C2SP signed-note.

A verifier's key is ``name+hash+base64``: the hash is the key ID, four bytes in hexadecimal, that the
signatures carry as well; the base64 is that of the kind of signature, one byte, and the public key.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.transparency.text import base64_bytes, base64_text, is_one_line

LOG_SIGNATURE = 0x01
"""Ed25519 over the text of the note."""
COSIGNATURE = 0x04
"""Ed25519 over the text of a checkpoint and the time, as witnesses give it."""
KEY_BYTES = 32
_SECRET = "PRIVATE+KEY+"  # noqa: S105 - what the secret key is written after, not the key


class KeyRefused(ValueError):
    """The text is not such a key; it is not repeated, as it may hold a secret."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key, whose it is, and for what kind of signature.

    Raises ``ValueError`` for a name that no note can carry, an unknown kind, or a key of another length.
    """

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        known = self.kind in (LOG_SIGNATURE, COSIGNATURE) and len(self.public) == KEY_BYTES
        if not is_name(self.name) or not known:
            raise ValueError("no such key verifies a note")

    @property
    def key_id(self) -> bytes:
        """Four bytes that say which key, of those of this name, has signed; they prove nothing."""
        return sha256(self.name.encode() + b"\n" + self._material).digest()[:4]

    @property
    def _material(self) -> bytes:
        return bytes([self.kind]) + self.public

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64_text(self._material)}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The key of ``name+hash+base64``; raises ``KeyRefused``."""
        try:
            name, hashed, material = text.split("+", 2)
            kind, *public = base64_bytes(material)
            key = cls(name, kind, bytes(public))
        except ValueError as error:
            raise KeyRefused("A verifier's key is written name+hash+base64.") from error
        if hashed != key.key_id.hex():
            raise KeyRefused("The hash of the verifier's key is that of another key.")
        return key

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the owner of the key has signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):  # the latter for bytes that are no point of the curve
            return False
        return True


def is_name(name: str) -> bool:
    """Whether a note can carry the name of a key."""
    return is_one_line(name) and not any(each.isspace() or each == "+" for each in name)


def secret_text(key: VerifierKey, private_key: Ed25519PrivateKey) -> str:
    """The secret key in one line, as Go's ``note`` package keeps it: like a verifier's key, but marked."""
    material = bytes([key.kind]) + private_key.private_bytes_raw()
    return f"{_SECRET}{key.name}+{key.key_id.hex()}+{base64_text(material)}"


def read_secret(text: str) -> tuple[str, Ed25519PrivateKey]:
    """The name and the key that `secret_text` wrote; raises ``KeyRefused``."""
    try:
        name, hashed, material = text.removeprefix(_SECRET).split("+", 2)
        kind, *seed = base64_bytes(material)
        private_key = Ed25519PrivateKey.from_private_bytes(bytes(seed))
        key = VerifierKey(name, kind, private_key.public_key().public_bytes_raw())
    except ValueError:
        raise KeyRefused("A secret key is written PRIVATE+KEY+name+hash+base64.") from None
    if not text.startswith(_SECRET) or kind != LOG_SIGNATURE or hashed != key.key_id.hex():
        raise KeyRefused("The secret key does not fit its own hash.")
    return name, private_key
