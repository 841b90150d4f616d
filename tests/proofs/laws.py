"""What must hold of a ruleset for every patient; a proof that fails shows one for whom it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import z3

from app.engine.conditions import AtLeast, Condition
from app.engine.rules import Decision, Rule
from app.engine.ruleset import Ruleset
from app.knowledge.conclusions import Feature
from tests.proofs.encoding import Patient
from tests.proofs.lemmas import LEMMAS, Lemma, Present, assumed
from tests.proofs.witness import Witness

PATIENCE_MS = 30_000


@dataclass(frozen=True)
class Defect:
    """What is wrong, with which rules, and a patient who shows it."""

    kind: str
    rule: str
    witness: Witness
    how: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.rule} {self.how}\n{self.witness}"


@dataclass
class Prover:
    """A ruleset, a patient free to choose, and what may be taken for granted."""

    ruleset: Ruleset
    lemmas: tuple[Lemma | Present, ...] = LEMMAS
    solver: Any = field(init=False)
    patient: Patient = field(init=False)

    def __post_init__(self) -> None:
        self.patient = Patient(self.ruleset, "patient")
        self.solver = z3.Solver()
        self.solver.set("timeout", PATIENCE_MS)
        self.solver.add(*self.patient.laws, *assumed(self.patient, self.lemmas))

    def found(self, *formulas: Any) -> Any:
        """A model of the formulas, or None where there is none; not to know is an error."""
        answer = self.solver.check(*formulas)
        if answer == z3.unknown:
            raise AssertionError(f"The solver gave up: {self.solver.reason_unknown()}")
        return self.solver.model() if answer == z3.sat else None

    def show(self, model: Any, patient: Patient | None = None) -> Witness:
        return Witness.of(model, patient or self.patient)

    # (a) A decision that must be complete is

    def incomplete(self, always: Iterable[str]) -> Iterator[Defect]:
        """A patient whom no rule of a decision decides."""
        for decision in self.ruleset.decisions:
            if decision.gives.name in set(always):
                word = self.patient.words[decision.gives.name]
                if model := self.found(z3.Not(word.known)):
                    yield Defect("incomplete decision", decision.id, self.show(model))

    # (b) Every rule can hold, and can decide

    def dead(self) -> Iterator[Defect]:
        """Rules for which there is no patient: by themselves, or because earlier rules take them all."""
        decided = {id(rule): (d, i) for d in self.ruleset.decisions for i, rule in enumerate(d.rules)}
        for rule in self.ruleset.rules:
            holds = self.patient.truths(rule.when).holds
            if (model := self.found(holds)) is None:
                yield Defect("unreachable rule", rule.id, self._why_not(rule))
            elif id(rule) in decided:
                decision, place = decided[id(rule)]
                if self.found(self.patient.decides[decision.id][place]) is None:
                    taker = self._taker(decision, model)
                    yield Defect("shadowed rule", rule.id, self.show(model), f"by {taker}")

    def _taker(self, decision: Decision, model: Any) -> str:
        for rule, formula in zip(decision.rules, self.patient.decides[decision.id], strict=True):
            if z3.is_true(model.eval(formula, model_completion=True)):
                return rule.id
        return "a rule that is open"

    def _why_not(self, rule: Rule) -> Witness:
        """There is no patient to show, but the conjuncts that cannot hold together, and no more of them."""
        core = list(conjuncts_of(rule.when))
        for part in tuple(core):
            rest = [each for each in core if each is not part]
            if self.found(*(self.patient.truths(each).holds for each in rest)) is None:
                core = rest
        return Witness.of_conflict(core)

    # (c) Rules do not contradict each other

    def contradicting(self) -> Iterator[Defect]:
        """Rules that hold for the very same patients and say different things.

        In a decision, of the patients whom no earlier rule has decided: there the order alone would choose.
        Outside, features of one cause under one code that speak both for and against it.
        """
        for decision in self.ruleset.decisions:
            for i, j in combinations(range(len(decision.rules)), 2):
                first, second = decision.rules[i], decision.rules[j]
                if first.then.answer != second.then.answer:
                    before = [self.patient.truths(rule.when).ruled_out for rule in decision.rules[:i]]
                    yield from self._same_patients(first, second, before)
        features = [rule for rule in self.ruleset.rules if isinstance(rule.then, Feature)]
        for first, second in combinations(features, 2):
            if _opposite(first, second) and (model := self.found(*self._both(first, second))):
                yield Defect("contradicting rules", first.id, self.show(model), f"and {second.id}")

    def _both(self, first: Rule, second: Rule) -> list[Any]:
        return [self.patient.truths(rule.when).holds for rule in (first, second)]

    def _same_patients(self, first: Rule, second: Rule, before: list[Any]) -> Iterator[Defect]:
        one, other = self._both(first, second)
        if (model := self.found(*before, one, other)) and self.found(*before, z3.Xor(one, other)) is None:
            yield Defect("contradicting rules", first.id, self.show(model), f"and {second.id}")


def conjuncts_of(condition: Condition) -> Iterator[Condition]:
    """The conditions that must all hold."""
    if isinstance(condition, AtLeast) and condition.k == len(condition.of) > 1:
        for part in condition.of:
            yield from conjuncts_of(part)
    else:
        yield condition


def _opposite(first: Rule, second: Rule) -> bool:
    one, other = first.then, second.then
    assert isinstance(one, Feature)
    assert isinstance(other, Feature)
    return (one.cause, one.code) == (other.cause, other.code) and one.speaks != other.speaks
