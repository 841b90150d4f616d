"""The condition trees as formulas: a fact is missing or a value of its range, a condition has three truths.

Given facts and what calculations give are free constants, what decisions give is written out: the first rule
that holds decides. A calculation is opaque, but gives nothing while an input that it needs is missing, and
always something when all of them are there and its annotation has no None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import z3

from app.engine.calculate import Calculation
from app.engine.conditions import ABSENT, AtLeast, Check, Condition, Fact, Not, checks
from app.engine.facts import Choice, Codes, Quantity, YesNo
from app.engine.rules import Decision, Rule
from app.engine.ruleset import Ruleset
from tests.knowledge.coverage import ALWAYS_KNOWN

WHOLE = {"days", "grade", "years", "operations", "mL", "mm", "months"}
"""Units that are counted, not measured in parts."""


@dataclass(frozen=True)
class Word:
    """One fact of one case: whether it is known, and a constant that stands for its value."""

    fact: Fact
    known: Any
    value: Any

    def is_(self, option: Any) -> Any:
        """The known value is this option."""
        if isinstance(self.fact, Choice):
            return self.value == self.fact.options.index(option)
        return self.value == option

    def same(self, other: Word) -> Any:
        return z3.And(self.known == other.known, z3.Implies(self.known, self.value == other.value))

    def same_or_missing(self, other: Word) -> Any:
        """This one says no more than the other, and nothing else."""
        return z3.Implies(self.known, z3.And(other.known, self.value == other.value))


@dataclass(frozen=True)
class Decided(Word):
    """What a decision came to: each of its options is a formula, and so its value is the option's place."""

    options: Mapping[str, Any]

    def is_(self, option: Any) -> Any:
        return self.options.get(option, z3.BoolVal(False))


@dataclass(frozen=True)
class Truths:
    """When a condition holds, and when it is ruled out; else it is open."""

    holds: Any
    ruled_out: Any


class Patient:
    """One case that the solver is free to choose, read by the ruleset's own trees.

    A second patient can share words with a first one, `like`: then both agree on these facts, and on what
    is asked about these alone.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        name: str,
        shared: Mapping[str, Word] | None = None,
        like: Patient | None = None,
    ) -> None:
        self.ruleset = ruleset
        self.words: dict[str, Word] = dict(shared or {})
        self.decides: dict[str, list[Any]] = {}
        self.laws: list[Any] = []
        self._name = name
        self._like = like
        self._truths: dict[Condition, Truths] = {}
        for fact in ruleset.facts:
            self._free(fact)
        for step in ruleset.steps:
            if isinstance(step, Rule) or step.gives.name in self.words:
                continue
            if isinstance(step, Calculation):
                self._free(step.gives)
                self.laws += calculation_laws(step, self.words)
            else:
                self._decide(step)

    def truths(self, condition: Condition) -> Truths:
        if condition not in self._truths:
            alike = self._like if self._like and self._agrees_with(self._like, condition) else None
            self._truths[condition] = alike.truths(condition) if alike else self._encode(condition)
        return self._truths[condition]

    def _agrees_with(self, other: Patient, condition: Condition) -> bool:
        return all(self.words[each.fact.name] is other.words[each.fact.name] for each in checks(condition))

    def _free(self, fact: Fact) -> None:
        if fact.name in self.words:
            return
        word = Word(
            fact, z3.Bool(f"{self._name}.{fact.name}.known"), _value(fact, f"{self._name}.{fact.name}")
        )
        self.words[fact.name] = word
        self.laws += _range(word)
        if fact.name in ALWAYS_KNOWN:
            self.laws.append(word.known)

    def _decide(self, decision: Decision) -> None:
        before = z3.BoolVal(True)
        chosen = []
        for rule in decision.rules:
            truths = self.truths(rule.when)
            chosen.append(z3.And(before, truths.holds))
            before = z3.And(before, truths.ruled_out)
        self.decides[decision.id] = chosen
        by_option: dict[str, list[Any]] = {}
        for rule, formula in zip(decision.rules, chosen, strict=True):
            by_option.setdefault(rule.then.answer, []).append(formula)
        options = {option: z3.Or(formulas) for option, formulas in by_option.items()}
        place = z3.IntVal(-1)
        for i, option in enumerate(decision.gives.options):
            place = z3.If(options.get(option, z3.BoolVal(False)), z3.IntVal(i), place)
        self.words[decision.gives.name] = Decided(decision.gives, z3.Or(chosen), place, options)

    def _encode(self, condition: Condition) -> Truths:
        match condition:
            case Check(fact, op) if op == ABSENT:
                known = self.words[fact.name].known
                return Truths(z3.Not(known), known)
            case Check(fact, op, value):
                word = self.words[fact.name]
                test = _test(word, op, value)
                return Truths(z3.And(word.known, test), z3.And(word.known, z3.Not(test)))
            case AtLeast(k, of):
                parts = [self.truths(part) for part in of]
                ruled_out = [part.ruled_out for part in parts]
                return Truths(
                    _at_least(k, [part.holds for part in parts]), _at_least(len(of) - k + 1, ruled_out)
                )
            case Not(of):
                inner = self.truths(of)
                return Truths(inner.ruled_out, inner.holds)
        raise TypeError(f"Not a condition: {condition!r}")


def calculation_laws(step: Calculation, words: Mapping[str, Word]) -> Iterable[Any]:
    """Nothing while a needed input is missing; something whenever all are there and no None is announced."""
    needed = [words[name].known for name in sorted(step.needs)]
    gives = words[step.gives.name].known
    yield z3.Implies(gives, z3.And(needed))
    if needed and "None" not in str(step.work_out.__annotations__.get("return", "None")):
        yield z3.Implies(z3.And(needed), gives)


def _value(fact: Fact, name: str) -> Any:
    match fact:
        case Quantity(unit=unit):
            return z3.Int(name) if unit in WHOLE else z3.Real(name)
        case YesNo():
            return z3.Bool(name)
        case Codes(options=options):
            return z3.BitVec(name, len(options))
        case _:  # a choice by the place of its option, a day or a series by a number that stands for it
            return z3.Int(name)


def _range(word: Word) -> list[Any]:
    match word.fact:
        case Quantity(minimum=minimum, maximum=maximum):
            return [word.value >= minimum, word.value <= maximum]
        case Choice(options=options):
            return [word.value >= 0, word.value < len(options)]
        case _:
            return []


def _test(word: Word, op: str, value: Any) -> Any:
    match op:
        case "<":
            return word.value < value
        case "<=":
            return word.value <= value
        case ">":
            return word.value > value
        case ">=":
            return word.value >= value
        case "is":
            return word.is_(value)
        case "in":
            return z3.Or([word.is_(option) for option in sorted(value)])
        case "has" if isinstance(word.fact, Codes):
            place = word.fact.options.index(value)
            return z3.Extract(place, place, word.value) == 1
    raise TypeError(f"Not an operator that can be proved about: {op!r}")


def _at_least(k: int, formulas: list[Any]) -> Any:
    if k == len(formulas):
        return z3.And(formulas)
    return z3.Or(formulas) if k == 1 else z3.AtLeast(*formulas, k)
