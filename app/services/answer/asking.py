"""Which questions to ask: as few as rule out every open flag, if none of them brings a finding.

A flag that needs several things is ruled out by one of them: of a fall and new back pain, only the fall is
asked about, and the pain after a "yes". What is measured is asked for only where no question screens for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from app.engine.assess import Assessment
from app.engine.conditions import ABSENT, AtLeast, Check, Not
from app.engine.explain import check_truth
from app.engine.rules import Rule
from app.knowledge.deficits import ANSWERED_WITH
from app.services.answer.changing import Changing
from app.services.answer.questions import (
    FALSE,
    NOTHING,
    OPEN,
    SECOND,
    TRUE,
    Names,
    OpenQuestions,
    Questions,
)

Choice: TypeAlias = "tuple[list[tuple[int, int]], int]"
"""Parts of a condition, each with the truth it should come to, and how many of them must."""
ANSWERED_BY = {asked.name: other.name for asked, other in ANSWERED_WITH.items()}
"""The questions that the answer to another one answers as well."""


class Asking:
    """The questions of one case that rule its open flags out. Conditions are known by their places."""

    def __init__(
        self, questions: Questions, opened: OpenQuestions, changing: Changing, assessment: Assessment
    ) -> None:
        self._preferred, self._red_flags = questions.preferred, questions.red_flags
        self._opened, self._is_as_told = opened, changing.is_as_told
        self._program, self._truths = assessment.program, assessment.truths
        self._conditions = self._program.conditions
        self._needed: dict[tuple[int, int], Names] = {}
        self._choices: dict[tuple[int, int], Choice] = {}
        self._rests: dict[tuple[int, int], Names] = {}
        self._met: dict[tuple[int, int], bool] = {}
        self._ask(NOTHING)

    def fewest(self, rules: Iterable[Rule]) -> Names:
        """Questions that rule out all these open rules, none of which could be left out."""
        places = [self._program.place_of_rule[rule.id] for rule in rules]
        needed = NOTHING.union(*(self._needed_by(place, FALSE) for place in places))
        self._ask(needed)
        left = [place for place in places if not self._is_met(place, FALSE)]
        for place in left:
            if more := self._cheapest(place, FALSE):
                self._ask(self._asked | more)
        for name in sorted(self._asked - needed, key=self._preferred.__getitem__, reverse=True):
            self._leave_out(name, left)
        return self._asked

    def _leave_out(self, name: str, places: list[int]) -> None:
        """Leave a question out, if the others still rule out all of these."""
        asked, answered = self._asked, self._answered
        self._ask(asked - {name})
        lost = answered - self._answered
        if not all(self._is_met(place, FALSE) for place in places if lost & self._resting_on(place, FALSE)):
            self._ask(asked)

    def _ask(self, names: Names) -> None:
        self._asked = names
        self._answered = names | {name for name, other in ANSWERED_BY.items() if other in names}
        self._met = {}

    def _choice(self, place: int, want: int) -> Choice:
        """The parts of a condition that answers can bring to what they should come to, and how many must.

        Those are the open ones, and those that rest on a fact that is not recorded: an answer records it.
        """
        if (known := self._choices.get((place, want))) is None:
            known = self._choices[place, want] = self._choose(place, want)
        return known

    def _choose(self, place: int, want: int) -> Choice:
        parts = self._program.parts[place]
        match self._conditions[place]:
            case Not():
                return [(parts[0], TRUE - want)] if self._can_come_to(parts[0], TRUE - want) else [], 1
            case AtLeast(k, of):
                of_all = k if want == TRUE else len(of) - k + 1
                others = [part for part in parts if self._truths[part] != want]
                able = [(part, want) for part in others if self._can_come_to(part, want)]
                return able, of_all - (len(parts) - len(others))
        return [], 0

    def _can_come_to(self, place: int, want: int) -> bool:
        """Whether answers without a finding could bring a condition to this, if it is not that already."""
        truth, condition = self._truths[place], self._conditions[place]
        if truth == want:
            return True
        if isinstance(condition, Check):
            return (
                truth == TRUE if condition.op == ABSENT else truth == OPEN and self._may_be(condition, want)
            )
        if truth != OPEN and self._is_as_told(place):
            return False
        parts, count = self._choice(place, want)
        return len(parts) >= count

    def _may_be(self, check: Check, want: int) -> bool:
        """Without a finding the answer to a red flag is "no"; what a measurement shows is not foreseen."""
        return check.fact.name not in self._red_flags or check_truth(check, False).value == want

    def _resting_on(self, place: int, want: int) -> Names:
        """The questions that have a part in bringing a condition to this."""
        if (known := self._rests.get((place, want))) is None:
            if fact := self._program.asked[place]:
                known = self._opened.giving(fact.name) | {fact.name}
            else:
                known = NOTHING.union(*(self._resting_on(*part) for part in self._choice(place, want)[0]))
            self._rests[place, want] = known
        return known

    def _needed_by(self, place: int, want: int) -> Names:
        """The questions without which the condition cannot come to this."""
        if (known := self._needed.get((place, want))) is not None:
            return known
        if fact := self._program.asked[place]:
            needed = self._opened.giving(fact.name)
        else:
            parts, count = self._choice(place, want)
            every = count == len(parts)
            needed = NOTHING.union(*(self._needed_by(*part) for part in parts)) if every else NOTHING
        self._needed[place, want] = needed
        return needed

    def _is_met(self, place: int, want: int) -> bool:
        """Whether what is asked so far brings the condition to this."""
        if (known := self._met.get((place, want))) is not None:
            return known
        if fact := self._program.asked[place]:
            met = fact.name in self._answered or self._opened.giving(fact.name) <= self._answered
        else:
            parts, count = self._choice(place, want)
            met = sum(self._is_met(*part) for part in parts) >= count
        self._met[place, want] = met
        return met

    def _cheapest(self, place: int, want: int) -> Names:
        """The fewest questions more that bring the condition to this."""
        if self._is_met(place, want):
            return NOTHING
        if fact := self._program.asked[place]:
            return self._opened.giving(fact.name) - self._answered
        parts, count = self._choice(place, want)
        open_or_met = [part for part in parts if self._truths[part[0]] == OPEN or self._is_met(*part)]
        ways = sorted((self._cheapest(*part) for part in open_or_met), key=self._cost)
        return NOTHING.union(*ways[:count])

    def _cost(self, names: Names) -> tuple[int, int, list[tuple[int, int]]]:
        """What nobody or not every patient can answer comes last."""
        ranks = sorted(self._preferred[name] for name in names)
        return max(SECOND, ranks[-1][0]) if ranks else SECOND, len(ranks), ranks
