"""Proofs as JSON: an object with one value per member, numbers that count, and hashes in base64.

Every function raises ``ValueError`` where the member is missing or is something else. Members that are not
asked for are passed over, so that later versions may tell more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.transparency.text import base64_bytes
from app.transparency.tree import HASH_BYTES

MAX_COUNT = 2**63 - 1
MAX_PATH = 64
"""A tree of `MAX_COUNT` leaves has no longer path."""

Members = Mapping[str, object]


def members_of(text: bytes) -> Members:
    """The members of a JSON object in UTF-8."""
    try:
        found = json.loads(text.decode(), object_pairs_hook=_each_once, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - what is wrong is the text, not a type of ours
    return found


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member twice")
    return members


def _refuse(_constant: str) -> object:
    raise ValueError("no JSON has such a number")


def text_of(members: Members, name: str) -> str:
    """A member that is text."""
    value = members.get(name)
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004 - as above
    return value


def count_of(members: Members, name: str) -> int:
    """A member that counts leaves, from 0."""
    value = members.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
        raise ValueError("not a count")
    return value


def hash_of(members: Members, name: str) -> bytes:
    """A member that is a hash: 32 bytes."""
    return _hash(members.get(name))


def path_of(members: Members, name: str) -> tuple[bytes, ...]:
    """A member that is a path: a list of hashes."""
    value = members.get(name)
    if not isinstance(value, list) or len(value) > MAX_PATH:
        raise ValueError("not a path")
    return tuple(map(_hash, value))


def _hash(value: object) -> bytes:
    if not isinstance(value, str) or len(hashed := base64_bytes(value)) != HASH_BYTES:
        raise ValueError("not a hash")
    return hashed
