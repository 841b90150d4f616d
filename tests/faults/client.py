"""A client of the served process with nothing in between: what it is told arrives at once, byte for byte."""

from __future__ import annotations

import asyncio
import json
import re
from typing import NamedTuple

from tests.api.service import ASSESS, example

LENGTH = re.compile(rb"content-length: ([0-9]+)")
GONE = (asyncio.IncompleteReadError, ConnectionError)
"""What a client meets when the server, or the connection to it, has ended."""


class Answer(NamedTuple):
    status: int
    content: bytes


class Client:
    """One connection that is kept open; `port` is one of this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def of(cls, port: int) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))

    async def get(self, path: str) -> Answer:
        self.send("GET", path)
        return await self.answer()

    async def post(self, path: str, document: object = None, key: str = "") -> Answer:
        self.send("POST", path, document, key)
        return await self.answer()

    async def assess(self, key: str) -> Answer:
        """Record the example under a key, which is its subject as well."""
        return await self.post(ASSESS, example(subject=key), key)

    def send(self, method: str, path: str, document: object = None, key: str = "") -> None:
        """Ask, and do not wait for the answer."""
        body = json.dumps(document).encode() if document else b""
        lines = (
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            f"Content-Length: {len(body)}",
            *(["Content-Type: application/json"] if document else []),
            *([f"Idempotency-Key: {key}"] if key else []),
        )
        self._writer.write("\r\n".join((*lines, "", "")).encode() + body)

    async def answer(self) -> Answer:
        """The next answer. Raises one of GONE when there is none."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        assert length
        return Answer(int(head.split()[1]), await self._reader.readexactly(int(length[1])))

    def close(self) -> None:
        self._writer.close()

    def break_off(self) -> None:
        """Go away at once: what was not sent stays unsent, what was answered unread."""
        self._writer.transport.abort()
