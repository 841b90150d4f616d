"""Collects what the fault tests measured, and prints it against the gates at the end of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from rich.console import Console

from tests.faults.gates import PROPERTY, Measured, Measurement, table_of


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Measured:
    """Takes down one figure for one gate; see tests.faults.gates."""
    return Measured(record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table, below the list of what failed; nothing when nothing was measured."""
    measurements = list(_measurements(terminalreporter))
    if not measurements:
        return
    console = Console(
        width=150, force_terminal=terminalreporter.hasmarkup, no_color=not terminalreporter.hasmarkup
    )
    with console.capture() as printed:
        console.print(table_of(measurements))
    terminalreporter.write(f"\n{printed.get()}")


def _measurements(reporter: pytest.TerminalReporter) -> Iterator[Measurement]:
    for reports in (reporter.getreports("passed"), reporter.getreports("failed")):
        for report in reports:
            if report.when == "call":
                yield from (Measurement(*value) for name, value in report.user_properties if name == PROPERTY)
