"""A list of an answer may be as long as the rules can make it: every bound is held against the ruleset.

Counted from above, as if all rules held or were open at once: so no case has an answer that its own schema
refuses, whether or not a test happens to send it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any, TypeVar

import pytest

from app.api.answers import Preview
from app.api.record_answers import TraceAnswer
from app.api.ruleset_answers import EvidenceList, RulesetAnswer, VocabularyAnswer
from app.engine.canonical import thresholds_of
from app.engine.conditions import checks, parts, parts_of
from app.engine.describe import outline
from app.engine.rules import Conclusion, Rule
from app.knowledge.causes import CAUSE_DECISIONS, CAUSES_NOT_COVERED
from app.knowledge.conclusions import Contradiction, Feature, Flag, Label, NextStep, Note
from app.knowledge.milestones import MILESTONES
from app.knowledge.published_thresholds import PUBLISHED_THRESHOLDS
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.safety import NOT_COVERED
from app.knowledge.sources import ENG
from app.knowledge.upkeep import UPKEEP
from app.services.answer.asked_as import INDEX_PAIN, PAINS
from app.services.answer.questions import Questions
from app.services.answer.symptoms import SYMPTOMS
from app.services.library import fact_in_full, sources_of

RULES = POSTOP_LUMBAR.rules
THRESHOLDS = tuple(thresholds_of(POSTOP_LUMBAR))
QUESTIONS = Questions(POSTOP_LUMBAR)
ASKED_AS = PAINS | {name: tuple(by_pain.values()) for name, by_pain in INDEX_PAIN.items()}
C = TypeVar("C", bound=Conclusion)
ANSWERS = (Preview, TraceAnswer, RulesetAnswer, EvidenceList, VocabularyAnswer)


def conclusions(kind: type[C]) -> list[C]:
    return [rule.then for rule in RULES if isinstance(rule.then, kind)]


@cache
def behind(name: str) -> frozenset[str]:
    """The facts that may be asked for where a fact is missing: itself, or whatever its step reads."""
    step = QUESTIONS.steps.get(name)
    return frozenset({name, *ASKED_AS.get(name, ())}).union(*map(behind, step.names if step else ()))


def asked_for(rules: Iterable[Rule]) -> frozenset[str]:
    """The facts that may be asked for while the rules are open."""
    asked = {check.fact.name for rule in rules for check in checks(rule.when)}
    return frozenset[str]().union(*map(behind, asked))


def most(counted: Iterable[Any]) -> int:
    """How often the commonest of them is there."""
    return max(Counter(counted).values())


def codes_by_question() -> dict[str, set[str]]:
    """The codes of the flags that each question could settle."""
    found: dict[str, set[str]] = {}
    for rule, flag in zip(FLAG_RULES, conclusions(Flag), strict=True):
        for fact in asked_for([rule]):
            found.setdefault(fact, set()).add(flag.code)
    return found


def places_read(rule: Rule) -> list[str]:
    """The sections of the dossier that a rule is a reading of."""
    return [each.place for each in rule.evidence if each.verified == ENG]


FLAG_RULES = [rule for rule in RULES if isinstance(rule.then, Flag)]
CALLS = [flag.code for flag in conclusions(Flag)] + [step.code for step in conclusions(NextStep)]
SOURCES = sources_of(POSTOP_LUMBAR).keys()
PUBLISHED = {each.evidence.source.id for each in PUBLISHED_THRESHOLDS}
REMARKS = most((each.cause, each.speaks) for each in conclusions(Feature))
FACTS = [fact_in_full(fact) for fact in POSTOP_LUMBAR.facts if fact.name != "pain_converted"]
READINGS = set(chain.from_iterable(map(places_read, RULES)))
TO_SIGN_OFF = [each for each in THRESHOLDS if each.needs_sign_off]

# The longest that the rules can make each list, by its place in the published schemas.
LONGEST: dict[str, int] = {
    "Preview.contradictions": len(conclusions(Contradiction)),
    "Preview.symptoms": len(SYMPTOMS),
    "Preview.causes": len(CAUSE_DECISIONS),
    "Preview.causes_not_covered": len(CAUSES_NOT_COVERED),
    "Preview.labels": len(conclusions(Label)),
    "Preview.next_steps": len(set(CALLS)),
    "Preview.milestones": len(MILESTONES),
    "Preview.missing": len(QUESTIONS.asking),
    "Preview.assumptions": len(TO_SIGN_OFF) + len(READINGS) + len(UPKEEP),
    "AssumedReading.rules": most(chain.from_iterable(map(places_read, RULES))),
    "Preview.findings": len(RULES),
    "Preview.sources": len(SOURCES),
    "Preview.evidence_overdue": len(SOURCES),
    "Preview.not_used": len(FACTS),
    "Safety.flags": len({each.code for each in conclusions(Flag)}),
    "Safety.ask": len(asked_for(FLAG_RULES)),
    "Safety.not_covered": len(NOT_COVERED),
    "SafetyQuestion.flags": max(map(len, codes_by_question().values())),
    "VerdictAnswer.notes": len(conclusions(Note)),
    "ContradictionAnswer.facts": max(len(each.facts) for each in conclusions(Contradiction)),
    "CauseAnswer.could_be": max(len({rule.then.answer for rule in each.rules}) for each in CAUSE_DECISIONS),
    "CauseAnswer.supporting": REMARKS,
    "CauseAnswer.against": REMARKS,
    "CauseAnswer.neutral": REMARKS,
    "CauseAnswer.missing": max(len(asked_for(each.rules)) for each in CAUSE_DECISIONS),
    "LabelAnswer.synonyms": max(len(each.synonyms) for each in conclusions(Label)),
    "NextStepAnswer.because": most(CALLS),
    "MissingFact.changes": len(("tier", "verdict")),
    "MissingFact.could_change": most(chain.from_iterable(asked_for([rule]) for rule in RULES)),
    "TraceAnswer.rules": len(RULES),
    "TracedCondition.of": max(len(parts_of(part)) for rule in RULES for part in parts(rule.when)),
    "RulesetAnswer.rules": len(RULES),
    "RulesetAnswer.thresholds": len(THRESHOLDS),
    "RuleAnswer.outline": max(len(outline(rule.when)) for rule in RULES),
    "EvidenceList.items": len(SOURCES | PUBLISHED),
    "EvidenceList.thresholds": len(PUBLISHED_THRESHOLDS),
    "PublishedThresholdAnswer.used_as": max(len(each.used_as) for each in PUBLISHED_THRESHOLDS),
    "VocabularyAnswer.items": len(FACTS),
    "FactAnswer.options": max(len(each["options"] or ()) for each in FACTS),
}
CITATIONS = max(len(cited) for cited in [r.evidence for r in RULES] + [t.evidence for t in THRESHOLDS])
"""The longest that any list of citations can be."""


def bounds() -> Iterator[tuple[str, int]]:
    """Every list of the answers that are made of rules, by its place, with its bound."""
    for answer in ANSWERS:
        schema = answer.model_json_schema()
        for name, part in (schema.get("$defs", {}) | {answer.__name__: schema}).items():
            for member, described in part.get("properties", {}).items():
                for each in (described, *described.get("anyOf", ())):
                    if each.get("type") == "array":
                        yield f"{name}.{member}", each["maxItems"]


BOUNDS = dict(bounds())


def test_the_longest_of_every_list_is_counted() -> None:
    citations = {place for place in BOUNDS if place.endswith(".evidence")}
    assert set(BOUNDS) - citations == set(LONGEST)
    assert len(citations) > 8


@pytest.mark.parametrize("place", BOUNDS)
def test_no_list_can_become_longer_than_its_bound(place: str) -> None:
    assert LONGEST.get(place, CITATIONS) <= BOUNDS[place]
