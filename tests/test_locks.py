"""The locks install what pyproject.toml asks for, from any mirror, and nothing that is not hashed."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
DEVELOPMENT: list[str] = PROJECT["project"]["optional-dependencies"]["dev"]
BUILD: list[str] = PROJECT["build-system"]["requires"]


def entries(lock: str) -> Iterator[str]:
    """The pinned requirements of a lock, each with its hashes, as one line."""
    joined = (ROOT / lock).read_text().replace("\\\n", " ")
    return (line for line in joined.splitlines() if line.strip())


def pins(lock: str) -> dict[str, str]:
    """The version of every locked project, by its canonical name."""
    found = (Requirement(entry.split("--hash")[0].strip()) for entry in entries(lock))
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_project_is_pinned_to_one_version_and_hashed(lock: str) -> None:
    for entry in entries(lock):
        assert re.match(r"[a-z0-9-]+==[^ ]+( ; .+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*$", entry), entry[:80]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_where_it_was_downloaded_from(lock: str) -> None:
    assert not re.search(r"://|--(index|extra-index|find-links|trusted-host)", (ROOT / lock).read_text())


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", RUNTIME),
        ("requirements-dev.lock", [*RUNTIME, *DEVELOPMENT]),
        ("requirements-build.lock", BUILD),
    ],
)
def test_every_requirement_of_the_project_is_met_by_its_lock(lock: str, wanted: list[str]) -> None:
    locked = pins(lock)
    for requirement in map(Requirement, wanted):
        assert requirement.marker is None or requirement.marker.evaluate({"sys_platform": "linux"})
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in {lock}: run make lock"
        assert requirement.specifier.contains(version), (
            f"{requirement} is not met by {version}: run make lock"
        )


def test_tests_run_on_the_versions_that_the_service_runs_on() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
