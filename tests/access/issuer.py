"""An issuer of tokens as somebody else's would be: its keys, its JWK set, and tokens good and bad."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from app.access.jwt import TokenRules
from app.access.scopes import Scope

ISSUER, AUDIENCE = "https://login.example.org", "decompass"
RULES = TokenRules(ISSUER, AUDIENCE, frozenset({"RS384", "ES384", "EdDSA"}), "tenant", single_use=False)
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP384R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()
KEYS: dict[str, tuple[str, Any]] = {"r": ("RS384", RSA_KEY), "e": ("ES384", EC_KEY), "d": ("EdDSA", ED_KEY)}


def jwk_set() -> bytes:
    """The public keys as the issuer publishes them."""
    keys = [
        RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True) | {"kid": "r"},
        ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True) | {"kid": "e", "alg": "ES384"},
        OKPAlgorithm.to_jwk(ED_KEY.public_key(), as_dict=True) | {"kid": "d", "use": "sig"},
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC1zZWNyZXQ"},
        {"kty": "RSA"},
    ]
    return json.dumps({"keys": keys}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Those of a good token, with changes; None takes a claim away."""
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "client-7",
        "exp": now + 300,
        "iat": now,
        "nbf": now,
        "jti": str(uuid4()),
        "tenant": "ward-7",
        "scope": " ".join(["openid", *Scope]),
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(key_id: str = "d", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token of this issuer, signed with one of its keys."""
    algorithm, key = KEYS[key_id]
    return jwt.encode(claims(**changes), key, algorithm, {"kid": key_id} | (headers or {}))


@dataclass
class Publication:
    """Where the issuer publishes its keys: counts its readers, and can be away."""

    document: bytes = field(default_factory=jwk_set)
    away: bool = False
    readings: int = 0

    def read(self) -> bytes:
        """What a reader gets."""
        self.readings += 1
        if self.away:
            raise OSError("away")
        return self.document
