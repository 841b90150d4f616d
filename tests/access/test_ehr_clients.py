"""An EHR opens what it may with a token that it signed for this call; what looks like one opens nothing."""

from __future__ import annotations

import json
import logging
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.access.caller import Caller
from app.access.ehr_clients import EhrClients, EhrTokens
from app.access.errors import CredentialInvalid
from app.access.scopes import Scope
from app.access.signing_keys import Read, SigningKeys
from app.ehr_clients_file import EhrClient
from tests.access.issuer import KEYS, Publication

pytestmark = pytest.mark.anyio

EHR, JWKS, PUBLIC = "https://ehr.example.org", "https://ehr.example.org/jwks", "https://decompass.example.org"
PATH = "/cds-services/postop-lumbar-view"
CLIENT = EhrClient(EHR, JWKS, "ward-7", (), frozenset({"ES384", "RS384"}), JWKS, "")
STRANGER = ec.generate_private_key(ec.SECP384R1())


def claims(**changes: Any) -> dict[str, Any]:
    """What the reference client sends, with changes; None takes a claim away."""
    now = int(time.time())
    good = {"iss": EHR, "aud": PUBLIC + PATH, "exp": now + 300, "iat": now, "jti": str(uuid4())}
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(key_id: str = "e", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token of this EHR, signed with one of its keys."""
    algorithm, key = KEYS[key_id]
    return jwt.encode(claims(**changes), key, algorithm, {"kid": key_id} | (headers or {}))


def at(claim: str, seconds: int) -> Callable[[], str]:
    """A token with a time that is so far from now."""

    def made() -> str:
        changes: dict[str, Any] = {claim: int(time.time()) + seconds}
        return token(**changes)

    return made


def tokens(publication: Publication | None = None, **changes: Any) -> EhrTokens:
    """What verifies the tokens of a client, by the public keys that it publishes."""
    client = replace(CLIENT, **changes)
    return verifier(client, (publication or Publication()).read)


def verifier(client: EhrClient, read: Read) -> EhrTokens:
    """What verifies the tokens of a client, by the keys that are read so."""
    return EhrTokens(client, SigningKeys(read, client.algorithms), PUBLIC, lambda: datetime.now(UTC))


@pytest.mark.parametrize("key_id", ["e", "r"])
async def test_a_call_is_of_the_configured_tenant_and_may_assess_and_nothing_else(key_id: str) -> None:
    found = await tokens().verified(token(key_id, sub="dr-who", scope="read log", nbf=int(time.time())), PATH)

    assert found.caller == Caller("ward-7", "ehr:ehr.example.org", frozenset({Scope.ASSESS}))


INVALID: dict[str, Callable[[], str]] = {
    "no algorithm": lambda: encoded({"alg": "none", "kid": "e"}, json.dumps(claims()).encode()),
    "a shared secret": lambda: jwt.encode(claims(), b"s" * 48, "HS384", {"kid": "e"}),
    "an algorithm of the other issuer": lambda: token("d"),
    "no key id": lambda: jwt.encode(claims(), KEYS["e"][1], "ES384"),
    "an unknown key id": lambda: token(headers={"kid": "other"}),
    "a stranger's key": lambda: jwt.encode(claims(), STRANGER, "ES384", {"kid": "e"}),
    "another issuer": lambda: token(iss="https://evil.example"),
    "another service": lambda: token(aud=f"{PUBLIC}/cds-services/other"),
    "another host": lambda: token(aud=f"https://evil.example{PATH}"),
    "the service without its path": lambda: token(aud=PUBLIC),
    "the address with a slash": lambda: token(aud=f"{PUBLIC}{PATH}/"),
    "expired": at("exp", -31),
    "living too long": at("exp", 3600 + 90),
    "issued in the future": at("iat", 90),
    "not valid yet": at("nbf", 90),
    "no end": lambda: token(exp=None),
    "no beginning": lambda: token(iat=None),
    "no audience": lambda: token(aud=None),
    "no id": lambda: token(jti=None),
    "an id that is no text": lambda: token(jti=7),
    "a tenant of its own": lambda: token(tenant="hospital-b"),
    "a tenant that is no text": lambda: token(tenant=["ward-7"]),
    "another place of keys": lambda: token(headers={"jku": "https://evil.example/jwks"}),
    "a place of keys that only begins right": lambda: token(headers={"jku": f"{JWKS}.evil.example"}),
    "a place of keys that is no text": lambda: token(headers={"jku": [JWKS]}),
    "an extension nobody knows": lambda: token(headers={"crit": ["b65"], "b65": True}),
    "without its signature": lambda: token().rsplit(".", 1)[0] + ".",
}


def encoded(header: dict[str, Any], payload: bytes) -> str:
    """What looks like a token and has no signature."""
    parts = (json.dumps(header).encode(), payload, b"")
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.mark.parametrize("why", INVALID)
async def test_whatever_was_not_signed_by_the_client_for_this_call_opens_nothing(why: str) -> None:
    with pytest.raises(CredentialInvalid):
        await tokens().verified(INVALID[why](), PATH)


async def test_the_refused_are_good_but_for_what_is_wrong_with_them() -> None:
    for good in (
        token(headers={"jku": JWKS}),
        token(aud=["other", PUBLIC + PATH]),
        at("exp", 3600 - 1)(),
        at("exp", -20)(),
        at("nbf", 20)(),
    ):
        await tokens().verified(good, PATH)


async def test_a_place_of_keys_that_is_not_the_configured_one_has_nothing_fetched() -> None:
    publication = Publication()
    with pytest.raises(CredentialInvalid):
        await tokens(publication).verified(token(headers={"jku": "https://evil.example/jwks"}), PATH)

    assert publication.readings == 0


async def test_keys_in_a_file_go_with_the_place_that_tokens_may_name_or_with_none() -> None:
    named = token(headers={"jku": "http://localhost:9000/jwks"})
    await tokens(jwks="/keys.json", jku="http://localhost:9000/jwks").verified(named, PATH)
    await tokens(jwks="/keys.json", jku="").verified(token(), PATH)
    with pytest.raises(CredentialInvalid):
        await tokens(jwks="/keys.json", jku="").verified(named, PATH)


async def test_configured_audiences_take_the_place_of_the_address() -> None:
    junk = tokens(audiences=("sand_man", "https://old.example.org"))
    await junk.verified(token(aud="sand_man"), PATH)
    with pytest.raises(CredentialInvalid):
        await junk.verified(token(), PATH)


async def test_an_ehr_of_many_hospitals_is_held_to_the_one_that_is_configured() -> None:
    hospital = tokens(ehr_tenant="hospital-a")
    await hospital.verified(token(tenant="hospital-a"), PATH)
    for other in ("hospital-b", None):
        with pytest.raises(CredentialInvalid):
            await hospital.verified(token(tenant=other), PATH)


async def test_a_client_may_be_held_to_one_algorithm() -> None:
    with pytest.raises(CredentialInvalid):
        await tokens(algorithms=frozenset({"RS384"})).verified(token("e"), PATH)
    await tokens(algorithms=frozenset({"RS384"})).verified(token("r"), PATH)


async def test_why_a_token_was_refused_is_told_to_the_log_now_and_then_and_without_the_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = tokens()
    with caplog.at_level(logging.WARNING, "decompass.access"):
        for text in (token(aud="https://canary.example"), token(headers={"kid": "other"})):
            with pytest.raises(CredentialInvalid):
                await client.verified(text, PATH)
        with pytest.raises(CredentialInvalid):
            await tokens().verified(token(headers={"kid": "other"}), PATH)

    assert [record.getMessage() for record in caplog.records] == [
        "a token of the EHR client ehr.example.org was refused: InvalidAudienceError",
        "a token of the EHR client ehr.example.org was refused: The issuer has no such key.",
    ]


def test_the_issuer_chooses_the_client() -> None:
    other = tokens(iss="https://other.example")
    clients = EhrClients([tokens(), other])

    assert clients.whose(token(iss="https://other.example")) is other
    for stranger in (
        token(iss="https://evil.example"),
        token(iss=None),
        "",
        "..",
        "a.b.c",
        "e30.e30.",
        encoded({}, b"[" * 3000),
        encoded({}, b'{"iss":["https://other.example"]}'),
        "\ud800.e30.e30",
        token(note="x" * 9000),
    ):
        assert clients.whose(stranger) is None
    assert EhrClients().whose(token()) is None
