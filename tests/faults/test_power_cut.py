"""The power fails under load: every acknowledged assessment is on the disk.

A killed process does not show this, for the kernel keeps what it wrote. Here SQLite sits on an ext4 whose
disk is a file in memory: a copy of that file is what a disk would hold, had the power failed at that moment.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from app.audit.migrations import migrate
from tests.faults.gates import Measured, rounds
from tests.faults.judge import changed_replays, lost, reopened, require_sound
from tests.faults.load import Load
from tests.faults.mounts import DISK_BYTES, copied, disk, memory, mounted, require_mounts
from tests.faults.proofs import require_provable
from tests.faults.served import SERVICE, Served, served
from tests.stores import keys_of

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

UNSYNCED = ("tests.faults.unsynced_server",)
RECENT, OLDER = 300, 100
"""Of each image these many acknowledged records are read; of the last image all."""


class Machine(NamedTuple):
    """A server and the disk that it writes to."""

    server: Served
    image: Path
    at: Path

    @contextmanager
    def power_cut(self) -> Iterator[str]:
        """The address of the database on a copy of the disk, as it would be found after the power is back."""
        self.server.process.send_signal(signal.SIGSTOP)
        try:
            copy = copied(self.image, self.image.with_name("copy.img"))
            with mounted(copy, self.at / "copy", "-o", "loop") as found:
                yield address(found)
            copy.unlink()
        finally:
            self.server.process.send_signal(signal.SIGCONT)


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'decompass.db'}"


@contextmanager
def machine(at: Path, program: tuple[str, ...] = SERVICE) -> Iterator[Machine]:
    """A server on a disk of its own; the empty database is on the disk before it starts."""
    require_mounts()
    with memory(at / "memory", 3 * DISK_BYTES) as place:
        image = disk(place)
        with mounted(image, at / "disk", "-o", "loop") as folder:
            migrate(address(folder))
            keys_of(address(folder))
            subprocess.run(["sync", "--file-system", str(folder)], check=True)  # noqa: S603, S607 -- fixed
            with served(address(folder), program) as server:
                yield Machine(server, image, at)


def to_read(load: Load, seed: int, everything: bool) -> list[str]:
    """The records of the last moments, where a loss is, and some of those before."""
    keys = list(load.acknowledged)
    if everything:
        return keys
    return keys[-RECENT:] + random.Random(seed).sample(keys[:-RECENT], min(OLDER, len(keys[:-RECENT])))


async def read_after(cut: str, load: Load, keys: list[str]) -> int:
    """How many of these records a service that starts on what the power cut left has lost."""
    async with reopened(cut) as client:
        gone = await lost(client, load, keys)
        again = random.Random(len(keys)).sample(keys, 20)
        assert gone or await changed_replays(client, load, again) == []
    return len(gone)


async def test_what_was_acknowledged_is_on_the_disk_when_the_power_fails(
    tmp_path: Path, measured: Measured
) -> None:
    cuts, moments, load = rounds(10, 50), random.Random(2611), Load()
    gone = read = 0
    with machine(tmp_path) as subject:
        async with load.on(subject.server.port):
            for number in range(cuts):
                await load.acknowledge(moments.randint(20, 250))
                with subject.power_cut() as cut:
                    await asyncio.sleep(0.05)  # answers that were sent before it are still on their way
                    keys = to_read(load, number, everything=number == cuts - 1)
                    gone += await read_after(cut, load, keys)
                    require_sound(cut)
                    require_provable(cut)
                read += len(keys)
    measured("G1.power", gone, f"{cuts} images, {len(load.acknowledged)} acknowledged, {read} read back")


async def test_a_database_that_does_not_sync_is_found_out(tmp_path: Path, measured: Measured) -> None:
    load = Load()
    with machine(tmp_path, UNSYNCED) as subject:
        async with load.on(subject.server.port):
            await load.acknowledge(300)
            with subject.power_cut() as cut:
                gone = await read_after(cut, load, list(load.acknowledged))
    measured("G2.power", gone, f"synchronous=OFF, of {len(load.acknowledged)} acknowledged")
