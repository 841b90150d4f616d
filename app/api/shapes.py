"""What the published answers are made of: bounded texts and numbers, closed vocabularies, citations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(max_length=4000)]
Words = Annotated[str, StringConstraints(max_length=20_000)]
"""A condition in words; those over many questions are long."""
Code = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9_.-]*$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", max_length=64)]
Pointer = Annotated[str, StringConstraints(max_length=200, pattern=r"^(/[A-Za-z0-9_]+)*$")]
Points = Annotated[float, Field(ge=0, le=10)]
Days = Annotated[int, Field(ge=-100_000, le=100_000)]
Rate = Annotated[float, Field(ge=0, le=1)]
Tier = Literal["emergency_now", "same_day", "within_days", "routine"]
OverallTier = Literal["emergency_now", "same_day", "within_days", "routine", "none"]
Verified = Literal["CBS", "CBS-part", "MHC", "ENG", ""]
Confidence = Literal["high", "moderate", "low", "very_low"]
VerdictStatus = Literal[
    "out_of_scope",
    "insufficient_data",
    "too_early_to_judge",
    "relapsed",
    "indeterminate",
    "unsuccessful",
    "successful",
    "partial_response",
    "on_track",
]
PrognosisStatus = Literal[
    "not_present",
    "resolved",
    "recovery_window_open",
    "window_closing",
    "late_recovery_in_progress",
    "likely_permanent",
    "new_symptom_needs_workup",
    "unknown",
]


class Shape(BaseModel):
    """Base of every answer: all members are always there, null where nothing can be said."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CitedPlace(Shape):
    """A place in a source; the source stands under `sources`."""

    source: Code
    place: Text


class CitedFigure(CitedPlace):
    """A place in a source, with what it says and how that was verified (ENG awaits clinical sign-off)."""

    says: Text
    verified: Verified


Evidence = Annotated[list[CitedFigure], Field(max_length=20)]
