"""The disk is full: the service says so, stays up, loses nothing, and goes on when there is space."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from app.audit.migrations import migrate
from tests.faults.gates import Measured, rounds
from tests.faults.judge import judge, lost, reopened
from tests.faults.load import Load
from tests.faults.mounts import memory, require_mounts
from tests.faults.served import PATIENCE_SECONDS, SERVICE, Served, served

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

MEBI = 1 << 20
LEFT_BYTES = 24 * MEBI
"""What is left each time is used up: the disk must be larger than that times the rounds."""
LYING = ("tests.faults.lying_server",)


class Disk(NamedTuple):
    """A small disk."""

    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'decompass.db'}"

    @contextmanager
    def nearly_full(self) -> Iterator[None]:
        """Something else takes all but a little, and gives it back."""
        ballast = self.folder / "ballast"
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(self.folder).free - LEFT_BYTES)
        yield
        ballast.unlink()


@contextmanager
def small_disk(at: Path, program: tuple[str, ...] = SERVICE) -> Iterator[tuple[Disk, Served]]:
    """A server whose database is alone on a small disk."""
    require_mounts()
    with memory(at / "small", rounds(256, 768) * MEBI) as folder:
        disk = Disk(folder)
        migrate(disk.url)
        with served(disk.url, program) as server:
            yield disk, server


async def require_alive(server: Served) -> None:
    """The process answers, and still reads what is recorded."""
    async with httpx.AsyncClient(base_url=server.address) as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/v1/rulesets")).status_code == 200


async def test_a_full_disk_is_told_and_the_service_goes_on_by_itself(
    tmp_path: Path, measured: Measured
) -> None:
    load, slowest, times = Load(), 0.0, rounds(2, 10)
    with small_disk(tmp_path) as (disk, server):
        async with load.on(server.port):
            for _ in range(times):
                await load.acknowledge(50)
                with disk.nearly_full():
                    await load.be_refused(100)
                    await require_alive(server)
                slowest = max(slowest, await load.acknowledge(1))
        refused = load.refused_as.total()
        assert set(load.refused_as) == {"store-unavailable"}
        server.kill()
        over = f"{times} times full, {len(load.acknowledged)} acknowledged, {refused} refused"
        await judge(disk.url, load, measured, "G1.disk", over)
    measured("G9.disk", round(slowest, 3), f"{times} times full")


async def test_a_service_that_answers_before_its_commit_is_found_out_by_a_full_disk(
    tmp_path: Path, measured: Measured
) -> None:
    load = Load()
    with small_disk(tmp_path, LYING) as (disk, server):
        with disk.nearly_full():
            async with load.on(server.port):
                await load.acknowledge(1500)
            server.ask_to_stop()  # what waits to be stored is not cut off: it meets the full disk
            server.process.wait(PATIENCE_SECONDS)
        async with reopened(disk.url) as client:
            gone = len(await lost(client, load))
    measured("G2.disk", gone, f"of {len(load.acknowledged)} acknowledged")
