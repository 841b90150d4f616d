"""Candidate causes, next steps and milestones of an answer as OpenAPI publishes them."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import Field

from app.api.outcome_answers import Remark
from app.api.shapes import Code, Divergence, Evidence, FactName, Grade, Rate, RuleId, Says, Shape, Text, Tier


class BaseRate(Shape):
    """How often, as a share of patients from 0 to 1; not a probability for this patient."""

    low: Rate = Field(
        description="The lower end, by the first source, or by the literature where that gives none"
    )
    high: Rate = Field(description="The upper end, by the same source; the same as `low` for one figure")
    literature_low: Rate | None = Field(
        description="By the stronger sources beside it, the lower end. Null where they give none"
    )
    literature_high: Rate | None = Field(
        description="By the stronger sources beside it, the upper end. Null where they give none"
    )


class CauseAnswer(Shape):
    """A candidate cause, graded in words only."""

    condition: Code = Field(description="The condition, for programs")
    term: Text = Field(description="The condition in words, to show; `grade` says how likely it is")
    grade: Grade = Field(description="How likely, by what is on record")
    could_be: Annotated[list[Grade], Field(max_length=4)] = Field(
        description="Other grades that missing facts leave possible; empty when none would change it"
    )
    says: Says
    base_rate: BaseRate | None = Field(
        description="How often this is the cause in general. Null where the sources give no figure"
    )
    supporting: Annotated[list[Remark], Field(max_length=20)] = Field(description="What speaks for it")
    against: Annotated[list[Remark], Field(max_length=20)] = Field(description="What speaks against it")
    neutral: Annotated[list[Remark], Field(max_length=20)] = Field(
        description="What was looked at and speaks neither for nor against it"
    )
    missing: Annotated[list[FactName], Field(max_length=150)] = Field(
        description="Facts whose answers could change the grade; `missing` of the answer has the questions"
    )
    rule: RuleId = Field(
        description="The rule that gave the grade; of a `not_assessable` cause, the first one that is open"
    )
    divergence: Divergence
    evidence: Evidence


class NextStepAnswer(Shape):
    """Something to do, and by when."""

    code: Code = Field(description="The step, for programs; the first action of a flag has the flag's code")
    action: Text = Field(description="What to do")
    urgency: Tier = Field(
        description="How urgent; the same scale and options as `tier` of the flags, under the word that "
        "clinicians use for a step"
    )
    due_on: datetime.date | None = Field(
        description="Last day to do it; the day of the assessment means at once. Null where the day is left "
        "to the clinician"
    )
    not_before: datetime.date | None = Field(
        description="First day on which it makes sense; null where any day does, or where it is not known"
    )
    because: Annotated[list[RuleId], Field(max_length=20)] = Field(
        description="The rules that call for it, the most urgent first"
    )
    evidence: Evidence


class MilestoneAnswer(Shape):
    """What becomes judgeable when, if nothing changes."""

    on: datetime.date = Field(description="The day, after the day of the assessment")
    code: Code = Field(description="The milestone, for programs, such as `three_months`")
    says: Says
    evidence: Evidence
