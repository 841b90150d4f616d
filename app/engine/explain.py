"""What a condition comes to for one case, and why. This is the definition; compile.py only hurries it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from app.engine.conditions import ABSENT, OPERATORS, AtLeast, Check, Condition, Fact, Not
from app.engine.facts import Quantity
from app.engine.truth import Truth, at_least, opposite


class Trace(NamedTuple):
    """One condition, its truth, the value seen, and the traces of its parts."""

    condition: Condition
    truth: Truth
    seen: Any = None
    because: tuple[Trace, ...] = ()

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


def explain(condition: Condition, facts: Mapping[str, Any]) -> Trace:
    """The truth of the condition for these facts, with the truths that made it."""
    match condition:
        case Check(fact):
            return Trace(condition, check_truth(condition, facts.get(fact.name)), facts.get(fact.name))
        case AtLeast(k, of):
            because = tuple(explain(part, facts) for part in of)
            return Trace(condition, at_least(k, (t.truth for t in because)), because=because)
        case Not(of):
            inner = explain(of, facts)
            return Trace(condition, opposite(inner.truth), because=(inner,))
    raise TypeError(f"Not a condition: {condition!r}")


def check_truth(check: Check, seen: Any) -> Truth:
    """One question against the value seen; None is a missing value."""
    if check.op == ABSENT:
        return Truth.TRUE if seen is None else Truth.FALSE
    if seen is None:
        return Truth.UNKNOWN
    return Truth.TRUE if OPERATORS[check.op].check(seen, check.value) else Truth.FALSE
