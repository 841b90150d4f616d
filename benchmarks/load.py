"""The load: 32 connections that post the cases in turn; by wrk where it is installed, else by asyncio."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from benchmarks.cases import bodies

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("post.lua")
FIGURES = re.compile(r"requests=(\S+) rps=(\S+) p50_ms=(\S+) p99_ms=(\S+) bad=(\S+)")


@dataclass(frozen=True, slots=True)
class Load:
    """What one round came to."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    bad: int


def client() -> str:
    """Which client makes the load."""
    return "wrk" if shutil.which("wrk") else "asyncio"


def load(url: str, seconds: float, connections: int = CONNECTIONS) -> Load:
    """One round of load on a service, from a process of its own."""
    if wrk := shutil.which("wrk"):
        command = [
            wrk,
            "-t1",
            f"-c{connections}",
            f"-d{seconds:g}s",
            "--timeout",
            "10s",
            "-s",
            str(SCRIPT),
            url,
        ]
        lines = "".join(f"{body.decode()}\n" for body in bodies())
        told = {"BODIES": lines}
    else:
        command, told = [sys.executable, "-m", "benchmarks.load", url, str(seconds), str(connections)], {}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=True)  # noqa: S603 - as above
    if not (found := FIGURES.search(done.stdout)):
        raise RuntimeError(f"The load generator said: {done.stdout} {done.stderr}")
    requests, per_second, p50, p99, bad = map(float, found.groups())
    return Load(int(requests), per_second, p50, p99, int(bad))


async def ask(url: str, seconds: float, connections: int) -> str:
    """The same load by asyncio streams."""
    took: list[float] = []
    bad = 0
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    requests = cycle([request(host, body) for body in bodies()])
    end = perf_counter() + seconds

    async def one_connection() -> None:
        nonlocal bad
        reader, writer = await asyncio.open_connection(host, port)
        while perf_counter() < end:
            start = perf_counter()
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split()[0]))
            took.append(perf_counter() - start)
            bad += not head.startswith(b"HTTP/1.1 201")
        writer.close()

    await asyncio.gather(*(one_connection() for _ in range(connections)))
    took.sort()
    p50, p99 = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.99))
    return f"requests={len(took)} rps={len(took) / seconds} p50_ms={p50} p99_ms={p99} bad={bad}"


def request(host: str, body: bytes) -> bytes:
    """One request as it goes over the wire."""
    head = f"POST /v1/assessments HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


if __name__ == "__main__":
    print(asyncio.run(ask(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))))
