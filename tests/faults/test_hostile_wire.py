"""Whatever is sent over a real socket: no failure, no trace of it in an answer or the log, no memory lost."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.api.hostile_wire import Sent, hostile_wire
from tests.api.service import ASSESS, PREVIEW, full_case
from tests.api.test_hostile_routes import ROUTES
from tests.faults.client import GONE
from tests.faults.gates import Measured, rounds
from tests.faults.served import Served, served

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

COUNT = rounds(5_000, 100_000)
WARMING = 1_000
CLIENTS = 8
STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")
LENGTH = re.compile(rb"content-length: ([0-9]+)")
FAILED = re.compile("ERROR|CRITICAL|Traceback|Fatal")
SUBJECT = re.compile(rb'"subject":"[A-Za-z0-9._-]{1,64}"')
"""Mutations can be valid by chance, and what is recorded names whom it is about."""
UNANSWERED_SECONDS = 0.2
"""A broken frame may be the begin of a request: then nothing comes before the deadline of the server."""


@dataclass
class Flood:
    """Sends all of it over a few connections, and counts what came back."""

    server: Served
    statuses: Counter[int] = field(default_factory=Counter)
    echoes: list[bytes] = field(default_factory=list)
    unanswered: list[bytes] = field(default_factory=list)

    async def send(self, requests: Iterator[Sent]) -> None:
        """All clients take from the same stream."""
        await asyncio.gather(*(self._client(requests) for _ in range(CLIENTS)))

    async def _client(self, requests: Iterator[Sent]) -> None:
        connection = None
        for request in requests:
            if not request.framed:
                self._note(request, await self._all_answers(request.content))
                continue
            connection = connection or await self._connect()
            answer = await _one_answer(*connection, request.content)
            self._note(request, answer)
            if not answer:
                self.unanswered.append(request.content)
            if b"connection: close" in answer or not answer:
                connection[1].close()
                connection = None
        if connection:
            connection[1].close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.server.port, limit=2**20)

    async def _all_answers(self, content: bytes) -> bytes:
        reader, writer = await self._connect()
        writer.write(content)
        received = b""
        try:
            async with asyncio.timeout(UNANSWERED_SECONDS):
                while part := await reader.read(2**16):
                    received += part
        except (TimeoutError, ConnectionError):
            pass
        finally:
            writer.transport.abort()
        return received

    def _note(self, request: Sent, answer: bytes) -> None:
        self.statuses.update(int(status) for status in STATUS.findall(answer))
        if b"canary" in SUBJECT.sub(b"", answer).lower():
            self.echoes.append(request.content)

    @property
    def failures(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


async def _one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: bytes) -> bytes:
    """The bytes of one answer; none where the server closed the connection instead."""
    try:
        writer.write(content)
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        assert length
        return head + await reader.readexactly(int(length[1]))
    except GONE:
        return b""


def resident_megabytes(server: Served) -> float:
    """What the process holds in memory."""
    found = re.search(r"VmRSS:\s+([0-9]+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


async def test_hostile_requests_are_refused_and_leave_no_trace(sqlite_url: str, measured: Measured) -> None:
    with served(sqlite_url) as server:
        flood = Flood(server)
        await flood.send(hostile_wire(2705, WARMING, ROUTES))
        before = resident_megabytes(server)
        await flood.send(hostile_wire(2706, COUNT, ROUTES))
        growth = resident_megabytes(server) - before
        server.ask_to_stop()
        server.process.wait()
    over = f"{COUNT + WARMING:,} requests, {sum(flood.statuses.values()):,} answers"
    assert flood.statuses.keys() >= {400, 404, 405, 413, 415, 422}, "the generator lost its variety"
    assert flood.unanswered == []
    assert [line for line in server.told if FAILED.search(line)] == [], "something failed unseen"
    measured("G7.failures", flood.failures, over)
    measured("G7.echoes", len(flood.echoes) + sum("canary" in line.lower() for line in server.told), over)
    measured("G7.memory", growth, over)


async def test_a_careless_server_is_found_out(sqlite_url: str) -> None:
    with served(sqlite_url, ("tests.faults.careless_server",)) as server:
        flood = Flood(server)
        before = resident_megabytes(server)
        await flood.send(hostile_wire(2707, 600, [(ASSESS, full_case()), (PREVIEW, full_case())]))
        growth = resident_megabytes(server) - before
        server.kill()
    assert flood.failures > 0
    assert flood.echoes
    assert growth > 20
    assert any("canary" in line.lower() for line in server.told)
