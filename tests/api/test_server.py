"""Over a real socket: what no application sees is a problem too, and slow senders are let go."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from app.api.connection import GuardedProtocol
from tests.api.sample import CANARY, sample_application
from tests.api.serving import running

pytestmark = pytest.mark.wire


class Impatient(GuardedProtocol):
    receipt_seconds = 0.05


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running(sample_application()) as port:
        yield port


def exchange(port: int, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes and read until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(sent)
        received = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


def test_a_case_is_answered_over_a_socket_without_telling_the_server(port: int) -> None:
    answer = httpx.post(f"http://127.0.0.1:{port}/v1/cases", json={"subject": "p-1"})

    assert (answer.status_code, answer.json()) == (201, {"subject": "p-1"})
    assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/v1/cases/p1", "/health/live", "/docs", "/openapi.json", "/v1/cases/A"])
def test_the_head_of_an_answer_can_be_read_alone(port: int, path: str) -> None:
    rest = f"{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    (status, headers, body), alone = (
        exchange(port, f"{method} {rest}".encode()) for method in ("GET", "HEAD")
    )

    assert alone[0] == status
    assert alone[1] | {"date": "", "trace-id": ""} == headers | {"date": "", "trace-id": ""}
    assert (alone[2], bool(body)) == (b"", True)


@pytest.mark.parametrize(
    "sent",
    [
        CANARY.encode() + b"\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nA\x00: b\r\n\r\n",
    ],
)
def test_what_is_not_http_is_answered_with_a_problem(port: int, sent: bytes) -> None:
    status, headers, body = exchange(port, sent)

    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert json.loads(body)["code"] == "malformed-request"
    assert headers["trace-id"] == json.loads(body)["trace_id"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("length", [b"Content-Length: 70000", b"Transfer-Encoding: chunked"])
def test_a_body_that_is_too_large_is_answered_before_it_was_sent(port: int, length: bytes) -> None:
    start = b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    chunk = b"11171\r\n" + b"x" * 0x11171 + b"\r\n0\r\n\r\n" if b"chunked" in length else b""

    status, headers, body = exchange(port, start + length + b"\r\n\r\n" + chunk)

    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(body)["code"] == "body-too-large"


SLOW = [
    (b"", "silent"),
    (b"GET / HTTP/1.1\r\nHost:", "stops in a header"),
    (
        b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
        "in a body",
    ),
]


@pytest.mark.parametrize("sent", [pytest.param(sent, id=why) for sent, why in SLOW])
def test_a_request_that_does_not_arrive_is_given_up(sent: bytes) -> None:
    with running(sample_application(), http=Impatient) as port:
        status, headers, body = exchange(port, sent)

    assert (status, headers["content-type"]) == (408, "application/problem+json")
    assert json.loads(body)["code"] == "request-timeout"


def test_a_request_over_the_limit_is_told_to_try_again() -> None:
    with running(sample_application(), limit_concurrency=1) as port:
        status, headers, body = exchange(port, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")

    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert json.loads(body)["code"] == "overloaded"
    assert headers["retry-after"] == "1"


def test_the_address_of_the_documentation_is_told_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "decompass.server"), running(sample_application()) as port:
        pass

    assert f"Listening on http://127.0.0.1:{port}/docs" in [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_served_process_logs_without_identifiers_and_stops_when_it_is_told(number: int, code: int) -> None:
    command = [sys.executable, "-m", "tests.api.serve_sample"]
    environment = {**os.environ, "DECOMPASS_PORT": "0", "DECOMPASS_ACCESS_LOG": "on"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - ours
        assert process.stderr
        address = json.loads(process.stderr.readline())["message"].removeprefix("Listening on ")
        address = address.removesuffix("/docs")
        httpx.get(f"{address}/v1/cases/john7?limit=7")
        process.send_signal(number)
        told = process.stderr.read()

    assert process.returncode == code
    (line,) = map(json.loads, told.splitlines())
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/cases/{case_id}", 200)
    assert "john7" not in told


def test_headers_without_end_are_refused_before_they_fill_the_memory(port: int) -> None:
    head = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n" + b"a: b\r\n" * 20_000
    status, headers, body = exchange(port, head)
    assert (status, headers["content-type"]) == (431, "application/problem+json")
    assert json.loads(body)["code"] == "head-too-large"


def test_white_space_after_an_answer_keeps_no_connection_open() -> None:
    with (
        running(sample_application(), http=Impatient) as port,
        socket.create_connection(("127.0.0.1", port), timeout=3) as client,
    ):
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while b"alive" not in answer:
            answer += client.recv(65_536)
        client.sendall(b"\r\n")
        rest = b"".join(iter(lambda: client.recv(65_536), b""))

    assert rest == b""  # closed, long before the time that an idle connection is kept
