"""Pages of the origins that are listed may call from a browser and read every answer; no other page may."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.api.cors import READ
from app.api.middleware import DEFAULT_HEADERS
from tests.api.sample import sample_application, send

EHR, EVIL = "https://ehr.example.org", "https://evil.example"
ORIGINS = frozenset({EHR, "http://localhost:8080"})
ALLOWED = "access-control-allow-origin"


def ask(method: str, path: str, origin: str | None = EHR, **request: Any) -> httpx.Response:
    headers = request.pop("headers", {}) | ({"Origin": origin} if origin else {})
    return send(sample_application(cors_origins=ORIGINS), method, path, headers=headers, **request)


def preflight(
    path: str = "/v1/cases", origin: str = EHR, method: str = "POST", asked: str = "authorization"
) -> httpx.Response:
    """What a browser asks before it sends."""
    headers = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": asked}
    return ask("OPTIONS", path, origin, headers=headers)


@pytest.mark.parametrize(
    "path", ["/v1/cases", "/cds-services/any", "/fhir/$assess", "/fhir", "/cds-services"]
)
def test_a_browser_is_told_what_a_listed_page_may_send(path: str) -> None:
    asked = "authorization,content-type,accept,idempotency-key,traceparent"
    answer = preflight(path, asked=asked)
    headers = answer.headers

    assert answer.status_code == 200
    assert headers[ALLOWED] == EHR
    assert headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
    assert set(asked.split(",")) <= set(headers["access-control-allow-headers"].lower().split(", "))
    assert "access-control-allow-credentials" not in headers
    assert "origin" in headers["vary"].lower()
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "question",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": f"{EHR}.evil.example"},
        {"origin": "https://EHR.example.org"},
        {"origin": f"{EHR}:8443"},
        {"method": "DELETE"},
        {"asked": "authorization, x-other"},
        {"path": "/v10/cases"},
        {"path": "/health/live"},
        {"path": "/docs"},
    ],
)
def test_what_a_page_may_not_do_is_answered_as_if_nobody_had_asked(question: dict[str, str]) -> None:
    asked = preflight(**question)

    assert asked.status_code in (404, 405)
    assert asked.json()["code"] in ("not-found", "method-not-allowed")
    assert asked.headers.get("access-control-allow-methods") is None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/cases/a", 200),
        ("GET", "/v1/nowhere", 404),
        ("PATCH", "/v1/cases", 405),
        ("POST", "/v1/cases", 415),
        ("POST", "/v1/failing", 500),
        ("GET", "/fhir/nothing", 404),
        ("POST", "/cds-services/nothing", 404),
    ],
)
def test_a_listed_page_can_read_every_answer_errors_included(method: str, path: str, status: int) -> None:
    answer = ask(method, path)

    assert (answer.status_code, answer.headers[ALLOWED]) == (status, EHR)
    assert answer.headers["access-control-expose-headers"] == ", ".join(READ)
    assert "access-control-allow-credentials" not in answer.headers
    assert "trace-id" in answer.headers


@pytest.mark.parametrize("origin", [EVIL, "null", "*", f"{EHR}, {EVIL}", f"{EHR}/", ""])
def test_another_page_can_read_nothing(origin: str) -> None:
    answer = ask("GET", "/v1/cases/a", origin)

    assert (answer.status_code, answer.headers.get(ALLOWED)) == (200, None)
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize("path", ["/health/live", "/openapi.json", "/v10"])
def test_nothing_else_is_shared(path: str) -> None:
    assert ALLOWED not in ask("GET", path).headers


def test_without_listed_origins_nothing_is_said_of_them() -> None:
    answer = send(sample_application(), "GET", "/v1/cases/a", headers={"Origin": EHR})

    assert not {ALLOWED, "vary"} & set(answer.headers)
    assert set(DEFAULT_HEADERS) <= {name.encode() for name in answer.headers}
