"""What the published answers are made of: bounded texts and numbers, closed vocabularies, citations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
"""Text without line breaks and other characters that steer."""
LINES = r"^[^\x00-\x09\x0b-\x1f\x7f]*$"
Text = Annotated[str, StringConstraints(max_length=4000, pattern=ONE_LINE)]
Words = Annotated[str, StringConstraints(max_length=20_000, pattern=ONE_LINE)]
"""A condition in words; those over many questions are long."""
Code = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9_.-]*$")]
Digest = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$", max_length=64),
    Field(description="SHA-256 of the ruleset in its canonical form; tells apart what a version cannot"),
]
Points = Annotated[float, Field(ge=0, le=10)]
Days = Annotated[int, Field(ge=-100_000, le=100_000)]
Rate = Annotated[float, Field(ge=0, le=1)]
Tier = Literal["emergency_now", "same_day", "within_days", "routine"]
OverallTier = Literal["emergency_now", "same_day", "within_days", "routine", "none"]
Verified = Literal["CBS", "CBS-part", "MHC", "ENG", ""]
Confidence = Literal["high", "moderate", "low", "very_low"]
Phase = Literal["early", "judgeable", "late"]
Truth = Literal["holds", "open", "ruled_out"]
Grade = Literal["likely", "possible", "unlikely", "not_assessable"]
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

    source: Code = Field(description="Id of the source, as under `sources` and in `/v1/evidence`")
    place: Text = Field(description="Where in the source: a section, a table, a follow-up")


class CitedFigure(CitedPlace):
    """A place in a source, with what it says and how that was verified."""

    says: Text = Field(description="What stands there, in our words; empty where the place says it all")
    verified: Verified = Field(description="How this figure was checked; `ENG` awaits clinical sign-off")


# Members that many answers have, described once.

RuleId = Annotated[
    Code, Field(description="The rule that says so, to be read at `/v1/rulesets/{version}/rules/{rule_id}`")
]
RuleTitle = Annotated[Text, Field(description="What the rule is about, in one line")]
Says = Annotated[Text, Field(description="A sentence to show to a clinician")]
FactName = Annotated[
    Code, Field(description="The fact, by its name in the ruleset; facts that a case gives: `/v1/vocabulary`")
]
Question = Annotated[Text, Field(description="The question to ask a clinician or a patient")]
Pointer = Annotated[
    str,
    StringConstraints(max_length=200, pattern=r"^(/[A-Za-z0-9_]+)*$"),
    Field(description="Where in the case to answer it: a JSON pointer (RFC 6901)"),
]
Dossier = Annotated[Text, Field(description="Section of the clinical dossier that the rule was written from")]
Divergence = Annotated[
    Text | None,
    Field(description="Where the first source and stronger ones pull apart; null where they do not"),
]
Evidence = Annotated[
    list[CitedFigure], Field(max_length=20, description="The places in sources that it rests on")
]
