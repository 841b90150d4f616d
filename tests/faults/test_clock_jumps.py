"""The wall clock jumps by ten years, back and forth: nothing is lost, nothing waits, no id comes twice."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

import pytest

from tests.api.service import example
from tests.faults.gates import Measured, rounds
from tests.faults.judge import judge
from tests.faults.load import Load
from tests.faults.served import served

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

YEARS = 10 * 365 * 24 * 3600
JUMPS = (YEARS, 0, -YEARS, 0, YEARS, -YEARS, 0)
AFTER_EACH = 100
HEAD_SECONDS = 5
"""A client has so long to send a request; see app.api.connection."""


def old_case() -> dict[str, Any]:
    """A case that is past by every clock of these tests."""
    case: dict[str, Any] = json.loads(json.dumps(example()).replace("2025-", "2010-"))
    return case


def shifted(clock: Path, *options: str) -> tuple[str, ...]:
    """The program whose clock is this file."""
    clock.write_text("0")
    return ("tests.faults.shifted_server", str(clock), *options)


def jump(clock: Path, seconds: int) -> None:
    """At once and as a whole: the program never reads half a number."""
    new = clock.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(clock)


async def test_no_jump_of_the_clock_loses_or_delays_anything(
    sqlite_url: str, tmp_path: Path, measured: Measured
) -> None:
    clock, load, slowest = tmp_path / "clock", Load(old_case()), 0.0
    jumps = JUMPS * rounds(1, 5)
    with served(sqlite_url, shifted(clock)) as server:
        async with load.on(server.port):
            steady = await load.acknowledge(AFTER_EACH)
            for seconds in jumps:
                jump(clock, seconds)
                slowest = max(slowest, await load.acknowledge(AFTER_EACH))
        server.kill()
    over = f"{len(jumps)} jumps, {len(load.acknowledged)} acknowledged"
    await judge(sqlite_url, load, measured, "G1.clock", over)
    ids = {UUID(each.record_id) for each in load.acknowledged.values()}
    assert len(ids) == len(load.acknowledged)
    assert len({year_of(each.content) for each in load.acknowledged.values()}) == 3, "the clock did not jump"
    assert slowest < steady + 3


def year_of(answer: bytes) -> int:
    return datetime.fromisoformat(json.loads(answer)["created_at"]).year


async def cut_after(port: int, clock: Path, seconds: int) -> float:
    """How long a client that sends half a request is waited for, when the clock jumps meanwhile."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = monotonic()
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: loc")
    await asyncio.sleep(0.5)
    jump(clock, seconds)
    with suppress(TimeoutError, ConnectionError):
        await asyncio.wait_for(reader.read(), HEAD_SECONDS * 1.6)
    writer.close()
    return monotonic() - began


async def unkept_deadlines(url: str, folder: Path, *options: str) -> int:
    """Clients that were cut too early after a jump ahead, or too late after a jump back."""
    ahead, back = folder / "ahead", folder / "back"
    with served(url, shifted(ahead, *options)) as one, served(url, shifted(back, *options)) as other:
        waits = await asyncio.gather(cut_after(one.port, ahead, YEARS), cut_after(other.port, back, -YEARS))
    return sum(not HEAD_SECONDS * 0.8 < wait < HEAD_SECONDS * 1.5 for wait in waits)


async def test_deadlines_do_not_follow_the_wall_clock(sqlite_url: str, tmp_path: Path) -> None:
    assert await unkept_deadlines(sqlite_url, tmp_path) == 0


async def test_deadlines_that_follow_the_wall_clock_are_found_out(
    sqlite_url: str, tmp_path: Path, measured: Measured
) -> None:
    unkept = await unkept_deadlines(sqlite_url, tmp_path, "--deadlines-by-the-wall-clock")
    measured("G2.clock", unkept, "a jump ahead, a jump back")
