"""The safety part of an answer as OpenAPI publishes it."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import Field

from app.api.shapes import (
    Code,
    Evidence,
    FactName,
    OverallTier,
    Pointer,
    Question,
    RuleId,
    RuleTitle,
    Shape,
    Text,
    Tier,
)


class RaisedFlag(Shape):
    """A safety flag that fires."""

    code: Code = Field(description="The flag, such as `RF-CES-1`; each code stands here at most once")
    rule: RuleId
    title: RuleTitle
    tier: Tier = Field(description="How urgent; on the scale of `urgency` under `next_steps`")
    first_action: Text = Field(description="What to do first")
    due_on: datetime.date = Field(
        description="Last day for the first action; the day of the assessment means at once"
    )
    atypical_timing: bool = Field(
        description="The finding counts although it came at a time that is not typical of the flag, which "
        "then has a less urgent tier"
    )
    evidence: Evidence


class SafetyQuestion(Shape):
    """A question that completes the safety part."""

    fact: FactName
    question: Question
    pointer: Pointer
    tier: Tier = Field(
        description="The most urgent tier that the answer could still bring, alone or with others"
    )
    flags: Annotated[list[Code], Field(max_length=40)] = Field(
        description="Codes of the open flags that the answer could settle. Empty for a cauda equina question "
        "whose flag fires already: it is asked all the same"
    )


class Safety(Shape):
    """How urgent; what unanswered questions leave possible; what these rules do not look for."""

    tier: OverallTier = Field(
        description="The most urgent tier of the flags that fire; `none` when none does, which does not "
        "mean that nothing urgent is possible: see `worst_not_excluded`"
    )
    worst_not_excluded: OverallTier = Field(
        description="The most urgent tier that fires or that missing answers leave possible"
    )
    complete: bool = Field(
        description="Every cauda equina question (RF-CES-1, RF-CES-2, RF-CES-3) is answered, and no flag "
        "that is looked for is left open: then, and only then, `ask` is empty. It says nothing of what "
        "stands under `not_covered`"
    )
    flags: Annotated[list[RaisedFlag], Field(max_length=40)] = Field(
        description="The flags that fire, most urgent first"
    )
    ask: Annotated[list[SafetyQuestion], Field(max_length=300)] = Field(
        description="As few questions as complete it: the most urgent tier that an answer could still bring "
        "first, then the order of the vocabulary. Answers without a finding to all of a tier and of those "
        "above leave no flag of that tier open; any finding can lead to further questions, so ask again"
    )
    not_covered: Annotated[list[Text], Field(max_length=40)] = Field(
        description="Red flags that this ruleset does not look for"
    )
