"""The gates of reliability: what is promised, and how much of it a run of the fault suite measured.

A test asks for the fixture `measured` and reports one figure for one gate:

    def test_…(measured: Measured) -> None:
        …
        measured("G1.kill", lost, over=f"{rounds} kills, {acknowledged} acknowledged")

The test fails at once when its figure does not meet the gate. Several tests may report to one gate: the worst
figure stands in the table that is printed at the end of the run, with what each was measured over.

A new promise is a new line in GATES. How long a test goes on is told by `rounds(short, long)`: short by
itself and in CI, long with FAULTS=long in the environment, for the record.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rich.table import Table

PROPERTY = "gate"
"""The name under which a report of pytest carries a measurement."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A promise and the figure that keeps it."""

    id: str
    promise: str
    bound: Literal["at most", "at least"]
    limit: float
    unit: str

    def met(self, value: float) -> bool:
        return value <= self.limit if self.bound == "at most" else value >= self.limit

    def worst(self, values: Sequence[float]) -> float:
        return max(values) if self.bound == "at most" else min(values)


class Measurement(NamedTuple):
    """One figure of one test."""

    gate: str
    value: float
    over: str


def _none(gate_id: str, promise: str, unit: str = "records") -> Gate:
    return Gate(gate_id, promise, "at most", 0, unit)


def _found(gate_id: str, control: str, unit: str = "lost") -> Gate:
    return Gate(gate_id, control, "at least", 1, unit)


GATES: tuple[Gate, ...] = (
    _none("G1.kill", "Acknowledged and lost: killed under load"),
    _none("G1.power", "Acknowledged and lost: power cut"),
    _none("G1.syscall", "Acknowledged and lost: a system call fails or is the last one"),
    _none("G1.disk", "Acknowledged and lost: disk full"),
    _none("G1.clock", "Acknowledged and lost: clock jumps by ten years"),
    _none("G1.postgres", "Acknowledged and lost: PostgreSQL restarted"),
    _none("G1.backends", "Acknowledged and lost: connections to PostgreSQL killed"),
    _none("G1.network", "Acknowledged and lost: network to PostgreSQL cut, COMMIT unanswered"),
    _found("G2.kill", "Control: answers before its commit, killed"),
    _found("G2.power", "Control: does not sync, power cut"),
    _found("G2.syscall", "Control: answers before its commit, system calls fail"),
    _found("G2.disk", "Control: answers before its commit, disk full"),
    _found("G2.clock", "Control: deadlines by the wall clock, clock jumps", "not kept"),
    _found("G2.postgres", "Control: answers before its commit, PostgreSQL faults"),
    _none("G3.doubles", "Keys with more than one record", "keys"),
    _none("G3.replays", "Replays that differ from what was acknowledged", "answers"),
    Gate("G4.sqlite", "Signed, in the tree, 64 connections, SQLite, one process", "at least", 0.35, "x bare"),
    Gate("G4.postgres", "The same, PostgreSQL, two processes", "at least", 0.25, "x bare"),
    Gate("G4.p99", "99 % are answered within, 64 connections", "at most", 250, "ms"),
    Gate("G4.excess", "Overload: refused within", "at most", 50, "ms"),
    Gate("G4.accepted", "Overload: 99 % of the accepted are answered within", "at most", 1, "s"),
    Gate("G4.memory", "Overload: resident memory", "at most", 250, "MB"),
    Gate("G4.growth", "Memory after the load above that after the warm-up", "at most", 20, "MB"),
    _none("G5.silent", "One bit changed: neither found nor harmless", "flips"),
    Gate("G6.attacks", "Attacks found with one outside checkpoint", "at least", 7, "of 7"),
    _none("G7.failures", "Hostile input: answers 5xx", "answers"),
    _none("G7.echoes", "Hostile input: answers that repeat it", "answers"),
    Gate("G7.memory", "Hostile input: growth of memory", "at most", 20, "MB"),
    Gate("G8.closed", "Slow clients are closed within", "at most", 6, "s"),
    Gate("G8.others", "Slow clients: the p99 of the others grows", "at most", 2, "times"),
    Gate("G9.postgres", "First answer after PostgreSQL accepts again", "at most", 1, "s"),
    Gate("G9.disk", "First answer after space returns", "at most", 1, "s"),
    Gate("G9.ready", "Process started until ready", "at most", 5, "s"),
    Gate("G10.verify", "Verified without keys", "at least", 50_000, "records/s"),
    _none("G11.leaks", "Route × credential: more told than the table of scopes allows", "answers"),
    _none("G12.canary", "Health data in logs, metrics, spans, database files", "places"),
    _none("G13.traces", "After erasure: content or key bytes still found", "places"),
    _none("G14.unanswered", "Stopped with requests in flight: accepted and not answered", "requests"),
    Gate("G14.exit", "Stopped with requests in flight: gone within", "at most", 20, "s"),
)
BY_ID = {gate.id: gate for gate in GATES}


class Measured:
    """The fixture: takes one figure for a gate, and fails the test that brings one too bad."""

    def __init__(self, report: Callable[[str, object], None]) -> None:
        self._report = report

    def __call__(self, gate_id: str, value: float, over: str = "") -> None:
        gate = BY_ID[gate_id]
        self.tell(gate_id, value, over)
        assert gate.met(value), f"{gate.id}: {gate.promise}: {value:g} {gate.unit}, {bound_of(gate)} allowed"

    def tell(self, gate_id: str, value: float, over: str = "") -> None:
        """Into the table, met or not met, and nothing fails: for what a short form cannot decide."""
        self._report(PROPERTY, Measurement(gate_id, value, over))


def rounds(short: int, long: int) -> int:
    """How often: the short form, or the long one that is run for the record."""
    return long if is_long() else short


def is_long() -> bool:
    """Whether the forms that are run for the record were asked for."""
    return os.environ.get("FAULTS") == "long"


def bound_of(gate: Gate) -> str:
    """The gate as the table shows it."""
    return f"{gate.bound} {gate.limit:,g}"


def table_of(measurements: Sequence[Measurement]) -> Table:
    """What was measured against what is promised, in the order of GATES; nothing of the others."""
    table = Table(
        "Gate", "Promise", "Measured", "Promised", "Unit", "", "Over", title="Measured against gates"
    )
    for gate in GATES:
        mine = [each for each in measurements if each.gate == gate.id]
        if not mine:
            continue
        worst = gate.worst([each.value for each in mine])
        verdict = "[green]met[/]" if gate.met(worst) else "[bold red]NOT MET[/]"
        over = "; ".join(each.over for each in mine if each.over)
        table.add_row(gate.id, gate.promise, f"{worst:,.4g}", bound_of(gate), gate.unit, verdict, over)
    return table
