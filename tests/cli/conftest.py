"""Commands for every test that runs some; a file says beside what they run."""

from __future__ import annotations

import pytest

from tests.cli.running import Run, Said, status


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command, told in wide lines: exit status, output, errors."""
    monkeypatch.setenv("COLUMNS", "200")

    def run_command(*arguments: str) -> Said:
        ended = status(*arguments)
        told = capsys.readouterr()
        return ended, told.out, told.err

    return run_command
