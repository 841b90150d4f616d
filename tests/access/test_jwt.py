"""A token of the configured issuer opens what it says; whatever else looks like one opens nothing."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.access.caller import Caller
from app.access.errors import CredentialExpired, CredentialInvalid
from app.access.jwt import BearerTokens, TokenRules
from app.access.scopes import EVERY_SCOPE, Scope
from app.access.signing_keys import TRUSTED_SECONDS, SigningKeys
from tests.access.issuer import EC_KEY, ED_KEY, KEYS, RSA_KEY, RULES, Publication, claims, token

pytestmark = pytest.mark.anyio

HOUR = 3600


def now() -> datetime:
    return datetime.now(UTC)


def bearer(rules: TokenRules = RULES) -> BearerTokens:
    return BearerTokens(rules, SigningKeys(Publication().read, rules.algorithms), now)


@pytest.mark.parametrize("key_id", KEYS)
async def test_a_good_token_tells_its_tenant_its_subject_and_the_scopes_that_are_ours(key_id: str) -> None:
    found = await bearer().verified(token(key_id))

    assert found.caller == Caller("ward-7", "jwt:client-7", EVERY_SCOPE)


async def test_the_tenant_comes_from_the_claim_that_is_configured() -> None:
    rules = TokenRules(RULES.issuer, RULES.audience, RULES.algorithms, "org/id", single_use=False)
    claim: dict[str, Any] = {"org/id": "clinic-1"}
    found = await bearer(rules).verified(token(**claim))

    assert found.caller.tenant == "clinic-1"
    with pytest.raises(CredentialInvalid):
        await bearer(rules).verified(token())


async def test_a_token_without_scopes_opens_nothing_and_one_of_many_audiences_is_accepted() -> None:
    found = await bearer().verified(token(scope=None, aud=["other", "decompass"]))

    assert found.caller.scopes == frozenset()
    assert (await bearer().verified(token(scope="read admin"))).caller.scopes == {Scope.READ}


def moments(**seconds: int) -> Callable[[], str]:
    """A token whose times are so far from now."""

    def made() -> str:
        changes: dict[str, Any] = {claim: int(time.time()) + each for claim, each in seconds.items()}
        return token(**changes)

    return made


def with_header(header: dict[str, Any], body: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def forged_with_the_public_key(algorithm: str) -> str:
    """Signed with what everybody knows, as if it were a shared secret; PyJWT would not do it."""
    public = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = with_header({"alg": algorithm, "kid": "r"}, claims()).rsplit(".", 1)[0]
    signature = hmac.digest(public, signed.encode(), algorithm.replace("HS", "sha"))
    return f"{signed}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


def of_a_stranger(algorithm: str, key: Any, **headers: Any) -> str:
    return jwt.encode(claims(), key, algorithm, headers)


STRANGER = ed25519.Ed25519PrivateKey.generate()
INVALID: dict[str, Callable[[], str]] = {
    "no algorithm": lambda: with_header({"alg": "none", "kid": "d"}, claims()),
    "no algorithm, in other letters": lambda: with_header({"alg": "nOnE", "kid": "d"}, claims()),
    "an algorithm that is no text": lambda: with_header({"alg": 7, "kid": "d"}, claims()),
    "an algorithm that is a list": lambda: with_header({"alg": ["EdDSA"], "kid": "d"}, claims()),
    "the public key as secret, HS256": lambda: forged_with_the_public_key("HS256"),
    "the public key as secret, HS384": lambda: forged_with_the_public_key("HS384"),
    "the published shared secret": lambda: of_a_stranger(
        "HS256", b"secret-secret-secret-secret-secret-secret", kid="shared"
    ),
    "an algorithm that is not allowed": lambda: of_a_stranger("RS256", RSA_KEY, kid="r"),
    "a stranger's key": lambda: of_a_stranger("EdDSA", STRANGER, kid="d"),
    "a stranger's key under its own id": lambda: of_a_stranger("EdDSA", STRANGER, kid="mine"),
    "the id of another key": lambda: of_a_stranger("EdDSA", ED_KEY, kid="e"),
    "the id of a key for another algorithm": lambda: of_a_stranger("ES384", EC_KEY, kid="r"),
    "no key id": lambda: of_a_stranger("EdDSA", ED_KEY),
    "a key id that leads elsewhere": lambda: of_a_stranger("EdDSA", STRANGER, kid="../../dev/null"),
    "a place of keys": lambda: of_a_stranger("EdDSA", STRANGER, kid="d", jku="https://evil.example/jwks"),
    "a key of its own": lambda: of_a_stranger(
        "EdDSA", STRANGER, kid="d", jwk={"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}
    ),
    "a certificate of its own": lambda: of_a_stranger("EdDSA", STRANGER, kid="d", x5u="https://evil.example"),
    "an extension nobody knows": lambda: token(headers={"crit": ["b65"], "b65": True}),
    "another audience": lambda: token(aud="billing"),
    "no audience": lambda: token(aud=None),
    "another issuer": lambda: token(iss="https://evil.example"),
    "no issuer": lambda: token(iss=None),
    "no subject": lambda: token(sub=None),
    "a subject with a line break": lambda: token(sub="a\nb"),
    "a long subject": lambda: token(sub="a" * 129),
    "no expiry": lambda: token(exp=None),
    "no day of issue": lambda: token(iat=None),
    "an expiry that is no number": lambda: token(exp="never"),
    "an expiry out of time": lambda: token(exp=10**30),
    "an expiry too far ahead": moments(exp=HOUR + 90),
    "issued in the future": moments(iat=90),
    "not valid yet": moments(nbf=90),
    "no tenant": lambda: token(tenant=None),
    "a tenant that is a list": lambda: token(tenant=["ward-7"]),
    "a tenant that is a path": lambda: token(tenant="ward-7/../ward-8"),
    "a tenant with a line break": lambda: token(tenant="ward-7\n"),
    "half a token": lambda: token().rsplit(".", 1)[0],
    "without its signature": lambda: token().rsplit(".", 1)[0] + ".",
    "nothing but dots": lambda: "..",
    "a deep header": lambda: urlsafe_b64encode(b"[" * 5000).decode() + ".e30.e30",
    "a header that is a list": lambda: "W10.e30.e30",
    "a long token": lambda: token(note="x" * 9000),
    "no text of this world": lambda: "\ud800.e30.e30",
}


@pytest.mark.parametrize("why", INVALID)
async def test_whatever_is_no_token_of_the_issuer_for_this_service_opens_nothing(why: str) -> None:
    with pytest.raises(CredentialInvalid):
        await bearer().verified(INVALID[why]())


async def test_the_forgeries_are_good_but_for_what_is_forged() -> None:
    for good in (
        with_header({"alg": "EdDSA", "kid": "d"}, claims()).rsplit(".", 1)[0],
        of_a_stranger("EdDSA", ED_KEY, kid="d").rsplit(".", 1)[0],
    ):
        encoded = good.encode()
        signature = urlsafe_b64encode(ED_KEY.sign(encoded)).decode().rstrip("=")
        await bearer().verified(f"{good}.{signature}")
    for good in (moments(exp=HOUR - 1)(), moments(iat=20)(), moments(nbf=20)(), moments(exp=-20)()):
        await bearer().verified(good)


async def test_a_place_of_keys_in_a_good_token_is_not_looked_at() -> None:
    publication = Publication()
    tokens = BearerTokens(RULES, SigningKeys(publication.read, RULES.algorithms), now)
    await tokens.verified(token(headers={"jku": "https://evil.example/jwks"}))

    assert publication.readings == 1


async def test_every_changed_byte_of_a_token_is_noticed() -> None:
    good = token()
    tokens = bearer()
    for place in range(0, len(good) - 1, 7):
        other = "A" if good[place] != "A" else "B"
        with pytest.raises(CredentialInvalid):
            await tokens.verified(good[:place] + other + good[place + 1 :])


async def test_that_it_has_expired_is_told_of_a_token_that_is_otherwise_good() -> None:
    with pytest.raises(CredentialExpired):
        await bearer().verified(moments(exp=-31)())
    forged = jwt.encode(claims(exp=int(time.time()) - 31), STRANGER, "EdDSA", {"kid": "d"})
    with pytest.raises(CredentialInvalid):
        await bearer().verified(forged)


async def test_a_verified_token_ends_with_its_time_and_with_the_key_of_its_issuer() -> None:
    later = timedelta(0)
    publication, elapsed = Publication(), 1000.0
    keys = SigningKeys(publication.read, RULES.algorithms, lambda: elapsed)
    tokens = BearerTokens(RULES, keys, lambda: now() + later)
    short, long = token(exp=int(time.time()) - 28), token()
    for good in (short, long, short, long):
        await tokens.verified(good)

    later = timedelta(seconds=3)
    with pytest.raises(CredentialExpired):
        await tokens.verified(short)
    await tokens.verified(long)
    publication.document = b'{"keys":[]}'
    elapsed += TRUSTED_SECONDS
    with pytest.raises(CredentialInvalid):
        await tokens.verified(long)


async def test_a_weak_key_of_the_issuer_opens_nothing() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 -- to be refused
    document = {"keys": [jwt.algorithms.RSAAlgorithm.to_jwk(weak.public_key(), as_dict=True) | {"kid": "w"}]}
    keys = SigningKeys(Publication(json.dumps(document).encode()).read, RULES.algorithms)
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        text = jwt.encode(claims(), weak, "RS384", {"kid": "w"})

    with pytest.raises(CredentialInvalid):
        await BearerTokens(RULES, keys, now).verified(text)


async def test_a_key_on_another_curve_serves_no_allowed_algorithm() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    document = {"keys": [jwt.algorithms.ECAlgorithm.to_jwk(other.public_key(), as_dict=True) | {"kid": "p"}]}
    keys = SigningKeys(Publication(json.dumps(document).encode()).read, RULES.algorithms)

    assert await keys.get("p", "ES384") is None


async def test_when_it_ends_includes_the_leeway_so_that_a_used_token_is_kept_long_enough() -> None:
    expiry = int(time.time()) + 300
    found = await bearer().verified(token(exp=expiry, jti="once"))

    assert found.token_id == "once"  # noqa: S105 -- an id, no secret
    assert found.expires_at == datetime.fromtimestamp(expiry, UTC) + timedelta(seconds=30)


async def test_a_token_without_an_id_is_refused_where_each_may_be_used_once() -> None:
    once = TokenRules(RULES.issuer, RULES.audience, RULES.algorithms, "tenant", single_use=True)

    with pytest.raises(CredentialInvalid):
        await bearer(once).verified(token(jti=None))
    await bearer(once).verified(token())
    await bearer().verified(token(jti=None))
