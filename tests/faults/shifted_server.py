"""Serves like `decompass serve`, by a wall clock that jumps when its file says so.

    python -m tests.faults.shifted_server OFFSET_FILE [--deadlines-by-the-wall-clock]

The file holds seconds, read with each look at the clock. With the option the deadlines of the event loop
follow the wall clock as well: a test must notice.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app import main
from app.api.server import serve
from app.settings import Settings
from tests.stores import SECRETS


def shift(file: Path) -> None:
    """Have everything in this process that asks for the wall clock be told another time."""
    true_time = time.time

    def now() -> float:
        return true_time() + float(file.read_text() or 0)

    time.time = now
    time.time_ns = lambda: int(now() * 1e9)
    vars(main)["now"] = lambda: datetime.fromtimestamp(now(), UTC)


def keep_deadlines_by_the_wall_clock() -> None:
    """The mistake: durations by a clock that jumps. The loop of the standard library shows it."""
    time.monotonic = time.time
    sys.modules["uvloop"] = None  # type: ignore[assignment] # as if it were not installed


if __name__ == "__main__":
    shift(Path(sys.argv[1]))
    if "--deadlines-by-the-wall-clock" in sys.argv[2:]:
        keep_deadlines_by_the_wall_clock()
    serve(partial(main.create_app, secrets=SECRETS), Settings.from_environment(os.environ))
