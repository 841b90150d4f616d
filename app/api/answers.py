"""The answers as OpenAPI publishes them. The bytes come from the record; a test holds them to this."""

from __future__ import annotations

import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.api.basis_answers import (
    AssumedReading,
    AssumedValue,
    FindingAnswer,
    MissingFact,
    OverdueEvidence,
    SourceAnswer,
)
from app.api.cause_answers import CauseAnswer, MilestoneAnswer, NextStepAnswer
from app.api.log_answers import ReceiptAnswer
from app.api.outcome_answers import ContradictionAnswer, LabelAnswer, SymptomAnswer, Trajectory, VerdictAnswer
from app.api.safety_answers import Safety
from app.api.shapes import Code, Digest, FactName, Phase, Shape, Text
from app.services.case import Subject


class RulesetHeader(Shape):
    """Which rules were run."""

    name: Code = Field(description="The ruleset")
    version: Code = Field(description="Its version, as `/v1/rulesets` lists it")
    digest: Digest


class Preview(Shape):
    """All that the ruleset says of a case."""

    subject: Subject = Field(description="The pseudonym, as sent with the case")
    assessed_on: datetime.date = Field(
        description="Day of the assessment, as sent, or today (UTC); every clock below counts from it"
    )
    days_since_surgery: Annotated[int, Field(ge=0, le=100_000)] = Field(
        description="Whole days from the operation to the day of the assessment"
    )
    phase: Phase = Field(description="Which part of the first year the day of the assessment is in, or after")
    ruleset: RulesetHeader = Field(description="The rules that were run: those in force on `assessed_on`")
    safety: Safety = Field(description="Read this first. It is worked out for every operation and phase")
    verdict: VerdictAnswer = Field(description="The outcome of the operation so far")
    contradictions: Annotated[list[ContradictionAnswer], Field(max_length=40)] = Field(
        description="What is on record and contradicts itself. It never makes a flag less urgent and never "
        "turns the verdict by itself; about pain, it lowers `confidence` of the verdict. The flag `conflict` "
        "of the verdict is about scores against a rating alone"
    )
    trajectory: Trajectory = Field(description="The course of the index pain")
    symptoms: Annotated[list[SymptomAnswer], Field(max_length=10)] = Field(
        description="Every symptom that is followed, on record or not"
    )
    causes: Annotated[list[CauseAnswer], Field(max_length=40)] = Field(
        description="Candidate causes, likely first; those that are ruled out or do not arise are left out"
    )
    causes_not_covered: Annotated[list[Text], Field(max_length=40)] = Field(
        description="Causes that this ruleset does not weigh"
    )
    labels: Annotated[list[LabelAnswer], Field(max_length=10)] = Field(
        description="Terms for the category that the case falls into; often none"
    )
    next_steps: Annotated[list[NextStepAnswer], Field(max_length=80)] = Field(
        description="What to do, most urgent first; the first action of every flag is among them"
    )
    next_review_on: datetime.date | None = Field(
        description="When to look again: the earliest of the days by which a flag or a step is due and the "
        "next scheduled visit after `assessed_on` (six weeks, three months, six months while something is "
        "open, twelve months after surgery). The same out of scope, where the visits are those at six weeks, "
        "three and twelve months. Null from the twelve-month anniversary on when nothing is due"
    )
    milestones: Annotated[list[MilestoneAnswer], Field(max_length=10)] = Field(
        description="Days still ahead on which more can be said, in order; empty out of scope"
    )
    missing: Annotated[list[MissingFact], Field(max_length=400)] = Field(
        description="Facts that were not given, in the order to ask: those that could change the tier, the "
        "most urgent first, then those that could change the verdict, then the others. `safety.ask` has the "
        "fewest that complete the safety part"
    )
    settled: bool = Field(
        description="No fact that was not given could still change the tier or the verdict of this day: "
        "`changes` is empty throughout `missing`. What is measured although all questions that screen for it "
        "were answered no counts all the same, and so do a corrected answer and a newer record of what was "
        "recorded since surgery. What stands in `safety.ask` still has to be asked: a cauda equina question "
        "is, whatever has fired already"
    )
    assumptions: Annotated[list[AssumedValue | AssumedReading], Field(max_length=300)] = Field(
        description="What the answer rests on and awaits clinical sign-off"
    )
    findings: Annotated[list[FindingAnswer], Field(max_length=500)] = Field(
        description="The rules that hold or stay open, in the order of the rule book"
    )
    sources: Annotated[list[SourceAnswer], Field(max_length=100)] = Field(
        description="Every source that this answer cites, once"
    )
    evidence_overdue: Annotated[list[OverdueEvidence], Field(max_length=100)] = Field(
        description="Sources that this answer cites and whose day of review had passed on the day it was "
        "made (UTC; of a record, that of `created_at`): check whether newer guidance says otherwise"
    )
    not_used: Annotated[list[FactName], Field(max_length=200)] = Field(
        description="Facts that were given and kept, but that no rule of this ruleset reads"
    )
    notice: Text = Field(description="What the answer is and is not; show it with the answer")


class Assessment(Preview):
    """A recorded assessment: stored before it was answered, and always answered as stored."""

    id: UUID = Field(description="The id of the record, a UUID of version 7")
    created_at: datetime.datetime = Field(description="When it was recorded, in UTC")
    corrects: UUID | None = Field(
        default=None,
        description="The earlier assessment that this one corrects; absent where there is none",
    )
    receipt: ReceiptAnswer = Field(description="The proof that the record is in the log; keep it")
