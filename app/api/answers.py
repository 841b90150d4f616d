"""The answers as OpenAPI publishes them. The bytes come from the record; a test holds them to this."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.api.basis_answers import AssumedReading, AssumedValue, FindingAnswer, MissingFact, SourceAnswer
from app.api.shapes import (
    Code,
    Confidence,
    Days,
    Digest,
    Evidence,
    OverallTier,
    Pointer,
    Points,
    PrognosisStatus,
    Rate,
    Shape,
    Text,
    Tier,
    VerdictStatus,
)


class RulesetHeader(Shape):
    """Which rules were run."""

    name: Code
    version: Code
    digest: Digest


class RaisedFlag(Shape):
    """A safety flag that fires."""

    code: Code
    rule: Code
    title: Text
    tier: Tier
    first_action: Text
    due_on: datetime.date | None
    atypical_timing: bool
    evidence: Evidence


class SafetyQuestion(Shape):
    """A question whose answer would settle an open flag."""

    fact: Code
    question: Text
    pointer: Pointer
    tier: Tier
    flags: Annotated[list[Code], Field(max_length=20)]


class Safety(Shape):
    """How urgent; what unanswered questions leave possible; what these rules do not look for."""

    tier: OverallTier = Field(description="The most urgent flag that fires; `none` when none does")
    worst_not_excluded: OverallTier = Field(
        description="The most urgent tier that fires or that missing answers leave possible"
    )
    complete: bool = Field(
        description="Every cauda equina question is answered, and no flag that is looked for is left open"
    )
    flags: Annotated[list[RaisedFlag], Field(max_length=40)]
    ask: Annotated[list[SafetyQuestion], Field(max_length=80)] = Field(
        description="Questions that would complete it, most urgent first"
    )
    not_covered: Annotated[list[Text], Field(max_length=40)] = Field(
        description="Red flags that this ruleset does not look for"
    )


class Remark(Shape):
    """Something to know beside the verdict, and where its sources pull apart."""

    code: Code
    says: Text
    rule: Code
    divergence: Text | None
    evidence: Evidence


class VerdictAnswer(Shape):
    """The outcome of the operation so far."""

    status: VerdictStatus
    says: Text
    rule: Code
    evidence: Evidence
    divergence: Text | None = Field(description="Where the first source and stronger ones pull apart")
    judgeable_from: datetime.date | None = Field(description="Null out of scope")
    method: Literal["nrs", "odi", "gpe", "pass", "stated_trend"] | None
    index_pain: Literal["leg", "back"]
    comparison: Literal["improved", "equivocal", "not_improved", "worse"] | None
    confidence: Confidence | None
    at_target: bool | None
    conflict: bool
    boundary_note: Text | None
    expected_course: Literal["continue_to_improve"] | None
    new_problem: bool | None
    further_action_required: bool | None = Field(
        description="Null while an unanswered question leaves it open"
    )
    notes: Annotated[list[Remark], Field(max_length=40)]


class Trajectory(Shape):
    """Where the index pain is heading, and when relief came and went. Pain in points of 0 to 10."""

    status: Literal["relapsed", "partial_relapse", "improving", "worsening", "stable", "unknown"]
    baseline: Points | None
    baseline_on: datetime.date | None
    now: Points | None = Field(description="Null when the latest record is older than 42 days")
    latest: Points | None
    latest_on: datetime.date | None
    lowest: Points | None
    converted_from_vas: bool
    relief: Literal["immediate", "early", "delayed", "late", "none"] | None
    first_relief_on: datetime.date | None
    relief_interval_days: Days | None
    returned_on: datetime.date | None


class Symptom(Shape):
    """One symptom: now, before surgery, and what is to be expected."""

    symptom: Literal["leg_pain", "back_pain", "numbness", "tingling", "weakness"]
    now: Text | None
    baseline: Text | None
    weakest_mrc_grade: Annotated[float, Field(ge=0, le=5)] | None
    prognosis: PrognosisStatus
    says: Text
    confidence: Confidence | None
    window_closes_on: datetime.date
    rule: Code | None
    divergence: Text | None
    evidence: Evidence


class BaseRate(Shape):
    """How often, as a share of patients: by the first source, and by the stronger ones beside it."""

    low: Rate
    high: Rate
    literature_low: Rate | None
    literature_high: Rate | None


class CauseAnswer(Shape):
    """A candidate cause, graded in words only."""

    condition: Code
    grade: Literal["likely", "possible", "unlikely", "not_assessable"]
    could_be: Annotated[list[Code], Field(max_length=4)] = Field(
        description="Grades that missing facts leave possible"
    )
    says: Text
    base_rate: BaseRate | None
    supporting: Annotated[list[Remark], Field(max_length=20)]
    against: Annotated[list[Remark], Field(max_length=20)]
    neutral: Annotated[list[Remark], Field(max_length=20)]
    missing: Annotated[list[Code], Field(max_length=60)]
    rule: Code
    divergence: Text | None
    evidence: Evidence


class LabelAnswer(Shape):
    """A term for the category; never a cause."""

    code: Code
    term: Text
    synonyms: Annotated[list[Text], Field(max_length=10)]
    says: Text
    rule: Code
    evidence: Evidence


class NextStepAnswer(Shape):
    """Something to do, and by when."""

    code: Code
    action: Text
    urgency: Tier
    due_on: datetime.date | None
    because: Annotated[list[Code], Field(max_length=20)]
    evidence: Evidence


class MilestoneAnswer(Shape):
    """What becomes judgeable when, if nothing changes."""

    on: datetime.date
    code: Code
    says: Text
    evidence: Evidence


class Preview(Shape):
    """All that the ruleset says of a case."""

    subject: Annotated[str, Field(min_length=1, max_length=64)] = Field(description="As sent with the case")
    assessed_on: datetime.date
    days_since_surgery: Days
    phase: Literal["early", "judgeable", "late"]
    ruleset: RulesetHeader
    safety: Safety
    verdict: VerdictAnswer
    trajectory: Trajectory
    symptoms: Annotated[list[Symptom], Field(max_length=10)]
    causes: Annotated[list[CauseAnswer], Field(max_length=40)]
    causes_not_covered: Annotated[list[Text], Field(max_length=40)] = Field(
        description="Causes that this ruleset does not weigh"
    )
    labels: Annotated[list[LabelAnswer], Field(max_length=10)]
    next_steps: Annotated[list[NextStepAnswer], Field(max_length=40)]
    next_review_on: datetime.date | None
    milestones: Annotated[list[MilestoneAnswer], Field(max_length=10)]
    missing: Annotated[list[MissingFact], Field(max_length=100)]
    assumptions: Annotated[list[AssumedValue | AssumedReading], Field(max_length=200)]
    findings: Annotated[list[FindingAnswer], Field(max_length=300)]
    sources: Annotated[list[SourceAnswer], Field(max_length=100)]
    not_used: Annotated[list[Code], Field(max_length=40)] = Field(
        description="Facts that were given and kept, but that no rule of this ruleset reads"
    )
    notice: Text


class Assessment(Preview):
    """A recorded assessment: stored before it was answered, and always answered as stored."""

    id: UUID
    created_at: datetime.datetime
