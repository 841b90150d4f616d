"""Conditions: questions about a case, held as data so they can be run, explained, printed and compiled."""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from app.engine.errors import DefinitionRefused
from app.engine.evidence import Threshold


class Operator(NamedTuple):
    """One row says how a test runs, reads and compiles, so the three can never disagree."""

    words: str
    check: Callable[[Any, Any], bool]
    code: str


OPERATORS = {
    "<": Operator("below", operator.lt, "{seen} < {value}"),
    "<=": Operator("at most", operator.le, "{seen} <= {value}"),
    ">": Operator("above", operator.gt, "{seen} > {value}"),
    ">=": Operator("at least", operator.ge, "{seen} >= {value}"),
    "is": Operator("is", operator.eq, "{seen} == {value}"),
    "in": Operator("is", lambda seen, options: seen in options, "{seen} in {value}"),
    "has": Operator("includes", lambda seen, option: option in seen, "{value} in {seen}"),
}
ABSENT = "absent"
"""The operator of ``not_recorded``: settled by the absence of the fact, so never UNKNOWN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(ABC):
    """One word of the vocabulary. A fact that is absent from a case is missing, never "no"."""

    name: str
    label: str
    question: str = ""

    def __post_init__(self) -> None:
        if not (self.name.isascii() and self.name.isidentifier() and self.label):  # Python folds the rest
            raise DefinitionRefused(f"A fact needs an ASCII identifier and a label, not {self.name!r}")

    @abstractmethod
    def problem(self, value: Any) -> str | None:
        """Why the value is not one of this fact's, or None when it is."""

    def to_json(self, value: Any) -> Any:
        """The value as JSON holds it."""
        return value

    def from_json(self, value: Any) -> Any:
        """The value that ``to_json`` wrote."""
        return value


class Condition:
    """Base of the three kinds below. Combine with all_of, any_of, none_of; never and/or/not."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise TypeError("A condition is a question, not an answer: use all_of, any_of or none_of")


def _hashed_once() -> Any:
    """Where a condition keeps its hash: to hash a tree anew at each look-up costs more than to compile it."""
    return field(init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Check(Condition):
    """One fact against one value. UNKNOWN while the fact is missing, unless absence is the question."""

    fact: Fact
    op: str
    value: Any
    threshold: Threshold | None = None
    hashed: int = _hashed_once()

    def __post_init__(self) -> None:
        if self.op not in OPERATORS and self.op != ABSENT:
            raise DefinitionRefused(f"No such operator: {self.op!r}")
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise DefinitionRefused(f"{self.fact.name} cannot be compared with {self.value}")
        object.__setattr__(self, "hashed", hash((self.fact, self.op, self.value, self.threshold)))

    def __hash__(self) -> int:
        return self.hashed


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """At least k of the conditions hold. A label lets other rules speak of the whole in one phrase."""

    k: int
    of: tuple[Condition, ...]
    label: str = ""
    hashed: int = _hashed_once()

    def __post_init__(self) -> None:
        if not 1 <= self.k <= len(self.of):
            raise DefinitionRefused(f"At least {self.k} of {len(self.of)} conditions cannot be asked")
        object.__setattr__(self, "hashed", hash((self.k, self.of, self.label)))

    def __hash__(self) -> int:
        return self.hashed


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The condition is ruled out."""

    of: Condition


def all_of(*of: Condition) -> AtLeast:
    """Every one of them holds."""
    return AtLeast(len(of), of)


def any_of(*of: Condition) -> AtLeast:
    """One of them is enough."""
    return AtLeast(1, of)


def none_of(*of: Condition) -> Not:
    """All of them are ruled out."""
    return Not(any_of(*of))


def named(label: str, condition: AtLeast) -> AtLeast:
    """The same condition under a name for words and traces; no numbers, the thresholds say those."""
    return replace(condition, label=label)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """What the condition is made of, one level down."""
    if isinstance(condition, AtLeast):
        return condition.of
    return (condition.of,) if isinstance(condition, Not) else ()


def parts(condition: Condition) -> Iterator[Condition]:
    """The condition and all it is made of, the parts before the whole."""
    found: list[Condition] = []
    _gather(condition, found)
    return iter(found)


def _gather(condition: Condition, into: list[Condition]) -> None:
    for part in parts_of(condition):
        _gather(part, into)
    into.append(condition)


def checks(condition: Condition) -> Iterator[Check]:
    """The single questions that the condition asks, in the order they are written."""
    return (part for part in parts(condition) if isinstance(part, Check))
