"""Wrap the key of a subject with the key of its tenant: AES key wrap (RFC 3394), 32 bytes become 40."""

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.audit.derivation import derive
from app.audit.secrets import Secrets, tenant_key

ID_BYTES = 8


def wrapping_id(secrets: Secrets) -> str:
    """16 hexadecimal digits that stand beside each key and name the secrets it was made with."""
    return derive(secrets.master, "wrapping id", derive(secrets.index, "tagging id"))[:ID_BYTES].hex()


def wrap(master: bytes, tenant: str, key: bytes) -> bytes:
    """The key as it may be stored."""
    return aes_key_wrap(tenant_key(master, tenant), key)


def unwrap(master: bytes, tenant: str, wrapped: bytes) -> bytes | None:
    """The key as it was; None where it was altered, or wrapped for another tenant or with another master."""
    try:
        return aes_key_unwrap(tenant_key(master, tenant), wrapped)
    except InvalidUnwrap:
        return None
