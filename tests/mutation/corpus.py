"""The golden cases under a changed rule: its truth for all of them at once, then what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.assess import Assessment
from app.engine.calculate import Calculation
from app.engine.compile import NONE_HOLDS, OPEN
from app.engine.conditions import AtLeast, Check, Condition, Not, parts
from app.engine.explain import check_truth
from app.engine.rules import Decision, Rule
from app.engine.ruleset import reads
from app.engine.truth import Truth
from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.knowledge.answers import ASSESSOR, PLACE, RULES, Answers, differences
from tests.knowledge.corpus import Example
from tests.mutation.mutants import Mutant

DECISION_OF = {rule.id: decision for decision in POSTOP_LUMBAR.decisions for rule in decision.rules}
STEPS = tuple(POSTOP_LUMBAR.steps)
READS = tuple(frozenset(reads(step)) for step in STEPS)
Masks = tuple[int, int]
"""The cases in which a condition holds and in which it is ruled out, one bit each."""


class Changed(Answers):
    """One assessment with some truths, decisions and facts changed, in the words of the expectations."""

    facts: dict[str, Any]
    values: list[int]
    decided: dict[str, int]

    def __init__(self, assessment: Assessment) -> None:
        super().__init__(assessment)
        self.facts, self.decided = dict(assessment.facts), dict(assessment.decided)
        self.values = list(self.values)


@dataclass(frozen=True)
class Subject:
    """One golden case with what the unchanged ruleset says of it."""

    example: Example
    assessment: Assessment
    values: bytes

    @property
    def keeps_its_promise(self) -> bool:
        return not differences(Answers(self.assessment), self.example.expect)

    def under(self, mutant: Mutant, values: Mapping[str, int]) -> Changed:
        """What is said when the changed rules come to these truths on the facts as they were."""
        said = Changed(self.assessment)
        for rule_id, value in values.items():
            said.values[PLACE[rule_id]] = value
        decisions = {DECISION_OF[rule_id].id for rule_id in values if rule_id in DECISION_OF}
        changed: set[str] = set()
        for step, read in zip(STEPS, READS, strict=True) if decisions else ():
            if changed & read:
                changed |= _again(said, step, mutant)
            elif isinstance(step, Decision) and step.id in decisions:
                changed |= _decide(said, step)
        return said


def _again(said: Changed, step: Any, mutant: Mutant) -> set[str]:
    """One step that looks at changed facts; the facts that come to another value by it."""
    if isinstance(step, Calculation):
        return _give(said, step.gives.name, step.run(said.facts))
    for rule in (step,) if isinstance(step, Rule) else step.rules:
        said.values[PLACE[rule.id]] = value_of(mutant.when.get(rule.id, rule.when), said.facts)
    return _decide(said, step) if isinstance(step, Decision) else set()


def _decide(said: Changed, decision: Decision) -> set[str]:
    values = [said.values[PLACE[rule.id]] for rule in decision.rules]
    first = next((i for i, value in enumerate(values) if value), None)
    place = NONE_HOLDS if first is None else first if values[first] == Truth.TRUE.value else OPEN
    said.decided[decision.id] = place
    return _give(said, decision.gives.name, decision.rules[place].then.answer if place >= 0 else None)


def _give(said: Changed, name: str, value: Any) -> set[str]:
    if said.facts.get(name) == value:
        return set()
    said.facts[name] = value
    return {name}


def value_of(condition: Condition, facts: Mapping[str, Any]) -> int:
    """The value of the condition's truth, without a trace."""
    match condition:
        case Check(fact):
            return int(check_truth(condition, facts.get(fact.name)).value)
        case Not(of):
            return 2 - value_of(of, facts)
        case AtLeast(k, of):
            return sorted(value_of(part, facts) for part in of)[-k]
    raise TypeError(f"Not a condition: {condition!r}")


class Corpus:
    """Golden cases, and what they make of a mutant; those that fail without any change can tell nothing."""

    def __init__(self, examples: Iterable[Example]) -> None:
        every = [_subject(example) for example in examples]
        self.subjects = [each for each in every if each.keeps_its_promise]
        self.broken = [each.example.id for each in every if not each.keeps_its_promise]
        self._every = (1 << len(self.subjects)) - 1
        self._known: dict[int, tuple[Condition, Masks]] = {}
        self._checks: dict[Check, Masks] = {}
        for rule in RULES:
            for part in parts(rule.when):
                self._known[id(part)] = (part, self._masks(part))

    def killer(self, mutant: Mutant) -> str | None:
        """The first golden case whose expectation the mutant fails; None where it survives."""
        for subject, values in self.differing(mutant):
            if differences(subject.under(mutant, values), subject.example.expect):
                return subject.example.id
        return None

    def differing(self, mutant: Mutant) -> Iterator[tuple[Subject, dict[str, int]]]:
        """The cases in which a changed rule comes to another truth, with the truths of the changed rules."""
        after = {rule_id: self.masks(when) for rule_id, when in mutant.when.items()}
        left = 0
        for rule_id, (holds, ruled_out) in after.items():
            before = self.masks(RULES[PLACE[rule_id]].when)
            left |= (before[0] ^ holds) | (before[1] ^ ruled_out)
        while left:
            bit = left & -left
            left ^= bit
            yield (
                self.subjects[bit.bit_length() - 1],
                {
                    rule_id: 2 if holds & bit else 0 if out & bit else 1
                    for rule_id, (holds, out) in after.items()
                },
            )

    def masks(self, condition: Condition) -> Masks:
        known = self._known.get(id(condition))
        return known[1] if known and known[0] is condition else self._masks(condition)

    def _masks(self, condition: Condition) -> Masks:
        match condition:
            case Check():
                if condition not in self._checks:
                    self._checks[condition] = self._ask(condition)
                return self._checks[condition]
            case Not(of):
                holds, ruled_out = self.masks(of)
                return ruled_out, holds
            case AtLeast(k, of):
                each = [self.masks(part) for part in of]
                holds = _at_least(k, [masks[0] for masks in each], self._every)
                return holds, _at_least(len(of) - k + 1, [masks[1] for masks in each], self._every)
        raise TypeError(f"Not a condition: {condition!r}")

    def _ask(self, check: Check) -> Masks:
        holds = ruled_out = 0
        for i, subject in enumerate(self.subjects):
            truth = check_truth(check, subject.assessment.facts.get(check.fact.name))
            holds |= (truth is Truth.TRUE) << i
            ruled_out |= (truth is Truth.FALSE) << i
        return holds, ruled_out


def _subject(example: Example) -> Subject:
    assessment = ASSESSOR.assess(example.facts)
    return Subject(example, assessment, assessment.rule_values())


def _at_least(k: int, masks: list[int], every: int) -> int:
    """The cases that at least k of the masks hold: counted[j] has those that j of them hold so far."""
    counted = [every, *[0] * k]
    for mask in masks:
        for j in range(k, 0, -1):
            counted[j] |= counted[j - 1] & mask
    return counted[k]
