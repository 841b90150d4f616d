"""Facts worked out from other facts: plain typed functions, fed by parameter name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine.conditions import Fact
from app.engine.errors import DefinitionRefused
from app.engine.evidence import Threshold
from app.engine.facts import Series


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was not answered, whose answer can turn a value that is known all the same.

    Where *record* is named, a record of today in it answers, and turns the value only if one that *says* this
    does.
    """

    asked: Fact
    record: Series | None = None
    says: Any = None


@dataclass(frozen=True, slots=True)
class Calculation:
    """How one fact follows from others.

    ``needs`` are the parameters without a default: while one of them is missing, the result is missing too.
    ``takes`` adds those with the default None, which the function receives as they are.
    ``edition`` is raised whenever the function comes to another result, so that stored records can tell.
    ``turned_by`` tells what more could turn a known result, as far as the tier or the verdict rests on it.
    """

    gives: Fact
    takes: tuple[str, ...]
    needs: frozenset[str]
    work_out: Callable[..., Any]
    uses: tuple[Threshold, ...] = ()
    edition: int = 1
    turned_by: tuple[Turn, ...] = ()

    def run(self, facts: Mapping[str, Any]) -> Any:
        """The fact's value, or None where it cannot be worked out."""
        if any(facts.get(name) is None for name in self.needs):
            return None
        return self.work_out(*(facts.get(name) for name in self.takes))


def calculation(
    gives: Fact, *, uses: Iterable[Threshold] = (), edition: int = 1, turned_by: Sequence[Turn] = ()
) -> Callable[[Callable[..., Any]], Calculation]:
    """Declare that a function works out *gives* from the facts its parameters name."""

    def declare(function: Callable[..., Any]) -> Calculation:
        return calculated(gives, function, uses=uses, edition=edition, turned_by=turned_by)

    return declare


def calculated(
    gives: Fact,
    function: Callable[..., Any],
    takes: Sequence[str] = (),
    *,
    uses: Iterable[Threshold] = (),
    edition: int = 1,
    turned_by: Sequence[Turn] = (),
) -> Calculation:
    """The same for a function that serves several facts: *takes* names the facts its parameters stand for."""
    parameters = list(inspect.signature(function).parameters.values())
    if wrong := [p.name for p in parameters if p.kind is not p.POSITIONAL_OR_KEYWORD]:
        raise DefinitionRefused(f"{gives.name}: facts are plain parameters, unlike {wrong}")
    if wrong := [p.name for p in parameters if p.default not in (p.empty, None)]:
        raise DefinitionRefused(f"{gives.name}: a missing fact is None, so no other default for {wrong}")
    names = tuple(takes) or tuple(p.name for p in parameters)
    if len(names) != len(parameters):
        raise DefinitionRefused(f"{gives.name}: {len(parameters)} parameters, but {len(names)} facts")
    if wrong := [t.record.name for t in turned_by if t.record and t.record.name not in names]:
        raise DefinitionRefused(f"{gives.name} does not read {wrong}, so no record there can turn it")
    needs = frozenset(name for name, p in zip(names, parameters, strict=True) if p.default is p.empty)
    return Calculation(gives, names, needs, function, tuple(uses), edition, tuple(turned_by))
