"""What can be asked: a missing fact is followed down to a question and the place in the case to answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.assess import Assessment
from app.engine.calculate import Calculation
from app.engine.conditions import Fact, checks
from app.engine.rules import Rule, Step
from app.engine.ruleset import Ruleset, conditions
from app.services.facts import OBSERVATIONS, POINTERS


@dataclass(frozen=True, slots=True)
class Question:
    """A missing fact: its name, the question to ask, and the place in the case to answer it."""

    fact: str
    question: str
    pointer: str


class Questions:
    """The questions of a ruleset: how to ask for each of its facts, and which step gives it. Made once."""

    def __init__(self, ruleset: Ruleset) -> None:
        facts = {fact.name: fact for fact in (*ruleset.facts, *ruleset.derived)}
        self.steps = {step.gives.name: step for step in ruleset.steps if not isinstance(step, Rule)}
        self.asking = {name: _ask(fact) for name, fact in facts.items()}
        self.askable = frozenset(name for name, fact in facts.items() if fact.question)


class OpenQuestions:
    """The questions of one case. Rules share conditions, so what was found for one is kept for the next."""

    def __init__(self, questions: Questions, assessment: Assessment) -> None:
        self._questions = questions
        self._assessment = assessment
        self._behind: dict[str, tuple[Question, ...]] = {}

    def of(self, rule: Rule) -> tuple[Question, ...]:
        """The questions whose answers could settle a rule that is open."""
        found: dict[str, Question] = {}
        for fact in self._assessment.missing(rule):
            for question in self._follow(fact.name):
                found.setdefault(question.fact, question)
        return tuple(found.values())

    def _follow(self, name: str) -> tuple[Question, ...]:
        if name not in self._behind:
            self._behind[name] = ()  # a fact is never behind itself
            self._behind[name] = self._down_from(name)
        return self._behind[name]

    def _down_from(self, name: str) -> tuple[Question, ...]:
        asked, facts = self._questions, self._assessment.facts
        lacking = [] if name in asked.askable else _lacking(asked.steps.get(name), facts)
        if not lacking:
            return (asked.asking[name],)
        return tuple({each.fact: each for deeper in lacking for each in self._follow(deeper)}.values())


def _ask(fact: Fact) -> Question:
    return Question(fact.name, fact.question or fact.label, POINTERS.get(fact.name, OBSERVATIONS))


def _lacking(step: Step | None, facts: Mapping[str, Any]) -> list[str]:
    """The missing facts that a step reads: those it cannot do without, or else the others."""
    if step is None:
        return []
    if isinstance(step, Calculation):
        needed = [name for name in step.takes if name in step.needs and facts.get(name) is None]
        return needed or [name for name in step.takes if facts.get(name) is None]
    names = dict.fromkeys(check.fact.name for when in conditions(step) for check in checks(when))
    return [name for name in names if facts.get(name) is None]
