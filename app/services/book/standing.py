"""What the rules rest on: readings that await sign-off, and the visible word for missing facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.engine.calculate import Calculation
from app.engine.canonical import thresholds_of
from app.engine.conditions import ABSENT, Check, Condition, Fact, Not, checks, parts
from app.engine.evidence import Citation, Threshold
from app.engine.rules import Decision, Rule
from app.engine.ruleset import Ruleset, reads
from app.knowledge.sources import ENG

MISSING, THERE, BOTH = "not recorded", "recorded", "recorded, and not recorded"


class Users(NamedTuple):
    """What uses a named value, in the order of the chapters."""

    rules: list[Rule]
    calculations: list[Calculation]


@dataclass(frozen=True, slots=True)
class VisibleWord:
    """One fact whose absence is a finding of its own, where that is asked, and the given facts behind it."""

    fact: Fact
    asked: str
    rules: tuple[Rule, ...]
    behind: tuple[Fact, ...]


def is_reading(citation: Citation) -> bool:
    """The citation is an engineering reading, not a publication."""
    return citation.verified == ENG


def thresholds_in(condition: Condition) -> tuple[Threshold, ...]:
    """The named values of a condition, in the order they are asked."""
    return tuple(dict.fromkeys(check.threshold for check in checks(condition) if check.threshold))


def rests_on_reading(rule: Rule) -> bool:
    """One of the rule's citations, or one of its values, awaits sign-off."""
    return any(map(is_reading, rule.evidence)) or any(
        threshold.needs_sign_off for threshold in thresholds_in(rule.when)
    )


def rests_on_readings_alone(rule: Rule) -> bool:
    """Nothing but engineering readings is cited."""
    return all(map(is_reading, rule.evidence))


def users_of_thresholds(ruleset: Ruleset) -> dict[Threshold, Users]:
    """For every named value, the rules and the calculations that use it."""
    users: dict[Threshold, Users] = {each: Users([], []) for each in thresholds_of(ruleset)}
    for rule in ruleset.rules:
        for threshold in thresholds_in(rule.when):
            users[threshold].rules.append(rule)
    for calculation in ruleset.calculations:
        for threshold in dict.fromkeys(calculation.uses):
            users[threshold].calculations.append(calculation)
    return users


def visible_words(ruleset: Ruleset) -> Iterator[VisibleWord]:
    """The exceptions of the unknown-safe law, one per fact, in the order of the rules."""
    behind = given_behind(ruleset)
    asked: dict[Fact, dict[str, Rule]] = {}
    for rule in ruleset.rules:
        for check in checks(rule.when):
            if check.op == ABSENT:
                asked.setdefault(check.fact, {})[rule.id] = rule
    for fact, rules in asked.items():
        found = tuple(rules.values())
        yield VisibleWord(fact, _how_asked(fact, found), found, behind[fact.name])


def carrying_on(ruleset: Ruleset) -> tuple[Calculation, ...]:
    """The calculations that come to a result although one of their facts is missing."""
    return tuple(each for each in ruleset.calculations if set(each.takes) - each.needs)


def read_by_nothing(ruleset: Ruleset) -> tuple[Fact, ...]:
    """The given facts that no rule and no calculation looks at."""
    read = {name for step in ruleset.steps for name in reads(step)}
    return tuple(fact for fact in ruleset.facts if fact.name not in read)


def given_behind(ruleset: Ruleset) -> dict[str, tuple[Fact, ...]]:
    """For every fact, the given facts that it is or is worked out from, in the order of the vocabulary."""
    sources: dict[str, set[str]] = {fact.name: {fact.name} for fact in ruleset.facts}
    for step in ruleset.steps:
        if isinstance(step, Calculation | Decision):
            sources[step.gives.name] = {each for name in reads(step) for each in sources[name]}
    return {
        name: tuple(fact for fact in ruleset.facts if fact.name in behind) for name, behind in sources.items()
    }


def _how_asked(fact: Fact, rules: tuple[Rule, ...]) -> str:
    every = [part for rule in rules for part in parts(rule.when)]
    turned = sum(_is_recorded(part, fact) for part in every)
    plain = sum(_is_absent(part, fact) for part in every) - turned
    return BOTH if turned and plain else THERE if turned else MISSING


def _is_absent(condition: Condition, fact: Fact) -> bool:
    return isinstance(condition, Check) and condition.op == ABSENT and condition.fact == fact


def _is_recorded(condition: Condition, fact: Fact) -> bool:
    match condition:
        case Not(only):
            return _is_absent(only, fact)
    return False
