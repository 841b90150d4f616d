"""What was not given: the open questions in the order to ask, and what each answer could still change."""

from __future__ import annotations

from app.engine.rules import Rule
from app.knowledge.conclusions import TIERS, Flag
from app.services.answer.questions import Question
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import RuleIndex, Told


class MissingPart:
    """Each open question once, with the rules that its answer could still change."""

    def __init__(self, index: RuleIndex) -> None:
        self._questions = {name: _question(each) for name, each in index.questions.asking.items()}
        self._urgency = {rule.id: _urgency(rule) for rule in index.rules}
        self._json_id = index.json_id

    def write(self, told: Told, left_open: list[Rule]) -> bytes:
        """The part for one case, of the open rules that count in it."""
        asked: dict[str, list[bytes]] = {}
        for rule in sorted(left_open, key=lambda each: self._urgency[each.id]):
            for question in told.questions(rule):
                asked.setdefault(question.fact, []).append(self._json_id[rule.id])
        return json_list(self._questions[name].fill(json_list(rules)) for name, rules in asked.items())


def _urgency(rule: Rule) -> int:
    """Flags first, the most urgent tier first; everything else in the order of the chapters."""
    return TIERS.index(rule.then.tier) if isinstance(rule.then, Flag) else len(TIERS)


def _question(question: Question) -> Template:
    return Template(
        {
            "fact": question.fact,
            "question": question.question,
            "pointer": question.pointer,
            "could_change": HOLE,
        }
    )
