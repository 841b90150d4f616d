"""`decompass verify` without an id, and `decompass recover`, as an operator runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from app.audit.anchors import Anchors
from app.audit.sinks import FileSink
from tests.audit.whole.generated import START, events, fill, recordings
from tests.cli.running import status
from tests.roles import tampering
from tests.stores import SECRETS_AS_VARIABLES, environment_of, opened_store


@pytest.fixture
def file(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a database with ten records, which the environment names."""
    for name, value in {**environment_of(sqlite_url), **SECRETS_AS_VARIABLES}.items():
        monkeypatch.setenv(name, value)
    with opened_store(sqlite_url) as store:
        fill(store, recordings(store, 10), 4)
    return Path(sqlite_url.removeprefix("sqlite:///"))


def test_a_database_in_order_ends_with_0_and_says_what_it_cannot_tell(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()

    assert status("verify") == 0
    assert capsys.readouterr().out.splitlines() == [
        "10 entries in 1 log(s): nothing is wrong.",
        "Without --pins nobody can see that a whole log, or its end, was taken away.",
    ]
    assert file.read_bytes() == before


def test_each_finding_is_a_line_and_the_end_is_1(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with tampering(f"sqlite:///{file}") as connection:
        connection.execute(text("UPDATE entry SET kind = 'query' WHERE idx = 4"))

    assert status("verify", "--keyless") == 1
    assert "local[4]: the column kind differs from the leaf" in capsys.readouterr().out.splitlines()
    assert status("verify", "--keyless", "--json") == 1
    *findings, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert findings[0]["index"] == 4
    assert summary == {"logs": 1, "entries": 10, "wrong": len(findings), "pinned": False}


def test_a_restore_passes_only_where_it_was_declared_and_is_accepted(file: Path, tmp_path: Path) -> None:
    backup, pins = tmp_path / "backup", str(tmp_path / "pins")
    shutil.copy(file, backup)
    with opened_store(f"sqlite:///{file}") as store:
        fill(store, events(5))
        Anchors(store.database.reader, [FileSink(Path(pins))], lambda: START).anchor()
    assert status("verify", "--pins", pins) == 0
    shutil.copy(backup, file)
    assert status("verify", "--pins", pins, "--accept-recovery") == 1
    assert status("recover", "--pins", pins) == 0
    assert status("verify", "--pins", pins) == 1
    assert status("verify", "--pins", pins, "--accept-recovery") == 0


def test_pins_that_are_not_there_are_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("verify", "--pins", str(file.with_name("none"))) == 1
    assert "cannot be read" in capsys.readouterr().err
