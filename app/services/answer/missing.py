"""What was not given: the open questions in the order to ask, and what each answer could still change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.rules import Rule
from app.engine.truth import Truth
from app.knowledge.conclusions import NO_TIER, TIERS, Flag
from app.knowledge.outcome import VERDICT
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS
from app.services.answer.questions import Question
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import RuleIndex, Told

URGENCY = (*TIERS, NO_TIER)
CHANGES = ("tier", "verdict")


@dataclass(frozen=True, slots=True)
class Missing:
    """The part as JSON text, and whether nothing in it could change the tier or the verdict."""

    text: bytes
    settled: bool


class MissingPart:
    """Each open question once, with the rules that its answer could still change."""

    def __init__(self, index: RuleIndex) -> None:
        self._questions = {name: _question(each) for name, each in index.questions.asking.items()}
        self._concluding = index.concluding(Flag)
        self._flags = {rule.id: flag.tier for _, rule, flag in self._concluding}
        self._answerable = index.questions.answerable
        self._order = index.questions.order
        self._json_id = index.json_id

    def write(self, told: Told, left_open: list[Rule]) -> Missing:
        """The part for one case, of the open rules that count in it."""
        asked: dict[str, list[bytes]] = {}
        for rule in sorted(left_open, key=self._urgency):
            for question in told.questions(rule):
                asked.setdefault(question.fact, []).append(self._json_id[rule.id])
        tiers = {name: tier for name, tier in self._tiers(told).items() if name in self._answerable}
        verdicts = told.changing.decision(VERDICT) & self._answerable
        not_asked = [item.name for item in CAUDA_EQUINA_ITEMS if told.said(item.name) is None]
        for name in sorted({*tiers, *verdicts, *not_asked} - asked.keys(), key=self._order.__getitem__):
            asked[name] = []
        place = {name: i for i, name in enumerate(asked)}
        first = sorted(tiers, key=lambda name: (tiers[name], self._order[name]))
        then = sorted(verdicts - tiers.keys(), key=place.__getitem__)
        in_order = dict.fromkeys([*first, *then, *asked])
        text = json_list(
            self._questions[name].fill(
                [each for each, could in zip(CHANGES, (tiers, verdicts), strict=True) if name in could],
                json_list(asked[name]),
            )
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
        now = min((URGENCY.index(flag.tier) for _, flag in fired), default=URGENCY.index(NO_TIER))
        found: dict[str, int] = {}
        bearing: dict[tuple[str, str], list[frozenset[str]]] = {}
        for rule, flag in self._more_urgent(now):
            bearing.setdefault((flag.code, flag.tier), []).append(_bearing_on(told, rule))
        for (_, tier), of_each in bearing.items():
            every = [names for names in of_each if names]
            for name in (
                name for names in every if not any(each < names for each in every) for name in names
            ):
                found[name] = min(URGENCY.index(tier), found.get(name, now))
        back = [told.changing.rule(rule) for rule, flag in fired if URGENCY.index(flag.tier) == now]
        if all(back):
            for name in frozenset[str]().union(*back):
                found.setdefault(name, now)
        return found

    def _more_urgent(self, than: int) -> Iterator[tuple[Rule, Flag]]:
        return ((rule, flag) for _, rule, flag in self._concluding if URGENCY.index(flag.tier) < than)

    def _urgency(self, rule: Rule) -> int:
        """Flags first, the most urgent tier first; everything else in the order of the chapters."""
        return URGENCY.index(self._flags.get(rule.id, NO_TIER))


def _bearing_on(told: Told, rule: Rule) -> frozenset[str]:
    """The questions that could make a rule hold."""
    if told.truth(rule) is Truth.UNKNOWN:
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
