"""What a ruleset says of one case, by rule and by fact: the view that every part of the answer reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, TypeVar, cast

from app.engine.assess import Assessment
from app.engine.evidence import Citation
from app.engine.explain import TRUTHS
from app.engine.rules import Conclusion, Decision, Rule
from app.engine.ruleset import Ruleset
from app.engine.truth import Truth
from app.services.answer.questions import OpenQuestions, Question, Questions

C = TypeVar("C", bound=Conclusion)


class RuleIndex:
    """What is the same for every case of a ruleset, made once: where each rule stands, and its citations."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.rules = ruleset.rules
        self.place = {rule.id: place for place, rule in enumerate(ruleset.rules)}
        self.decisions = {decision.id: decision for decision in ruleset.decisions}
        self.evidence = {rule.id: [cite(each) for each in rule.evidence] for rule in ruleset.rules}
        self.questions = Questions(ruleset)


class Told:
    """One assessment, ready to be read. Rules are found by id: the ruleset may be an old one.

    ``standing`` are the rules that are not ruled out, with their truths, in the order of the chapters.
    """

    __slots__ = ("_by_kind", "_index", "_open", "_truths", "assessment", "facts", "standing")

    def __init__(self, assessment: Assessment, index: RuleIndex) -> None:
        self.assessment = assessment
        self.facts = assessment.facts
        self._index = index
        self._truths = assessment.rule_values()
        self.standing = [(index.rules[i], TRUTHS[value]) for i, value in enumerate(self._truths) if value]
        self._by_kind: dict[tuple[str, Truth], list[Rule]] = {}
        for rule, truth in self.standing:
            self._by_kind.setdefault((rule.then.kind, truth), []).append(rule)
        self._open = OpenQuestions(index.questions, assessment)

    def truth(self, rule: Rule) -> Truth:
        """The truth of a rule; UNKNOWN where the ruleset that was run does not have it."""
        place = self._index.place.get(rule.id)
        return Truth.UNKNOWN if place is None else TRUTHS[self._truths[place]]

    def holds(self, rule: Rule) -> bool:
        return self.truth(rule) is Truth.TRUE

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

    def concluded(self, kind: type[C], truth: Truth = Truth.TRUE) -> list[tuple[Rule, C]]:
        """The rules of that truth whose conclusion is of the kind, in the order of the chapters."""
        return [(rule, cast(C, rule.then)) for rule in self._by_kind.get((kind.kind, truth), ())]

    def decision(self, decision: Decision) -> Decision:
        """The decision as the ruleset that was run has it."""
        return self._index.decisions.get(decision.id, decision)

    def evidence(self, rule: Rule) -> list[dict[str, str]]:
        """The citations of a rule: the first source, then the stronger ones."""
        return self._index.evidence[rule.id]

    def questions(self, rule: Rule) -> tuple[Question, ...]:
        """The questions whose answers could settle a rule that is open."""
        return self._open.of(rule)

    def chosen(self, decision: Decision) -> Rule | None:
        """The rule that decided; None while the decision is open or no rule of it holds."""
        place = self.assessment.decided.get(decision.id, -1)
        return self.decision(decision).rules[place] if place >= 0 else None

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
