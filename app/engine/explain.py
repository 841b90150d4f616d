"""What a condition comes to for one case, and why. This is the definition; compile.py only hurries it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.conditions import ABSENT, OPERATORS, AtLeast, Check, Condition, Fact, Not
from app.engine.facts import Quantity
from app.engine.truth import Truth, at_least, opposite

TRUTHS = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)
"""Each truth at the place of its value."""


class Trace(ABC):
    """One condition, its truth, the value seen, and the traces of its parts."""

    __slots__ = ()

    @property
    @abstractmethod
    def condition(self) -> Condition:
        """What was asked."""

    @property
    @abstractmethod
    def truth(self) -> Truth:
        """What it came to."""

    @property
    @abstractmethod
    def seen(self) -> Any:
        """The value of the fact that a single question is about; None while it is missing."""

    @property
    @abstractmethod
    def because(self) -> tuple[Trace, ...]:
        """The traces of the parts."""

    @property
    def margin(self) -> float | None:
        """How far the value seen lies above (+) or below (-) the threshold, in the fact's unit."""
        match self.condition:
            case Check(Quantity(), op, value) if op != ABSENT and self.seen is not None:
                return float(round(self.seen - value, 4))
        return None

    def missing(self) -> Iterator[Fact]:
        """The facts that could settle an UNKNOWN; none once the truth is known."""
        if self.truth is Truth.UNKNOWN:
            if isinstance(self.condition, Check):
                yield self.condition.fact
            for trace in self.because:
                yield from trace.missing()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trace) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash((self.condition, self.truth))

    def _content(self) -> tuple[object, ...]:
        return self.condition, self.truth, self.seen, self.because


@dataclass(frozen=True, slots=True, eq=False)
class Explained(Trace):
    """A trace that was worked out: the definition of all traces."""

    condition: Condition
    truth: Truth
    seen: Any
    because: tuple[Trace, ...]


def explain(condition: Condition, facts: Mapping[str, Any]) -> Trace:
    """The truth of the condition for these facts, with the truths that made it."""
    match condition:
        case Check(fact):
            seen = facts.get(fact.name)
            return Explained(condition, check_truth(condition, seen), seen, ())
        case AtLeast(k, of):
            traces = tuple(explain(part, facts) for part in of)
            return Explained(condition, at_least(k, (trace.truth for trace in traces)), None, traces)
        case Not(of):
            trace = explain(of, facts)
            return Explained(condition, opposite(trace.truth), None, (trace,))
    raise TypeError(f"Not a condition: {condition!r}")


def check_truth(check: Check, seen: Any) -> Truth:
    """One question against the value seen; None is a missing value."""
    if check.op == ABSENT:
        return Truth.TRUE if seen is None else Truth.FALSE
    if seen is None:
        return Truth.UNKNOWN
    return Truth.TRUE if OPERATORS[check.op].check(seen, check.value) else Truth.FALSE
