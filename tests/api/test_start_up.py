"""The service does not start on what could lose or show a record, and says what to do about it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.api.start_up import file_refusals, require_safe_start
from app.settings import Settings, SettingsError
from tests.stores import environment_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def refused(url: str, now: datetime = NOW, variable: str = "", value: str = "1") -> list[str]:
    """Why a service with this database would not start, at this time and with this variable of Python's."""
    environment = {variable: value} if variable else {}
    settings = Settings.from_environment({"DECOMPASS_DATABASE_URL": url})
    try:
        require_safe_start(settings, environment, now)
    except SettingsError as refusal:
        return list(refusal.problems)
    return []


def test_a_usual_start_is_not_refused(sqlite_url: str) -> None:
    assert refused(sqlite_url) == []
    assert refused("sqlite:///new-file.db") == []


def test_a_service_that_knows_the_owner_of_the_tables_is_refused_where_there_are_tenants() -> None:
    for credentials, count in (("none", 0), ("required", 1)):
        environment = {
            "DECOMPASS_DATABASE_URL": "postgresql://decompass@/records",
            "DECOMPASS_OWNER_DATABASE_URL": "postgresql://owner:hunter2@/records",
            "DECOMPASS_CREDENTIALS": credentials,
        }
        try:
            require_safe_start(Settings.from_environment(environment), {}, NOW)
            told: tuple[str, ...] = ()
        except SettingsError as refusal:
            told = refusal.problems
        assert len(told) == count
        assert all("DECOMPASS_OWNER_DATABASE_URL" in each and "hunter2" not in each for each in told)


def test_a_clock_that_is_wrong_for_sure_is_refused(sqlite_url: str) -> None:
    (told,) = refused(sqlite_url, datetime(2025, 12, 31, 23, 59, tzinfo=UTC))

    assert "2025-12-31" in told
    assert "Set the clock" in told


@pytest.mark.parametrize("name", ["PYTHONASYNCIODEBUG", "PYTHONDEVMODE"])
def test_debugging_that_logs_values_is_refused(sqlite_url: str, name: str) -> None:
    assert [told.split()[0] for told in refused(sqlite_url, variable=name)] == [name]
    assert refused(sqlite_url, variable=name, value="") == []


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_a_database_that_others_can_read_is_refused(sqlite_url: str, end: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///") + end)
    file.touch()
    file.chmod(0o640)

    assert refused(sqlite_url) == [f"{file} can be read by others on this machine: chmod 600 {file}"]


def test_a_folder_in_which_anybody_could_replace_the_database_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert [told.endswith(f"chmod o-w {tmp_path}") for told in refused(f"sqlite:///{tmp_path}/d.db")] == [
        True
    ]

    tmp_path.chmod(0o1777)  # as /tmp: others may not rename what is not theirs
    assert refused(f"sqlite:///{tmp_path}/d.db") == []


@pytest.mark.parametrize(
    ("kind", "where", "count"),
    [
        ("nfs4", "mount", 1),
        ("cifs", "mount", 1),
        ("fuse.sshfs", "mount", 1),
        ("ext4", "mount", 0),
        ("nfs4", "elsewhere", 0),
        ("nfs4", "with\\040blank", 0),
    ],
)
def test_a_database_on_a_network_file_system_is_refused(
    tmp_path: Path, kind: str, where: str, count: int
) -> None:
    (tmp_path / "mount").mkdir()
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
        f"33 22 0:50 / {tmp_path}/{where} rw,relatime shared:1 - {kind} server:/share rw\n"
    )

    told = list(file_refusals(tmp_path / "mount" / "d.db", mounts))
    assert len(told) == count
    assert all(kind in each and "local disk" in each for each in told)


def test_a_system_that_does_not_tell_its_mounts_is_not_refused(tmp_path: Path) -> None:
    assert list(file_refusals(tmp_path / "d.db", tmp_path / "nothing")) == []


@pytest.mark.parametrize(
    "rest",
    [
        "localhost/d",
        "127.0.0.1:5433/d",
        "[::1]/d",
        "/d?host=/run/postgresql",
        "/d",
        "db.example/d?sslmode=require",
        "db.example/d?sslmode=verify-full&sslrootcert=ca.pem",
    ],
)
def test_a_database_here_or_over_tls_is_accepted(rest: str) -> None:
    assert refused(f"postgresql://user:secret@{rest}") == []


@pytest.mark.parametrize(
    "rest", ["db.example/d", "10.0.0.5/d?sslmode=prefer", "/d?host=db.example", "/d?host=localhost,10.0.0.5"]
)
def test_a_database_elsewhere_without_tls_is_refused(rest: str) -> None:
    (told,) = refused(f"postgresql://user:secret@{rest}")

    assert "sslmode=verify-full" in told
    assert "secret" not in told
    assert "db.example" not in told


def with_few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))


def with_few_files_that_can_be_more() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


@pytest.mark.wire
def test_a_low_limit_of_open_files_is_raised_where_the_system_lets_us(sqlite_url: str) -> None:
    program = "import app.asgi, resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    ended = subprocess.run(  # noqa: S603 -- ours
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment_of(sqlite_url)},
        preexec_fn=with_few_files_that_can_be_more,
    )

    assert ended.stdout == "1024\n"


@pytest.mark.wire
@pytest.mark.parametrize(
    ("changes", "prepare", "said"),
    [
        ({"PYTHONASYNCIODEBUG": "1"}, None, "PYTHONASYNCIODEBUG is set"),
        ({}, with_few_files, "The process may open 256 files"),
    ],
)
@pytest.mark.parametrize("program", [["-m", "app.cli", "serve"], ["-c", "import app.asgi"]])
def test_the_program_refuses_however_it_is_started(
    sqlite_url: str,
    changes: dict[str, str],
    prepare: Callable[[], None] | None,
    said: str,
    program: list[str],
) -> None:
    environment = {**os.environ, **environment_of(sqlite_url), **changes}
    ended = subprocess.run(  # noqa: S603 -- ours
        [sys.executable, *program],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
        preexec_fn=prepare,
    )

    assert ended.returncode != 0
    assert said in ended.stderr
