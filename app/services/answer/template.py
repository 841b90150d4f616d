"""JSON text with holes: most of an answer never changes; it is written once and filled in for each case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import to_json

HOLE = "\ue000"
"""Stands for a member that differs from case to case; a private character, so that no text of ours has it."""


class Template:
    """A JSON value whose holes are filled in the order in which they stand."""

    __slots__ = ("_text",)

    def __init__(self, content: Any) -> None:
        escaped = to_json(content).replace(b"%", b"%%")
        self._text = escaped.replace(to_json(HOLE), b"%b")

    def fill(self, *values: Any) -> bytes:
        """The JSON text; a value that is text already (bytes) goes in as it is."""
        return self._text % tuple([each if type(each) is bytes else _value(each) for each in values])


def _value(value: Any) -> bytes:
    return b"null" if value is None else to_json(value)


def json_list(texts: Iterable[bytes]) -> bytes:
    """The texts as a JSON list."""
    return b"[" + b",".join(texts) + b"]"
