"""Assess one case by one ruleset: the definition, step by step, and the compiled way that agrees with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from app.engine.calculate import Calculation
from app.engine.compile import NONE_HOLDS, OPEN, Program, compile_ruleset
from app.engine.conditions import Condition
from app.engine.explain import TRUTHS, Trace, explain
from app.engine.facts import check_facts
from app.engine.rules import Conclusion, Decision, Rule
from app.engine.ruleset import Ruleset
from app.engine.truth import Truth


class Looked(Trace, tuple["Assessment", int]):
    """The trace of a condition of an assessment: all of it is there, and looked up when it is asked for.

    A bare tuple inside, of the assessment and the condition's place, which is made in no time.
    """

    __slots__ = ()

    @property
    def condition(self) -> Condition:
        return self[0].program.conditions[self[1]]

    @property
    def truth(self) -> Truth:
        return TRUTHS[self[0].truths[self[1]]]

    @property
    def seen(self) -> Any:
        fact = self[0].program.asked[self[1]]
        return self[0].facts.get(fact.name) if fact else None

    @property
    def because(self) -> tuple[Trace, ...]:
        return tuple(Looked((self[0], part)) for part in self[0].program.parts[self[1]])


class Finding(tuple[Rule, Truth, "Assessment", int]):
    """One rule's truth for one case, with its trace; a bare tuple inside as well."""

    __slots__ = ()

    @property
    def rule(self) -> Rule:
        return self[0]

    @property
    def truth(self) -> Truth:
        return self[1]

    @property
    def trace(self) -> Trace:
        return Looked((self[2], self[3]))


class Assessment:
    """All that a ruleset says of a case: every fact, every truth, what each decision came to."""

    __slots__ = ("decided", "facts", "program", "truths")

    def __init__(
        self, program: Program, facts: Mapping[str, Any], truths: bytes, decided: Mapping[str, int]
    ) -> None:
        self.program = program
        self.facts = facts
        self.truths = truths
        self.decided = decided

    @property
    def ruleset(self) -> Ruleset:
        return self.program.ruleset

    def truth(self, condition: Condition) -> Truth:
        return TRUTHS[self.truths[self.program.place[condition]]]

    def conclusion(self, decision: Decision) -> Conclusion | None:
        """What was decided; None while the decision is open or no rule of it holds."""
        chosen = self.decided[decision.id]
        return decision.rules[chosen].then if chosen >= 0 else None

    def is_open(self, decision: Decision) -> bool:
        """A rule that cannot be told yet stands before any that holds."""
        return self.decided[decision.id] == OPEN

    def rule_values(self) -> bytes:
        """The value of the truth of every rule, in the order of the chapters."""
        return bytes([self.truths[place] for place in self.program.rule_place])

    def findings(self) -> Iterator[Finding]:
        """Every rule with its truth and trace, in the order of the chapters."""
        places = self.program.rule_place
        truths = map(TRUTHS.__getitem__, map(self.truths.__getitem__, places))
        return map(Finding, zip(self.ruleset.rules, truths, repeat(self), places))

    def trace(self, condition: Condition) -> Trace:
        return Looked((self, self.program.place[condition]))


class Assessor:
    """Compile a ruleset once, assess often. Safe to share between threads."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._program = compile_ruleset(ruleset)

    @property
    def program(self) -> Program:
        return self._program

    def assess(self, given: Mapping[str, Any]) -> Assessment:
        """Assess checked facts. Facts from outside go through ``check`` first."""
        truths, decided, derived = self._program.run(given)
        facts = dict(given)
        facts.update(zip(self._program.derived, derived, strict=True))
        chosen = dict(zip(self._program.decisions, decided, strict=True))
        return Assessment(self._program, facts, bytes(truths), chosen)

    def check(self, given: Mapping[str, Any]) -> None:
        """Refuse facts that the vocabulary does not allow (FactsRefused)."""
        check_facts(self.ruleset.facts, given)


@dataclass(frozen=True, slots=True)
class Walk:
    """What the steps of a ruleset come to when they are taken one by one."""

    facts: dict[str, Any]
    truths: dict[Condition, Truth]
    decided: dict[str, int]


def walk(ruleset: Ruleset, given: Mapping[str, Any]) -> Walk:
    """The definition of an assessment. ``Assessor`` gives the same, faster; a law says so."""
    seen = Walk(dict(given), {}, {})
    for step in ruleset.steps:
        match step:
            case Calculation():
                seen.facts[step.gives.name] = step.run(seen.facts)
            case Rule():
                seen.truths[step.when] = explain(step.when, seen.facts).truth
            case Decision():
                seen.decided[step.id] = _decide(step, seen)
    return seen


def _decide(decision: Decision, seen: Walk) -> int:
    truths = [explain(rule.when, seen.facts).truth for rule in decision.rules]
    seen.truths.update(zip((rule.when for rule in decision.rules), truths, strict=True))
    first = next((i for i, truth in enumerate(truths) if truth is not Truth.FALSE), None)
    chosen = NONE_HOLDS if first is None else first if truths[first] is Truth.TRUE else OPEN
    seen.facts[decision.gives.name] = decision.rules[chosen].then.answer if chosen >= 0 else None
    return chosen
