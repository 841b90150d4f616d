"""Five hundred clients that never finish their request are closed in time, and nobody else notices them."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from typing import NamedTuple

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests.api.sample import sample_application
from tests.api.service import ASSESS
from tests.api.serving import running
from tests.faults.client import Client
from tests.faults.gates import Measured, rounds
from tests.faults.served import served

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

SLOW = 500
OTHERS = 4
WINDOW_SECONDS = 5
DRIP_SECONDS = 0.5
PATIENCE_SECONDS = 7
WINDOWS = rounds(4, 8)


class Kind(NamedTuple):
    """What a slow client sends at once, and what it then sends of byte by byte."""

    begin: bytes
    drip: bytes = b""


HEAD = f"POST {ASSESS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode()
KINDS = (
    Kind(b""),
    Kind(HEAD),
    Kind(HEAD + b"A: ", b"b" * 100),
    Kind(HEAD + b"Content-Length: 1000\r\n\r\n", b" " * 100),
)


async def seconds_until_closed(port: int, kind: Kind) -> float:
    """How long the server bears with such a client; infinity where it outlasts our patience."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    dripping = asyncio.create_task(_drip(writer, kind))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            with contextlib.suppress(ConnectionError):
                await reader.read()
            return time.monotonic() - began
    except TimeoutError:
        return math.inf
    finally:
        dripping.cancel()
        writer.close()


async def _drip(writer: asyncio.StreamWriter, kind: Kind) -> None:
    writer.write(kind.begin)
    for byte in kind.drip:
        await asyncio.sleep(DRIP_SECONDS)
        writer.write(bytes([byte]))


async def p99(port: int, seconds: float) -> float:
    """The latency that 99 % of ordinary requests keep, in seconds, over so long a time."""
    latencies: list[float] = []

    async def ask(number: int) -> None:
        client = await Client.of(port)
        until, turn = time.monotonic() + seconds, 0
        while (began := time.monotonic()) < until:
            answer = await client.assess(f"ordinary-{began}-{number}-{turn}")
            assert answer.status == 201, answer
            latencies.append(time.monotonic() - began)
            turn += 1
        client.close()

    await asyncio.gather(*(ask(number) for number in range(OTHERS)))
    return sorted(latencies)[len(latencies) * 99 // 100]


async def crowd(port: int, size: int) -> list[float]:
    """So many slow clients of all kinds at once; how long each was borne with."""
    return await asyncio.gather(
        *(seconds_until_closed(port, KINDS[number % len(KINDS)]) for number in range(size))
    )


async def test_slow_clients_are_closed_and_hold_up_nobody(sqlite_url: str, measured: Measured) -> None:
    borne: list[float] = []
    ratios: list[float] = []
    with served(sqlite_url) as server:
        await p99(server.port, 1)  # the first requests of a process are slow by themselves
        # The machine is not ours alone: the best window says what the slow clients did, and not others.
        while len(ratios) < WINDOWS and not any(ratio <= 1.5 for ratio in ratios):
            alone = await p99(server.port, WINDOW_SECONDS)
            closed, crowded = await asyncio.gather(crowd(server.port, SLOW), p99(server.port, WINDOW_SECONDS))
            borne += closed
            ratios.append(crowded / alone)
    over = f"{SLOW} at once of {len(KINDS)} kinds, {len(ratios)} times"
    measured("G8.closed", max(borne), over)
    measured("G8.others", min(ratios), over)


async def test_a_server_without_a_deadline_is_found_out() -> None:
    with running(sample_application(), http=HttpToolsProtocol) as port:
        borne = await crowd(port, 2 * len(KINDS))
    assert borne == [math.inf] * len(borne)
