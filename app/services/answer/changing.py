"""What more could change: the facts not given that could turn a decision, or take a flag back that fires.

Beside what is open, this looks at what rests on "not recorded": the one word that more data can reverse.
"""

from __future__ import annotations

from typing import Any

from app.engine.assess import Assessment
from app.engine.calculate import Calculation, Turn
from app.engine.conditions import ABSENT, AtLeast, Check, Condition, Not
from app.engine.explain import check_truth
from app.engine.facts import Reading
from app.engine.rules import Decision, Rule
from app.services.answer.questions import (
    FALSE,
    NOTHING,
    OPEN,
    TRUE,
    Names,
    OpenQuestions,
    Questions,
    Reads,
    is_recorded,
)


class Changing:
    """The questions whose answers could change what is settled so far in one case."""

    def __init__(self, questions: Questions, opened: OpenQuestions, assessment: Assessment) -> None:
        self._questions, self._opened = questions, opened
        self._program, self._truths, self._facts = assessment.program, assessment.truths, assessment.facts
        self._conditions = self._program.conditions
        self._turning: dict[str, Names] = {}
        self._could_be: dict[int, int] = {}
        self._reversible = questions.reversible(self._program)
        values = map(self._facts.get, questions.order)
        self._open_facts = sum([1 << place for place, value in enumerate(values) if value is None])
        self._turned_by_answer: dict[str, list[str]] = {}
        self._taken_back: set[str] = set()
        for asked, name, turn, step in questions.turns:
            if self._facts.get(asked) is None and (known := self._facts.get(name)) is not None:
                self._note(asked, known, turn, step)

    def _note(self, asked: str, known: Any, turn: Turn, step: Calculation) -> None:
        """Note that an answer could turn what is known, if it could, or even leave it missing again."""
        name = step.gives.name
        if record := turn.record:
            said = (*(self._facts.get(record.name) or ()), Reading(self._facts["assessed_on"], turn.says))
            turned = step.work_out(*(said if n == record.name else self._facts.get(n) for n in step.takes))
            if turned == known:
                return
            if turned is None:
                self._taken_back.add(name)
        self._turned_by_answer.setdefault(name, []).append(asked)
        self._open_facts |= self._questions.turning[name]

    def decision(self, decision: Decision) -> Names:
        """The questions that could change what a decision came to."""
        found = NOTHING
        for rule in decision.rules:
            place = self._program.place_of_rule[rule.id]
            truth = self._truth(place)
            if truth == TRUE:
                break
            if truth == OPEN:
                found |= self._behind(place)
        return found

    def rule(self, rule: Rule) -> Names:
        """The questions that could take back a rule that holds, or make hold one that does not."""
        place = self._program.place_of_rule[rule.id]
        if self.is_as_told(place):
            return NOTHING
        return self._behind(place) if self._truth(place) == OPEN else NOTHING

    def is_as_told(self, place: int) -> bool:
        """Whether no answer can take back what is told of a condition, if it is told at all."""
        by = self._reversible[place]
        return by is not None and not by & self._open_facts

    def _turning_of(self, name: str) -> Names:
        """The questions whose answers could give a fact another value."""
        if name not in self._turning:
            self._turning[name] = NOTHING  # a fact never rests on itself
            self._turning[name] = self._turned_by(name)
        return self._turning[name]

    def _turned_by(self, name: str) -> Names:
        if decision := self._questions.decisions.get(name):
            return self.decision(decision)
        step = self._questions.steps.get(name)
        if self._facts.get(name) is None:
            return self._opened.behind(name) | self._taken_from_elsewhere(step)
        found = NOTHING
        for taken in step.names if step else ():
            if self._facts.get(taken) is not None:
                found |= self._turning_of(taken)
        for asked in self._turned_by_answer.get(name, ()):
            found |= self._turning_of(asked)
        return found

    def _taken_from_elsewhere(self, step: Reads | None) -> Names:
        """What could work a missing fact out from other readings: the pain that is judged can turn."""
        found = NOTHING
        for taken in step.names if step else ():
            if taken in self._questions.decisions:
                found |= self._turning_of(taken)
            elif self._facts.get(taken) is None:
                found |= self._taken_from_elsewhere(self._questions.steps.get(taken))
        return found

    def _truth(self, place: int) -> int:
        """The truth of a condition as far as no answer can change it; open where one can."""
        if self.is_as_told(place):
            return self._truths[place]
        if (known := self._could_be.get(place)) is None:
            known = self._could_be[place] = self._truth_of(self._conditions[place], place)
        return known

    def _truth_of(self, condition: Condition, place: int) -> int:
        parts = self._program.parts[place]
        match condition:
            case Check():
                return self._truth_of_check(condition, place)
            case Not():
                return TRUE - self._truth(parts[0])
            case AtLeast(1, of):
                return max(map(self._truth_beside, of, parts))
            case AtLeast(k) if k == len(parts):
                return self._truth_of_all(parts)
            case AtLeast(k):
                return sorted(map(self._truth, parts))[-k]
        raise TypeError(f"Not a condition: {condition!r}")

    def _truth_of_all(self, parts: tuple[int, ...]) -> int:
        """The worst of the parts; what stands ruled out for good is looked for first, and spares the rest."""
        if any(self._truths[part] == FALSE and self.is_as_told(part) for part in parts):
            return FALSE
        worst = TRUE
        for part in parts:
            worst = min(worst, self._truth(part))
            if worst == FALSE:
                break
        return worst

    def _truth_of_check(self, check: Check, place: int) -> int:
        """Open only where what the fact could still come to makes a difference."""
        name = check.fact.name
        if check.op == ABSENT and self._facts.get(name) is not None:
            return OPEN if name in self._taken_back else self._truths[place]
        if check.op != ABSENT and (decision := self._questions.decisions.get(name)):
            truths = {check_truth(check, answer).value for answer in self._answers(decision)}
            return truths.pop() if len(truths) == 1 else OPEN
        return OPEN if self._turning_of(name) else self._truths[place]

    def _answers(self, decision: Decision) -> set[str | None]:
        """All that a decision could still come to."""
        answers = set[str | None]()
        for rule in decision.rules:
            truth = self._truth(self._program.place_of_rule[rule.id])
            if truth != FALSE:
                answers.add(rule.then.answer)
            if truth == TRUE:
                return answers
        return answers | {None}

    def _truth_beside(self, condition: Condition, place: int) -> int:
        """The same of one of several ways."""
        return self._truths[place] if is_recorded(condition) else self._truth(place)

    def _behind(self, place: int) -> Names:
        """The questions behind a condition that could change."""
        if fact := self._program.asked[place]:
            return self._turning_of(fact.name)
        parts = [part for part in self._program.parts[place] if self._truth(part) == OPEN]
        return NOTHING.union(*map(self._behind, parts))
