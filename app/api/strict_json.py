"""Bytes to a JSON value, refusing every text that two parsers could read differently.

What is refused beyond malformed JSON: any encoding but UTF-8, a byte order mark, lone surrogates, NUL, a
member named twice, NaN and infinities (also by overflow), integers that a double cannot hold, deep nesting.
"""

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeAlias

from pydantic_core import from_json, to_json

MAX_DEPTH = 16
ESCAPED_COLONS = (b"\\u003a", b"\\u003A")
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
    colons = text.count(b":")
    if _count_members(document, max_depth) == colons:
        return
    # The others stand in strings. Where all are there still when it is written again, no member was lost.
    if any(map(text.__contains__, ESCAPED_COLONS)) or to_json(document).count(b":") != colons:
        json.loads(text, object_pairs_hook=_refuse_duplicates)


def _count_members(document: "JsonObject | JsonArray", levels: int) -> int:
    """The number of members at any depth; refuses on the way what is deeper or a number out of range."""
    members = 0
    level: list[JsonObject | JsonArray] = [document]
    while level:
        if levels == 0:
            raise JsonRefused(Flaw.TOO_DEEP)
        levels -= 1
        below: list[JsonObject | JsonArray] = []
        for container in level:
            values: Iterable[JsonValue] = container
            if isinstance(container, dict):
                members += len(container)
                values = container.values()
            for value in values:
                if type(value) is str:  # most values are, and the parser makes no subtypes
                    continue
                if isinstance(value, (dict, list)):
                    below.append(value)
                else:
                    _check_range(value)
        level = below
    return members


def _check_range(value: JsonValue) -> None:
    if isinstance(value, float):
        if not -INFINITY < value < INFINITY:
            raise JsonRefused(Flaw.NUMBER_OUT_OF_RANGE)
    elif isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise JsonRefused(Flaw.NUMBER_OUT_OF_RANGE)


def _refuse_duplicates(pairs: list[tuple[str, JsonValue]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise JsonRefused(Flaw.DUPLICATE_MEMBER)
