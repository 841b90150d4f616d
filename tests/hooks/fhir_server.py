"""A FHIR server on loopback that answers as a test wants, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from typing import Any

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FhirServer:
    """Where it listens, and the requests that it has got: the first line and the headers of each."""

    base: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def paths(self) -> set[str]:
        return {line.split(" ")[1] for line, _ in self.asked}


def answering(body: Any, status: str = "200 OK", **headers: str) -> Reply:
    """A reply of JSON, or of bytes as they are."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def reply(writer: asyncio.StreamWriter) -> None:
        named = {"Content-Type": "application/fhir+json", "Content-Length": str(len(text)), **headers}
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + text)
        await writer.drain()

    return reply


async def never(_writer: asyncio.StreamWriter) -> None:
    """No reply for as long as anybody waits."""
    await asyncio.sleep(60)


async def for_ever(writer: asyncio.StreamWriter) -> None:
    """A reply that does not end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()


async def broken_off(writer: asyncio.StreamWriter) -> None:
    """A reply that ends before it should."""
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"resourceType":')
    await writer.drain()


@asynccontextmanager
async def fhir_server(replies: Mapping[str, Reply], otherwise: Reply) -> AsyncIterator[FhirServer]:
    """A server that replies by the type that is asked for, such as `Procedure`."""
    server = FhirServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        server.asked.append((line, dict(each.lower().split(": ", 1) for each in lines)))
        kind = line.split(" ")[1].rpartition("/fhir/")[2].split("?")[0].split("/")[0]
        with closing(writer), suppress(ConnectionError):  # the one who asked may go away
            await replies.get(kind, otherwise)(writer)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    server.base = f"http://127.0.0.1:{port}/fhir"
    try:
        yield server
    finally:
        listening.close()
