"""Bearer tokens of the one configured issuer (RFC 7519, RFC 9068), checked as RFC 8725 wants it.

The algorithm and the place of the keys come from the settings; what a token says of them (`alg`, `jku`,
`jwk`, `x5u`) chooses nothing. A token names its key by `kid`. `key_for` and `end_of` serve the tokens of EHR
clients too.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from jwt import PyJWK
from jwt.exceptions import ExpiredSignatureError, PyJWTError

from app.access.caller import TENANT, Caller
from app.access.errors import CredentialExpired, CredentialInvalid
from app.access.scopes import known_scopes
from app.access.signing_keys import SigningKeys

LEEWAY = timedelta(seconds=30)
LONGEST_LIFE = timedelta(hours=1)
LONGEST_TOKEN = 8192
MOST_VERIFIED = 1000
"""Tokens that are not verified again, since that takes up to a millisecond; about 1 MB."""
SUBJECT = re.compile(r"[!-~]{1,128}")
REQUIRED = ("iss", "aud", "exp", "iat", "sub")


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must be to open anything."""

    issuer: str
    audience: str
    algorithms: frozenset[str]
    tenant_claim: str
    single_use: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was verified."""

    caller: Caller
    token_id: str
    """Its `jti`; empty where it has none and needs none."""
    expires_at: datetime
    """From then on it is refused, the leeway included."""


class BearerTokens:
    """Verifies the tokens of one issuer."""

    def __init__(self, rules: TokenRules, keys: SigningKeys, clock: Callable[[], datetime]) -> None:
        self.rules = rules
        self._keys = keys
        self._clock = clock
        self._verified: OrderedDict[bytes, tuple[PyJWK, Token]] = OrderedDict()
        self._required = [*REQUIRED, rules.tenant_claim, *(["jti"] if rules.single_use else [])]

    async def verified(self, text: str) -> Token:
        """The token, verified. Raises CredentialInvalid; CredentialExpired where its time alone is over."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        if (known := await self._known(digest)) is not None:
            return known
        try:
            key = await self._key(text)
            token = self._token(self._claims(text, key))
        except ExpiredSignatureError as error:
            raise CredentialExpired from error
        except PyJWTError as error:
            raise CredentialInvalid from error
        self._verified[digest] = key, token
        if len(self._verified) > MOST_VERIFIED:
            self._verified.popitem(last=False)
        return token

    async def _known(self, digest: bytes) -> Token | None:
        """A token that was verified, while its time is not over and its issuer has not changed its keys."""
        key, token = self._verified.get(digest, (None, None))
        if key is None or token is None:
            return None
        same = await self._keys.get(key.key_id or "", key.algorithm_name) is key
        if same and self._clock() < token.expires_at:
            return token
        self._verified.pop(digest, None)
        return None

    async def _key(self, text: str) -> PyJWK:
        if len(text) > LONGEST_TOKEN or not text.isascii():
            raise CredentialInvalid
        return await key_for(jwt.get_unverified_header(text), self._keys, self.rules.algorithms)

    def _claims(self, text: str, key: PyJWK) -> Mapping[str, Any]:
        return jwt.decode(
            text,
            key,
            algorithms=sorted(self.rules.algorithms),
            issuer=self.rules.issuer,
            audience=self.rules.audience,
            leeway=LEEWAY,
            options={"require": self._required, "enforce_minimum_key_length": True},
        )

    def _token(self, claims: Mapping[str, Any]) -> Token:
        expires_at = end_of(claims, self._clock())
        tenant, subject, scope = (claims.get(name) for name in (self.rules.tenant_claim, "sub", "scope"))
        if not (_is(TENANT, tenant) and _is(SUBJECT, subject)):
            raise CredentialInvalid
        scopes = known_scopes(scope.split()) if isinstance(scope, str) else frozenset()
        return Token(Caller(str(tenant), f"jwt:{subject}", scopes), str(claims.get("jti", "")), expires_at)


async def key_for(header: Mapping[str, Any], keys: SigningKeys, algorithms: frozenset[str]) -> PyJWK:
    """The key that a header names, for an algorithm that is allowed. Raises CredentialInvalid."""
    key_id, algorithm = header.get("kid"), header.get("alg")
    if not (isinstance(key_id, str) and isinstance(algorithm, str)) or algorithm not in algorithms:
        raise CredentialInvalid("The algorithm or the key id of the token is none that is allowed.")
    key = await keys.get(key_id, algorithm)
    if key is None:
        raise CredentialInvalid("The issuer has no such key.")
    return key


def end_of(claims: Mapping[str, Any], now: datetime) -> datetime:
    """From when on a token is refused. Raises CredentialExpired; CredentialInvalid where that is too late."""
    try:
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC) + LEEWAY
    except (OverflowError, OSError, ValueError) as error:
        raise CredentialInvalid("The token ends at no time.") from error
    if expires_at <= now:
        raise CredentialExpired("The token is over.")
    if expires_at > now + LONGEST_LIFE + 2 * LEEWAY:
        raise CredentialInvalid("The token lives longer than an hour.")
    return expires_at


def _is(pattern: re.Pattern[str], claim: object) -> bool:
    return isinstance(claim, str) and pattern.fullmatch(claim) is not None
