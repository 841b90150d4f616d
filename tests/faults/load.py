"""Clients over real sockets, each with one key that it keeps until its request is acknowledged: the oracle.

Whatever happens to the server in between, a client goes on with the key that it has. What was acknowledged is
taken down with its bytes, so that afterwards

    acknowledged ⊆ stored ⊆ attempted

can be judged from outside; see tests.faults.judge.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from time import monotonic
from typing import Any, NamedTuple
from uuid import uuid4

from tests.api.service import ASSESS, example

PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.02
LENGTH = re.compile(rb"content-length: ([0-9]+)", re.IGNORECASE)
LOCATION = re.compile(rb"location: \S+/([0-9a-f-]{36})", re.IGNORECASE)
TRY_AGAIN = {408, 429, 503}
"""Refused for now: the request is repeated with the same key."""


class Answer(NamedTuple):
    """What came back; the id where there is a record."""

    status: int
    record_id: str
    content: bytes


class Acknowledged(NamedTuple):
    """A promise: this record, with these bytes."""

    record_id: str
    content: bytes


class Connection:
    """A connection with nothing in between, so that a fault comes right behind an answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int) -> AsyncIterator[Connection]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def assess(self, body: bytes, key: str) -> Answer:
        """Post one case under its key. Raises IncompleteReadError or ConnectionError when the server goes."""
        head = (
            f"POST {ASSESS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        said = await self._reader.readuntil(b"\r\n\r\n")
        length, location = LENGTH.search(said), LOCATION.search(said)
        content = await self._reader.readexactly(int(length[1])) if length else b""
        return Answer(int(said.split(None, 2)[1]), location[1].decode() if location else "", content)


class Load:
    """Many clients on one server after the other, and what they were promised."""

    def __init__(self, case: dict[str, Any] | None = None, clients: int = 32) -> None:
        self.subject = f"load-{uuid4()}"
        self.case = (case or example()) | {"subject": self.subject}
        self.acknowledged: dict[str, Acknowledged] = {}
        self.attempted: set[str] = set()
        self.refusals: Counter[int] = Counter()
        self.refused_as: Counter[str] = Counter()
        self._body = json.dumps(self.case).encode()
        self._clients = clients
        self._keys = (f"{self.subject}-{number}" for number in count())
        self._kept: list[str] = []
        self._moved = asyncio.Event()
        self._over = False

    @property
    def unanswered(self) -> set[str]:
        """Attempted, and nobody knows: they may be stored, and need not be."""
        return self.attempted - set(self.acknowledged)

    @asynccontextmanager
    async def on(self, port: int) -> AsyncIterator[None]:
        """Clients of this server, until the block ends; requests that are open are waited for."""
        self._over = False
        tasks = [asyncio.create_task(self._client(port)) for _ in range(self._clients)]
        try:
            yield
            self._over = True
            await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE_SECONDS)
        finally:
            for task in tasks:
                task.cancel()

    async def acknowledge(self, more: int) -> float:
        """Wait until so many more are acknowledged; the seconds that it took."""
        began, goal = monotonic(), len(self.acknowledged) + more
        await self._until(lambda: len(self.acknowledged) >= goal)
        return monotonic() - began

    async def be_refused(self, more: int = 1) -> None:
        """Wait until the store was said to be unavailable so many times more."""
        goal = self.refused_as["store-unavailable"] + more
        await self._until(lambda: self.refused_as["store-unavailable"] >= goal)

    async def _until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not reached():
                self._moved.clear()
                await self._moved.wait()

    async def _client(self, port: int) -> None:
        keys = self._own_keys()
        key = next(keys)
        while not self._over:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                async with Connection.to(port) as connection:
                    while not self._over:
                        if await self._acknowledged(connection, key):
                            key = next(keys)
            await asyncio.sleep(PAUSE_SECONDS)
        self._kept.append(key)

    def _own_keys(self) -> Iterator[str]:
        """What clients before had left, then new ones."""
        while True:
            yield self._kept.pop() if self._kept else next(self._keys)

    async def _acknowledged(self, connection: Connection, key: str) -> bool:
        self.attempted.add(key)
        status, record_id, content = await connection.assess(self._body, key)
        if status in (200, 201):
            self.acknowledged[key] = Acknowledged(record_id, content)
        else:
            assert status in TRY_AGAIN, f"{status}: {content[:500]!r}"
            self.refusals[status] += 1
            self.refused_as[json.loads(content)["type"].rpartition("/")[2]] += 1
            await asyncio.sleep(PAUSE_SECONDS)
        self._moved.set()
        return status in (200, 201)
