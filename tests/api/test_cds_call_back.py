"""What a call did not bring is asked of a listed server; of no other, and without a trace of the token."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.interop.cds.discovery import queries
from tests.api.hooked import CASE, Hooked, ehr, hooked, prefetch_of, refusal
from tests.hooks.fhir_server import FhirServer, Reply, answering, fhir_server
from tests.interop.cds.calls import found, new_call

pytestmark = pytest.mark.anyio

TOKEN = "token-of-the-ehr"  # noqa: S105 -- of this test alone
AUTHORIZATION = {
    "access_token": TOKEN,
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "decompass",
}
OPERATION = prefetch_of(CASE)["procedures"]["entry"][0]["resource"]


@asynccontextmanager
async def ward_with_server(
    url: str, replies: dict[str, Reply], otherwise: Reply
) -> AsyncIterator[tuple[Hooked, FhirServer]]:
    async with (
        fhir_server(replies, otherwise) as server,
        hooked(url, ehr(fhir_servers=(server.base,))) as ward,
    ):
        yield ward, server


def authorized(server: str, **members: Any) -> dict[str, Any]:
    return new_call(fhirServer=server, fhirAuthorization=AUTHORIZATION, **members)


async def test_what_is_absent_is_asked_for_and_what_was_sent_is_not(sqlite_url: str) -> None:
    sent = prefetch_of(CASE)
    replies = {"Procedure": answering(sent.pop("procedures")), "Patient": answering(sent.pop("patient"))}
    del sent["labs"]
    async with ward_with_server(sqlite_url, replies, answering(found())) as (ward, server):
        answer = await ward.call(authorized(server.base, prefetch=sent))

    asked = queries("patient-1")
    assert server.paths == {f"/fhir/{asked[key]}" for key in ("procedures", "patient", "labs")}
    assert not answer.json()["cards"][0]["summary"].startswith("Cannot assess")


async def test_null_and_failed_prefetch_is_not_asked_for_again(sqlite_url: str) -> None:
    sent = {**prefetch_of(CASE), "procedures": None, "labs": {"resourceType": "OperationOutcome"}}
    async with ward_with_server(sqlite_url, {}, answering(found())) as (ward, server):
        answer = await ward.call(authorized(server.base, prefetch=sent))

    assert server.asked == []
    assert answer.json()["cards"][0]["summary"].startswith("Cannot assess")


async def test_without_a_token_nobody_is_asked(sqlite_url: str) -> None:
    async with ward_with_server(sqlite_url, {}, answering(found())) as (ward, server):
        await ward.call(new_call(fhirServer=server.base))

    assert server.asked == []


async def test_a_server_that_fails_leaves_a_card_that_says_so(sqlite_url: str) -> None:
    async with ward_with_server(sqlite_url, {}, answering(b"", "503 Away")) as (ward, server):
        answer = await ward.call(authorized(server.base))

    (card,) = answer.json()["cards"]
    assert len(server.asked) == 8
    assert card["summary"] == "Cannot assess: the operations: could not be read: the search for them failed."


async def test_a_server_that_finds_no_operation_is_believed(sqlite_url: str) -> None:
    async with ward_with_server(sqlite_url, {}, answering(found())) as (ward, server):
        answer = await ward.call(authorized(server.base))

    assert answer.json() == {"cards": []}


TWICE = f'{json.dumps(found(OPERATION))[:-1]}, "entry": [], "total": 0}}'.encode()
DEEP = b'{"resourceType": "Bundle", "x": ' + b"[" * 64 + b"]" * 64 + b"}"


@pytest.mark.parametrize(
    "text",
    [
        TWICE,
        b'{"resourceType": "OperationOutcome", "resourceType": "Bundle"}',
        json.dumps(found() | {"id": "\0"}).encode(),
        b'{"resourceType": "Bundle", "total": 1e999}',
        b'{"resourceType": "Bundle", "total": 9007199254740993}',
        DEEP,
    ],
    ids=["an entry named twice", "a type named twice", "nul", "infinite", "an integer too large", "deep"],
)
async def test_an_answer_of_a_server_is_read_as_strictly_as_a_call(sqlite_url: str, text: bytes) -> None:
    async with ward_with_server(sqlite_url, {"Procedure": answering(text)}, answering(found())) as (
        ward,
        server,
    ):
        answer = await ward.call(authorized(server.base))

    (card,) = answer.json()["cards"]
    assert card["summary"] == "Cannot assess: the operations: could not be read: the search for them failed."


async def test_a_server_that_is_on_no_list_is_refused_and_nothing_is_asked_or_stored(sqlite_url: str) -> None:
    async with (
        fhir_server({}, answering(found())) as other,
        hooked(sqlite_url, ehr(fhir_servers=("https://ehr.example.org/fhir",))) as ward,
    ):
        answer = await ward.call(authorized(other.base, prefetch=prefetch_of(CASE)))

        assert refusal(answer) == (400, "fhir-server-not-allowed")
        assert other.base not in answer.text
        assert ward.size() == 0
    assert other.asked == []


async def test_the_token_is_in_no_answer_no_log_and_no_row(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent = prefetch_of(CASE)
    with caplog.at_level(logging.DEBUG):
        async with ward_with_server(
            sqlite_url, {"Procedure": answering(sent.pop("procedures"))}, answering(found())
        ) as (ward, server):
            answer = await ward.call(authorized(server.base, prefetch=sent))
            record_id = answer.json()["cards"][0]["uuid"]
            case = await ward.service.client.get(f"/v1/assessments/{record_id}/case")

    assert server.asked[0][1]["authorization"] == f"bearer {TOKEN}"
    assert TOKEN not in answer.text + case.text + caplog.text
    assert TOKEN not in str(ward.service.rows("SELECT * FROM entry"))
