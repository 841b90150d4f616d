"""What a service must not be started with: each refusal is a sentence that says what to do."""

from __future__ import annotations

import ipaddress
import resource
import stat
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.settings import Settings, SettingsError

WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right says an earlier time than that of this code."""
MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre"})
REMOTE_FUSE = ("fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs", "fuse.ceph")
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
DEBUGGING = ("PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONTRACEMALLOC")
OPEN_FILES = 1024
"""512 connections, those of the database, and some to spare."""


def require_safe_start(settings: Settings, environment: Mapping[str, str], now: datetime) -> None:
    """Refuse to start (SettingsError) with all that is unsafe at once."""
    problems = (
        *_clock(now),
        *_debugging(environment),
        *_open_files(_raised_limit_of_open_files()),
        *_database(settings.database_url),
        *_owner(settings),
    )
    if problems:
        raise SettingsError(problems)


def _clock(now: datetime) -> Iterator[str]:
    if now < WRITTEN:
        yield (
            f"The clock says {now.date()}, which is past: records would carry that time. Set the clock, for "
            "example by NTP, and start again."
        )


def _debugging(environment: Mapping[str, str]) -> Iterator[str]:
    for name in DEBUGGING:
        if environment.get(name):
            yield f"{name} is set: Python would log values of requests, which are health data. Unset it."
    if sys.flags.dev_mode:
        yield "Python runs in development mode, which logs values of requests. Start it without -X dev."


def _raised_limit_of_open_files() -> int:
    """What the process may open, after it took what it needs of what the system lets it take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        soft = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


def _open_files(limit: int) -> Iterator[str]:
    if limit != resource.RLIM_INFINITY and limit < OPEN_FILES:
        yield (
            f"The process may open {limit} files, too few for 512 connections: raise the limit to "
            f"{OPEN_FILES} or more (ulimit -n, or LimitNOFILE of the unit)."
        )


def _database(url: str) -> Iterator[str]:
    try:
        address = make_url(url)
    except ArgumentError:
        return  # whoever opens it says so
    if address.get_backend_name() == "sqlite":
        if address.database:
            yield from file_refusals(Path(address.database).absolute())
    elif not _stays_on_this_machine(address) and not _is_encrypted(address):
        yield (
            "DECOMPASS_DATABASE_URL leads to another machine, and health data could go there unencrypted: "
            "add ?sslmode=verify-full with sslrootcert, or at least ?sslmode=require."
        )


def _owner(settings: Settings) -> Iterator[str]:
    if settings.owner_database_url and settings.credentials_required:
        yield (
            "DECOMPASS_OWNER_DATABASE_URL is set: the service must not know how to become the owner of the "
            "tables. Set it for `decompass migrate` and `decompass rotate` alone."
        )


def file_refusals(database: Path, mounts: Path = MOUNTS) -> Iterator[str]:
    """What is unsafe about where an SQLite file lies and who may read it."""
    for file in (database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))):
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield f"{file} can be read by others on this machine: chmod 600 {file}"
    folder = database.parent
    if folder.exists():
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            yield f"Anybody on this machine could replace the database in {folder}: chmod o-w {folder}"
        kind = _file_system(folder.resolve(), mounts)
        if kind in NETWORK or kind.startswith(REMOTE_FUSE):
            yield (
                f"{folder} lies on a network file system ({kind}), on which SQLite can lose or damage "
                "records: use a local disk, or PostgreSQL."
            )


def _file_system(folder: Path, mounts: Path) -> str:
    """The kind of file system that a folder lies on; empty where the system does not tell."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    found = {}
    for line in lines:
        before, _, after = line.partition(" - ")
        # The same point can be mounted over: the last one counts.
        found[Path(before.split()[4].encode().decode("unicode_escape"))] = after.split()[0]
    return next((found[each] for each in (folder, *folder.parents) if each in found), "")


def _stays_on_this_machine(address: URL) -> bool:
    hosts = address.normalized_query.get("host") or ((address.host,) if address.host else ())
    return all(_is_local(host) for each in hosts for host in each.split(","))


def _is_local(host: str) -> bool:
    if host.startswith(("/", "@")) or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition(":")[0] if host.count(":") == 1 else host).is_loopback
    except ValueError:
        return False


def _is_encrypted(address: URL) -> bool:
    return any(mode in ENCRYPTED for mode in address.normalized_query.get("sslmode", ()))
