"""What an answer rests on, as OpenAPI publishes it: missing facts, assumptions, findings, sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.api.shapes import CitedPlace, Code, Pointer, Shape, Text, Words


class MissingFact(Shape):
    """A fact that was not given, where to give it, and which rules it could still change."""

    fact: Code
    question: Text
    pointer: Pointer
    could_change: Annotated[list[Code], Field(max_length=200)]


class AssumedValue(Shape):
    """An engineering value that was used and awaits clinical sign-off."""

    kind: Literal["value"]
    name: Code
    value: Annotated[float, Field(ge=-100_000, le=100_000)]
    unit: Text
    label: Text
    dossier: Text


class AssumedReading(Shape):
    """An engineering reading of the dossier that was used and awaits clinical sign-off."""

    kind: Literal["reading"]
    dossier: Text


class FindingAnswer(Shape):
    """A rule that holds or stays open. The whole trace is at /trace."""

    rule: Code
    title: Text
    words: Words
    evidence: Annotated[list[CitedPlace], Field(max_length=20)]
    truth: Literal["holds", "open"]


class SourceAnswer(Shape):
    """A source that the findings cite."""

    id: Code
    title: Text
    kind: Text
    year: Annotated[int, Field(ge=1900, le=2200)] | None
    url: Text | None
