"""A body becomes a validated model or a problem that points at what is wrong, without repeating it."""

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request

from app.api.json_body import MAX_BODY_BYTES, JsonBody, published_path, read_body
from app.api.problems import MAX_ERRORS, RequestRefused
from tests.api.sample import CANARY, Case, sample_application, send

BODY = JsonBody(Case)
JSON = {"Content-Type": "application/json"}


def pointers(document: object) -> list[tuple[str, str]]:
    with pytest.raises(RequestRefused) as caught:
        BODY.parse(json.dumps(document).encode())
    return [(error.pointer, error.code) for error in caught.value.errors]


def test_a_valid_body_becomes_the_model() -> None:
    case = BODY.parse(b'{"subject":"p-1","assessed_on":"2025-02-01","visits":[{"on":"2025-01-31","pain":3}]}')

    assert case.visits[0].pain == 3


NOT_CONVERTED = [
    ({"age_years": True}, "/age_years", "true is not 1"),
    ({"age_years": "3"}, "/age_years", "a text is not a number"),
    ({"age_years": 3.0}, "/age_years", "3.0 is not a whole number"),
    ({"smoker": 1}, "/smoker", "1 is not true"),
    ({"smoker": "yes"}, "/smoker", "yes is not true"),
    ({"subject": 7}, "/subject", "a number is not a text"),
    ({"assessed_on": 1738281600}, "/assessed_on", "seconds are not a date"),
    ({"assessed_on": "2025-01-31T00:00:00"}, "/assessed_on", "a moment is not a date"),
    ({"visits": {}}, "/visits", "an object is not a list"),
    ({"visits": [{"on": "2025-01-31", "pain": "3"}]}, "/visits/0/pain", "not inside lists either"),
]


@pytest.mark.parametrize(("change", "pointer"), [pytest.param(c, p, id=why) for c, p, why in NOT_CONVERTED])
def test_nothing_is_converted(change: dict[str, Any], pointer: str) -> None:
    assert [found for found, _ in pointers({"subject": "p-1"} | change)] == [pointer]


def test_every_error_is_pointed_at() -> None:
    assert pointers({"age_years": 121, "visits": [{"pain": 11}]}) == [
        ("/subject", "missing"),
        ("/age_years", "less_than_equal"),
        ("/visits/0/on", "missing"),
        ("/visits/0/pain", "less_than_equal"),
    ]


def test_a_pointer_ends_before_a_name_that_was_sent_and_is_not_declared() -> None:
    assert pointers({"subject": "p-1", CANARY: 1}) == [("", "extra_forbidden")]
    assert pointers({"subject": "p-1", "visits": [{"on": "2025-01-31", CANARY: 1}]}) == [
        ("/visits/0", "extra_forbidden")
    ]
    assert pointers({"subject": "p-1", "flags": {CANARY: "perhaps"}}) == [("/flags", "literal_error")]


def test_a_pointer_steps_over_the_words_of_the_validator() -> None:
    location = ("visits", "list[Visit]", 0, "function-after[check(), Visit]", "on")

    path = published_path(location, {"visits": [{"on": 1}]}, frozenset({"visits", "on"}))

    assert list(path) == ["visits", 0, "on"]


def test_errors_are_counted_only_up_to_a_limit() -> None:
    assert len(pointers({"subject": "p-1"} | {f"x{number}": 1 for number in range(500)})) == MAX_ERRORS


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
    ],
)
def test_json_in_utf8_is_the_accepted_content(content_type: str) -> None:
    answer = send(
        sample_application(),
        "POST",
        "/v1/cases",
        content=b'{"subject":"a"}',
        headers={"Content-Type": content_type},
    )

    assert answer.status_code == 201


REFUSED_HEADERS = [
    ([], "no content type"),
    ([("Content-Type", "text/json")], "not a JSON type"),
    ([("Content-Type", "application/json; charset=utf-16")], "another encoding"),
    ([("Content-Type", "application/json; charset=utf-8; charset=utf-16")], "two encodings"),
    ([("Content-Type", "application/jsonx")], "a longer name"),
    ([("Content-Type", "application/fhir+json")], "another JSON format"),
    ([("Content-Type", "application/json"), ("Content-Type", "text/plain")], "two content types"),
    ([("Content-Type", "application/json"), ("Content-Encoding", "gzip")], "compressed"),
    (
        [("Content-Type", "application/json"), ("Content-Encoding", "identity, br")],
        "compressed after nothing",
    ),
]


@pytest.mark.parametrize("headers", [pytest.param(h, id=why) for h, why in REFUSED_HEADERS])
def test_other_content_is_refused_whatever_it_holds(headers: list[tuple[str, str]]) -> None:
    answer = send(sample_application(), "POST", "/v1/cases", content=b'{"subject":"a"}', headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def padded(size: int) -> bytes:
    return b'{"subject":"a"}'.ljust(size)


def test_a_body_may_be_as_large_as_the_limit() -> None:
    assert send(
        sample_application(), "POST", "/v1/cases", content=padded(MAX_BODY_BYTES), headers=JSON
    ).is_success


@pytest.mark.parametrize("chunked", [False, True])
def test_a_larger_body_is_refused_with_a_problem(chunked: bool) -> None:
    body = padded(MAX_BODY_BYTES + 1)

    async def chunks() -> Any:
        for start in range(0, len(body), 10_000):
            yield body[start : start + 10_000]

    content = chunks() if chunked else body
    answer = send(sample_application(), "POST", "/v1/cases", content=content, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_body_announced_as_too_large_is_not_read() -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"99999999")]
    read: list[bool] = []

    async def receive() -> Any:
        read.append(True)

    with pytest.raises(RequestRefused):
        asyncio.run(read_body(Request({"type": "http", "headers": headers}, receive)))
    assert not read
