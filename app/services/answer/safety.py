"""The safety part: which flags fire, how urgent, and what unanswered questions leave possible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.engine.rules import Rule
from app.knowledge.conclusions import NO_TIER, TIERS, Flag
from app.knowledge.safety import NOT_COVERED
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS
from app.services.answer.asking import ANSWERED_BY
from app.services.answer.questions import Question
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import RuleIndex, Told

FlagRule = tuple[Rule, Flag]


@dataclass(frozen=True, slots=True)
class Safety:
    """The part as JSON text, and the two tiers that records are searched by."""

    text: bytes
    tier: str
    worst_not_excluded: str


class SafetyPart:
    """``tier`` is the most urgent flag that fires, ``worst_not_excluded`` counts those still open as well."""

    def __init__(self, index: RuleIndex) -> None:
        flags = index.concluding(Flag)
        self._flags = {rule.id: _flag(index, rule, flag) for _, rule, flag in flags}
        self._urgency = {rule.id: (TIERS.index(flag.tier), flag.within_days) for _, rule, flag in flags}
        self._order = index.questions.order
        self._questions = {name: _question(each) for name, each in index.questions.asking.items()}
        self._whole = Template(
            {
                "tier": HOLE,
                "worst_not_excluded": HOLE,
                "complete": HOLE,
                "flags": HOLE,
                "ask": HOLE,
                "not_covered": NOT_COVERED,
            }
        )

    def write(self, told: Told) -> Safety:
        """The part for one case."""
        fired, left_open = told.concluded(Flag), told.left_open(Flag)
        tier, worst = _most_urgent(fired), _most_urgent([*fired, *left_open])
        not_asked = told.not_asked(CAUDA_EQUINA_ITEMS)
        complete = not not_asked and not left_open
        flags = (
            self._flags[rule.id].fill(told.due(flag.within_days))
            for rule, flag in self._most_urgent_of_each(fired)
        )
        ask = self._asked(told, self._by_urgency(left_open), not_asked)
        return Safety(self._whole.fill(tier, worst, complete, json_list(flags), ask), tier, worst)

    def _most_urgent_of_each(self, fired: list[FlagRule]) -> Iterable[FlagRule]:
        """One rule for each flag code, the most urgent; among equals the first and the shorter limit."""
        best: dict[str, FlagRule] = {}
        for rule, flag in self._by_urgency(fired):
            best.setdefault(flag.code, (rule, flag))
        return best.values()

    def _asked(self, told: Told, left_open: list[FlagRule], not_asked: frozenset[str]) -> bytes:
        """The fewest questions that complete it, each with the tier that it could bring.

        A cauda equina question is always asked, even where an emergency fires already (dossier 4.1).
        """
        asked: dict[str, tuple[str, dict[str, None]]] = {}
        fewest = told.fewest_questions([rule for rule, _ in left_open]) if left_open else frozenset()
        for rule, flag in left_open:
            names = {question.fact for question in told.questions(rule)}
            names |= {ANSWERED_BY[name] for name in names & ANSWERED_BY.keys()} & fewest
            for name in names & (fewest | not_asked):
                asked.setdefault(name, (flag.tier, {}))[1][flag.code] = None
        for name in not_asked:
            asked.setdefault(name, (TIERS[0], {}))
        in_order = sorted(asked, key=lambda name: (TIERS.index(asked[name][0]), self._order[name]))
        return json_list(
            self._questions[name].fill(asked[name][0], list(asked[name][1])) for name in in_order
        )

    def _by_urgency(self, flags: list[FlagRule]) -> list[FlagRule]:
        return sorted(flags, key=lambda each: self._urgency[each[0].id])


def _most_urgent(flags: list[FlagRule]) -> str:
    """The most urgent tier of the flags, or ``none``."""
    return min((flag.tier for _, flag in flags), key=TIERS.index, default=NO_TIER)


def _flag(index: RuleIndex, rule: Rule, flag: Flag) -> Template:
    return Template(
        {
            "code": flag.code,
            "rule": rule.id,
            "title": rule.title,
            "tier": flag.tier,
            "first_action": flag.first_action,
            "due_on": HOLE,
            "atypical_timing": flag.atypical_timing,
            "evidence": index.evidence[rule.id],
        }
    )


def _question(question: Question) -> Template:
    return Template(
        {
            "fact": question.fact,
            "question": question.question,
            "pointer": question.pointer,
            "tier": HOLE,
            "flags": HOLE,
        }
    )
