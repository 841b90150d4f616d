"""What generators of clients and checkers of documents need a schema to say, and pydantic does not."""

from __future__ import annotations

from typing import Any

NUMBER_FORMATS = {"integer": "int32", "number": "double"}
"""Generators choose the type of a number by its format; every number here is bounded well inside these."""
LENGTHS = {"date": 10, "uuid": 36, "date-time": 35}
"""The most characters that a text of a format has; of a moment, with microseconds and an offset."""

DAYS = {("1950-01-01", "2199-12-31"): "^(19[5-9]|2[01][0-9])[0-9]-[0-9]{2}-[0-9]{2}$"}
"""Bounds of days as patterns: JSON Schema has no keyword for them."""


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


def leave_out_defaults(schemas: dict[str, Any]) -> None:
    """Leave defaults to the descriptions: with one, a member may not be left out, as TypeScript is told."""
    for schema in schemas.values():
        for member in schema.get("properties", {}).values():
            member.pop("default", None)


def _suit(schema: dict[str, Any]) -> None:
    # Null for a default says no more than absence does.
    if schema.get("default", ...) is None:
        del schema["default"]
    kind, form = schema.get("type"), schema.get("format")
    if isinstance(kind, str) and kind in NUMBER_FORMATS:
        schema.setdefault("format", NUMBER_FORMATS[kind])
    if kind == "string" and form in LENGTHS:
        schema.setdefault("maxLength", LENGTHS[form])
    if form == "date" and "ge" in schema:  # words of pydantic's own
        schema["pattern"] = DAYS[schema.pop("ge"), schema.pop("le")]
