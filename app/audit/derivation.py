"""Keys from keys: HKDF with SHA-256 (RFC 5869), each for one purpose and one place.

What a key is for and where it belongs is framed with lengths, so that no two different uses can ever read as
the same bytes: ("ab", "c") is not ("a", "bc").
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
LENGTH_BYTES = 4


def framed(*parts: bytes) -> bytes:
    """The parts as one, each behind its length (4 bytes, big-endian)."""
    return b"".join(len(part).to_bytes(LENGTH_BYTES, "big") + part for part in parts)


def derive(secret: bytes, purpose: str, *place: bytes) -> bytes:
    """A key of 32 bytes for one purpose and one place; the secret is random, so there is no salt."""
    info = framed(b"decompass 1", purpose.encode(), *place)
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(secret)
