"""What a look through the whole database finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as a service leaves it: where, and what. It never repeats clinical data."""

    what: str
    tenant: str | None = None
    """None where it is of the database and not of one log."""
    index: int | None = None
    """The place in the log, from 0; None where it is of the log as a whole."""
    declared: bool = False
    """A leaf of the log says so itself: a restore from a backup."""

    def __str__(self) -> str:
        place = "database" if self.tenant is None else ascii(self.tenant)[1:-1]
        return f"{place}: {self.what}" if self.index is None else f"{place}[{self.index}]: {self.what}"


Tell = Callable[[Finding], None]
"""Takes each finding as it is made: a database of any size is looked through in the same memory."""
