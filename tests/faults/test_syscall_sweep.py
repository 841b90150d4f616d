"""Every system call that writes to the database fails, or is the last one: nothing acknowledged is lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import pytest

from tests.faults.gates import Measured, rounds
from tests.faults.judge import require_sound
from tests.faults.proofs import require_provable
from tests.faults.swept_program import BEGIN
from tests.stores import keys_of

pytestmark = pytest.mark.fault

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate")
FAULTS = ("error=EIO", "error=ENOSPC", "signal=KILL")
CALLED = re.compile(rf"^(\d+) +({'|'.join(CALLS)})\(", re.MULTILINE)
PATIENCE_SECONDS = 20
SOME = 31
"""In the short form one write in so many fails, and each time in another way; every sync does, in each."""


class Fault(NamedTuple):
    """What happens to which call."""

    call: str
    what: str
    number: int

    @property
    def option(self) -> str:
        return f"inject={self.call}:{self.what}:when={self.number}"


@dataclass
class Run:
    """What a service was asked, what it said, and how it ended."""

    attempted: list[str] = field(default_factory=list)
    answered: list[dict[str, Any]] = field(default_factory=list)
    replayed: list[dict[str, Any]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    ended: int = 0
    trace: str = ""

    @property
    def acknowledged(self) -> list[dict[str, Any]]:
        return [each for each in self.answered if each["status"] == 201]

    @property
    def met_its_fault(self) -> bool:
        return "(INJECTED)" in self.trace or self.ended == -signal.SIGKILL

    def take(self, said: dict[str, Any]) -> None:
        ((name, value),) = said.items()
        if name == "ended":
            self.ended = value
        else:
            getattr(self, name).append(value)


class Sweep:
    """The program, forked anew for each fault, and the database that it finds each time."""

    def __init__(self, program: subprocess.Popen[str], template: Path, file: Path) -> None:
        self._program = program
        self._file = file
        self._log = file.with_suffix(".trace")
        # The first start stores the ruleset: hundreds of writes that acknowledge nothing.
        shutil.copy(template, file)
        self.judge(Run())
        self._templates = {
            each: Path(shutil.copy(each, each.with_name(f"template of {each.name}")))
            for each in (file, Path(keys_of(f"sqlite:///{file}").removeprefix("sqlite:///")))
        }

    def record(self, fault: Fault | None = None) -> Run:
        """A few requests on an empty database, while this one call fails."""
        for old in self._file.parent.glob(f"{self._file.name}*"):
            old.unlink()
        for file, template in self._templates.items():
            shutil.copy(template, file)
        child = self._told("record")["child"]
        with self._traced(child, fault):
            os.kill(child, BEGIN)
            run = self._run(child)
        run.trace = self._log.read_text()
        return run

    def judge(self, run: Run) -> Run:
        """What a service that starts afterwards finds of it."""
        return self._run(self._told({"acknowledged": run.acknowledged, "attempted": run.attempted})["child"])

    def _told(self, order: object) -> dict[str, Any]:
        assert self._program.stdin
        assert self._program.stdout
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        said: dict[str, Any] = json.loads(self._program.stdout.readline())
        return said

    def _run(self, child: int) -> Run:
        run, watchdog = Run(), Timer(PATIENCE_SECONDS, os.kill, (child, signal.SIGABRT))
        watchdog.start()
        for line in self._program.stdout or ():
            run.take(said := json.loads(line))
            if "ended" in said:
                break
        watchdog.cancel()
        assert run.ended in (0, 1, -signal.SIGKILL), f"ended by {run.ended}"
        return run

    @contextmanager
    def _traced(self, child: int, fault: Fault | None) -> Iterator[None]:
        options = ["-e", f"trace={','.join(CALLS)}", *(("-e", fault.option) if fault else ())]
        command = ["strace", "-f", "-p", str(child), "-o", str(self._log), *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:  # noqa: S603 -- ours
            assert strace.stderr
            assert "attached" in strace.stderr.readline()
            yield
            strace.communicate(timeout=PATIENCE_SECONDS)


@contextmanager
def swept(template: Path, folder: Path, *options: str) -> Iterator[Sweep]:
    """The program, ready to be forked."""
    if reason := cannot_trace():
        pytest.skip(reason=f"NOT TESTED, system calls that fail: {reason}")
    file = folder / "swept.db"
    command = [sys.executable, "-m", "tests.faults.swept_program", f"sqlite:///{file}", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as program:  # noqa: S603 -- ours
        try:
            yield Sweep(program, template, file)
        finally:
            program.kill()


@cache
def cannot_trace() -> str:
    """Why no process can be traced here; empty when it can."""
    if shutil.which("strace") is None:
        return "strace not found"
    with subprocess.Popen(["sleep", "60"]) as sleeper:  # noqa: S607 -- from the system
        try:
            command = ["timeout", "1", "strace", "-p", str(sleeper.pid)]
            said = subprocess.run(command, capture_output=True, text=True, check=False).stderr  # noqa: S603 -- ours
        finally:
            sleeper.kill()
    return "" if "attached" in said else f"strace may not attach: {said.strip()[:200]}"


def faults(calls: Counter[str], ways: tuple[str, ...]) -> list[Fault]:
    """One call after the other, each in each way; in the short form some of the many writes."""
    every = {call: [Fault(call, way, n + 1) for n in range(calls[call]) for way in ways] for call in CALLS}
    every["pwrite64"] = every["pwrite64"][:: rounds(SOME, 1)]
    return list(chain.from_iterable(every.values()))


def calls_of(sweep: Sweep) -> Counter[str]:
    """How often each call is made when nothing fails, by the thread that makes it most: strace counts so."""
    run = sweep.record()
    assert len(run.acknowledged) == len(run.attempted) > 0
    assert run.ended == 0
    made = Counter(CALLED.findall(run.trace))
    return Counter({call: max(made[key] for key in made if key[1] == call) for _, call in made})


def test_no_system_call_that_fails_loses_what_was_acknowledged(
    migrated_file: Path, tmp_path: Path, measured: Measured
) -> None:
    url, met, gone, acknowledged = f"sqlite:///{tmp_path / 'swept.db'}", 0, 0, 0
    with swept(migrated_file, tmp_path) as sweep:
        for fault in faults(calls_of(sweep), FAULTS):
            run = sweep.record(fault)
            require_answers(run, fault)
            require_sound(url)
            judged = sweep.judge(run)
            require_replays(run, judged, fault)
            require_provable(url)
            met, gone = met + run.met_its_fault, gone + len(judged.lost)
            acknowledged += len(run.acknowledged)
    measured("G1.syscall", gone, f"{met} faults, {acknowledged} acknowledged")


def require_answers(run: Run, fault: Fault) -> None:
    """A service that was not killed answers everybody, and says that it could not store what it did not."""
    assert {each["status"] for each in run.answered} <= {201, 503}, fault
    if run.ended != -signal.SIGKILL:
        assert len(run.answered) == len(run.attempted), fault


def require_replays(run: Run, judged: Run, fault: Fault) -> None:
    """The service starts again, and each key gives one record: the acknowledged one where there is one."""
    assert judged.ended == 0, fault
    assert {each["status"] for each in judged.replayed} <= {200, 201}, fault
    again = {each["key"]: (each["id"], each["sha"]) for each in judged.replayed}
    assert sorted(again) == sorted(run.attempted), fault
    assert all(again[each["key"]] == (each["id"], each["sha"]) for each in run.acknowledged), fault


def test_a_service_that_answers_before_its_commit_is_found_out_by_failing_calls(
    migrated_file: Path, tmp_path: Path, measured: Measured
) -> None:
    with swept(migrated_file, tmp_path, "--acknowledge-early") as sweep:
        some = [fault for fault in faults(calls_of(sweep), FAULTS) if fault.call == "fsync"]
        gone = sum(len(sweep.judge(sweep.record(fault)).lost) for fault in some)
    measured("G2.syscall", gone, f"{len(some)} faults")
