"""Search, trace and verification as OpenAPI publishes them."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.log_answers import Count
from app.api.shapes import (
    Code,
    Digest,
    Dossier,
    Evidence,
    OverallTier,
    RuleId,
    RuleTitle,
    Shape,
    Text,
    Truth,
    VerdictStatus,
    Words,
)
from app.services.case import Subject
from app.services.scales import Day

Cursor = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]


class SearchRequest(BaseModel):
    """What the assessments have in common; what is absent or null is not asked for. Newest first."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    subject: Subject | None = Field(default=None, description="The pseudonym of the patient, in full")
    assessed_from: Day | None = Field(
        default=None, description="First day of assessment to find, from 1950-01-01 on"
    )
    assessed_to: Day | None = Field(
        default=None, description="Last day of assessment to find, up to 2199-12-31; that day included"
    )
    verdict: VerdictStatus | None = Field(default=None, description="The verdict to find")
    tier: OverallTier | None = Field(
        default=None, description="The tier of `safety` to find; `none` finds those without a flag that fires"
    )
    limit: Annotated[int, Field(ge=1, le=100)] = Field(
        default=20, description="How many assessments a page holds at most; 20 when absent"
    )
    cursor: Cursor | None = Field(
        default=None, description="`next_cursor` of the page before; null or absent for the first page"
    )


class SearchHit(Shape):
    """One recorded assessment in short."""

    id: UUID = Field(description="The id of the record; read it at `/v1/assessments/{assessment_id}`")
    created_at: datetime.datetime = Field(description="When it was recorded, in UTC")
    subject: Subject = Field(description="The pseudonym, as sent with the case")
    assessed_on: datetime.date = Field(description="Day of the assessment")
    verdict: VerdictStatus = Field(description="`verdict.status` of the answer")
    tier: OverallTier = Field(description="`safety.tier` of the answer")
    worst_not_excluded: OverallTier = Field(description="`safety.worst_not_excluded` of the answer")


class SearchPage(Shape):
    """A page of assessments, and the cursor of the next."""

    items: Annotated[list[SearchHit], Field(max_length=100)] = Field(
        description="The assessments of this page, newest first"
    )
    next_cursor: Cursor | None = Field(
        description="Send it as `cursor`, beside the same question, for the next page, also where this one "
        "shows few or none. Null on the last page"
    )


class TracedCondition(BaseModel):
    """A condition: a question about one fact, or a combination with its parts under `of`."""

    model_config = ConfigDict(extra="forbid")

    words: Words = Field(description="The condition in words")
    truth: Truth = Field(description="What is known of it")
    fact: Code | None = Field(
        default=None, description="The fact that was asked about. Absent, not null, in a combination"
    )
    seen: object = Field(default=None, description="The value seen. Null when it was missing")
    operator: Code | Literal["<", "<=", ">", ">="] | None = Field(
        default=None,
        description="How it was compared: a sign for quantities, else `is`, `in`, `has` or `absent`. "
        "Absent, not null, in a combination",
    )
    threshold: object = Field(
        default=None, description="What it was compared with. Null where only absence was asked for"
    )
    threshold_name: Code | None = Field(
        default=None, description="The name of the threshold. Null where it has none"
    )
    unit: Text | None = Field(default=None, description="The unit of a quantity. Null of other facts")
    margin: Annotated[float, Field(ge=-1e9, le=1e9)] | None = Field(
        default=None, description="Value minus threshold, in the unit. Null without a quantity that was seen"
    )
    needs: Text | None = Field(
        default=None,
        description="How many of the parts must hold. Absent, not null, in a question about one fact",
    )
    of: Annotated[list[TracedCondition], Field(max_length=100)] | None = Field(
        default=None, description="The parts of a combination. Absent, not null, in a question about one fact"
    )


class TracedRule(Shape):
    """A rule with its truth."""

    rule: RuleId
    title: RuleTitle
    truth: Truth = Field(description="What is known of its condition")
    decides: bool | None = Field(
        description="Whether it is the rule that decided, of the rules of one decision; the first that holds "
        "does. Null of rules outside decisions"
    )
    dossier: Dossier
    evidence: Evidence
    trace: TracedCondition = Field(description="Its condition, down to every value that was seen")


class TraceAnswer(Shape):
    """Every rule of the ruleset, with the value seen, the threshold and the margin of every condition."""

    id: UUID = Field(description="The id of the record")
    ruleset_digest: Digest
    rules: Annotated[list[TracedRule], Field(max_length=1000)] = Field(
        description="Every rule, in the order of the rule book"
    )


class RecordCheck(Shape):
    """Whether the columns of the record fit together."""

    intact: bool = Field(description="They do; `flaws` is empty")
    flaws: Annotated[list[Code], Field(max_length=20)] = Field(
        description="What does not fit: `ruleset_altered`, `answer_altered`, "
        "`index_altered`, `case_unreadable`, or the name of a column with `_altered` or `_unreadable`"
    )


class LogCheck(Shape):
    """Whether the record is where the signed log says."""

    proved: bool = Field(description="It is; `flaws` is empty")
    index: Count | None = Field(
        description="The place of its leaf, from 0. Null where the record cannot be read"
    )
    flaws: Annotated[list[Code], Field(max_length=10)] = Field(
        description="What fails: `not_in_the_log`, `log_altered` (leaves around it were), "
        "`receipt_unreadable`, `receipt_signature_invalid`, `receipt_checkpoint_differs`, "
        "`receipt_meta_altered`, `receipt_path_invalid`, `receipt_of_another_leaf`"
    )


class ExecutionCheck(Shape):
    """Whether the stored case gives the stored result under the stored ruleset."""

    same: bool | None = Field(description="It does; `flaws` is empty. Null when it could not be run")
    flaws: Annotated[list[Code], Field(max_length=10)] = Field(
        description="What differs: `subject_differs`, `ruleset_differs`, `facts_differs`, `truths_differs`, "
        "`answer_differs`"
    )
    not_run: Code | None = Field(
        description="Why it could not be run: `record_unreadable`, `record_erased`, `case_unreadable`, "
        "`ruleset_not_runnable`. Null when it was run"
    )


class VerificationAnswer(Shape):
    """Separate answers to separate questions; none hides another."""

    id: UUID = Field(description="The id of the record")
    record: RecordCheck = Field(description="Is the record intact in itself")
    log: LogCheck = Field(description="Is the record in its place in the log")
    execution: ExecutionCheck = Field(description="Does it give the same result again")
