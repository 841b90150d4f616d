"""What an answer rests on, as OpenAPI publishes it: missing facts, assumptions, findings, sources."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.shapes import (
    CitedPlace,
    Code,
    Dossier,
    FactName,
    Pointer,
    Question,
    RuleId,
    RuleTitle,
    Shape,
    Text,
    Words,
)


class MissingFact(Shape):
    """A fact that was not given, where to give it, and which rules it could still change."""

    fact: FactName
    question: Question
    pointer: Pointer
    changes: Annotated[list[Literal["tier", "verdict"]], Field(max_length=2)] = Field(
        description="What the answer could still change, alone or with other answers: `tier` (`safety.tier` "
        "or `safety.worst_not_excluded`), `verdict` (its status on this day). Empty: neither"
    )
    could_change: Annotated[list[RuleId], Field(max_length=500)] = Field(
        description="The open rules that the answer could settle"
    )


class AssumedValue(Shape):
    """An engineering value that was used and awaits clinical sign-off."""

    kind: Literal["value"] = Field(description="Tells a value from a reading")
    name: Code = Field(description="The name of the threshold, as under `thresholds` of the ruleset")
    value: Annotated[float, Field(ge=-100_000, le=100_000)] = Field(description="The value, in `unit`")
    unit: Text = Field(description="The unit of the value")
    label: Text = Field(description="What the value decides")
    dossier: Dossier


class ReadingRule(Shape):
    """A rule that rests on a reading, and that holds or stays open."""

    rule: RuleId
    title: RuleTitle


class AssumedReading(Shape):
    """An engineering reading of the dossier that was used and awaits clinical sign-off.

    The dossier leaves room there; what was made of it are the rules named here. `findings` has their words.
    """

    kind: Literal["reading"] = Field(description="Tells a reading from a value")
    dossier: Text = Field(description="Section of the clinical dossier that leaves room; 11 has readings")
    rules: Annotated[list[ReadingRule], Field(min_length=1, max_length=200)] = Field(
        description="The rules that read it so"
    )


class FindingAnswer(Shape):
    """A rule that holds or stays open. The whole trace is at /trace."""

    rule: RuleId
    title: RuleTitle
    words: Words = Field(description="The condition of the rule in words")
    evidence: Annotated[list[CitedPlace], Field(max_length=20)] = Field(
        description="The places in sources that the rule rests on; the rule itself has what they say"
    )
    truth: Literal["holds", "open"] = Field(
        description="`open`: a missing fact leaves it undecided. Rules that are ruled out stand in the trace"
    )


class SourceAnswer(Shape):
    """A source that the rules cite."""

    id: Code = Field(description="The id that citations name it by")
    title: Text = Field(description="Its title, or what it is where the dossier gives no title")
    kind: Text = Field(description="How strong it is: `expert opinion`, `cohort`, `guideline` and so on")
    year: Annotated[int, Field(ge=1900, le=2200)] | None = Field(
        description="Year of publication. Null where the dossier gives none"
    )
    url: Text | None = Field(description="Where to read it. Null where the dossier gives no address")
    review_by: datetime.date | None = Field(
        description="Last day for which it counts as checked. Null where the ruleset sets none"
    )


class OverdueEvidence(Shape):
    """A source that should have been looked at again before the answer was made."""

    source: Code = Field(description="Id of the source, as under `sources`")
    review_by: datetime.date = Field(description="Last day for which it counted as checked")
