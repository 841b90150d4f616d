"""Wrap the key of a subject for its own row: AES key wrap (RFC 3394), 32 bytes become 40.

The wrapping key is derived from the key of the tenant, the tag of the subject and the id of the key. What is
put into the row of another subject or under another id can therefore not be unwrapped there: whoever swaps
two rows would otherwise have one patient erased in the place of another.
"""

from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.audit.derivation import derive
from app.audit.secrets import Secrets, tenant_key

ID_BYTES = 8


class Place(NamedTuple):
    """The row in which a key is kept."""

    tenant: str
    subject_tag: bytes
    key_id: UUID


def wrapping_id(secrets: Secrets) -> str:
    """16 hexadecimal digits that stand beside each key and name the secrets it was made with."""
    return derive(secrets.master, "wrapping id", derive(secrets.index, "tagging id"))[:ID_BYTES].hex()


def wrap(master: bytes, place: Place, key: bytes) -> bytes:
    """The key as it may be stored in that place."""
    return aes_key_wrap(_wrapping_key(master, place), key)


def unwrap(master: bytes, place: Place, wrapped: bytes) -> bytes | None:
    """The key as it was; None where it was altered, or wrapped for another place or with another master."""
    try:
        return aes_key_unwrap(_wrapping_key(master, place), wrapped)
    except InvalidUnwrap:
        return None


def _wrapping_key(master: bytes, place: Place) -> bytes:
    return derive(tenant_key(master, place.tenant), "wrapping", place.subject_tag, place.key_id.bytes)
