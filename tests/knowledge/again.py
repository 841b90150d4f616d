"""What a case comes to once a few given facts are others: only the steps that rest on them are run again.

The proofs over every fact of every case would assess the same patient a hundred times over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.engine.assess import Assessment, Assessor
from app.engine.compile import Program
from app.engine.rules import Chapter, Rule, Step
from app.engine.ruleset import Ruleset, reads


@dataclass(frozen=True)
class Resting:
    """The steps that rest on some given facts, compiled, and where their conditions stand in the whole."""

    program: Program
    places: tuple[int, ...]


class Again:
    """Assesses again with some given facts changed; test_again.py holds it to the whole."""

    def __init__(self, assessor: Assessor) -> None:
        self._whole = assessor.program
        self._resting: dict[frozenset[str], Resting] = {}

    def assess(self, before: Assessment, changed: Mapping[str, Any]) -> Assessment:
        """The same facts with these given ones changed; None is a fact left out."""
        names = frozenset(changed)
        if (resting := self._resting.get(names)) is None:
            resting = self._resting[names] = self._compiled(names)
        program = resting.program
        facts = {**before.facts, **changed}
        seen, decided, derived = program.run(facts)
        facts.update(zip(program.derived, derived, strict=True))
        truths = bytearray(before.truths)
        for place, truth in zip(resting.places, seen, strict=True):
            truths[place] = truth
        chosen = {**before.decided, **dict(zip(program.decisions, decided, strict=True))}
        return Assessment(before.program, facts, bytes(truths), chosen)

    def _compiled(self, names: frozenset[str]) -> Resting:
        """What rests on none of these facts is given to the steps that do."""
        whole = self._whole.ruleset
        steps = tuple(resting_on(whole, names))
        again = {step.gives.name for step in steps if not isinstance(step, Rule)}
        given = (*whole.facts, *(fact for fact in whole.derived if fact.name not in again))
        chapter = Chapter(name="again", title="What is run again", steps=steps)
        program = Assessor(replace(whole, facts=given, chapters=(chapter,))).program
        return Resting(program, tuple(self._whole.place[each] for each in program.conditions))


def resting_on(ruleset: Ruleset, names: Iterable[str]) -> Iterator[Step]:
    """The steps that look at one of these facts, or at what was worked out from them."""
    touched = set(names)
    for step in ruleset.steps:
        if touched.intersection(reads(step)):
            yield step
            if not isinstance(step, Rule):
                touched.add(step.gives.name)
