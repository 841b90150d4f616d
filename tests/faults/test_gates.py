"""The table tells the worst figure of each gate, and a figure that misses its gate fails its test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.faults.gates import BY_ID, GATES, Gate, Measured, Measurement, rounds, table_of


def printed(*measurements: Measurement) -> str:
    console = Console(width=200, no_color=True)
    with console.capture() as text:
        console.print(table_of(measurements))
    return text.get()


def test_no_two_gates_have_the_same_id() -> None:
    assert len(BY_ID) == len(GATES)


@given(st.sampled_from(GATES), st.lists(st.floats(0, 1e6), min_size=1))
def test_a_gate_is_met_by_its_worst_figure_only_if_all_meet_it(gate: Gate, values: list[float]) -> None:
    assert gate.met(gate.worst(values)) == all(gate.met(value) for value in values)


def test_a_figure_that_misses_its_gate_fails_its_test_and_is_still_reported() -> None:
    reported: list[object] = []
    measured = Measured(lambda _, value: reported.append(value))
    measured("G1.kill", 0)
    with pytest.raises(AssertionError, match=r"G1\.kill"):
        measured("G1.kill", 1, over="2 kills")
    with pytest.raises(AssertionError, match=r"G2\.kill"):
        measured("G2.kill", 0)
    assert reported == [
        Measurement("G1.kill", 0, ""),
        Measurement("G1.kill", 1, "2 kills"),
        Measurement("G2.kill", 0, ""),
    ]


def test_the_table_shows_the_worst_and_says_what_is_not_met() -> None:
    text = printed(
        Measurement("G9.ready", 2.5, "SQLite"),
        Measurement("G9.ready", 7.25, "PostgreSQL"),
        Measurement("G1.kill", 0, ""),
    )
    assert [line for line in text.splitlines() if "G9.ready" in line and "7.25" in line and "NOT MET" in line]
    assert [
        line for line in text.splitlines() if "G1.kill" in line and "NOT MET" not in line and "met" in line
    ]
    assert "SQLite; PostgreSQL" in text
    assert "G1.power" not in text


def test_the_long_form_is_asked_for_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAULTS", raising=False)
    assert rounds(3, 100) == 3
    monkeypatch.setenv("FAULTS", "long")
    assert rounds(3, 100) == 100
