"""One value for one member of the case, with the day and the resource that it comes from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from app.interop.notes import Note
from app.interop.paths import FIELDS, RED_FLAGS
from app.interop.resources import LONG_AGO, Clock, Moment, Resource, updated_at


class Given(NamedTuple):
    """``value`` is what the contract's JSON holds at ``path``; ``rank`` orders what was given for one day."""

    path: str
    value: Any
    day: date
    is_of_the_day: bool
    rank: tuple[datetime, datetime]
    source: Resource


def given(path: str, value: Any, moment: Moment, clock: Clock, source: Resource) -> Given | Note:
    """The value as of its day, or a note where that day is after the assessment."""
    day = clock.day_in_case(moment)
    if day is None:
        text = f"{label_of(path)}: of a time after the assessment; not used."
        if clock.is_ahead(moment) or (path.startswith(RED_FLAGS) and value == "yes"):
            return Note("warning", "incomplete", text, source.reference, path)
        return Note("information", "informational", text, source.reference, path)
    rank = (moment.at or LONG_AGO, updated_at(source))
    return Given(path, value, day, clock.is_of_the_day(moment), rank, source)


def label_of(path: str) -> str:
    """What a member is called in a note."""
    return FIELDS[path].label
