"""The secrets of the service: one key to sign with, three to derive from; never in a database.

A secret of 32 bytes is written as 64 hexadecimal digits or as base64 (either alphabet, with or without `=`);
the signing key as PEM (PKCS #8, not encrypted), or as its seed of 32 bytes in the same way.
"""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit.derivation import KEY_BYTES, derive, framed
from app.audit.errors import SecretsRefused
from app.audit.secret_files import (
    EARLIER,
    INDEX,
    MASTER,
    PEPPER,
    SECRETS,
    SIGNING,
    Secret,
    read_secret,
    unknown_variables,
)

Indexed = Literal["subject", "idempotency", "event"]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is kept apart from the databases, and backed up apart from them. Its repr shows nothing secret."""

    signing: Ed25519PrivateKey = field(repr=False)
    """Signs the heads of the log."""
    earlier: tuple[str, ...]
    """The public keys that signed before, as text, the oldest first."""
    master: bytes = field(repr=False)
    """32 bytes; wraps the keys of subjects, by a key for each tenant."""
    index: bytes = field(repr=False)
    """32 bytes; makes the tags by which subjects and idempotency keys are found."""
    pepper: bytes = field(repr=False)
    """32 bytes; hashed together with every API key."""

    @classmethod
    def load(cls, folder: Path, environment: Mapping[str, str]) -> "Secrets":
        """Read every secret from its variable or else its file, or refuse with all that is wrong at once."""
        problems = list(unknown_variables(environment))
        read: dict[Secret, bytes] = {}
        for secret in SECRETS:
            try:
                read[secret] = read_secret(secret, folder, environment)
            except SecretsRefused as refusal:
                problems += [problem for problem in refusal.problems if problem not in problems]
        if problems:
            raise SecretsRefused(*problems)
        return cls(
            signing=Ed25519PrivateKey.from_private_bytes(read[SIGNING]),
            earlier=tuple(filter(None, map(str.strip, read[EARLIER].decode().splitlines()))),
            master=read[MASTER],
            index=read[INDEX],
            pepper=read[PEPPER],
        )


def passing_secrets() -> Secrets:
    """Secrets that nothing is ever kept with: for describing the service, not for running it."""
    return Secrets(Ed25519PrivateKey.generate(), (), *(os.urandom(KEY_BYTES) for _ in range(3)))


@lru_cache(maxsize=4096)
def tenant_key(master: bytes, tenant: str) -> bytes:
    """The key of 32 bytes that wraps the keys of this tenant's subjects."""
    return derive(master, "tenant", tenant.encode())


def index_tag(index: bytes, tenant: str, what: Indexed, text: str) -> bytes:
    """32 bytes that stand for a text of one tenant, and tell it to nobody without the index key."""
    return hmac.digest(_index_key(index, tenant), framed(what.encode(), text.encode()), "sha256")


@lru_cache(maxsize=4096)
def _index_key(index: bytes, tenant: str) -> bytes:
    return derive(index, "index", tenant.encode())
