"""The proxy of these tests leaves nothing open, at whatever step of a connection it ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.proxy import proxy_to

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

STEPS = range(12)
"""Turns of the event loop, more than a connection takes to begin or to end."""
PATIENCE_SECONDS = 5


async def take_turns(count: int) -> None:
    """Let everything else go so many steps further."""
    for _ in range(count):
        await asyncio.sleep(0)


@asynccontextmanager
async def counting_server(path: Path) -> AsyncIterator[asyncio.Queue[str]]:
    """A server that says when a connection to it has begun, and when it has ended."""
    told: asyncio.Queue[str] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.put_nowait("begun")
        await reader.read()
        writer.close()
        told.put_nowait("ended")

    async with await asyncio.start_unix_server(serve, path):
        yield told


@pytest.mark.parametrize("steps", STEPS)
async def test_a_proxy_that_ends_while_a_connection_does_leaves_none_to_the_server_open(
    tmp_path: Path, steps: int
) -> None:
    async with counting_server(tmp_path / "socket") as told:
        async with proxy_to(tmp_path / "socket") as proxy:
            with socket.create_connection(("127.0.0.1", proxy.port)):
                assert await told.get() == "begun"
            await take_turns(steps)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await told.get() == "ended"


@pytest.mark.parametrize("steps", STEPS)
async def test_a_proxy_that_ends_while_a_connection_begins_lets_go_of_its_client(
    tmp_path: Path, steps: int
) -> None:
    async with counting_server(tmp_path / "socket"):
        async with proxy_to(tmp_path / "socket") as proxy:
            client = socket.create_connection(("127.0.0.1", proxy.port), PATIENCE_SECONDS)
            await take_turns(steps)
        with client, pytest.raises(ConnectionError):
            await asyncio.to_thread(client.recv, 1)
