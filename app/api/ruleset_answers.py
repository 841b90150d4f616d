"""Rulesets, rules, sources and vocabulary as OpenAPI publishes them."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.basis_answers import SourceAnswer
from app.api.shapes import Code, Digest, Evidence, Shape, Text, Verified, Words


class RulesetInShort(Shape):
    """One version of the rules."""

    name: Code
    version: Code
    digest: Digest
    current: bool = Field(description="Whether new assessments are made under it")


class RulesetList(Shape):
    """Every version of the rules that this service has used, the current one first."""

    items: Annotated[list[RulesetInShort], Field(max_length=1000)]


class RuleAnswer(Shape):
    """A rule in words and as data."""

    id: Code
    title: Text
    chapter: Code
    outline: Annotated[list[Words], Field(max_length=500)] = Field(
        description="The condition in words, one part a line, indented by two spaces a level"
    )
    condition: dict[str, object] = Field(
        description="The condition as data: fact, op, value; at_least, of; not"
    )
    conclusion: dict[str, object] = Field(description="What the rule says when its condition holds")
    evidence: Evidence
    divergence: Text | None
    dossier: Text
    in_force_since: datetime.date | None
    in_force_until: datetime.date | None


class ThresholdAnswer(Shape):
    """A named value with its unit and source."""

    name: Code
    value: Annotated[float, Field(ge=-100_000, le=100_000)]
    unit: Text
    label: Text
    needs_sign_off: bool
    evidence: Evidence


class RulesetAnswer(RulesetInShort):
    """A version of the rules in full."""

    rules: Annotated[list[RuleAnswer], Field(max_length=1000)]
    thresholds: Annotated[list[ThresholdAnswer], Field(max_length=500)]


class SourceInFull(SourceAnswer):
    """A source, with the grade of its figures unless a citation says otherwise."""

    verified: Verified


class EvidenceList(Shape):
    """Every source that the rules cite."""

    items: Annotated[list[SourceInFull], Field(max_length=500)]


class FactAnswer(Shape):
    """A word of the vocabulary that a case can give."""

    name: Code
    label: Text
    question: Text | None
    kind: Literal["quantity", "yes_no", "choice", "codes", "day", "series"]
    unit: Text | None
    minimum: Annotated[float, Field(ge=-1e6, le=1e6)] | None
    maximum: Annotated[float, Field(ge=-1e6, le=1e6)] | None
    options: Annotated[list[Code], Field(max_length=100)] | None
    pointer: Text = Field(description="Where in the case it is given (RFC 6901)")


class VocabularyAnswer(Shape):
    """Every fact that a case can give."""

    items: Annotated[list[FactAnswer], Field(max_length=500)]
