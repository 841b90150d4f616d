"""A stranger who has only the document, and follows its links, finds a service that does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.api.links import LINKS
from tests.faults.served import SERVICE, served

pytestmark = pytest.mark.fault

SECONDS = 60
PROGRAM = Path(sys.executable).with_name("schemathesis")
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def checked(address: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Generated requests, those at the edges of the document, and chains of them along its links."""
    command: list[str | Path] = [PROGRAM, "--config-file", CONFIGURATION, "run", f"{address}/openapi.json"]
    command += ["--phases", "examples,coverage,stateful", "--max-examples", "10", "--max-time", str(SECONDS)]
    command += ["--seed", "1", "--no-color", "--generation-database", "none"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603 -- ours


def test_the_service_does_what_its_document_says_along_every_link(sqlite_url: str, tmp_path: Path) -> None:
    with served(sqlite_url, SERVICE) as server:
        found = checked(server.address, tmp_path)
        told = "".join(server.told)

    assert found.returncode == 0, found.stdout
    covered = re.search(r"API Links:\s+(\d+) covered", found.stdout)
    assert covered
    assert int(covered[1]) >= len(LINKS)
    assert "exception" not in told


def test_a_service_that_does_not_is_found_out(sqlite_url: str, tmp_path: Path) -> None:
    with served(sqlite_url, ("tests.faults.flawed_server",)) as server:
        found = checked(server.address, tmp_path)

    assert found.returncode == 1
    assert "GET /otherwise" in found.stdout
    assert "GET /as-told" not in found.stdout.split("FAILURES")[1].split("SUMMARY")[0]
