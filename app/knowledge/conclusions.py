"""What the rules conclude: plain values, one class per kind of statement in the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.engine.rules import Conclusion

TIERS = ("emergency_now", "same_day", "within_days", "routine")
"""Most urgent first (dossier 4.1: T1 to T4)."""
NO_TIER = "none"
TODAY, SEVENTY_TWO_HOURS, WEEK, TWO_WEEKS, FOUR_WEEKS, TWELVE_WEEKS = 0, 3, 7, 14, 28, 84
"""Days within which a flag or a step asks for action (dossier 4.1, 6.3, 11.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interim(Conclusion):
    """What the course comes to so far, for the rules that follow."""

    kind: ClassVar[str] = "interim"
    says: str
    confidence: str = ""

    @property
    def answer(self) -> str:
        return self.says


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Conclusion):
    """A safety flag: how urgent, what to do first, and within how many days."""

    kind: ClassVar[str] = "flag"
    code: str
    tier: str
    first_action: str
    within_days: int
    atypical_timing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Conclusion):
    """The outcome of the operation so far."""

    kind: ClassVar[str] = "verdict"
    status: str
    says: str

    @property
    def answer(self) -> str:
        return self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Conclusion):
    """Something a clinician should know beside the verdict."""

    kind: ClassVar[str] = "note"
    code: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prognosis(Conclusion):
    """What is to be expected of one symptom."""

    kind: ClassVar[str] = "prognosis"
    status: str
    says: str
    confidence: str = "moderate"

    @property
    def answer(self) -> str:
        return self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause(Conclusion):
    """A candidate explanation with an ordinal grade; base rates are from the sources, never made up."""

    kind: ClassVar[str] = "cause"
    condition: str
    grade: str
    says: str = ""
    base_rate_low: float | None = None
    base_rate_high: float | None = None
    literature_low: float | None = None
    literature_high: float | None = None

    @property
    def answer(self) -> str:
        return self.grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature(Conclusion):
    """A feature that speaks for or against a cause, without deciding it."""

    kind: ClassVar[str] = "feature"
    cause: str
    speaks: str
    code: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Conclusion):
    """A term for a category; never a cause."""

    kind: ClassVar[str] = "label"
    code: str
    term: str
    synonyms: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep(Conclusion):
    """Something to do, how urgent, and within how many days; None leaves the day to the clinician.

    ``not_before`` names the fact that is the first day on which it makes sense; empty where any day does.
    """

    kind: ClassVar[str] = "next_step"
    code: str
    action: str
    urgency: str
    within_days: int | None = None
    not_before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction(Conclusion):
    """Facts on record that cannot all be right; ``facts`` names them. It settles nothing."""

    kind: ClassVar[str] = "contradiction"
    code: str
    says: str
    facts: tuple[str, ...]


CONCLUSIONS = (Interim, Flag, Verdict, Note, Prognosis, Cause, Feature, Label, NextStep, Contradiction)
