"""Run a program, kill it at any moment, and compare what it acknowledged with what is stored.

The program prints a line `try ID` before it asks for something to be stored, and `ack ID` once it was told
that it is. What happens around the kill is then known from the outside:

    acknowledged ⊆ stored ⊆ attempted
"""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Timer

PATIENCE_SECONDS = 60


@dataclass
class Ledger:
    """What was asked for and what was promised, over one or many runs."""

    attempted: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)

    def note(self, line: str) -> bool:
        """Take down a line of the program; whether it was a promise. A line cut by the kill says nothing."""
        word, _, name = line.partition(" ")
        if not name.endswith("\n"):
            return False
        if word == "try":
            self.attempted.add(name.strip())
        if word == "ack":
            self.acknowledged.add(name.strip())
        return word == "ack"

    def lost(self, stored: set[str]) -> set[str]:
        """Promised, and not there: must be empty."""
        return self.acknowledged - stored

    def invented(self, stored: set[str]) -> set[str]:
        """There, and never asked for: must be empty."""
        return stored - self.attempted


def run_and_kill(command: Sequence[str], ledger: Ledger, after: int) -> None:
    """Run the program and kill -9 it in the middle of its work, when it has made so many promises."""
    promises = 0
    with _running(command) as program:
        for line in program.stdout or ():
            promises += ledger.note(line)
            if promises == after:
                program.kill()
    assert promises >= after, f"the program ended by itself after {promises} of {after} promises"


@contextmanager
def _running(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:  # noqa: S603 -- our own program
        watchdog = Timer(PATIENCE_SECONDS, program.kill)
        watchdog.start()
        try:
            yield program
        finally:
            watchdog.cancel()
            program.kill()
