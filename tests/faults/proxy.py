"""Between the service and PostgreSQL: passes bytes on, until a test wants the connection to break.

What it can do to a connection, as networks do: cut it when the COMMIT has been carried out and before the
answer to it comes; reset it at any moment; hold a COMMIT back for as long as the client lives.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
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

    async def connected(self, accepted: socket.socket) -> None:
        """One connection of the service, until one of its sides ends or it is broken."""
        reader, writer = await asyncio.open_connection(sock=accepted)
        with closed_at_once(writer):
            try:
                # Over its socket in the file system: PostgreSQL needs to listen nowhere else.
                answers, questions = await asyncio.open_unix_connection(str(self._server))
            except OSError:
                return
            with closed_at_once(questions):
                doomed = asyncio.Event()
                await first_of(self._ask(reader, questions, doomed), self._answer(answers, writer, doomed))

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


@contextmanager
def closed_at_once(writer: asyncio.StreamWriter) -> Iterator[None]:
    """However it comes to an end: nothing is awaited here that could be cancelled before it is closed."""
    try:
        yield
    finally:
        writer.transport.abort()


async def first_of(*ways: Coroutine[None, None, None]) -> None:
    """Until one of them ends; the others are ended."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def proxy_to(server: Path) -> AsyncIterator[Proxy]:
    """A proxy on a free port of this machine to the socket of a server."""
    proxy, loop = Proxy(server), asyncio.get_running_loop()
    connections: dict[asyncio.Task[None], socket.socket] = {}

    def accept() -> None:
        # Not by `asyncio.start_server`: closed between an accept and the step after it, it leaves that open.
        accepted, _ = listener.accept()
        accepted.setblocking(False)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        connection = asyncio.create_task(proxy.connected(accepted))
        connections[connection] = accepted
        connection.add_done_callback(lambda ended: connections.pop(ended).close())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy.port = listener.getsockname()[1]
        loop.add_reader(listener, accept)
        try:
            yield proxy
        finally:
            loop.remove_reader(listener)
            for connection in connections:
                connection.cancel()
            await asyncio.gather(*connections, return_exceptions=True)
