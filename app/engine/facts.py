"""The words of a vocabulary: typed facts with unit and range, and the questions that can be asked of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from app.engine.conditions import ABSENT, Check, Condition, Fact, Not, all_of
from app.engine.errors import DefinitionRefused, FactsRefused
from app.engine.evidence import Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity(Fact):
    """A number in one fixed unit; whoever reads other units converts before the engine sees it."""

    unit: str
    minimum: float
    maximum: float

    def problem(self, value: Any) -> str | None:
        if type(value) not in (int, float):
            return "is not a number"
        if isinstance(value, float) and not math.isfinite(value):
            return "is not finite"
        if not self.minimum <= value <= self.maximum:
            return f"is not between {self.minimum:g} and {self.maximum:g} {self.unit}"
        return None

    def __lt__(self, value: float | Threshold) -> Check:
        return self._check("<", value)

    def __le__(self, value: float | Threshold) -> Check:
        return self._check("<=", value)

    def __gt__(self, value: float | Threshold) -> Check:
        return self._check(">", value)

    def __ge__(self, value: float | Threshold) -> Check:
        return self._check(">=", value)

    def _check(self, op: str, value: float | Threshold) -> Check:
        if not isinstance(value, Threshold):
            return Check(self, op, value)
        if value.unit != self.unit:
            raise DefinitionRefused(f"{self.name} is in {self.unit}, {value.name} in {value.unit}")
        return Check(self, op, value.value, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo(Fact):
    """A question with the answers yes and no; not answered is missing."""

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, bool) else "is neither yes nor no"

    def is_true(self) -> Check:
        return Check(self, "is", True)

    def is_false(self) -> Check:
        return Check(self, "is", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Fact):
    """One of a fixed set of options, listed in the order in which a form would show them."""

    options: tuple[str, ...]

    def problem(self, value: Any) -> str | None:
        return None if value in self.options else f"is not one of {', '.join(self.options)}"

    def is_(self, option: str) -> Check:
        return Check(self, "is", self._known(option))

    def is_one_of(self, *options: str) -> Check:
        return Check(self, "in", frozenset(map(self._known, options)))

    def _known(self, option: str) -> str:
        if option not in self.options:
            raise DefinitionRefused(f"{self.name} has no option {option!r}; choose from {self.options}")
        return option


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes(Fact):
    """A set of options that its sender states to be complete: not sent is missing, empty is none of them."""

    options: tuple[str, ...]

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, frozenset):
            return "is not a set of options"
        return None if value <= set(self.options) else f"has more than {', '.join(self.options)}"

    def has(self, option: str) -> Check:
        if option not in self.options:
            raise DefinitionRefused(f"{self.name} has no option {option!r}; choose from {self.options}")
        return Check(self, "has", option)

    def to_json(self, value: frozenset[str]) -> list[str]:
        return sorted(value)

    def from_json(self, value: list[str]) -> frozenset[str]:
        return frozenset(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Fact):
    """A calendar day. Rules ask about intervals, which calculations work out from days."""

    def problem(self, value: Any) -> str | None:
        return None if type(value) is date else "is not a date"

    def to_json(self, value: date) -> str:
        return value.isoformat()

    def from_json(self, value: str) -> date:
        return date.fromisoformat(value)


class Reading(NamedTuple):
    """One entry of a series: the day, the value, and for some series the site it was taken at."""

    day: date
    value: Any
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series(Fact):
    """Dated readings of one quantity or choice, oldest first. A series that was sent is complete."""

    of: Quantity | Choice
    sites: tuple[str, ...] = ()

    def problem(self, value: Any) -> str | None:
        if not (isinstance(value, tuple) and all(isinstance(reading, Reading) for reading in value)):
            return "is not a series of readings"
        if wrong := next(filter(None, map(self._reading_problem, value)), None):
            return wrong
        if any(later.day < earlier.day for earlier, later in pairwise(value)):
            return "is not in order of days"
        return None

    def _reading_problem(self, reading: Reading) -> str | None:
        if type(reading.day) is not date:
            return "has a reading without a day"
        if reading.site not in (self.sites or ("",)):
            return "has a reading of an unknown site"
        return self.of.problem(reading.value)

    def to_json(self, value: tuple[Reading, ...]) -> list[list[Any]]:
        return [[r.day.isoformat(), r.value, *([r.site] if r.site else [])] for r in value]

    def from_json(self, value: list[list[Any]]) -> tuple[Reading, ...]:
        return tuple(Reading(date.fromisoformat(day), *rest) for day, *rest in value)


def not_recorded(fact: Fact) -> Check:
    """The fact is missing, taken as a finding of its own: the one word that more data can reverse."""
    return Check(fact, ABSENT, None)


def recorded(fact: Fact) -> Condition:
    """The fact is there, whatever it says."""
    return Not(not_recorded(fact))


def when_recorded(fact: Fact, *conditions: Condition) -> Condition:
    """The fact is there and the conditions hold: FALSE, not UNKNOWN, while it is missing."""
    return all_of(recorded(fact), *conditions)


def check_facts(vocabulary: Iterable[Fact], facts: Mapping[str, Any]) -> None:
    """Refuse facts that are unknown, of the wrong type or out of range, all at once."""
    words = {fact.name: fact for fact in vocabulary}
    problems = {name: "is not in the vocabulary" for name in facts if name not in words}
    for name, value in facts.items():
        if name in words and value is not None and (reason := words[name].problem(value)):
            problems[name] = reason
    if problems:
        raise FactsRefused(problems)
