"""What a ruleset says of one case, by rule and by fact: the view that every part of the answer reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

from pydantic_core import to_json

from app.engine.assess import Assessment
from app.engine.conditions import Fact
from app.engine.evidence import Citation
from app.engine.explain import TRUTHS
from app.engine.rules import Conclusion, Decision, Rule
from app.engine.ruleset import Ruleset
from app.engine.truth import Truth
from app.services.answer.asking import Asking
from app.services.answer.changing import Changing
from app.services.answer.questions import OPEN, OpenQuestions, Question, Questions

C = TypeVar("C", bound=Conclusion)
HOLDS = Truth.TRUE.value


class RuleIndex:
    """What is the same for every case of a ruleset, made once: where each rule stands, and its citations."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.rules = ruleset.rules
        self.json_id = {rule.id: to_json(rule.id) for rule in ruleset.rules}
        self.place = {rule.id: place for place, rule in enumerate(ruleset.rules)}
        self.decisions = {decision.id: decision for decision in ruleset.decisions}
        self.evidence = {rule.id: [cite(each) for each in rule.evidence] for rule in ruleset.rules}
        self.questions = Questions(ruleset)
        self.facts = {fact.name: fact for fact in (*ruleset.facts, *ruleset.derived)}
        self._by_kind: dict[str, list[tuple[int, Rule, Any]]] = {}
        for place, rule in enumerate(ruleset.rules):
            self._by_kind.setdefault(rule.then.kind, []).append((place, rule, rule.then))

    def rules_of(self, decision: Decision) -> tuple[Rule, ...]:
        """The rules of a decision as this ruleset has it; none where it lacks the decision."""
        own = self.decisions.get(decision.id)
        return own.rules if own else ()

    def span_of(self, decision: Decision) -> slice:
        """Where the rules of a decision stand among all rules: next to one another."""
        rules = self.rules_of(decision)
        start = self.place[rules[0].id] if rules else 0
        return slice(start, start + len(rules))

    def concluding(self, kind: type[C]) -> list[tuple[int, Rule, C]]:
        """The rules whose conclusion is of the kind, each with its place, in the order of the chapters."""
        return self._by_kind.get(kind.kind, [])


class Told:
    """One assessment, ready to be read. Rules are found by id: the ruleset may be an old one.

    ``truths`` are the values of the truths of all rules, in the order of the chapters.
    """

    __slots__ = ("__dict__", "_index", "_open", "assessment", "facts", "truths")

    def __init__(self, assessment: Assessment, index: RuleIndex) -> None:
        self.assessment = assessment
        self.facts = assessment.facts
        self._index = index
        self.truths = assessment.rule_values()
        self._open = OpenQuestions(index.questions, assessment)

    def truth(self, rule: Rule) -> Truth:
        """The truth of a rule; UNKNOWN where the ruleset that was run does not have it."""
        place = self._index.place.get(rule.id)
        return Truth.UNKNOWN if place is None else TRUTHS[self.truths[place]]

    def holds(self, rule: Rule) -> bool:
        return self.truth(rule) is Truth.TRUE

    def not_asked(self, facts: Iterable[Fact]) -> frozenset[str]:
        """Those of these facts that the ruleset knows and the case leaves out."""
        return frozenset(f.name for f in facts if f.name in self._index.facts and self.said(f.name) is None)

    @property
    def in_scope(self) -> bool:
        """The statements apply to this operation."""
        return bool(self.facts.get("verdict") != "out_of_scope")

    def said(self, name: str) -> Any:
        """A fact, given or derived; None while it is missing."""
        return self.facts.get(name)

    def day(self, name: str) -> str | None:
        """A fact that is a day, as ISO text."""
        found: date | None = self.facts.get(name)
        return found.isoformat() if found else None

    def due(self, within_days: int | None) -> str | None:
        """The day by which something is due, counted from the day of the assessment."""
        if within_days is None:
            return None
        assessed_on: date = self.facts["assessed_on"]
        return (assessed_on + timedelta(days=within_days)).isoformat()

    def concluded(self, kind: type[C]) -> list[tuple[Rule, C]]:
        """The rules that hold and whose conclusion is of the kind, in the order of the chapters."""
        return self._with_value(HOLDS, kind)

    def left_open(self, kind: type[C]) -> list[tuple[Rule, C]]:
        """The same of rules that cannot be told yet."""
        return self._with_value(OPEN, kind)

    def _with_value(self, value: int, kind: type[C]) -> list[tuple[Rule, C]]:
        truths = self.truths
        return [(rule, then) for place, rule, then in self._index.concluding(kind) if truths[place] == value]

    def questions(self, rule: Rule) -> Iterable[Question]:
        """The questions whose answers could settle a rule that is open."""
        return self._open.of(rule)

    def fewest_questions(self, rules: Iterable[Rule]) -> frozenset[str]:
        """The names of as few questions as rule out all these open rules, if none brings a finding."""
        return Asking(self._index.questions, self._open, self.changing, self.assessment).fewest(rules)

    @cached_property
    def changing(self) -> Changing:
        """What more could change in this case."""
        return Changing(self._index.questions, self._open, self.assessment)

    def could_change(self, decision: Decision) -> frozenset[str]:
        """The questions that could change what a decision came to, by the rules of this ruleset."""
        own = self._index.decisions.get(decision.id)
        return self.changing.decision(own) if own else frozenset()

    def chosen(self, decision: Decision) -> Rule | None:
        """The rule that decided; None while the decision is open or no rule of it holds."""
        place = self.assessment.decided.get(decision.id, -1)
        return self._index.decisions[decision.id].rules[place] if place >= 0 else None

    def is_open(self, decision: Decision) -> bool:
        """A rule that cannot be told yet stands before any that holds."""
        return decision.id in self._index.decisions and self.assessment.is_open(decision)


def cite(citation: Citation) -> dict[str, str]:
    """A citation as the answer carries it; the source itself stands once, under ``sources``."""
    return {
        "source": citation.source.id,
        "place": citation.place,
        "says": citation.says,
        "verified": citation.verified,
    }


def as_answer(truth: Truth) -> bool | None:
    """Yes, no, or null while it cannot be told."""
    return None if truth is Truth.UNKNOWN else truth is Truth.TRUE
