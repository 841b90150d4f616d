"""Over a real socket: what stands around a request decides nothing about the answer to it."""

import asyncio
import json
import select
import socket
import time
from collections.abc import Iterator

import pytest

from app.api.connection import GuardedProtocol
from app.web.docs_page import STATIC
from tests.api.sample import CANARY, sample_application
from tests.api.serving import running

pytestmark = pytest.mark.wire


class Impatient(GuardedProtocol):
    receipt_seconds = 0.05
    head_bytes = 2048


BODY = b'{"subject":"p-1"}'
CHUNKS = b"%x\r\n%s\r\n0\r\n" % (len(BODY), BODY)
GARBAGE = CANARY.encode() + b"\r\n\r\n"
LENGTH, CHUNKED, LAST = f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked", "Connection: close"


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    """A request as it is written on the wire."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode() + body


def post(*headers: str, body: bytes = BODY) -> bytes:
    """A case for the sample application."""
    return request("POST", "/v1/cases", "Content-Type: application/json", *headers, body=body)


LIVE = request("GET", "/health/live", LAST)
READY = request("GET", "/health/ready")


def answers(port: int, *sent: bytes) -> list[tuple[int, bytes]]:
    """Status and body of every answer to these bytes, until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in sent:
            client.sendall(part)
        received = b"".join(iter(lambda: client.recv(65_536), b""))
    return list(_split(received))


def _split(received: bytes) -> Iterator[tuple[int, bytes]]:
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status, *lines = head.decode().lower().split("\r\n")
        length = int(dict(line.split(": ", 1) for line in lines)["content-length"])
        yield int(status.split()[1]), rest[:length]
        received = rest[length:]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running(sample_application()) as port:
        yield port


UPGRADES = [
    pytest.param(
        ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
        id="h2c",
    ),
    pytest.param(("Upgrade: websocket", "Connection: keep-alive, Upgrade"), id="websocket"),
]


@pytest.mark.parametrize("headers", UPGRADES)
@pytest.mark.parametrize("framing", [LENGTH, CHUNKED])
def test_a_request_that_offers_an_upgrade_is_answered_as_if_it_had_not(
    port: int, headers: tuple[str, ...], framing: str
) -> None:
    body = BODY if framing == LENGTH else CHUNKS + b"\r\n"
    whole = post(framing, *headers, body=body)
    head, body_alone = whole.removesuffix(body), body

    assert answers(port, whole * 3, LIVE) == [(201, BODY)] * 3 + [(200, b'{"status":"alive"}')]
    assert answers(port, head, body_alone[:5], body_alone[5:], LIVE)[0] == (201, BODY)


def test_an_upgrade_offered_on_the_last_request_closes_the_connection_after_the_answer(port: int) -> None:
    assert answers(port, post(LENGTH, "Connection: Upgrade, close", "Upgrade: h2c")) == [(201, BODY)]


def test_a_thousand_offers_at_once_are_answered_one_by_one(port: int) -> None:
    offer = request("GET", "/health/live", "Connection: Upgrade", "Upgrade: h2c")

    assert [status for status, _ in answers(port, offer * 1500, LIVE)] == [200] * 1501


@pytest.mark.parametrize("upgrade", ["", "Upgrade: h2c"])
@pytest.mark.parametrize(("target", "status"), [("localhost:80", 400), ("/v1/cases", 405), ("/nowhere", 404)])
def test_a_tunnel_is_refused(port: int, upgrade: str, target: str, status: int) -> None:
    asked = request("CONNECT", target, "Connection: Upgrade", LENGTH, *filter(None, [upgrade]), body=BODY)

    assert [found for found, _ in answers(port, asked + LIVE)] == [status]


def test_what_trails_a_body_is_not_taken_for_a_header(port: int) -> None:
    read = request(
        "GET", "/v1/cases/p1", CHUNKED, LAST, body=CHUNKS + b"Idempotency-Key: smuggled-key\r\nA: b\r\n\r\n"
    )
    untyped = request(
        "POST", "/v1/cases", CHUNKED, LAST, body=CHUNKS + b"Content-Type: application/json\r\n\r\n"
    )

    assert answers(port, read) == [(200, b'{"subject":"p1.10.None"}')]
    assert [status for status, _ in answers(port, untyped)] == [415]


@pytest.mark.parametrize(
    "behind", [GARBAGE, b"GET / HTTP/1.1\r\nA\x00: b\r\n\r\n", post("Content-Length: x")]
)
@pytest.mark.parametrize("before", [1, 3])
def test_a_good_request_is_answered_before_the_garbage_behind_it_closes_the_connection(
    port: int, behind: bytes, before: int
) -> None:
    assert answers(port, post(LENGTH) * before + behind) == [(201, BODY)] * before


def test_garbage_that_goes_on_changes_nothing_of_the_answer_before_it() -> None:
    with running(sample_application(checks={"slow": slow})) as port:
        found = answers(port, READY + GARBAGE, GARBAGE, LIVE)

    assert found == [(200, b'{"status":"ready"}')]


def test_a_body_that_breaks_off_is_refused_after_the_answer_to_the_request_before_it(port: int) -> None:
    (first, second) = answers(port, post(LENGTH) + post(CHUNKED, body=b"zz\r\n"))

    assert first == (201, BODY)
    assert (second[0], json.loads(second[1])["code"]) == (400, "malformed-request")


async def slow() -> bool:
    await asyncio.sleep(0.3)
    return True


UNFINISHED = [b"GET / HTTP/1.1\r\nHost:", post("A: " + "b" * 4096)[:4000]]


@pytest.mark.parametrize("behind", UNFINISHED, ids=["half a head", "too much of a head"])
def test_a_request_that_takes_its_time_is_answered_before_the_next_is_given_up(behind: bytes) -> None:
    with running(sample_application(checks={"slow": slow}), http=Impatient) as port:
        found = answers(port, READY, behind)

    assert found == [(200, b'{"status":"ready"}')]


class Hasty(GuardedProtocol):
    receipt_seconds = 0.25


def test_a_request_is_not_given_up_while_nobody_reads_it() -> None:
    with (
        running(sample_application(checks={"slow": slow}), http=Hasty) as port,
        socket.create_connection(("127.0.0.1", port), timeout=10) as client,
    ):
        client.sendall(READY + post(LENGTH, LAST, body=b""))
        first = client.recv(65_536)
        client.sendall(BODY)
        second = b"".join(iter(lambda: client.recv(65_536), b""))

    assert [status for status, _ in _split(first + second)] == [200, 201]


class Sent(GuardedProtocol):
    reading_seconds = 0.6


BUNDLE = request("GET", "/docs/files/swagger-ui-bundle.js")
LAST_BUNDLE = request("GET", "/docs/files/swagger-ui-bundle.js", LAST)


def narrow_client(port: int) -> socket.socket:
    """A client that is sent little at a time."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    return client


@pytest.mark.parametrize("last", [BUNDLE, LAST_BUNDLE], ids=["kept open", "to be closed"])
def test_a_client_that_reads_nothing_of_its_answers_is_let_go(last: bytes) -> None:
    with running(sample_application(), http=Sent) as port, narrow_client(port) as client:
        client.sendall(BUNDLE + last)
        ended = select.poll()
        ended.register(client, 0)

        assert ended.poll(10_000)


def test_a_client_that_reads_slowly_gets_all_of_its_answers() -> None:
    size = (STATIC / "swagger-ui-bundle.js").stat().st_size
    with running(sample_application(), http=Sent) as port, narrow_client(port) as client:
        client.sendall(BUNDLE + LAST_BUNDLE)
        began, received = time.monotonic(), 0
        while part := client.recv(65_536):
            received += len(part)
            time.sleep(0.015)

    assert received > 2 * size
    assert time.monotonic() - began > Sent.reading_seconds
