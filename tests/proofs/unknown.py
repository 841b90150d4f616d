"""Not knowing is never safer than knowing, proved over the trees: two patients who differ in one fact.

The second patient is the first with one given fact turned unknown. What no calculation works out from that
fact is the same for both. A calculation whose inputs are the same comes to the same; one that needs a missing
input gives nothing; one whose inputs are the same or missing comes to the same or nothing, save those listed
in TURNED_BY_MORE (test_laws.py holds the real calculations to that list). Decisions are taken anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import z3

from app.engine.calculate import Calculation
from app.engine.conditions import ABSENT, AtLeast, Check, Condition, Not, checks, parts
from app.engine.facts import YesNo
from app.engine.rules import Decision, Rule
from app.engine.ruleset import Ruleset, reads
from app.knowledge.conclusions import TIERS, Flag
from tests.knowledge.coverage import ALWAYS_KNOWN
from tests.proofs.encoding import Patient, Word
from tests.proofs.laws import Defect, Prover
from tests.proofs.lemmas import KEPT, assumed
from tests.proofs.witness import Witness

Allowed = Mapping[str, Iterable[str]]
"""By given fact, the rules of flags that its absence may rule out; each has a reason in test_laws.py."""
BETTER = {"successful": 0, "on_track": 1, "partial_response": 1}
"""The verdicts that reassure, the best first."""


@dataclass
class Doubt:
    """One patient, and the same patient with one fact turned unknown."""

    prover: Prover
    fact: str
    turned_by_more: Iterable[str] = ()
    without: Patient = field(init=False)
    followers: set[str] = field(init=False)

    def __post_init__(self) -> None:
        ruleset, known = self.prover.ruleset, self.prover.patient
        self.followers = followers_of(ruleset, self.fact)
        shared = {name: word for name, word in known.words.items() if name not in self.followers}
        absent = known.words[self.fact]
        shared[self.fact] = Word(absent.fact, z3.BoolVal(False), absent.value)
        self.without = Patient(ruleset, f"without.{self.fact}", shared, like=known)
        self.laws = [known.words[self.fact].known, *self.without.laws, *self._follow(ruleset)]
        self.laws += assumed(self.without, self.prover.lemmas)

    def _follow(self, ruleset: Ruleset) -> Iterator[Any]:
        for step in ruleset.steps:
            if isinstance(step, Calculation) and step.gives.name in self.followers:
                inputs = [self._pair(name) for name in step.takes]
                less, more = self._pair(step.gives.name)
                yield z3.Implies(z3.And([one.same(other) for one, other in inputs]), less.same(more))
                if step.gives.name not in set(self.turned_by_more):
                    missing = z3.And([one.same_or_missing(other) for one, other in inputs])
                    yield z3.Implies(missing, less.same_or_missing(more))

        for kept in KEPT:
            if kept.given == self.fact and kept.fact in self.followers:
                less, more = self._pair(kept.fact)
                yield z3.Implies(more.known, less.known) if kept.known else less.same_or_missing(more)

    def _pair(self, name: str) -> tuple[Word, Word]:
        return self.without.words[name], self.prover.patient.words[name]

    def found(self, *formulas: Any) -> Any:
        return self.prover.found(*self.laws, *formulas)

    def _defect(self, kind: str, rule: str, model: Any) -> Defect:
        shown = Witness.of(model, self.prover.patient, self.fact)
        return Defect(kind, rule, shown, f"when {self.fact} turns unknown")

    # The most urgent tier that is not excluded

    def moved(self) -> list[tuple[Rule, Any]]:
        """The flags that can come to another truth, with what they come to for the patient who knows."""
        touched = {self.fact, *self.followers}
        return [(rule, known) for rule, known, _ in self.flags() if touched & set(reads(rule))]

    def flags(self) -> list[tuple[Rule, Any, Any]]:
        """Each flag with its truths for the one patient and the other."""
        rules = [rule for rule in self.prover.ruleset.rules if isinstance(rule.then, Flag)]
        return [(r, self.prover.patient.truths(r.when), self.without.truths(r.when)) for r in rules]

    def lowers_not_excluded(self, allowed: Iterable[str]) -> Iterator[Defect]:
        """A flag not excluded before, and nothing as urgent not excluded after."""
        flags, lowered = self.flags(), {}
        for rule, known in self.moved():
            if _name(rule) not in set(allowed):
                gone = [o.ruled_out for r, _, o in flags if _tier(r) <= _tier(rule)]
                lowered[rule.id] = z3.And(z3.Not(known.ruled_out), *gone, z3.Not(self.screened_out(rule)))
        yield from self._each("unknown lowers worst_not_excluded", lowered)

    def lowers_tier(self) -> Iterator[Defect]:
        """A flag that holds before, and nothing as urgent after, though only a "no" was taken away."""
        word = self.prover.patient.words[self.fact]
        flags, lowered = self.flags(), {}
        if isinstance(word.fact, YesNo):
            for rule, known in self.moved():
                gone = [z3.Not(o.holds) for r, _, o in flags if _tier(r) <= _tier(rule)]
                lowered[rule.id] = z3.And(z3.Not(word.value), known.holds, *gone)
        yield from self._each("unknown lowers the tier", lowered)

    def _each(self, kind: str, lowered: Mapping[str, Any]) -> Iterator[Defect]:
        """Ask once for all of them; one by one only where there is something to find."""
        if lowered and self.found(z3.Or(list(lowered.values()))) is not None:
            for rule_id, formula in lowered.items():
                if model := self.found(formula):
                    yield self._defect(kind, rule_id, model)

    def screened_out(self, rule: Rule) -> Any:
        """All that screens for the measurement is answered "no" (dossier 11.15)."""
        given = {fact.name for fact in self.prover.ruleset.facts}
        touched = {self.fact, *self.followers}
        screens = [s for measured, s in screens_of(rule.when, given) if measured in touched]
        if not screens:
            return z3.BoolVal(False)
        return z3.And([self.without.truths(each).ruled_out for each in screens])

    # The verdict

    def improves(self, verdict: str = "verdict") -> Iterator[Defect]:
        """A verdict that reassures, and was none or a lesser one while the fact was known."""
        if verdict not in self.prover.patient.words:
            return
        after, before = self.without.words[verdict], self.prover.patient.words[verdict]
        for status, rank in BETTER.items():
            as_good = z3.Or([before.is_(each) for each, other in BETTER.items() if other <= rank])
            if model := self.found(after.is_(status), z3.Not(as_good)):
                yield self._defect("unknown improves the verdict", status, model)


def unsafe(
    prover: Prover,
    allowed: Allowed = MappingProxyType({}),
    reassuring: Iterable[str] = (),
    turned: Iterable[str] = (),
    findings: Iterable[str] = (),
) -> Iterator[Defect]:
    """Every way in which turning a given fact unknown makes a patient look safer."""
    read = read_facts(prover.ruleset)
    for fact in prover.ruleset.facts:
        if fact.name in read and fact.name not in ALWAYS_KNOWN:
            doubt = Doubt(prover, fact.name, turned)
            yield from doubt.lowers_not_excluded(allowed.get(fact.name, ()))
            if fact.name not in set(findings):  # its "no" is the sign itself
                yield from doubt.lowers_tier()
            if fact.name not in set(reassuring):
                yield from doubt.improves()


def read_facts(ruleset: Ruleset) -> set[str]:
    """The facts that any step looks at."""
    return {name for step in ruleset.steps for name in reads(step)}


def followers_of(ruleset: Ruleset, fact: str) -> set[str]:
    """What is worked out or decided from the fact, directly or by way of others."""
    found = {fact}
    for step in ruleset.steps:
        if isinstance(step, Calculation | Decision) and found & set(reads(step)):
            found.add(step.gives.name)
    return found - {fact}


def screens_of(condition: Condition, given: set[str]) -> Iterator[tuple[str, Condition]]:
    """Measured facts with the questions that screen for them: the shape that `unless_screened_out` makes."""
    for part in parts(condition):
        match part:
            case AtLeast(1, (Not(Check(fact, op)), screens)) if op == ABSENT and _are_answers(screens, given):
                yield fact.name, screens


def _are_answers(screens: Condition, given: set[str]) -> bool:
    """Only what was answered or measured can screen out, never the clock."""
    return all(isinstance(each.fact, YesNo) or each.fact.name in given for each in checks(screens))


def _tier(rule: Rule) -> int:
    assert isinstance(rule.then, Flag)
    return TIERS.index(rule.then.tier)


def _name(rule: Rule) -> str:
    return rule.id.removeprefix("safety.")
