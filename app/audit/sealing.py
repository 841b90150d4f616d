"""Seal the content of a record so that the key of its subject opens it, and nothing else does.

Each record has a key of its own, derived from the key of its subject, the tenant and the id of the entry: a
nonce is never used twice under one key. AES-GCM alone does not commit to its key (one ciphertext can be made
that two keys open), so a commitment stands beside it, which the log holds as well.
Sources: NIST SP 800-38D (AES-GCM), RFC 5869 (HKDF), RFC 2104 (HMAC); key commitment: Albertini et al. 2022,
"How to Abuse and Fix Authenticated Encryption Without Key Commitment".
"""

import hmac
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.audit.derivation import LENGTH_BYTES, derive, framed
from app.audit.errors import RecordDamaged, Unsealable

NONCE_BYTES = 12
TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The key of one subject of one tenant: 32 bytes that are never shown."""

    id: UUID
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A content that cannot be read, and what ties it to its key."""

    ciphertext: bytes
    """12 bytes of nonce, the encrypted content, 16 bytes of tag."""
    commitment: bytes
    """32 bytes: HMAC-SHA256 under the subject's key."""


def seal(key: SubjectKey, tenant: str, entry_id: UUID, content: bytes) -> Sealed:
    """Encrypt the content of one entry; the same content is never encrypted to the same bytes."""
    place = framed(tenant.encode(), entry_id.bytes)
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = nonce + _cipher(key, place).encrypt(nonce, content, place)
    return Sealed(ciphertext, _commitment(key, entry_id))


def unseal(key: SubjectKey, tenant: str, entry_id: UUID, sealed: Sealed) -> bytes:
    """The content as it was sealed. Raises Unsealable."""
    if not hmac.compare_digest(_commitment(key, entry_id), sealed.commitment):
        raise Unsealable("The content was sealed with another key.")
    if len(sealed.ciphertext) < NONCE_BYTES + TAG_BYTES:
        raise Unsealable("The sealed content is too short.")
    place = framed(tenant.encode(), entry_id.bytes)
    nonce, encrypted = sealed.ciphertext[:NONCE_BYTES], sealed.ciphertext[NONCE_BYTES:]
    try:
        return _cipher(key, place).decrypt(nonce, encrypted, place)
    except InvalidTag as error:
        raise Unsealable("The sealed content was altered.") from error


def _cipher(key: SubjectKey, place: bytes) -> AESGCM:
    return AESGCM(derive(key.key, "record", place))


def _commitment(key: SubjectKey, entry_id: UUID) -> bytes:
    return hmac.digest(key.key, b"commit" + entry_id.bytes, "sha256")


def answer_salt(key: SubjectKey, entry_id: UUID) -> bytes:
    """32 bytes without which the digest of an answer tells nothing; they are gone with the key."""
    return hmac.digest(key.key, b"answer" + entry_id.bytes, "sha256")


def fingerprint(key: SubjectKey, entry_id: UUID, request: bytes) -> str:
    """64 hexadecimal digits that tell whether an entry was made of this request; they are gone with the key.

    Two entries for the same request have others: nobody can compare entries by them.
    """
    return hmac.digest(key.key, b"request" + entry_id.bytes + request, "sha256").hex()


def pack(parts: Mapping[str, bytes]) -> bytes:
    """The parts of a record as one content: names in order, each name and each value behind its length."""
    named = ((name.encode(), parts[name]) for name in sorted(parts))
    return b"".join(framed(name, value) for name, value in named)


def unpack(content: bytes) -> dict[str, bytes]:
    """The parts that were packed; only what `pack` itself would write. Raises RecordDamaged."""
    try:
        pieces = list(_pieces(content))
        parts = {name.decode(): value for name, value in zip(pieces[::2], pieces[1::2], strict=True)}
    except ValueError as error:
        raise RecordDamaged(("content",)) from error
    if pack(parts) != content:  # names twice, or in another order
        raise RecordDamaged(("content",))
    return parts


def _pieces(content: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(content):
        start = place + LENGTH_BYTES
        place = start + int.from_bytes(content[place:start], "big")
        if place > len(content):
            raise ValueError("a length leads beyond the end")
        yield content[start:place]
