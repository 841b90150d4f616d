"""The JSON of a case from what was chosen: the operation, one value for each member, and where each came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.interop.given import Given, label_of
from app.interop.merging import DATED, MOST_RESOURCES, merge
from app.interop.notes import Note
from app.interop.operations import Chosen
from app.interop.procedures import Operation
from app.interop.provenance import named, used
from app.interop.resources import Clock, Resource

EARLIER = "prior_surgeries"
MUSCLE_POWER = "observations.muscle_power"
AGE = "age_years"
OLDEST = 120


def case_of(
    subject: str,
    clock: Clock,
    chosen: Chosen,
    every: Iterable[Given],
    patient: Resource | None,
    call: Mapping[str, str | None],
    notes: list[Note],
) -> dict[str, Any]:
    """The contract's JSON. ``call``: what the provenance says of the call. Adds to ``notes`` what was left out."""
    assert chosen.operation and chosen.surgery
    operated_on = chosen.operation.day
    merged = merge(every, operated_on)
    notes += merged.notes
    gives: dict[str, tuple[Resource, list[str]]] = {}
    ...
