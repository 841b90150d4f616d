"""The whole service lets an EHR in by a token of its own, once, and tells nobody why it let one not in."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from app.access.scopes import NEEDS, Public, Scope
from tests.access.issuer import KEYS, jwk_set, token
from tests.access.test_ehr_clients import EHR, PUBLIC, claims
from tests.api.conftest import Check
from tests.api.guarded import ADDRESSED, WARD, Guarded, guarded_service, new_key
from tests.api.service import ASSESS

pytestmark = pytest.mark.anyio

CREATE = ("POST", ASSESS)


@pytest.fixture
async def ward(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Guarded]:
    """A service that knows one EHR, by the keys in a file."""
    (tmp_path / "ehr-keys.json").write_bytes(jwk_set())
    file = tmp_path / "clients.toml"
    file.write_text(f'[[client]]\niss = "{EHR}"\njwks = "ehr-keys.json"\ntenant = "{WARD}"\n')
    async with guarded_service(sqlite_url, tmp_path, EHR_CLIENTS=str(file), PUBLIC_URL=PUBLIC) as running:
        yield running


def call(path: str = ASSESS, headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token of the EHR for an address of the service."""
    algorithm, key = KEYS["e"]
    signed = claims(**({"aud": PUBLIC + path} | changes))
    return jwt.encode(signed, key, algorithm, {"kid": "e"} | (headers or {}))


async def test_what_an_ehr_has_recorded_belongs_to_its_tenant_and_says_which_ehr_it_was(
    ward: Guarded,
) -> None:
    answer = await ward.ask(CREATE, call())
    record_id = answer.json()["id"]
    seen = await ward.ask(("GET", f"{ASSESS}/{record_id}"), new_key(ward.url, Scope.READ))
    entries = await ward.ask(("GET", "/v1/log/entries?from=0&to=1"), new_key(ward.url, Scope.LOG))

    assert (answer.status_code, seen.status_code) == (201, 200)
    assert "ehr:ehr.example.org" in json.dumps(entries.json())


async def test_an_ehr_opens_what_assesses_and_nothing_else(ward: Guarded) -> None:
    for (method, path), need in NEEDS.items():
        if isinstance(need, Public):
            continue
        for name, value in ADDRESSED.items():
            path = path.replace(name, value)  # noqa: PLW2901 -- the address of an example
        answer = await ward.ask((method, path), call(path))
        assert (answer.status_code == 403) == (need != Scope.ASSESS), path


async def test_a_token_is_good_for_one_call(ward: Guarded, as_published: Check) -> None:
    text = call()
    answers = [await ward.ask(CREATE, text) for _ in range(3)]
    as_published("Problem", answers[1].json())

    assert [answer.status_code for answer in answers] == [201, 401, 401]


async def test_a_token_that_does_not_open_its_address_is_not_used_up(ward: Guarded) -> None:
    text = call(aud=[f"{PUBLIC}/v1/evidence", PUBLIC + ASSESS])

    assert (await ward.ask(("GET", "/v1/evidence"), text)).status_code == 403
    assert (await ward.ask(CREATE, text)).status_code == 201


async def test_whatever_is_wrong_is_answered_in_the_same_words(ward: Guarded) -> None:
    wrong = [
        call(jti=None),
        call("/v1/evidence"),
        call(exp=int(time.time()) - 60),
        call(nbf=int(time.time()) + 90),
        call(headers={"jku": "https://evil.example/jwks"}),
        call(iss="https://evil.example"),
        call(tenant="other"),
        "a.b.c",
    ]
    answers = [await ward.ask(CREATE, text) for text in wrong]
    told = {answer.text.replace(answer.headers["trace-id"], "") for answer in answers}

    assert {answer.status_code for answer in answers} == {401}
    assert len(told) == 1
    assert "credential-invalid" in told.pop()


async def test_keys_and_the_tokens_of_the_issuer_open_what_they_opened(ward: Guarded) -> None:
    for credential in (new_key(ward.url, Scope.ASSESS), token(scope="assess")):
        assert (await ward.ask(CREATE, credential)).status_code == 201
