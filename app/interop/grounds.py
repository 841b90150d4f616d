"""Which members of a case a fact or a rule rests on: what is worked out is followed down to what is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from app.engine.rules import Rule
from app.engine.ruleset import reads
from app.interop.paths import DATED, FIELDS, PLACES
from app.knowledge.ruleset import POSTOP_LUMBAR


@cache
def paths_of_fact(name: str) -> tuple[str, ...]:
    """The paths of the case that give a fact, near the place where it is asked for; in their order."""
    place = PLACES.get(name, "")
    paths = {path for fact in _given(name) for path in _paths_of_given(fact)}
    asked_there = (path for path in paths if path.startswith(place))
    return tuple(sorted(asked_there))


@cache
def grounds_of(rule_id: str, version: str) -> frozenset[str]:
    """The paths that a rule reads.

    Empty for a rule of another ruleset than the one at hand: nothing is guessed of it.
    """
    rule = POSTOP_LUMBAR.rule(rule_id) if version == POSTOP_LUMBAR.version else None
    facts = {fact for name in reads(rule) for fact in _given(name)} if rule else set()
    return frozenset(path for fact in facts for path in _paths_of_given(fact))


@cache
def _worked_out() -> Mapping[str, tuple[str, ...]]:
    """What every fact that is worked out is worked out from."""
    steps = (step for step in POSTOP_LUMBAR.steps if not isinstance(step, Rule))
    return {step.gives.name: tuple(reads(step)) for step in steps}


def _given(name: str) -> set[str]:
    """The facts given by a case that a fact rests on, itself where it is one."""
    worked_out = _worked_out()
    seen: set[str] = set()
    left = [name]
    while left:
        each = left.pop()
        if each not in seen:
            seen.add(each)
            left.extend(worked_out.get(each, ()))
    return seen - worked_out.keys()


def _paths_of_given(fact: str) -> Iterable[str]:
    """Members of a dated entry are called as the fact is, some with their scale or unit: ``odi_percent``."""
    place = PLACES.get(fact, "")
    if place not in DATED:
        return [place] if place else []
    of_the_entry = (field for field in FIELDS.values() if field.group == place)
    return [field.path for field in of_the_entry if f"{field.name}_".startswith(f"{fact}_")]
