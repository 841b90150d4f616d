"""Kleene's three truths. Missing data gives UNKNOWN, never FALSE."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """Ordered: FALSE < UNKNOWN < TRUE. The values are what compiled code and stored records hold."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __bool__(self) -> bool:
        raise TypeError("A Truth has three values: write 'is Truth.TRUE', not 'if truth'")


def at_least(k: int, truths: Iterable[Truth]) -> Truth:
    """Whether k of them hold: the k-th best truth. k = all gives Kleene's 'and', k = 1 his 'or'."""
    return Truth(sorted(truth.value for truth in truths)[-k])


def opposite(truth: Truth) -> Truth:
    """Kleene's 'not': UNKNOWN stays UNKNOWN."""
    return Truth(2 - truth.value)
