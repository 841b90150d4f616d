"""Hostile requests as bytes on the wire: broken bodies in sound frames, and broken frames."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tests.api.hostile import hostile_requests, mutated
from tests.api.sample import CANARY

BROKEN_FRAMES = 0.1
AFTER = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
TARGETS = [
    *(
        "/%00",
        "/\xff",
        "//",
        "/..%2f..%2fetc/passwd",
        "/v1/assessments/",
        "*",
        "http://localhost/v1/assessments",
    ),
    *(
        f"/{CANARY}",
        f"/v1/assessments/{CANARY}",
        f"/v1/assessments?subject={CANARY}",
        f"/v1/assessments/{CANARY}/",
    ),
    *(
        f"/v1/rulesets/{CANARY}",
        f"/health/live?{CANARY}",
        f"/docs/{CANARY}",
        f"/{CANARY * 400}",
        f"/{CANARY * 4000}",
    ),
]
HEADERS = [
    *(
        f"{CANARY}: 1",
        f"Host: {CANARY}",
        f"Idempotency-Key: {CANARY * 20}",
        f'Idempotency-Key: "{CANARY}',
        "Idempotency-Key:",
    ),
    *(
        f"Idempotency-Key: {CANARY}\r\nIdempotency-Key: {CANARY}2",
        f"Accept: {CANARY}",
        f"Expect: {CANARY}",
        f"Cookie: {CANARY}",
    ),
    *(
        f"Authorization: Bearer {CANARY}",
        f"Authorization: {CANARY}",
        f"traceparent: {CANARY}",
        f"Trace-Id: {CANARY}",
    ),
    *(
        f"X-Forwarded-For: {CANARY}",
        f"X-Forwarded-Host: {CANARY}",
        f"Forwarded: for={CANARY}",
        f"Upgrade: {CANARY}",
    ),
    *(
        f"Content-Type: {CANARY}",
        f"Content-Encoding: {CANARY}",
        f"Transfer-Encoding: {CANARY}",
        "Transfer-Encoding: chunked",
    ),
    *(
        f"Content-Length: {CANARY}",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999",
        "Content-Length: 1",
    ),
    *(
        f"A: b\r\n {CANARY}",
        f"A\x00: {CANARY}",
        f"A : {CANARY}",
        f": {CANARY}",
        CANARY,
        f"A: {CANARY}\nB: c",
        f"A: \xff{CANARY}",
    ),
    "\r\n".join([f"{CANARY}: 1"] * 200),
]
METHODS = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "PRI", CANARY, "post", ""]


class Sent(NamedTuple):
    """One request, or what pretends to be one."""

    content: bytes
    framed: bool
    """Whether one answer comes for it, and the connection can be used again."""


def hostile_wire(seed: int, count: int, routes: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[Sent]:
    """So many requests to these routes, each made from one with its valid body; the same for a seed."""
    source = random.Random(seed)
    bodies = [hostile_requests(source.randrange(2**32), count, valid) for _, valid in routes]
    for _ in range(count):
        which = source.randrange(len(routes))
        path = routes[which][0]
        body, headers = next(bodies[which])
        if source.random() >= BROKEN_FRAMES:
            yield Sent(
                _request("POST", path, [f"{name}: {value}" for name, value in headers.items()], body), True
            )
        else:
            yield Sent(_broken_frame(source, path, body[:2000]) + AFTER, False)


def _broken_frame(source: random.Random, path: str, body: bytes) -> bytes:
    typed = ["Content-Type: application/json"]
    whole = source.choice(
        [
            _request("POST", path, [*typed, source.choice(HEADERS)], body),
            _request(source.choice(METHODS), path, typed, body),
            _request(source.choice(["GET", "POST"]), source.choice(TARGETS), typed, body),
            _chunked(source, path, body),
            source.randbytes(100) + CANARY.encode() + source.randbytes(100),
        ]
    )
    return mutated(source, whole) if source.random() < 0.5 else whole


def _chunked(source: random.Random, path: str, body: bytes) -> bytes:
    size = source.choice(
        [b"%x" % len(body), b"0", b"-1", b"f" * 40, b"%x;%s" % (len(body), CANARY.encode()), b"zz"]
    )
    trailer = source.choice([b"", f"{CANARY}: 1\r\n".encode()])
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return head + size + b"\r\n" + body + b"\r\n0\r\n" + trailer + b"\r\n"


def _request(method: str, target: str, headers: Sequence[str], body: bytes) -> bytes:
    lines = [
        f"{method} {target} HTTP/1.1",
        "Host: localhost",
        *headers,
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode("latin-1") + body
