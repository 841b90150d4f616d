"""All chapters together, versioned, checked on loading, with one canonical text and its digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from app.engine.calculate import Calculation
from app.engine.conditions import Condition, Fact, checks
from app.engine.errors import DefinitionRefused
from app.engine.rules import Chapter, Decision, Rule, Step


@dataclass(frozen=True, kw_only=True)
class Ruleset:
    """The given facts and the chapters that are run over them, in order."""

    name: str
    version: str
    facts: tuple[Fact, ...]
    chapters: tuple[Chapter, ...]

    def __post_init__(self) -> None:
        _refuse_twice("rule", [rule.id for rule in self.rules])
        _refuse_twice("decision", [decision.id for decision in self.decisions])
        _refuse_twice("fact", [fact.name for fact in self.facts] + [fact.name for fact in self.derived])
        self._refuse_reading_ahead()
        self._refuse_two_meanings()

    def _refuse_reading_ahead(self) -> None:
        known = {fact.name for fact in self.facts}
        for step in self.steps:
            if unknown := sorted(set(reads(step)) - known):
                raise DefinitionRefused(f"{_name(step)} reads {unknown} before anything gives them")
            if not isinstance(step, Rule):
                known.add(step.gives.name)

    def _refuse_two_meanings(self) -> None:
        asked = [check for rule in self.rules for check in checks(rule.when)]
        facts = [*self.facts, *self.derived, *(check.fact for check in asked)]
        thresholds = [each for calculation in self.calculations for each in calculation.uses]
        thresholds += [check.threshold for check in asked if check.threshold]
        cited = [citation for rule in self.rules for citation in rule.evidence]
        cited += [citation for each in thresholds for citation in each.evidence]
        _refuse_differing("fact", ((fact.name, fact) for fact in facts))
        _refuse_differing("threshold", ((each.name, each) for each in thresholds))
        _refuse_differing("source", ((citation.source.id, citation.source) for citation in cited))

    @property
    def steps(self) -> Iterator[Step]:
        for chapter in self.chapters:
            yield from chapter.steps

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for chapter in self.chapters for rule in chapter.rules)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(step for step in self.steps if isinstance(step, Decision))

    @cached_property
    def calculations(self) -> tuple[Calculation, ...]:
        return tuple(step for step in self.steps if isinstance(step, Calculation))

    @cached_property
    def derived(self) -> tuple[Fact, ...]:
        """The facts that the steps give."""
        return tuple(step.gives for step in self.steps if not isinstance(step, Rule))

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    @cached_property
    def change_days(self) -> tuple[date, ...]:
        """The days from which other rules are in force than on the day before."""
        return tuple(sorted({day for rule in self.rules for day in (rule.since, rule.until) if day}))

    def at(self, day: date) -> Ruleset:
        """The rules in force for an assessment on that day."""
        if not self.change_days or all(rule.in_force(day) for rule in self.rules):
            return self
        return replace(self, chapters=tuple(_chapter_at(chapter, day) for chapter in self.chapters))


def reads(step: Step) -> Iterator[str]:
    """The names of the facts that a step looks at."""
    if isinstance(step, Calculation):
        yield from step.takes
    else:
        for when in conditions(step):
            yield from (check.fact.name for check in checks(when))


def conditions(step: Step) -> tuple[Condition, ...]:
    """The conditions of a step, in order; a calculation has none."""
    match step:
        case Rule():
            return (step.when,)
        case Decision():
            return tuple(rule.when for rule in step.rules)
        case _:
            return ()


def _name(step: Step) -> str:
    return step.gives.name if isinstance(step, Calculation) else step.id


def _refuse_twice(kind: str, names: list[str]) -> None:
    if twice := sorted(name for name, count in Counter(names).items() if count > 1):
        raise DefinitionRefused(f"Defined more than once as a {kind}: {twice}")


def _refuse_differing(kind: str, named: Iterable[tuple[str, object]]) -> None:
    """One name, one meaning: stored text keeps facts, thresholds and sources by name."""
    first: dict[str, object] = {}
    for name, thing in named:
        known = first.setdefault(name, thing)
        if known is not thing and known != thing:
            raise DefinitionRefused(f"Defined in two ways as a {kind}: {name!r}")


def _chapter_at(chapter: Chapter, day: date) -> Chapter:
    steps: list[Step] = []
    for step in chapter.steps:
        match step:
            case Rule():
                steps += [step] if step.in_force(day) else []
            case Decision():
                steps.append(replace(step, rules=tuple(rule for rule in step.rules if rule.in_force(day))))
            case _:
                steps.append(step)
    return replace(chapter, steps=tuple(steps))
