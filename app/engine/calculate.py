"""Facts worked out from other facts: plain typed functions, fed by parameter name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.conditions import Fact
from app.engine.errors import DefinitionRefused
from app.engine.evidence import Threshold


@dataclass(frozen=True, slots=True)
class Calculation:
    """How one fact follows from others.

    ``needs`` are the parameters without a default: while one of them is missing, the result is missing too.
    ``takes`` adds those with the default None, which the function receives as they are.
    ``edition`` is raised whenever the function comes to another result, so that stored records can tell.
    """

    gives: Fact
    takes: tuple[str, ...]
    needs: frozenset[str]
    work_out: Callable[..., Any]
    uses: tuple[Threshold, ...] = ()
    edition: int = 1

    def run(self, facts: Mapping[str, Any]) -> Any:
        """The fact's value, or None where it cannot be worked out."""
        inputs = {name: facts.get(name) for name in self.takes}
        if any(inputs[name] is None for name in self.needs):
            return None
        return self.work_out(**inputs)


def calculation(
    gives: Fact, *, uses: Iterable[Threshold] = (), edition: int = 1
) -> Callable[[Callable[..., Any]], Calculation]:
    """Declare that a function works out *gives* from the facts its parameters name."""

    def declare(function: Callable[..., Any]) -> Calculation:
        parameters = inspect.signature(function).parameters
        if wrong := [p.name for p in parameters.values() if p.default not in (p.empty, None)]:
            raise DefinitionRefused(f"{gives.name}: a missing fact is None, so no other default for {wrong}")
        needs = frozenset(p.name for p in parameters.values() if p.default is p.empty)
        return Calculation(gives, tuple(parameters), needs, function, tuple(uses), edition)

    return declare
