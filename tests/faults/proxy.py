"""Between the service and PostgreSQL: passes bytes on, until a test wants the connection to break.

What it can do to a connection, as networks do: cut it when the COMMIT has been carried out and before the
answer to it comes; reset it at any moment; hold a COMMIT back for as long as the client lives.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

COMMIT = b"COMMIT\x00"  # as the driver sends it: a simple query of its own
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Proxy:
    """How connections break, and how many did."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._chance = random.Random(2702)
        self.port = 0
        self.cuts_due = 0  # the next so many COMMITs are cut, for certain
        self.cut_share = 0.0
        self.reset_share = 0.0
        self.holds = False
        self.open = asyncio.Event()  # while it is not set, the connection stands, and nothing arrives
        self.open.set()
        self.holding = asyncio.Event()
        self.cut = 0
        self.reset = 0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the service, until one of its sides ends or it is broken."""
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        try:
            # Over its socket in the file system: PostgreSQL needs to listen nowhere else.
            answers, questions = await asyncio.open_unix_connection(str(self._server))
        except OSError:
            writer.transport.abort()
            return
        doomed = asyncio.Event()
        ways = [
            asyncio.create_task(self._ask(reader, questions, doomed)),
            asyncio.create_task(self._answer(answers, writer, doomed)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            questions.transport.abort()
            writer.transport.abort()

    async def _ask(
        self, reader: asyncio.StreamReader, questions: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while data := await reader.read(2**16):
            await self.open.wait()
            if COMMIT in data:
                if self.holds:
                    self.holding.set()
                    await reader.read()  # until the client is gone
                    return
                if self._is_cut():
                    doomed.set()
            questions.write(data)
            await questions.drain()

    async def _answer(
        self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while data := await answers.read(2**16):
            await self.open.wait()
            if doomed.is_set():
                self.cut += 1
                return
            if self._chance.random() < self.reset_share:
                self.reset += 1
                return
            writer.write(data)
            await writer.drain()

    def _is_cut(self) -> bool:
        if self.cuts_due:
            self.cuts_due -= 1
            return True
        return self._chance.random() < self.cut_share


@asynccontextmanager
async def proxy_to(server: Path) -> AsyncIterator[Proxy]:
    """A proxy on a free port of this machine to the socket of a server."""
    proxy = Proxy(server)
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(proxy.connected(reader, writer))
        connections[connection] = writer
        connection.add_done_callback(connections.pop)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listener.close()
        for connection, writer in connections.items():
            connection.cancel()
            writer.transport.abort()
        await asyncio.gather(*connections, return_exceptions=True)
