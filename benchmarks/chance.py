"""Cases that no patient brings: answers and measurements drawn from a seed, often at the limit of a rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from app.engine.conditions import Fact, checks
from app.engine.facts import Choice, Codes, Day, Quantity, Reading, Series, YesNo
from app.engine.ruleset import Ruleset
from benchmarks.cases import ALWAYS_THERE, SEED

ASSESSED_AFTER = (0, 2, 3, 4, 7, 8, 9, 10, 14, 15, 30, 31, 42, 43, 84, 85, 90, 91, 180, 300, 365, 366, 560)
RECORDED_AFTER = (-40, -1, 0, 3, 5, 6, 13, 14, 20, 42, 60, 90, 100, 180, 270, 360, 366, 400)
BESIDE = (-1, 0, 1)

Facts = dict[str, Any]


class Changed:
    """Copies of cases with other days of assessment and other answers."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.chance = Random(SEED)
        self.facts = [fact for fact in ruleset.facts if fact.name not in ALWAYS_THERE]
        self.operations = [fact for fact in ruleset.facts if fact.name in ("procedure", "region")]
        self.limits: dict[str, set[float]] = defaultdict(set)
        for rule in ruleset.rules:
            for check in checks(rule.when):
                if type(check.value) in (int, float):
                    self.limits[check.fact.name].add(check.value)

    def copies(self, facts: list[Facts], number: int) -> Iterator[Facts]:
        """Each case *number* times, some with little changed and some with nearly everything."""
        for case in facts * number:
            changed = dict(case)
            surgery = case["surgery_date"]
            if self.chance.random() < 0.5:
                changed["assessed_on"] = surgery + timedelta(days=self.chance.choice(ASSESSED_AFTER))
            share, gone = self.chance.choice((0.05, 0.15, 0.4, 0.8)), self.chance.choice((0, 0.1, 0.3, 0.6))
            for fact in self.facts:
                if self.chance.random() < share:
                    changed[fact.name] = self.value(fact, fact.name, surgery, changed["assessed_on"])
                elif self.chance.random() < gone:
                    changed.pop(fact.name, None)
            for fact in self.operations:
                if self.chance.random() < 0.1:
                    changed[fact.name] = self.value(fact, fact.name, surgery, changed["assessed_on"])
            yield changed

    def value(self, fact: Fact, name: str, surgery: date, day: date) -> Any:
        """A value that the fact can have."""
        match fact:
            case YesNo():
                return self.chance.random() < 0.5
            case Choice():
                return self.chance.choice(fact.options)
            case Codes():
                most = min(4, len(fact.options))
                return frozenset(self.chance.sample(fact.options, self.chance.randint(0, most)))
            case Day():
                return surgery + timedelta(days=self.chance.choice(RECORDED_AFTER))
            case Quantity():
                return self.number(fact, name)
            case Series():
                return self.series(fact, surgery, day)
        raise TypeError(f"No value for {fact!r}")

    def number(self, fact: Quantity, name: str) -> float:
        """A number at a limit of a rule or beside it, or anywhere near."""
        beside = [limit + step for limit in self.limits[name] for step in BESIDE]
        some = self.chance.randint(int(fact.minimum), int(min(fact.maximum, fact.minimum + 100)))
        value = self.chance.choice([*beside, fact.minimum, fact.maximum, some, some])
        return min(max(value, fact.minimum), fact.maximum)

    def series(self, fact: Series, surgery: date, day: date) -> tuple[Reading, ...]:
        """Up to five readings until the day of assessment."""
        after = sorted(self.chance.choice(RECORDED_AFTER) for _ in range(self.chance.randint(1, 4)))
        days = [surgery + timedelta(days=each) for each in after]
        days = [each for each in days if each < day] + [day] * (self.chance.random() < 0.5)
        sites = fact.sites or ("",)
        return tuple(
            Reading(each, self.value(fact.of, fact.of.name, surgery, day), self.chance.choice(sites))
            for each in days
        )
