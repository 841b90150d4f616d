"""A listed server is asked briefly and by exactly its address; whatever it does, nothing breaks or leaks."""

from __future__ import annotations

import asyncio
import gzip
import json
import time

import pytest

from app.api.strict_json import parse_json
from app.hooks.call_back import FAILED, MOST_BYTES, MOST_BYTES_IN_ALL, CallBack
from tests.hooks.fhir_server import FhirServer, Reply, answering, broken_off, fhir_server, for_ever, never

pytestmark = pytest.mark.anyio

BUNDLE = {"resourceType": "Bundle", "entry": []}
QUERY = {"procedures": "Procedure?patient=p1&_count=50"}
TOKEN = "token-of-the-ehr"  # noqa: S105 -- of this test alone


async def fetched(server: FhirServer, queries: dict[str, str] | None = None, seconds: float = 2.0) -> object:
    return await CallBack([server.base], parse_json, seconds).fetch(server.base, TOKEN, queries or QUERY)


async def test_a_listed_server_is_asked_with_the_token_of_the_call() -> None:
    async with fhir_server({}, answering(BUNDLE)) as server:
        found = await fetched(server)

    ((line, headers),) = server.asked
    assert found == {"procedures": BUNDLE}
    assert line == "GET /fhir/Procedure?patient=p1&_count=50 HTTP/1.1"
    assert headers["authorization"] == f"bearer {TOKEN}"
    assert headers["accept"] == "application/fhir+json"
    assert headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "reply",
    [
        answering(BUNDLE, "401 Unauthorized"),
        answering(BUNDLE, "404 Not Found"),
        answering(BUNDLE, "500 Oops"),
        answering(b"", "302 Found", Location="http://169.254.169.254/latest"),
        answering(b"not json"),
        answering(b"\xff\xfe"),
        answering(b'{"a": NaN}'),
        answering(b"[" * 100_000),
        answering(gzip.compress(json.dumps(BUNDLE).encode()), **{"Content-Encoding": "gzip"}),
        answering(b" " * (MOST_BYTES + 1)),
        for_ever,
        broken_off,
    ],
    ids=[
        *("unauthorized", "not-found", "error", "redirect", "no-json", "no-utf-8", "nan", "deep"),
        *("compressed", "too-large", "endless", "broken-off"),
    ],
)
async def test_whatever_is_no_answer_is_taken_for_unknown(reply: Reply) -> None:
    async with fhir_server({}, reply) as server:
        assert await fetched(server) == {"procedures": FAILED}
        assert len(server.asked) == 1


async def in_single_bytes(writer: asyncio.StreamWriter) -> None:
    """A reply of 20,000 chunks with a byte each."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    writer.write(b"1\r\n \r\n" * 20_000 + b"2\r\n{}\r\n0\r\n\r\n")
    await writer.drain()


async def test_a_server_that_drips_is_not_listened_to_for_long() -> None:
    async with fhir_server({"Patient": in_single_bytes}, answering(BUNDLE)) as server:
        found = await fetched(server, {"patient": "Patient/p1"})

    assert found == {"patient": FAILED}


async def test_all_answers_together_bring_no_more_than_a_call_could() -> None:
    large = BUNDLE | {"id": "x" * (MOST_BYTES - 100)}
    queries = {key: f"Observation?category={key}" for key in ("vitals", "labs", "exam", "survey")}
    async with fhir_server({}, answering(large)) as server:
        found = await fetched(server, queries)
        alone = await fetched(server, {"labs": queries["labs"]})

    assert alone == {"labs": large}
    assert isinstance(found, dict)
    assert sum(each == large for each in found.values()) <= MOST_BYTES_IN_ALL // MOST_BYTES
    assert all(each in (large, FAILED) for each in found.values())


async def test_a_redirect_carries_the_token_nowhere() -> None:
    async with fhir_server({}, answering(BUNDLE)) as elsewhere:
        moved = answering(b"", "307 Temporary Redirect", Location=elsewhere.base)
        async with fhir_server({}, moved) as server:
            assert await fetched(server) == {"procedures": FAILED}

    assert elsewhere.asked == []


async def test_a_server_that_is_slow_costs_no_more_than_the_time_and_what_came_counts() -> None:
    queries = {**QUERY, "patient": "Patient/p1", "labs": "Observation?patient=p1"}
    async with fhir_server({"Procedure": answering(BUNDLE)}, never) as server:
        began = time.monotonic()
        found = await fetched(server, queries, seconds=0.5)
        took = time.monotonic() - began

    assert found == {"procedures": BUNDLE, "patient": FAILED, "labs": FAILED}
    assert took < 5


async def test_a_server_that_is_not_there_is_taken_for_unknown() -> None:
    base = "http://127.0.0.1:9/fhir"

    assert await CallBack([base], parse_json).fetch(base, TOKEN, QUERY) == {"procedures": FAILED}


@pytest.mark.parametrize(
    ("named", "allowed"),
    [
        ("https://ehr.example.org/fhir", True),
        ("https://ehr.example.org/fhir/", True),
        ("https://ehr.example.org/fhir/r4", False),
        ("https://ehr.example.org", False),
        ("http://ehr.example.org/fhir", False),
        ("https://ehr.example.org:444/fhir", False),
        ("https://ehr.example.org/fhir@evil.example", False),
        ("https://evil.example/https://ehr.example.org/fhir", False),
        ("", False),
    ],
)
def test_only_exactly_a_listed_address_is_asked(named: str, allowed: bool) -> None:
    call_back = CallBack(["https://ehr.example.org/fhir"], parse_json)

    assert call_back.may_ask(named) is allowed
    assert call_back.may_name(named) is allowed


def test_where_no_server_is_listed_nobody_is_asked_and_any_may_be_named() -> None:
    call_back = CallBack([], parse_json)

    assert call_back.may_name("https://ehr.example.org/fhir")
    assert not call_back.may_ask("https://ehr.example.org/fhir")
    assert not call_back.may_ask(None)
    assert CallBack(["https://ehr.example.org/fhir"], parse_json).may_name(None)
