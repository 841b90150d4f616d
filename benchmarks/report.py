"""Figures against goals, as a table."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; the goal, where there is one, is the most (or the least) that it may be."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def goal(self) -> str:
        if self.at_most is not None:
            return f"<= {self.at_most:g} {self.unit}"
        return f">= {self.at_least:g} {self.unit}" if self.at_least is not None else ""

    @property
    def met(self) -> str:
        limits = ((operator.le, self.at_most), (operator.ge, self.at_least))
        reached = [compare(self.value, limit) for compare, limit in limits if limit is not None]
        return "" if not reached else "yes" if all(reached) else "NO"


def print_figures(title: str, figures: Iterable[Figure]) -> None:
    """Measured beside goal."""
    table = Table("Figure", "Measured", "Goal", "Met", title=title, title_justify="left")
    table.columns[1].justify = "right"
    for figure in figures:
        table.add_row(figure.name, f"{figure.value:,.3g} {figure.unit}", figure.goal, figure.met)
    Console(width=120).print(table)
