"""What was not given: which questions are open, where to answer them, and what they could still change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.calculate import Calculation
from app.engine.conditions import Fact, checks
from app.engine.rules import Rule, Step
from app.engine.ruleset import Ruleset, conditions
from app.engine.truth import Truth
from app.knowledge.conclusions import TIERS, Flag
from app.services.answer.told import Told
from app.services.facts import OBSERVATIONS, POINTERS


@dataclass(frozen=True, slots=True)
class Question:
    """A missing fact: its name, the question to ask, and the place in the case to answer it."""

    fact: str
    question: str
    pointer: str


class MissingFacts:
    """Follows a missing fact down to what can be asked. Made once for a ruleset."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._facts = {fact.name: fact for fact in (*ruleset.facts, *ruleset.derived)}
        self._steps = {step.gives.name: step for step in ruleset.steps if not isinstance(step, Rule)}

    def behind(self, missing: Iterable[Fact], facts: Mapping[str, Any]) -> Iterator[Question]:
        """The questions whose answers could give the missing facts."""
        seen: set[str] = set()
        for fact in missing:
            yield from self._behind(fact, facts, seen)

    def _behind(self, fact: Fact, facts: Mapping[str, Any], seen: set[str]) -> Iterator[Question]:
        if fact.name in seen:
            return
        seen.add(fact.name)
        lacking = [] if fact.question else _lacking(self._steps.get(fact.name), facts)
        if not lacking:
            yield Question(fact.name, fact.question or fact.label, POINTERS.get(fact.name, OBSERVATIONS))
        for name in lacking:
            yield from self._behind(self._facts[name], facts, seen)


def _lacking(step: Step | None, facts: Mapping[str, Any]) -> list[str]:
    """The missing facts that a step reads: those it cannot do without, or else the others."""
    if step is None:
        return []
    if isinstance(step, Calculation):
        needed = [name for name in step.takes if name in step.needs and facts.get(name) is None]
        return needed or [name for name in step.takes if facts.get(name) is None]
    names = dict.fromkeys(check.fact.name for when in conditions(step) for check in checks(when))
    return [name for name in names if facts.get(name) is None]


def missing_part(
    told: Told, rules: Iterable[tuple[Rule, Truth]], missing: MissingFacts
) -> list[dict[str, Any]]:
    """The open questions in the order to ask, each with the statements that its answer could still change."""
    asked: dict[str, dict[str, Any]] = {}
    still_open = [rule for rule, truth in rules if truth is Truth.UNKNOWN]
    for rule in sorted(still_open, key=_urgency):
        for question in missing.behind(told.assessment.missing(rule), told.facts):
            entry = asked.setdefault(
                question.fact,
                {
                    "fact": question.fact,
                    "question": question.question,
                    "pointer": question.pointer,
                    "could_change": [],
                },
            )
            entry["could_change"].append(rule.id)
    return list(asked.values())


def _urgency(rule: Rule) -> int:
    """Flags first, the most urgent tier first; everything else in the order of the chapters."""
    return TIERS.index(rule.then.tier) if isinstance(rule.then, Flag) else len(TIERS)
