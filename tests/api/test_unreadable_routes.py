"""A body, an address or a method that cannot be read is a problem, and nothing of it is kept."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import Check
from tests.api.service import ASSESS, PREVIEW, SEARCH, Service, example

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_more_is_stored")]
JSON = {"Content-Type": "application/json"}

BODIES: list[tuple[bytes, dict[str, str], int, str]] = [
    (b"", JSON, 400, "malformed-body"),
    (b"{", JSON, 400, "malformed-body"),
    (b'{"subject":"a","subject":"b"}', JSON, 400, "malformed-body"),
    (b'{"subject":NaN}', JSON, 400, "malformed-body"),
    (b'{"subject":1e999}', JSON, 400, "malformed-body"),
    (b'{"subject":"\\ud800"}', JSON, 400, "malformed-body"),
    (b'{"subject":"\\u0000"}', JSON, 400, "malformed-body"),
    ('{"subject":"a"}'.encode("utf-16"), JSON, 400, "malformed-body"),
    (b"[" * 17 + b"]" * 17, JSON, 400, "malformed-body"),
    (b"[]", JSON, 422, "invalid-request"),
    (b" " * 65_537, JSON, 413, "body-too-large"),
    (b"{}", {"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
    (b"{}", {}, 415, "unsupported-media-type"),
    (b"{}", JSON | {"Content-Encoding": "gzip"}, 415, "unsupported-media-type"),
]


@pytest.mark.parametrize(("body", "headers", "status", "code"), BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("path", [ASSESS, PREVIEW, SEARCH])
async def test_a_body_that_cannot_be_read_is_a_problem_on_every_route(
    service: Service,
    as_published: Check,
    path: str,
    body: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = await service.client.post(path, content=body, headers=headers)

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/v1", 404, None),
        ("GET", "/v1/assessments/", 404, None),
        ("POST", "/v1/assessments/search/", 404, None),
        ("GET", ASSESS, 405, "POST"),
        ("DELETE", f"{ASSESS}/00000000-0000-4000-8000-000000000000", 405, "GET, HEAD"),
        ("GET", SEARCH, 405, "POST"),
        ("GET", PREVIEW, 405, "POST"),
        ("PUT", SEARCH, 405, "POST"),
        ("GET", f"{ASSESS}/patient-7", 404, None),
        ("GET", f"{ASSESS}/patient-7/trace", 404, None),
        ("POST", f"{ASSESS}/patient-7/verify", 404, None),
        ("GET", f"{ASSESS}/00000000-0000-4000-8000-000000000000/verify", 405, "POST"),
        ("POST", "/v1/rulesets", 405, "GET, HEAD"),
    ],
)
async def test_an_address_or_method_that_is_not_there_is_a_problem(
    service: Service, as_published: Check, method: str, path: str, status: int, allowed: str | None
) -> None:
    answer = await service.client.request(method, path)

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.headers.get("allow")) == (status, allowed)


@pytest.mark.parametrize("accept", ["text/html", "application/fhir+json", "application/json;q=0", "*"])
async def test_json_is_answered_whatever_else_would_be_liked(service: Service, accept: str) -> None:
    answer = await service.client.post(PREVIEW, json=example(), headers={"Accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


async def test_a_body_as_large_as_the_limit_is_read(service: Service) -> None:
    body = json.dumps(example()).encode().ljust(65_536)

    assert (await service.client.post(PREVIEW, content=body, headers=JSON)).status_code == 200
