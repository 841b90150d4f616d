"""The keys of the issuer are asked for seldom, in a thread, and open nothing when they are too old."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path

import httpx
import pytest

from app.access.signing_keys import (
    FRESH_SECONDS,
    MOST_BYTES,
    PAUSE_AFTER_FAILURE_SECONDS,
    PAUSE_SECONDS,
    TRUSTED_SECONDS,
    SigningKeys,
    fetched,
    keys_in,
    reader_of,
)
from tests.access.issuer import RULES, Publication, jwk_set

pytestmark = pytest.mark.anyio

ADDRESS = "https://login.example.org/jwks"


class Clock:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def publication() -> Publication:
    return Publication()


@pytest.fixture
def keys(publication: Publication, clock: Clock) -> SigningKeys:
    return SigningKeys(publication.read, RULES.algorithms, clock)


async def test_keys_that_nobody_knows_are_asked_for_once_a_minute(
    keys: SigningKeys, publication: Publication, clock: Clock
) -> None:
    for second in range(120):
        clock.now = 1000 + second
        assert await keys.get(f"made-up-{second}", "EdDSA") is None

    assert publication.readings == 2
    assert await keys.get("d", "EdDSA") is not None


async def test_a_new_key_is_found_when_the_minute_is_over(
    keys: SigningKeys, publication: Publication, clock: Clock
) -> None:
    document = publication.document
    publication.document = json.dumps({"keys": json.loads(document)["keys"][:1]}).encode()
    assert await keys.get("d", "EdDSA") is None
    publication.document = document
    assert await keys.get("d", "EdDSA") is None
    clock.now += PAUSE_SECONDS

    assert await keys.get("d", "EdDSA") is not None


async def test_a_withdrawn_key_is_forgotten_behind_the_back_of_a_request(
    keys: SigningKeys, publication: Publication, clock: Clock
) -> None:
    assert await keys.get("d", "EdDSA") is not None
    publication.document = json.dumps({"keys": json.loads(publication.document)["keys"][:1]}).encode()
    clock.now += FRESH_SECONDS
    await keys.get("d", "EdDSA")
    await settled(publication, 2)

    assert await keys.get("d", "EdDSA") is None


async def settled(publication: Publication, readings: int) -> None:
    """Until the keys were read so often."""
    async with asyncio.timeout(5):
        while publication.readings < readings:  # noqa: ASYNC110 -- read in a thread, as in the service
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)


async def test_an_issuer_that_is_away_is_trusted_for_an_hour_and_then_no_more(
    keys: SigningKeys, publication: Publication, clock: Clock
) -> None:
    assert await keys.get("d", "EdDSA") is not None
    publication.away = True
    clock.now += TRUSTED_SECONDS - 1
    assert await keys.get("d", "EdDSA") is not None
    clock.now += 1
    assert await keys.get("d", "EdDSA") is None

    publication.away = False
    clock.now += PAUSE_AFTER_FAILURE_SECONDS
    assert await keys.get("d", "EdDSA") is not None


async def test_an_issuer_that_is_away_is_not_asked_all_the_time(
    keys: SigningKeys, publication: Publication
) -> None:
    publication.away = True
    answers = await asyncio.gather(*(keys.get(f"made-up-{number}", "EdDSA") for number in range(500)))

    assert answers == [None] * 500
    assert publication.readings == 1


async def test_the_event_loop_goes_on_while_the_issuer_is_slow() -> None:
    come = threading.Event()

    def slow() -> bytes:
        come.wait(5)
        return jwk_set()

    keys = SigningKeys(slow, RULES.algorithms)
    waiting = asyncio.create_task(keys.get("d", "EdDSA"))
    began = time.monotonic()
    for _ in range(10):
        await asyncio.sleep(0.001)
    assert time.monotonic() - began < 1
    assert not waiting.done()
    come.set()

    assert await waiting is not None


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{}", b'{"keys":7}', b"<html>", b"\xff", b'{"keys":{}}', b"null"]
)
async def test_what_is_no_set_of_keys_leaves_the_old_ones(
    keys: SigningKeys, publication: Publication, clock: Clock, document: bytes
) -> None:
    assert await keys.get("d", "EdDSA") is not None
    publication.document = document
    clock.now += PAUSE_SECONDS
    assert await keys.get("other", "EdDSA") is None

    assert await keys.get("d", "EdDSA") is not None


def test_only_keys_that_may_sign_by_an_allowed_algorithm_are_kept() -> None:
    found = keys_in(jwk_set(), RULES.algorithms)
    assert set(found) == {("r", "RS384"), ("e", "ES384"), ("d", "EdDSA")}

    document = json.loads(jwk_set())
    for key in document["keys"]:
        key["use"] = "enc"
    assert keys_in(json.dumps(document).encode(), RULES.algorithms) == {}
    assert keys_in(jwk_set(), frozenset({"EdDSA"})).keys() == {("d", "EdDSA")}


@pytest.mark.parametrize("key", [7, None, [], {"kid": 7, "kty": "OKP"}, {"kid": "a", "kty": ["OKP"]}])
def test_a_key_that_nobody_can_read_is_left_out(key: object) -> None:
    assert keys_in(json.dumps({"keys": [key]}).encode(), RULES.algorithms) == {}


def test_keys_are_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_bytes(jwk_set())

    assert reader_of(str(tmp_path / "jwks.json"))() == jwk_set()


def test_keys_are_fetched_from_the_address_itself() -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, content=jwk_set())

    assert fetched(ADDRESS, httpx.MockTransport(answer)) == jwk_set()
    assert asked == [ADDRESS]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"Location": "https://evil.example/jwks"}),
        httpx.Response(404),
        httpx.Response(500),
        httpx.Response(200, content=b" " * (MOST_BYTES + 1)),
    ],
)
def test_an_answer_that_is_not_the_keys_is_refused(answer: httpx.Response) -> None:
    with pytest.raises((httpx.HTTPError, ValueError)):
        fetched(ADDRESS, httpx.MockTransport(lambda _: answer))
