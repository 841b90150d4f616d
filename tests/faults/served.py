"""The real service in a process of its own, as `decompass serve` runs it, to be killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from time import monotonic
from typing import IO

from tests.stores import environment_of as store_environment

PATIENCE_SECONDS = 30


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    address: str
    told: list[str]
    ready_seconds: float
    """From its start until it answered."""

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def ask_to_stop(self) -> None:
        """What an operator's tools send."""
        self.process.send_signal(signal.SIGTERM)


def environment_of(url: str) -> dict[str, str]:
    """The one place where the environment of a service under test is made: what it is told at its start."""
    return {**os.environ, "DECOMPASS_PORT": "0", **store_environment(url)}


SERVICE = ("app.cli", "serve")


@contextmanager
def served(url: str, program: Sequence[str] = SERVICE) -> Iterator[Served]:
    """A server on a free port, answering; gone afterwards."""
    command = [sys.executable, "-m", *program]
    began, environment = monotonic(), environment_of(url)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 -- ours
        assert process.stderr
        told: list[str] = []
        try:
            address = _address(process.stderr, told)
            ready_seconds = monotonic() - began
            # The pipe is read on, so that the server is never held up by what it has to say.
            reader = Thread(target=told.extend, args=(process.stderr,))
            reader.start()
            yield Served(process, address, told, ready_seconds)
        finally:
            process.kill()
        reader.join(PATIENCE_SECONDS)


def _address(lines: IO[str], told: list[str]) -> str:
    for line in lines:
        told.append(line)
        if "Listening on " in line:
            address: str = json.loads(line)["message"].removeprefix("Listening on ")
            return address.removesuffix("/docs")
    raise AssertionError("".join(told))
