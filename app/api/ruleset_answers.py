"""Rulesets, rules, sources and vocabulary as OpenAPI publishes them."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.basis_answers import SourceAnswer
from app.api.shapes import (
    CitedFigure,
    Code,
    Digest,
    Divergence,
    Dossier,
    Evidence,
    RuleTitle,
    Shape,
    Text,
    Verified,
    Words,
)


class RulesetInShort(Shape):
    """One version of the rules."""

    name: Code = Field(description="The ruleset")
    version: Code = Field(description="Its version")
    digest: Digest
    current: bool = Field(description="Whether new assessments are made under it")


class RulesetList(Shape):
    """Every version of the rules that this service has used, the current one first."""

    items: Annotated[list[RulesetInShort], Field(max_length=1000)] = Field(
        description="The versions in short"
    )


class RuleAnswer(Shape):
    """A rule in words and as data."""

    id: Code = Field(description="The id of the rule: its chapter and its name")
    title: RuleTitle
    chapter: Code = Field(description="The chapter of the rule book")
    outline: Annotated[list[Words], Field(max_length=1000)] = Field(
        description="The condition in words, one part a line, indented by two spaces a level"
    )
    condition: dict[str, object] = Field(
        description="The condition as data: fact, op, value; at_least, of; not"
    )
    conclusion: dict[str, object] = Field(
        description="What the rule says when its condition holds; `kind` tells which other members there are"
    )
    evidence: Evidence
    divergence: Divergence
    dossier: Dossier
    in_force_since: datetime.date | None = Field(
        description="First day of assessment that it is for. Null when it was always in force"
    )
    in_force_until: datetime.date | None = Field(
        description="Day of assessment from which it is no longer in force. Null while no end is set"
    )


class ThresholdAnswer(Shape):
    """A named value with its unit and source."""

    name: Code = Field(description="The name that conditions refer to")
    value: Annotated[float, Field(ge=-100_000, le=100_000)] = Field(description="The value, in `unit`")
    unit: Text = Field(description="The unit of the value")
    label: Text = Field(description="What the value decides")
    needs_sign_off: bool = Field(description="An engineering value that no clinician has signed off yet")
    evidence: Evidence


class RulesetAnswer(RulesetInShort):
    """A version of the rules in full."""

    rules: Annotated[list[RuleAnswer], Field(max_length=1000)] = Field(
        description="Every rule, in the order of the rule book"
    )
    thresholds: Annotated[list[ThresholdAnswer], Field(max_length=500)] = Field(
        description="Every named value that the rules use"
    )


class SourceInFull(SourceAnswer):
    """A source, with the grade of its figures unless a citation says otherwise."""

    verified: Verified = Field(description="How its figures were checked, unless a citation says otherwise")


class PublishedThresholdAnswer(Shape):
    """A cut-off as its source gives it."""

    instrument: Text = Field(description="The scale or questionnaire")
    decides: Text = Field(description="What it tells apart: important change, success, failure and so on")
    threshold: Text = Field(description="The cut-off in words")
    population: Text = Field(description="For whom it was found, and when")
    evidence: CitedFigure = Field(description="The place in the source, and how the figure was checked")
    used_as: Annotated[list[Code], Field(max_length=10)] = Field(
        description="Named values of the rules that are taken from it; empty where no rule uses it"
    )


class EvidenceList(Shape):
    """Every source that the rules cite, and the published cut-offs beside those that the rules use."""

    items: Annotated[list[SourceInFull], Field(max_length=500)] = Field(description="The sources")
    thresholds: Annotated[list[PublishedThresholdAnswer], Field(max_length=200)] = Field(
        description="Published cut-offs of change, success, failure and acceptable states, by instrument"
    )


class FactAnswer(Shape):
    """A word of the vocabulary that a case can give."""

    name: Code = Field(description="The name that conditions and open questions refer to")
    label: Text = Field(description="What it is, in words")
    question: Text | None = Field(
        description="The question to ask for it. Null of facts that nobody is asked for, such as the day"
    )
    kind: Literal["quantity", "yes_no", "choice", "codes", "day", "series"] = Field(
        description="`quantity` a number; `yes_no`; `choice` one of the options; `codes` any of them; `day` "
        "a date; `series` dated readings, whose unit, range or options are told here"
    )
    unit: Text | None = Field(description="The unit of a quantity. Null of other kinds")
    minimum: Annotated[float, Field(ge=-1e6, le=1e6)] | None = Field(
        description="The least value of a quantity, in `unit`. Null of other kinds"
    )
    maximum: Annotated[float, Field(ge=-1e6, le=1e6)] | None = Field(
        description="The largest value of a quantity, in `unit`. Null of other kinds"
    )
    options: Annotated[list[Code], Field(max_length=100)] | None = Field(
        description="The words that can be given. Null where it is not given in words"
    )
    pointer: Text = Field(description="Where in the case it is given: a JSON pointer (RFC 6901)")


class VocabularyAnswer(Shape):
    """Every fact that a case can give."""

    items: Annotated[list[FactAnswer], Field(max_length=500)] = Field(description="The facts")
