"""File systems of a test alone: one that is small, and one whose disk can be copied at any moment."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

DISK_BYTES = 1 << 30


@contextmanager
def mounted(source: str | Path, folder: Path, *options: str) -> Iterator[Path]:
    """A file system on a folder; taken off again whatever happens, even when a file of it is open."""
    folder.mkdir(exist_ok=True)
    _run("mount", *options, str(source), str(folder))
    try:
        yield folder
    finally:
        if _run("umount", str(folder), check=False):
            _run("umount", "--lazy", str(folder))


@contextmanager
def memory(folder: Path, size: int) -> Iterator[Path]:
    """A file system in memory with so many bytes."""
    with mounted("tmpfs", folder, "-t", "tmpfs", "-o", f"size={size},mode=700") as place:
        yield place


def disk(folder: Path) -> Path:
    """A file with an empty ext4 on it; in memory, it holds what the file system sent to its disk, no more."""
    image = folder / "disk.img"
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    # The tables are written now and not in the background, so that a copy finds a disk at rest.
    now = "lazy_itable_init=0,lazy_journal_init=0"
    _run("mkfs.ext4", "-q", "-F", "-J", "size=16", "-E", now, str(image))
    return image


def copied(image: Path, target: Path) -> Path:
    """The disk as it is at one moment: copied again until nothing was written meanwhile."""
    for _ in range(20):
        _run("cp", "--sparse=auto", str(image), str(target))
        if not _run("cmp", "--silent", str(image), str(target), check=False):
            return target
    raise AssertionError("the disk is never at rest")


def require_mounts() -> None:
    """Skip the test where file systems cannot be mounted, and say so."""
    if reason := _cannot_mount():
        pytest.skip(reason=f"NOT TESTED, the power cut and the full disk: {reason}")


@cache
def _cannot_mount() -> str:
    missing = [name for name in ("mount", "umount", "mkfs.ext4", "cp", "cmp") if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} not found"
    if os.geteuid() != 0:
        return "only root mounts file systems"
    try:
        with (
            tempfile.TemporaryDirectory() as name,
            memory(Path(name, "memory"), 2 * DISK_BYTES) as place,
            mounted(disk(place), Path(name, "disk"), "-o", "loop"),
        ):
            return ""
    except subprocess.CalledProcessError as error:
        return f"{error.cmd[0]} fails here (status {error.returncode}): no loop devices, or no right to mount"


def _run(*command: str, check: bool = True) -> int:
    return subprocess.run(command, check=check, capture_output=True).returncode  # noqa: S603 -- fixed commands
