"""Over a real socket: a request that two readers could understand in two ways is refused as a problem."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.api.sample import sample_application
from tests.api.serving import running

pytestmark = pytest.mark.wire

BODY = b'{"subject":"p-1"}'
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
LENGTH, CHUNKED = f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"
BEHIND = b"GET /v1/cases/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running(sample_application(hosts=frozenset({"localhost"}))) as port:
        yield port


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([line, *headers, "Connection: close", "", ""]).encode() + body


def post(*headers: str, body: bytes = BODY, version: str = "1.1") -> bytes:
    typed = ("Host: localhost", "Content-Type: application/json", *headers)
    return request(f"POST /v1/cases HTTP/{version}", *typed, body=body)


def answer(port: int, sent: bytes) -> tuple[int, str, bytes]:
    """Status, media type and body of the only answer to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(sent)
        received = b"".join(iter(lambda: client.recv(65_536), b""))
    assert received.count(b"HTTP/1.1 ") == 1
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().lower().split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines)["content-type"], body


AMBIGUOUS = {
    "a length and a coding": post(LENGTH, CHUNKED, body=CHUNKS),
    "a coding and a length": post(CHUNKED, LENGTH, body=CHUNKS),
    "two equal lengths": post(LENGTH, LENGTH),
    "two lengths": post(LENGTH, "Content-Length: 3"),
    "a list of lengths": post("Content-Length: 17, 17"),
    "a signed length": post("Content-Length: +17"),
    "two codings": post(CHUNKED, CHUNKED, body=CHUNKS),
    "a coding that we cannot undo": post("Transfer-Encoding: gzip, chunked", body=CHUNKS),
    "a coding that does not end": post("Transfer-Encoding: chunked, identity", body=CHUNKS),
    "a coding that nobody knows": post("Transfer-Encoding: xchunked", body=CHUNKS),
    "a coding before codings were made": post(CHUNKED, body=CHUNKS, version="1.0"),
    "a blank before the colon": post("Transfer-Encoding : chunked", body=CHUNKS),
    "a chunk without its end": post(CHUNKED, body=CHUNKS.replace(b"}\r\n", b"}XX")),
    "a chunk of negative size": post(CHUNKED, body=b"-1\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunks with bare line feeds": post(CHUNKED, body=CHUNKS.replace(b"\r\n", b"\n")),
    "a folded header": request("GET /health/live HTTP/1.1", "Host: localhost", "A: b", " c"),
    "bare line feeds": request("GET /health/live HTTP/1.1", "Host: localhost").replace(b"\r\n", b"\n"),
    "two hosts": request("GET /health/live HTTP/1.1", "Host: localhost", "Host: localhost"),
    "no host": request("GET /health/live HTTP/1.1"),
    "a tunnel": request("CONNECT localhost:80 HTTP/1.1", "Host: localhost"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("why", AMBIGUOUS)
def test_what_could_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_heard(
    port: int, why: str
) -> None:
    status, media_type, body = answer(port, AMBIGUOUS[why] + BEHIND)

    assert (status, media_type) == (400, "application/problem+json")
    assert json.loads(body)["code"] == "malformed-request"


@pytest.mark.parametrize(
    "coding", ["gzip", "deflate", "br", "identity, gzip", "GZIP", "identity\r\nContent-Encoding: gzip"]
)
def test_a_compressed_body_is_refused_unread(port: int, coding: str) -> None:
    status, media_type, body = answer(port, post(LENGTH, f"Content-Encoding: {coding}"))

    assert (status, media_type) == (415, "application/problem+json")
    assert json.loads(body)["code"] == "unsupported-media-type"


@pytest.mark.parametrize("path", ["/v1/cases", "/health/live", "/docs"])
def test_a_trace_is_refused(port: int, path: str) -> None:
    status, media_type, _ = answer(
        port, request(f"TRACE {path} HTTP/1.1", "Host: localhost", "Cookie: secret")
    )

    assert (status, media_type) == (405, "application/problem+json")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://localhost/health/live", 200),
        ("HTTP://LOCALHOST:80/health/live", 200),
        ("http://other.example/health/live", 421),
        ("http://localhost@other.example/health/live", 421),
    ],
)
def test_an_address_that_names_its_host_is_for_that_host(port: int, target: str, status: int) -> None:
    assert answer(port, request(f"GET {target} HTTP/1.1", "Host: localhost"))[0] == status


def test_what_is_usual_is_answered(port: int) -> None:
    for usual in (post(LENGTH), post(CHUNKED, body=CHUNKS), post("Transfer-Encoding: Chunked", body=CHUNKS)):
        assert answer(port, usual)[::2] == (201, BODY)
