"""What can be asked: a missing fact is followed down to a question and the place in the case to answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from app.engine.assess import Assessment
from app.engine.calculate import Calculation
from app.engine.compile import Program
from app.engine.conditions import ABSENT, AtLeast, Check, Condition, Not
from app.engine.rules import Decision, Rule, Step
from app.engine.ruleset import Ruleset, reads
from app.engine.truth import Truth
from app.knowledge.pain import index_pain, index_readings
from app.services.answer.asked_as import (
    ASKED_AS,
    FURTHER_RECORDS,
    INDEX_PAIN,
    PAINS,
    READINGS,
    TOLD_BY_A_TEST,
    TOLD_BY_IMAGING,
)
from app.services.facts import POINTERS

RED_FLAGS, RETURN = "/red_flags/", "/pain_return/"
FIRST, SECOND, LAST, NEVER = range(4)
FALSE, OPEN, TRUE = Truth.FALSE.value, Truth.UNKNOWN.value, Truth.TRUE.value
Names = frozenset[str]
NOTHING: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """A missing fact: its name, the question to ask, and the place in the case to answer it."""

    fact: str
    question: str
    pointer: str


class Reads(NamedTuple):
    """What a step reads: the facts it cannot do without, and all of them."""

    needed: tuple[str, ...]
    names: tuple[str, ...]


class Questions:
    """The questions of a ruleset: how to ask for each of its facts, and which step gives it. Made once."""

    def __init__(self, ruleset: Ruleset) -> None:
        facts = {fact.name: fact for fact in (*ruleset.facts, *ruleset.derived)}
        self.decisions = {decision.gives.name: decision for decision in ruleset.decisions}
        self.steps = {step.gives.name: _reads(step) for step in ruleset.steps if not isinstance(step, Rule)}
        self.asking = {
            name: Question(name, fact.question, POINTERS[name])
            for name, fact in facts.items()
            if fact.question and name in POINTERS
        }
        self.red_flags = frozenset(n for n, each in self.asking.items() if each.pointer.startswith(RED_FLAGS))
        self.askable = frozenset(self.asking) - FURTHER_RECORDS
        self.asked_at_once = self.askable | TOLD_BY_IMAGING.keys() | TOLD_BY_A_TEST.keys()
        self.order = {name: place for place, name in enumerate(facts)}
        self.answerable = self.askable | {fact.name for fact in ruleset.facts}
        self.preferred = {
            name: (_preference(POINTERS.get(name, ""), name in self.answerable), self.order[name])
            for name in facts
        }
        self.turns = [
            (turn.asked.name, step.gives.name, turn, step)
            for step in ruleset.calculations
            for turn in step.turned_by
        ]
        turned = dict.fromkeys(name for _, name, _, _ in self.turns)
        self.turning = {name: 1 << place for place, name in enumerate(turned, start=len(self.order))}
        self._taken_back = {name for _, name, turn, _ in self.turns if turn.record}
        self._decided = _resting_on_decisions(ruleset)
        self._turning = self._turning_below(ruleset.calculations)
        self._reversible: tuple[Program | None, tuple[int | None, ...]] = (None, ())

    def _turning_below(self, calculations: Iterable[Calculation]) -> dict[str, int]:
        """For every calculated fact: those that could turn it, itself among them, a bit for each."""
        found: dict[str, int] = {}
        for step in calculations:
            name = step.gives.name
            found[name] = reduce(
                or_, (found.get(taken, 0) for taken in step.takes), self.turning.get(name, 0)
            )
        return found

    def reversible(self, program: Program) -> tuple[int | None, ...]:
        """For every condition by its place: what it rests on that could change, a bit for each.

        What is told of it stands for good while none of these facts is missing or could turn; None where it
        rests on a decision, so that only a closer look can tell.
        """
        kept_for, kept = self._reversible
        if kept_for is program:
            return kept
        found: list[int | None] = []
        for condition, parts in zip(program.conditions, program.parts, strict=True):
            if isinstance(condition, Check):
                found.append(self._reversed_by(condition))
            else:
                below = [found[part] for part in _that_can_turn(program, condition, parts)]
                found.append(None if None in below else reduce(or_, filter(None, below), 0))
        self._reversible = program, tuple(found)
        return self._reversible[1]

    def _reversed_by(self, check: Check) -> int | None:
        name = check.fact.name
        if check.op == ABSENT:
            return 1 << self.order[name] | (self.turning[name] if name in self._taken_back else 0)
        return None if name in self._decided else self._turning.get(name, 0)


def _that_can_turn(program: Program, condition: Condition, parts: tuple[int, ...]) -> Iterable[int]:
    if isinstance(condition, AtLeast) and condition.k == 1:
        return [part for part in parts if not is_recorded(program.conditions[part])]
    return parts


def is_recorded(condition: Condition) -> bool:
    """That a fact is recorded; beside other ways it settles what a missing fact means (11.15)."""
    return isinstance(condition, Not) and isinstance(condition.of, Check) and condition.of.op == ABSENT


class OpenQuestions:
    """The questions of one case. Rules share conditions, so what was found for one is kept for the next.

    The facts are those that the engine's traces name as missing, found without the traces.
    """

    def __init__(self, questions: Questions, assessment: Assessment) -> None:
        self._questions = questions
        self._program = assessment.program
        self._truths, self._facts = assessment.truths, assessment.facts
        self._behind: dict[str, dict[str, Question]] = {}
        self._giving: dict[str, Names] = {}
        self._at: dict[int, dict[str, Question]] = {}

    def of(self, rule: Rule) -> Iterable[Question]:
        """The questions whose answers could settle a rule that is open."""
        place = self._program.place_of_rule[rule.id]
        return self._settling(place).values() if self._truths[place] == OPEN else ()

    def _asked_as(self, name: str) -> tuple[str, ...]:
        """A pain is asked for as it was before surgery and as it is now, the index pain as leg or back."""
        name = ASKED_AS.get(name, name)
        names = PAINS.get(name, (name,))
        if name in INDEX_PAIN and (pain := self._facts.get(index_pain.name)):
            names = (INDEX_PAIN[name][pain],)
        return names if self._questions.askable.issuperset(names) else (name,)

    def behind(self, name: str) -> Names:
        """The names of all questions behind a missing fact."""
        return frozenset(self._follow(name))

    def giving(self, name: str) -> Names:
        """The questions that give a missing fact; of several ways the first that its rules name."""
        if name not in self._giving:
            asked = self._questions
            step = None if name in asked.asked_at_once else asked.steps.get(name)
            lacking = _lacking(step, self._facts)
            if step and set(step.needed).isdisjoint(lacking):
                lacking = lacking[:1]
            found = NOTHING.union(*map(self.giving, lacking))
            self._giving[name] = (found & asked.answerable) or found or frozenset(self._asked_as(name))
        return self._giving[name]

    def _settling(self, place: int) -> dict[str, Question]:
        """By the name of the fact that each asks for: the questions of a condition that is open."""
        if (known := self._at.get(place)) is not None:
            return known
        if fact := self._program.asked[place]:
            found = self._follow(fact.name)
        else:
            found = {}
            truths = self._truths
            for part in self._program.parts[place]:
                if truths[part] == OPEN:
                    found.update(self._settling(part))
        self._at[place] = found
        return found

    def _follow(self, name: str) -> dict[str, Question]:
        """The questions behind a missing fact."""
        if name not in self._behind:
            self._behind[name] = {}  # a fact is never behind itself
            self._behind[name] = self._down_from(name)
        return self._behind[name]

    def _down_from(self, name: str) -> dict[str, Question]:
        asked, facts = self._questions, self._facts
        lacking = [] if name in asked.asked_at_once else _lacking(asked.steps.get(name), facts)
        if name == index_readings.name and len(lacking) > 1 and (pain := facts.get(index_pain.name)):
            lacking = [READINGS[pain]]
        if not lacking:
            return {each: asked.asking[each] for each in self._asked_as(name) if each in asked.asking}
        found: dict[str, Question] = {}
        for deeper in lacking:
            found.update(self._follow(deeper))
        return found


def _preference(pointer: str, answerable: bool) -> int:
    """Which to ask where several would do: a screening question first; last how pain returned, if it did."""
    if pointer.startswith(RETURN):
        return LAST
    if not answerable:
        return NEVER
    return FIRST if pointer.startswith(RED_FLAGS) else SECOND


def _resting_on_decisions(ruleset: Ruleset) -> frozenset[str]:
    """The decisions, and what is calculated from them."""
    found: set[str] = set()
    for step in ruleset.steps:
        if isinstance(step, Decision) or (isinstance(step, Calculation) and not found.isdisjoint(step.takes)):
            found.add(step.gives.name)
    return frozenset(found)


def _reads(step: Step) -> Reads:
    names = tuple(dict.fromkeys(reads(step)))
    needed = tuple(name for name in names if name in step.needs) if isinstance(step, Calculation) else ()
    return Reads(needed, names)


def _lacking(step: Reads | None, facts: Mapping[str, Any]) -> list[str]:
    """The missing facts that a step reads: those it cannot do without, or else the others."""
    if step is None:
        return []
    needed = [name for name in step.needed if facts.get(name) is None]
    return needed or [name for name in step.names if facts.get(name) is None]
