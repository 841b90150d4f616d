"""What generators of clients and checkers of documents need a schema to say, and pydantic does not."""

from __future__ import annotations

from typing import Any

NUMBER_FORMATS = {"integer": "int32", "number": "double"}
"""Generators choose the type of a number by its format; every number here is bounded well inside these."""
LENGTHS = {"date": 10, "uuid": 36, "date-time": 35}
"""The most characters that a text of a format has; of a moment, with microseconds and an offset."""


def suit_generators(part: Any) -> None:
    """Say it of every schema in this part of the document."""
    if isinstance(part, dict):
        _suit(part)
        for name, value in part.items():
            if name not in ("example", "examples"):
                suit_generators(value)
    elif isinstance(part, list):
        for value in part:
            suit_generators(value)


def _suit(schema: dict[str, Any]) -> None:
    # A default makes a member one that is always there; null for a default says no more than absence does.
    if schema.get("default", ...) is None:
        del schema["default"]
    kind, form = schema.get("type"), schema.get("format")
    if isinstance(kind, str) and kind in NUMBER_FORMATS:
        schema.setdefault("format", NUMBER_FORMATS[kind])
    if kind == "string" and form in LENGTHS:
        schema.setdefault("maxLength", LENGTHS[form])
    if form == "date" and "ge" in schema:  # words of pydantic's own; the pattern of the day says the same
        del schema["ge"], schema["le"]
