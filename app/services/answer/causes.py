"""The candidate causes: grade, what speaks for and against, what is missing, and the base rate if known."""

from __future__ import annotations

from operator import itemgetter

from pydantic_core import to_json

from app.engine.rules import Rule
from app.knowledge.cause_rules import decision_id, term_of
from app.knowledge.causes import CAUSE_DECISIONS
from app.knowledge.conclusions import Cause, Feature
from app.services.answer.questions import OPEN
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import HOLDS, RuleIndex, Told

GRADE_ORDER = ("likely", "possible", "not_assessable", "unlikely")
NOT_ASSESSABLE = "not_assessable"
NOT_TOLD = "Cannot be told from what is on record."
SPEAKS = ("for", "against", "neutral")


class CausesPart:
    """Likely first. A cause of which no rule holds or is open is not offered."""

    def __init__(self, index: RuleIndex) -> None:
        self._weighed = [(each.id, index.rules_of(each), index.span_of(each)) for each in CAUSE_DECISIONS]
        weighed_by = {rule.id: each for each in index.decisions.values() for rule in each.rules}
        causes = [
            (rule, cause, term_of(weighed_by[rule.id], cause.condition))
            for _, rule, cause in index.concluding(Cause)
        ]
        self._graded = {
            rule.id: _cause(index, rule, cause, term, cause.grade, cause.says) for rule, cause, term in causes
        }
        self._open = {
            rule.id: _cause(index, rule, cause, term, NOT_ASSESSABLE, NOT_TOLD)
            for rule, cause, term in causes
        }
        self._features = {
            rule.id: to_json(_feature(index, rule, each)) for _, rule, each in index.concluding(Feature)
        }

    def write(self, told: Told) -> bytes:
        """The part for one case."""
        features: dict[tuple[str, str], list[bytes]] = {}
        for rule, feature in told.concluded(Feature):
            beside = features.setdefault((decision_id(feature.cause), feature.speaks), [])
            beside.append(self._features[rule.id])
        offered = []
        for decision, rules, span in self._weighed:
            if any(values := told.truths[span]):
                beside = [json_list(features.get((decision, speaks), ())) for speaks in SPEAKS]
                offered.append(self._cause(told, rules, values, beside))
        return json_list(text for _, text in sorted(offered, key=itemgetter(0)))

    def _cause(
        self, told: Told, rules: tuple[Rule, ...], values: bytes, beside: list[bytes]
    ) -> tuple[int, bytes]:
        """By the first rule that holds, with those before it that are open; its order first."""
        place = values.find(HOLDS)
        before = values if place < 0 else values[:place]
        open_rules = [rules[i] for i, value in enumerate(before) if value == OPEN]
        if place < 0:
            grade, text = NOT_ASSESSABLE, self._open[open_rules[0].id]
        else:
            grade, text = rules[place].then.answer, self._graded[rules[place].id]
        could_be = sorted({each.then.answer for each in open_rules} - {grade})
        return GRADE_ORDER.index(grade), text.fill(could_be, *beside, _missing(told, open_rules))


def _missing(told: Told, open_rules: list[Rule]) -> list[str]:
    return list(dict.fromkeys(question.fact for rule in open_rules for question in told.questions(rule)))


def _cause(index: RuleIndex, rule: Rule, cause: Cause, term: str, grade: str, says: str) -> Template:
    return Template(
        {
            "condition": cause.condition,
            "term": term,
            "grade": grade,
            "could_be": HOLE,
            "says": says,
            "base_rate": _base_rate(cause),
            "supporting": HOLE,
            "against": HOLE,
            "neutral": HOLE,
            "missing": HOLE,
            "rule": rule.id,
            "divergence": rule.divergence or None,
            "evidence": index.evidence[rule.id],
        }
    )


def _base_rate(cause: Cause) -> dict[str, float | None] | None:
    if cause.base_rate_low is None or cause.base_rate_high is None:
        return None
    return {
        "low": cause.base_rate_low,
        "high": cause.base_rate_high,
        "literature_low": cause.literature_low,
        "literature_high": cause.literature_high,
    }


def _feature(index: RuleIndex, rule: Rule, feature: Feature) -> dict[str, object]:
    return {
        "code": feature.code,
        "says": feature.says,
        "rule": rule.id,
        "divergence": rule.divergence or None,
        "evidence": index.evidence[rule.id],
    }
