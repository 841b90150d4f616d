"""Bytes to a JSON value, refusing every text that two parsers could read differently.

What is refused beyond malformed JSON: any encoding but UTF-8, a byte order mark, lone surrogates, NUL, a
member named twice, NaN and infinities (also by overflow), integers that a double cannot hold, deep nesting.
"""

import json
from enum import StrEnum
from typing import TypeAlias

from pydantic_core import from_json

MAX_DEPTH = 16
INFINITY = float("inf")
MAX_INTEGER = 2**53 - 1  # RFC 8259, section 6: beyond it parsers disagree about the value

JsonArray: TypeAlias = "list[JsonValue]"
JsonObject: TypeAlias = "dict[str, JsonValue]"
JsonValue: TypeAlias = "bool | int | float | str | JsonArray | JsonObject | None"


class Flaw(StrEnum):
    """Why a text is not taken for JSON."""

    MALFORMED = "malformed_json"
    DUPLICATE_MEMBER = "duplicate_member"
    TOO_DEEP = "nested_too_deeply"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    NUL = "nul_character"


class JsonRefused(ValueError):
    """The text is not JSON that has exactly one meaning."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def parse_json(text: bytes, max_depth: int = MAX_DEPTH) -> JsonValue:
    """The one value that this text can mean."""
    try:
        # pydantic's parser takes strict UTF-8 without a byte order mark and refuses surrogates and NaN.
        document: JsonValue = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise JsonRefused(Flaw.MALFORMED) from error
    if b"\\u0000" in text:
        raise JsonRefused(Flaw.NUL)
    if isinstance(document, (dict, list)):
        _check_members(document, text, max_depth)
    else:
        _count_members([document], max_depth)
    return document


def _check_members(document: "JsonObject | JsonArray", text: bytes, max_depth: int) -> None:
    # Each member written has a colon. As many members as colons: none was written twice.
    if _count_members(document, max_depth - 1) != text.count(b":"):
        json.loads(text, object_pairs_hook=_refuse_duplicates)


def _count_members(container: "JsonObject | JsonArray", levels: int) -> int:
    """The number of members at any depth; refuses on the way what is deeper or a number out of range."""
    if levels < 0:
        raise JsonRefused(Flaw.TOO_DEEP)
    if isinstance(container, dict):
        members, values = len(container), iter(container.values())
    else:
        members, values = 0, iter(container)
    for value in values:
        if isinstance(value, str):
            continue
        if isinstance(value, (dict, list)):
            members += _count_members(value, levels - 1)
        elif isinstance(value, float):
            if not -INFINITY < value < INFINITY:
                raise JsonRefused(Flaw.NUMBER_OUT_OF_RANGE)
        elif isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise JsonRefused(Flaw.NUMBER_OUT_OF_RANGE)
    return members


def _refuse_duplicates(pairs: list[tuple[str, JsonValue]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise JsonRefused(Flaw.DUPLICATE_MEMBER)
