"""What a condition comes to for one case, and why. This is the definition; compile.py only hurries it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.engine.conditions import ABSENT, OPERATORS, AtLeast, Check, Condition, Fact, Not
from app.engine.facts import Quantity
from app.engine.truth import Truth, at_least, opposite

Node = tuple[Condition, int, Any, tuple["Node", ...]]
"""A condition, its truth's value, the value seen, the nodes of its parts: what compiled code builds."""

TRUTHS = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)
"""Each truth at the place of its value."""


class Trace(tuple[Condition, int, Any, tuple[Node, ...]]):
    """One condition, its truth, the value seen, the traces of its parts: a node to be asked by name."""

    __slots__ = ()

    @property
    def condition(self) -> Condition:
        return self[0]

    @property
    def truth(self) -> Truth:
        return TRUTHS[self[1]]

    @property
    def seen(self) -> Any:
        """The value of the fact that a single question is about; None while it is missing."""
        return self[2]

    @property
    def because(self) -> tuple[Trace, ...]:
        """The traces of the parts."""
        return tuple(map(Trace, self[3]))

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
    return Trace(_node(condition, facts))


def _node(condition: Condition, facts: Mapping[str, Any]) -> Node:
    match condition:
        case Check(fact):
            seen = facts.get(fact.name)
            return condition, check_truth(condition, seen).value, seen, ()
        case AtLeast(k, of):
            nodes = tuple(_node(part, facts) for part in of)
            return condition, at_least(k, (TRUTHS[node[1]] for node in nodes)).value, None, nodes
        case Not(of):
            node = _node(of, facts)
            return condition, opposite(TRUTHS[node[1]]).value, None, (node,)
    raise TypeError(f"Not a condition: {condition!r}")


def check_truth(check: Check, seen: Any) -> Truth:
    """One question against the value seen; None is a missing value."""
    if check.op == ABSENT:
        return Truth.TRUE if seen is None else Truth.FALSE
    if seen is None:
        return Truth.UNKNOWN
    return Truth.TRUE if OPERATORS[check.op].check(seen, check.value) else Truth.FALSE
