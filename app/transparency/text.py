"""Strict reading of the text that proofs travel as: one spelling for every value, and no invisible lines."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

_ONE_LINE = re.compile(r"[^\x00-\x1f\ud800-\udfff]+")


def base64_text(value: bytes) -> str:
    """Base64 as of RFC 4648, section 4, padded."""
    return b64encode(value).decode()


def base64_bytes(text: str) -> bytes:
    """What `base64_text` wrote; raises ``ValueError`` for any other spelling."""
    value = b64decode(text, validate=True)
    if base64_text(value) != text:
        raise ValueError("not the base64 of anything")
    return value


def is_one_line(text: str) -> bool:
    """Whether the text is something, can be written as UTF-8, and has no control character."""
    return _ONE_LINE.fullmatch(text) is not None
