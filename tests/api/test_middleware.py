"""Every answer has the security headers and a trace id, and a request that dies still gets an answer."""

import asyncio
import json
import logging
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.api.log_lines import JsonLines
from app.api.middleware import DEFAULT_HEADERS, Tracing
from tests.api.sample import sample_application, send

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": []}


@pytest.mark.parametrize(
    "path", ["/health/live", "/nowhere", "/v1/queue", "/v1/broken-answer", "/openapi.json"]
)
def test_every_answer_has_the_security_headers(path: str) -> None:
    answer = send(sample_application(), "GET", path)

    for name, value in DEFAULT_HEADERS.items():
        assert answer.headers.get_list(name.decode()) == [value.decode()]


@pytest.mark.parametrize(("scheme", "told"), [("http", []), ("https", ["max-age=63072000"])])
def test_only_over_tls_is_a_browser_told_to_come_back_over_tls(scheme: str, told: list[str]) -> None:
    answer = send(sample_application(), "GET", f"{scheme}://localhost/health/live")

    assert answer.headers.get_list("strict-transport-security") == told


def test_a_trace_id_of_the_caller_is_kept() -> None:
    answer = send(
        sample_application(), "GET", "/nowhere", headers={"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}
    )

    assert answer.json()["trace_id"] == TRACE_ID


@pytest.mark.parametrize(
    "sent", ["", "00-x", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE_ID}\t", "Zq7-canary"]
)
def test_anything_else_the_caller_sends_is_not_taken_for_a_trace_id(sent: str) -> None:
    answer = send(
        sample_application(trace_ids=lambda: "f" * 32), "GET", "/nowhere", headers={"traceparent": sent}
    )

    assert answer.json()["trace_id"] == "f" * 32


def test_a_logged_request_names_the_route_and_not_the_path(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "decompass.requests"):
        send(
            sample_application(log_requests=True, trace_ids=lambda: "f" * 32),
            "GET",
            "/v1/cases/john7?limit=7",
        )

    (text,) = [JsonLines().format(record) for record in caplog.records if record.name == "decompass.requests"]
    line = json.loads(text)
    assert line["milliseconds"] > 0
    assert {name: line[name] for name in ("level", "method", "route", "status", "trace_id")} == {
        "level": "info",
        "method": "GET",
        "route": "/v1/cases/{case_id}",
        "status": 200,
        "trace_id": "f" * 32,
    }
    assert "john7" not in text


def run(app: Any, sent: list[Message]) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send_(message: Message) -> None:
        sent.append(message)

    asyncio.run(Tracing(app)(dict(SCOPE), receive, send_))


def test_a_request_cut_off_by_the_end_of_the_service_is_told_to_try_again() -> None:
    async def cancelled(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise asyncio.CancelledError

    sent: list[Message] = []
    with pytest.raises(asyncio.CancelledError):
        run(cancelled, sent)

    assert sent[0]["status"] == 503
    assert (b"retry-after", b"1") in sent[0]["headers"]


def test_a_failure_after_the_answer_began_does_not_begin_another() -> None:
    async def failing(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError

    sent: list[Message] = []
    run(failing, sent)

    assert [message["type"] for message in sent] == ["http.response.start"]


def test_a_caller_who_leaves_in_the_middle_of_a_body_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Message] = []

    async def leave() -> Message:
        return {"type": "http.disconnect"}

    async def send_(message: Message) -> None:
        sent.append(message)

    scope = SCOPE | {
        "method": "POST",
        "path": "/v1/cases",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    asyncio.run(sample_application()(scope, leave, send_))

    assert not sent
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
