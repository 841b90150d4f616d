"""Which questions to ask: as few as rule out every open flag, if none of them brings a finding.

A flag that needs several things is ruled out by one of them: of a fall and new back pain, only the fall is
asked about, and the pain after a "yes". What is measured is asked for only where no question screens for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.assess import Assessment
from app.engine.conditions import AtLeast, Not
from app.engine.rules import Rule
from app.engine.truth import Truth
from app.services.answer.questions import OPEN, SECOND, OpenQuestions, Questions

FALSE, TRUE = Truth.FALSE.value, Truth.TRUE.value
Names = frozenset[str]
NOTHING: Names = frozenset()


class Asking:
    """The questions of one case that rule its open flags out. Conditions are known by their places."""

    def __init__(self, questions: Questions, opened: OpenQuestions, assessment: Assessment) -> None:
        self._preferred = questions.preferred
        self._opened = opened
        self._program, self._truths = assessment.program, assessment.truths
        self._conditions = self._program.conditions
        self._needed: dict[tuple[int, int], Names] = {}
        self._met: dict[tuple[int, int], bool] = {}
        self._asked = NOTHING

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
            before = self._asked
            self._ask(before - {name})
            if not all(self._is_met(place, FALSE) for place in left):
                self._ask(before)
        return self._asked

    def _ask(self, names: Names) -> None:
        self._asked = names
        self._met = {}

    def _choice(self, place: int, want: int) -> tuple[list[tuple[int, int]], int]:
        """The open parts of a condition with what each should come to, and how many of them must."""
        parts = self._program.parts[place]
        match self._conditions[place]:
            case Not():
                return [(parts[0], TRUE - want)], 1
            case AtLeast(k, of):
                of_all = k if want == TRUE else len(of) - k + 1
                there = sum(self._truths[part] == want for part in parts)
                return [(part, want) for part in parts if self._truths[part] == OPEN], of_all - there
        return [], 0

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
            met = self._opened.giving(fact.name) <= self._asked
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
            return self._opened.giving(fact.name) - self._asked
        parts, count = self._choice(place, want)
        ways = sorted((self._cheapest(*part) for part in parts), key=self._cost)
        return NOTHING.union(*ways[:count])

    def _cost(self, names: Names) -> tuple[int, int, list[tuple[int, int]]]:
        """What nobody or not every patient can answer comes last."""
        ranks = sorted(self._preferred[name] for name in names)
        return max(SECOND, ranks[-1][0]) if ranks else SECOND, len(ranks), ranks
