"""Under /fhir and /cds-services every error is an OperationOutcome, and everywhere else a problem."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.api.access_problems import EVERY_PROBLEM
from app.api.application import Application, create_application
from app.api.connection import GuardedProtocol
from app.api.fhir_body import FhirBody
from app.api.outcome_errors import error_for
from app.api.problems import INVALID_REQUEST, InputError, Problem, RequestRefused, problem_body
from app.interop.outcomes import ISSUE_TYPES
from tests.api.sample import CANARY, QUEUE_FULL, QueueFull, sample_router, send
from tests.api.serving import running

FHIR = "application/fhir+json"
BODY = FhirBody("A resource.")
BROKEN = {"content": b"{", "headers": {"Content-Type": FHIR}}
ISSUE_TYPES_OF_R4 = {
    *("invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired"),
    *("forbidden", "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found"),
    *("deleted", "too-long", "code-invalid", "extension", "too-costly", "business-rule", "conflict"),
    *("transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled"),
    "informational",
}


def router() -> APIRouter:
    """What can go wrong under /fhir."""
    router = APIRouter(prefix="/fhir")

    @router.post("/$assess", dependencies=[Depends(BODY)])
    async def assess() -> Response:
        flaws = (
            InputError("/entry/3/resource/status", "missing", "This member is required."),
            InputError("", "extra_forbidden", "This is too much."),
        )
        raise RequestRefused(INVALID_REQUEST, flaws)

    @router.get("/failing")
    async def fail() -> Response:
        raise RuntimeError(CANARY)

    @router.get("/queue")
    async def queue() -> Response:
        raise QueueFull(CANARY)

    @router.get("/good")
    async def good() -> Response:
        return Response(b"{}", media_type=FHIR)

    return router


def application(**options: Any) -> Application:
    return create_application(
        routers=[router(), sample_router()], version="0", domain_errors={QueueFull: QUEUE_FULL}, **options
    )


def outcome(method: str, path: str, **request: Any) -> tuple[int, dict[str, Any]]:
    """The status and the outcome of a request, whose form is held."""
    answer = send(application(trace_ids=lambda: "f" * 32), method, path, **request)
    assert answer.headers.get_list("content-type") == [FHIR]
    assert answer.headers.get_list("content-length") == [str(len(answer.content))]
    assert answer.headers["trace-id"] == "f" * 32
    assert answer.headers["x-content-type-options"] == "nosniff"
    found: dict[str, Any] = answer.json()
    assert found["resourceType"] == "OperationOutcome"
    assert "f" * 32 in found["issue"][0]["diagnostics"]
    assert CANARY not in answer.text
    return answer.status_code, found


ERRORS: list[tuple[str, str, dict[str, Any], int, str, str]] = [
    ("GET", f"/fhir/{CANARY}", {}, 404, "not-found", "not-found"),
    ("GET", "/fhir", {}, 404, "not-found", "not-found"),
    ("GET", "/cds-services/none", {}, 404, "not-found", "not-found"),
    ("DELETE", "/fhir/$assess", {}, 405, "method-not-allowed", "not-supported"),
    (
        "POST",
        "/fhir/$assess",
        {"content": b"{", "headers": {"Content-Type": FHIR}},
        400,
        "malformed-body",
        "structure",
    ),
    ("POST", "/fhir/$assess", {"content": b"{}"}, 415, "unsupported-media-type", "not-supported"),
    ("POST", "/fhir/$assess", {"json": {}}, 422, "invalid-request", "invalid"),
    ("GET", "/fhir/failing", {}, 500, "internal-error", "exception"),
    ("GET", "/fhir/queue", {}, 503, "queue-full", "transient"),
]


@pytest.mark.parametrize(("method", "path", "request_", "status", "code", "kind"), ERRORS)
def test_whatever_goes_wrong_is_told_as_an_outcome(
    method: str, path: str, request_: dict[str, Any], status: int, code: str, kind: str
) -> None:
    answered, found = outcome(method, path, **request_)
    first = found["issue"][0]

    assert answered == status
    assert (first["severity"], first["code"]) == ("error", kind)
    (coding,) = first["details"]["coding"]
    assert (coding["system"], coding["code"]) == ("urn:decompass:problem", code)
    assert first["details"]["text"]


def test_what_helps_to_try_again_is_kept() -> None:
    assert send(application(), "GET", "/fhir/queue").headers["retry-after"] == "2"
    assert send(application(), "DELETE", "/fhir/good").headers["allow"] == "GET, HEAD"


def test_each_flaw_of_a_body_is_an_issue_that_says_where_it_is() -> None:
    _, found = outcome("POST", "/fhir/$assess", json={})
    flaws = found["issue"][1:]

    assert [flaw["details"]["text"] for flaw in flaws] == ["This member is required.", "This is too much."]
    assert flaws[0]["expression"] == ["entry[3].resource.status"]
    assert "expression" not in flaws[1]


@pytest.mark.parametrize("path", ["/fhirx", "/v1/fhir", "/cds-services2", "/FHIR", "/v1/queue", "/"])
def test_elsewhere_an_error_stays_a_problem(path: str) -> None:
    answer = send(application(), "GET", path)

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"]


def test_what_is_no_error_goes_by_as_it_is() -> None:
    answer = send(application(), "GET", "/fhir/good")

    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, FHIR, b"{}")


def test_a_host_that_is_none_of_ours_is_told_so_in_the_same_form() -> None:
    answer = send(application(hosts=frozenset({"other"})), "GET", "/fhir/good")

    assert (answer.status_code, answer.headers["content-type"]) == (421, FHIR)


@pytest.mark.parametrize("problem", EVERY_PROBLEM, ids=lambda each: each.code)
def test_every_problem_has_an_issue_type_of_r4_and_says_what_it_says(problem: Problem) -> None:
    media_type, text = error_for("/fhir/metadata", problem_body(problem, "f" * 32))
    (issue,) = json.loads(text)["issue"]

    assert media_type == FHIR
    assert issue["code"] == ISSUE_TYPES[problem.code]
    assert issue["code"] in ISSUE_TYPES_OF_R4
    assert issue["details"]["text"] == problem.detail


def answered(port: int, sent: bytes) -> tuple[bytes, Any]:
    """The head and the body of the last answer that a connection gives to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(sent)
        received = b"".join(iter(lambda: client.recv(65_536), b""))
    head, _, body = received.rpartition(b"\r\n\r\n")
    return head, json.loads(body)


@pytest.mark.wire
def test_a_body_that_does_not_arrive_is_told_of_in_the_form_of_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(GuardedProtocol, "receipt_seconds", 0.3)
    half = b"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    with running(application()) as port:
        paths = (b"/fhir/$assess", b"/v1/cases")
        told = [answered(port, b"POST %s HTTP/1.1\r\n%s" % (path, half)) for path in paths]

    assert [FHIR.encode() in head for head, _ in told] == [True, False]
    assert told[0][1]["issue"][0]["code"] == "timeout"
    assert told[1][1]["code"] == "request-timeout"


@pytest.mark.wire
def test_what_is_no_request_is_told_of_as_a_problem_whatever_came_before_it() -> None:
    with running(application()) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET /fhir/good HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 200")
        client.sendall(b"GARBAGE\r\n\r\n")
        refused = b"".join(iter(lambda: client.recv(65_536), b""))

    assert b"application/problem+json" in refused


@pytest.mark.wire
def test_that_there_is_no_room_is_told_in_the_form_of_the_address() -> None:
    with running(application(), limit_concurrency=1) as port:
        request = b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        answers = [answered(port, request % path) for path in (b"/fhir/good", b"/v1/queue")]

    assert [FHIR.encode() in head for head, _ in answers] == [True, False]
    assert answers[0][1]["issue"][0]["details"]["coding"][0]["code"] == "overloaded"
