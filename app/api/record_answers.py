"""Search, trace and verification as OpenAPI publishes them."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.shapes import Code, Digest, Evidence, OverallTier, Shape, Text, VerdictStatus, Words
from app.services.case import Subject
from app.services.scales import Day

CURSOR_LENGTH = 200
Truth = Literal["holds", "open", "ruled_out"]


class SearchRequest(BaseModel):
    """What the assessments have in common; what is absent is not asked for. Newest first."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    subject: Subject | None = None
    assessed_from: Day | None = None
    assessed_to: Day | None = None
    verdict: VerdictStatus | None = None
    tier: OverallTier | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: (
        Annotated[str, StringConstraints(max_length=CURSOR_LENGTH, pattern=r"^[A-Za-z0-9_-]+$")] | None
    ) = Field(default=None, description="`next_cursor` of the page before")


class SearchHit(Shape):
    """One recorded assessment in short."""

    id: UUID
    created_at: datetime.datetime
    subject: Subject
    assessed_on: datetime.date
    verdict: VerdictStatus
    tier: OverallTier
    worst_not_excluded: OverallTier


class SearchPage(Shape):
    """A page of assessments, and the cursor of the next; null at the end."""

    items: Annotated[list[SearchHit], Field(max_length=100)]
    next_cursor: Annotated[str, StringConstraints(max_length=CURSOR_LENGTH)] | None


class TracedCondition(BaseModel):
    """A condition: a question about one fact, or a combination with its parts under `of`."""

    model_config = ConfigDict(extra="forbid")

    words: Words
    truth: Truth
    fact: Code | None = Field(default=None, description="The fact that was asked about")
    seen: object = Field(default=None, description="The value seen; null when it was missing")
    operator: Code | Literal["<", "<=", ">", ">="] | None = None
    threshold: object = Field(default=None, description="What it was compared with")
    threshold_name: Code | None = Field(
        default=None, description="The name of the threshold, where it has one"
    )
    unit: Text | None = None
    margin: Annotated[float, Field(ge=-1e9, le=1e9)] | None = Field(
        default=None, description="Value minus threshold, in the unit"
    )
    needs: Text | None = Field(default=None, description="How many of the parts must hold")
    of: Annotated[list[TracedCondition], Field(max_length=100)] | None = None


class TracedRule(Shape):
    """A rule with its truth. `decides` is null for rules outside decisions."""

    rule: Code
    title: Text
    truth: Truth
    decides: bool | None
    dossier: Text
    evidence: Evidence
    trace: TracedCondition


class TraceAnswer(Shape):
    """Every rule of the ruleset, with the value seen, the threshold and the margin of every condition."""

    id: UUID
    ruleset_digest: Digest
    rules: Annotated[list[TracedRule], Field(max_length=1000)]


class RecordCheck(Shape):
    """Whether the columns of the record fit together."""

    intact: bool
    flaws: Annotated[list[Code], Field(max_length=20)]


class ExecutionCheck(Shape):
    """Whether the stored case gives the stored result under the stored ruleset. Null: could not be run."""

    same: bool | None
    flaws: Annotated[list[Code], Field(max_length=10)]
    not_run: Code | None


class VerificationAnswer(Shape):
    """Separate answers to separate questions; none hides another."""

    id: UUID
    record: RecordCheck
    execution: ExecutionCheck
