"""Where a statement or a figure comes from, and how far it has been checked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from app.engine.errors import DefinitionRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publication, cited by id; ``verified`` says how the text was seen (see the evidence table).

    ``review_by`` is the last day for which it counts as checked; from the next day on it is overdue.
    """

    id: str
    title: str
    kind: str
    year: int | None
    url: str = ""
    verified: str = ""
    review_by: date | None = None

    def overdue(self, day: date) -> bool:
        """Whether the source should have been looked at again before that day."""
        return self.review_by is not None and self.review_by < day

    def at(self, place: str, says: str = "", verified: str = "") -> Citation:
        """Cite a place in the source, with the figure that stands there."""
        return Citation(source=self, place=place, says=says, verified=verified or self.verified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One place in a source, what it says in own words, and how that figure was verified."""

    source: Source
    place: str
    says: str = ""
    verified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A named value of a rule: number, unit, source, and whether a clinician still has to sign it off."""

    name: str
    value: float
    unit: str
    label: str
    evidence: tuple[Citation, ...]
    needs_sign_off: bool = False

    def __post_init__(self) -> None:
        if not (self.name.isidentifier() and self.label and self.evidence):
            raise DefinitionRefused(f"Threshold {self.name!r} needs an identifier, a label and a source")
        if not math.isfinite(self.value):
            raise DefinitionRefused(f"Threshold {self.name!r} is not a finite number")
