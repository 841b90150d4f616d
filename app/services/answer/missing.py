"""What was not given: the open questions in the order to ask, and what each answer could still change."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from pydantic_core import to_json

from app.engine.rules import Rule
from app.knowledge.conclusions import NO_TIER, TIERS, Flag
from app.knowledge.outcome import VERDICT
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS
from app.services.answer.questions import OPEN, Question
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import RuleIndex, Told

URGENCY = (*TIERS, NO_TIER)
LEAST = URGENCY.index(NO_TIER)
CHANGES = {
    (True, True): to_json(["tier", "verdict"]),
    (True, False): to_json(["tier"]),
    (False, True): to_json(["verdict"]),
    (False, False): to_json([]),
}
"""What a question could change, by whether that is the tier and whether it is the verdict."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The part as JSON text, and whether nothing in it could change the tier or the verdict."""

    text: bytes
    settled: bool


class MissingPart:
    """Each open question once, with the rules that its answer could still change."""

    def __init__(self, index: RuleIndex) -> None:
        self._questions = {name: _question(each) for name, each in index.questions.asking.items()}
        self._concluding = sorted(index.concluding(Flag), key=lambda each: URGENCY.index(each[2].tier))
        tiers = [URGENCY.index(flag.tier) for _, _, flag in self._concluding]
        self._above = [bisect_left(tiers, tier) for tier in range(len(URGENCY))]
        self._urgency = {rule.id: URGENCY.index(flag.tier) for _, rule, flag in self._concluding}
        self._answerable = index.questions.answerable
        self._order = index.questions.order
        self._json_id = index.json_id

    def write(self, told: Told, left_open: list[Rule]) -> Missing:
        """The part for one case, of the open rules that count in it."""
        asked: dict[str, list[bytes]] = {}
        for rule in sorted(left_open, key=lambda rule: self._urgency.get(rule.id, LEAST)):
            for question in told.questions(rule):
                asked.setdefault(question.fact, []).append(self._json_id[rule.id])
        tiers = {name: tier for name, tier in self._tiers(told).items() if name in self._answerable}
        verdicts = told.could_change(VERDICT) & self._answerable
        not_asked = told.not_asked(CAUDA_EQUINA_ITEMS)
        for name in sorted({*tiers, *verdicts, *not_asked} - asked.keys(), key=self._order.__getitem__):
            asked[name] = []
        place = {name: i for i, name in enumerate(asked)}
        first = sorted(tiers, key=lambda name: (tiers[name], self._order[name]))
        then = sorted(verdicts - tiers.keys(), key=place.__getitem__)
        in_order = dict.fromkeys([*first, *then, *asked])
        text = json_list(
            self._questions[name].fill(CHANGES[name in tiers, name in verdicts], json_list(asked[name]))
            for name in in_order
        )
        return Missing(text, settled=not (tiers or verdicts))

    def _tiers(self, told: Told) -> dict[str, int]:
        """The questions that could change the tier, with the most urgent that each could bring.

        A flag that is open raises it, if it is more urgent than those that fire. It falls only where answers
        could take back every flag that fires at it. A rule that needs more than another of its flag and tier
        adds nothing to that.
        """
        fired = told.concluded(Flag)
        now = min((URGENCY.index(flag.tier) for _, flag in fired), default=LEAST)
        found: dict[str, int] = {}
        bearing: dict[tuple[str, str], list[frozenset[str]]] = {}
        for place, rule, flag in self._concluding[: self._above[now]]:
            if names := _bearing_on(told, place, rule):
                bearing.setdefault((flag.code, flag.tier), []).append(names)
        for (_, tier), every in bearing.items():
            fewest = (names for names in every if not any(each < names for each in every))
            for name in frozenset[str]().union(*fewest):
                found[name] = min(URGENCY.index(tier), found.get(name, now))
        back = [told.changing.rule(rule) for rule, flag in fired if URGENCY.index(flag.tier) == now]
        if all(back):
            for name in frozenset[str]().union(*back):
                found.setdefault(name, now)
        return found


def _bearing_on(told: Told, place: int, rule: Rule) -> frozenset[str]:
    """The questions that could make a rule hold."""
    if told.truths[place] == OPEN:
        return frozenset(question.fact for question in told.questions(rule))
    return told.changing.rule(rule)


def _question(question: Question) -> Template:
    return Template(
        {
            "fact": question.fact,
            "question": question.question,
            "pointer": question.pointer,
            "changes": HOLE,
            "could_change": HOLE,
        }
    )
