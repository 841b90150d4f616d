"""How often each rule held, stayed open or was ruled out: counts alone, nothing of any case.

A recorded assessment costs an append; many are counted at once, column by column.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from threading import Lock

from app.engine.assess import Assessment
from app.engine.compile import Program
from app.engine.truth import Truth

AT_ONCE = 256
"""Assessments that wait to be counted: some 2 MB, counted in about a millisecond."""
UNKNOWN = bytes(value == Truth.UNKNOWN.value for value in range(256))
"""Translates truths to 1 where they are unknown, and 0 where not."""


@dataclass(slots=True)
class Tally:
    """What was counted under one version of the ruleset."""

    assessments: int = 0
    truths: Counter[tuple[str, Truth]] = field(default_factory=Counter)
    """By rule and truth."""
    missing_input: Counter[str] = field(default_factory=Counter)
    """By rule: assessments in which some question of it had no answer, whatever its truth."""
    unknown: Counter[str] = field(default_factory=Counter)
    """By fact that a rule asks of: assessments in which it was not known."""


class RuleTally:
    """Counts the rules of recorded assessments. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_program: dict[int, _Waiting] = {}
        self._tallies: dict[str, Tally] = {}

    def add(self, assessment: Assessment) -> None:
        """Count one assessment. Of it only the truths of its conditions are kept until they are counted."""
        program = assessment.program
        with self._lock:
            waiting = self._by_program.get(id(program))
            if waiting is None:
                waiting = self._by_program[id(program)] = _Waiting(program)
            waiting.rows.append(assessment.truths)
            if len(waiting.rows) >= AT_ONCE:
                self._count(waiting)

    def tallies(self) -> Mapping[str, Tally]:
        """Everything counted so far, by version of the ruleset; not to be altered."""
        with self._lock:
            for waiting in self._by_program.values():
                self._count(waiting)
            return copy.deepcopy(self._tallies)

    def _count(self, waiting: _Waiting) -> None:
        waiting.count(self._tallies.setdefault(waiting.program.ruleset.version, Tally()))


class _Waiting:
    """Rows of truths of one program, and where in a row the rules and the questions that they ask stand."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.rows: list[bytes] = []
        self._width = len(program.conditions)
        self._rules = tuple(program.place_of_rule.items())
        self._questions = {rule: _questions(program, place) for rule, place in self._rules}
        self._asked = {
            place: fact.name
            for place in sorted(set().union(*self._questions.values()))
            if (fact := program.asked[place]) is not None
        }

    def count(self, tally: Tally) -> None:
        """Add the rows to a tally, and drop them."""
        tally.assessments += len(self.rows)
        joined = b"".join(self.rows)
        self.rows.clear()
        for rule, place in self._rules:
            column = joined[place :: self._width]
            for truth in Truth:
                tally.truths[rule, truth] += column.count(truth.value)
        unknown = {place: self._unknown(joined, place) for place in self._asked}
        for rule, places in self._questions.items():
            tally.missing_input[rule] += _any(unknown[place] for place in places).bit_count()
        by_fact: dict[str, list[int]] = {}
        for place, name in self._asked.items():
            by_fact.setdefault(name, []).append(unknown[place])
        for name, columns in by_fact.items():
            tally.unknown[name] += _any(columns).bit_count()

    def _unknown(self, joined: bytes, place: int) -> int:
        """A bit for each row in which the question at this place has no answer."""
        return int.from_bytes(joined[place :: self._width].translate(UNKNOWN), "little")


def _questions(program: Program, place: int) -> tuple[int, ...]:
    """The places of the single questions below a condition."""
    if program.asked[place] is not None:
        return (place,)
    return tuple(dict.fromkeys(each for part in program.parts[place] for each in _questions(program, part)))


def _any(columns: Iterable[int]) -> int:
    return reduce(or_, columns, 0)
