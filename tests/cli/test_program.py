"""The command line as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.wire

PROGRAM = [sys.executable, "-m", "app.cli"]
ROOT = Path(__file__).parents[2]


def test_a_reader_who_leaves_early_ends_the_program_quietly() -> None:
    with subprocess.Popen(  # noqa: S603 -- our own program
        [*PROGRAM, "openapi"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as program:
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        told = program.stderr.read()

    assert told == ""
