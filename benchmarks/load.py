"""The load: connections that post bodies in turn, at once after each answer; by wrk, or else by asyncio."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, time
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.cases import bodies

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("post.lua")
FIGURES = re.compile(r"requests=(\S+) rps=(\S+) p50_ms=(\S+) p95_ms=(\S+) p99_ms=(\S+) bad=(\S+)")
MARK = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
"""Where it stands in a body, each request has a UUID of its own."""


class Posts(NamedTuple):
    """What is posted: where to, the status of a good answer, and the bodies, each of one line."""

    path: str
    status: int
    bodies: list[bytes]


@dataclass(frozen=True, slots=True)
class Load:
    """What one round came to."""

    requests: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    bad: int


def client() -> str:
    """Which client makes the load."""
    return "wrk" if shutil.which("wrk") else "asyncio"


def assessments(of: list[bytes] | None = None) -> Posts:
    """The cases as they are; other ones where they are given."""
    return Posts("/v1/assessments", 201, of or bodies())


def load(url: str, seconds: float, connections: int = CONNECTIONS, posts: Posts | None = None) -> Load:
    """One round of load on a service, from a process of its own."""
    with _told(posts or assessments()) as told:
        if wrk := shutil.which("wrk"):
            of_wrk = ["-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s", "-s", str(SCRIPT)]
            command = [wrk, *of_wrk, url, "--", *told]
        else:
            command = [sys.executable, "-m", "benchmarks.load", url, str(seconds), str(connections), *told]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    if not (found := FIGURES.search(done.stdout)):
        raise RuntimeError(f"The load generator said: {done.stdout} {done.stderr}")
    requests, per_second, p50, p95, p99, bad = map(float, found.groups())
    return Load(int(requests), per_second, p50, p95, p99, int(bad))


@contextmanager
def _told(posts: Posts) -> Iterator[list[str]]:
    """What the client is told to post; the bodies in a file, for they may be too long for a command."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "bodies")
        file.write_bytes(b"".join(body + b"\n" for body in posts.bodies))
        yield [posts.path, str(posts.status), str(file), MARK]


async def ask(url: str, seconds: float, connections: int, posts: Posts) -> str:
    """The same load by asyncio streams."""
    took: list[float] = []
    bad = 0
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    requests = cycle(request(host, posts.path, body) for body in posts.bodies)
    numbers, mark, start_of_all = count(), MARK.encode(), int(time())
    end = perf_counter() + seconds

    async def one_connection() -> None:
        nonlocal bad
        reader, writer = await asyncio.open_connection(host, port)
        while perf_counter() < end:
            sent = next(requests).replace(mark, b"%08x-0000-4000-8000-%012x" % (start_of_all, next(numbers)))
            start = perf_counter()
            writer.write(sent)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split()[0]))
            took.append(perf_counter() - start)
            bad += not head.startswith(b"HTTP/1.1 %d" % posts.status)
        writer.close()

    await asyncio.gather(*(one_connection() for _ in range(connections)))
    took.sort()
    p50, p95, p99 = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.95, 0.99))
    rate = len(took) / seconds
    return f"requests={len(took)} rps={rate} p50_ms={p50} p95_ms={p95} p99_ms={p99} bad={bad}"


def request(host: str, path: str, body: bytes) -> bytes:
    """One request as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def main(url: str, seconds: str, connections: str, path: str, status: str, file: str, _mark: str) -> None:
    """One round, as `load` asks for it."""
    posts = Posts(path, int(status), Path(file).read_bytes().splitlines())
    print(asyncio.run(ask(url, float(seconds), int(connections), posts)))


if __name__ == "__main__":
    main(*sys.argv[1:])
