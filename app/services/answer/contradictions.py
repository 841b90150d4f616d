"""What is on record and contradicts itself, with every fact that takes part and its place in the case."""

from __future__ import annotations

from pydantic_core import to_json

from app.engine.describe import show
from app.engine.rules import Rule
from app.knowledge.conclusions import Contradiction
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import RuleIndex, Told
from app.services.facts import POINTERS


class ContradictionsPart:
    """The rules of contradiction that hold, in the order of the chapter."""

    def __init__(self, index: RuleIndex) -> None:
        self._contradictions = {
            rule.id: _contradiction(index, rule, each) for _, rule, each in index.concluding(Contradiction)
        }
        self._facts = index.facts

    def write(self, told: Told) -> bytes:
        """The part for one case."""
        return json_list(
            self._contradictions[rule.id].fill(*(self._seen(told, name) for name in each.facts))
            for rule, each in told.concluded(Contradiction)
        )

    def _seen(self, told: Told, name: str) -> bytes:
        return to_json(show(self._facts[name], told.said(name)))


def _contradiction(index: RuleIndex, rule: Rule, contradiction: Contradiction) -> Template:
    return Template(
        {
            "code": contradiction.code,
            "says": contradiction.says,
            "rule": rule.id,
            "facts": [_fact(index, name) for name in contradiction.facts],
            "evidence": index.evidence[rule.id],
        }
    )


def _fact(index: RuleIndex, name: str) -> dict[str, str]:
    return {
        "fact": name,
        "label": index.facts[name].label,
        "pointer": POINTERS[name],
        "seen": HOLE,
    }
