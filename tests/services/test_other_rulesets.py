"""An answer is written by the rules that were run: a stored ruleset may lack what today's names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from app.engine.assess import Assessor
from app.engine.calculate import Calculation
from app.engine.conditions import AtLeast, Check, Condition, Fact, Not
from app.engine.rules import Decision, Rule, Step
from app.engine.ruleset import Ruleset
from app.knowledge.conclusions import Contradiction
from app.knowledge.outcome import VERDICT
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS
from app.services.answer.writer import AnswerWriter
from tests.knowledge.answers import ASSESSOR
from tests.knowledge.corpus import examples

pytestmark = pytest.mark.proof

LATER = date(2999, 1, 1)
Facts = dict[str, Any]


@cache
def decided_by() -> dict[str, Facts]:
    """For each rule of the verdict the facts of a case that it decides."""
    chosen = ((ASSESSOR.assess(each.facts).decided[VERDICT.id], each.facts) for each in examples())
    return {VERDICT.rules[place].id: facts for place, facts in chosen}


def written(ruleset: Ruleset, cases: Iterable[Facts]) -> list[dict[str, Any]]:
    assessor, writer = Assessor(ruleset), AnswerWriter(ruleset, "0" * 64)
    return [json.loads(writer.write(assessor.assess(facts), facts["assessed_on"]).text) for facts in cases]


def changed(step_of: Callable[[Step], Step | None]) -> Ruleset:
    """The ruleset with every step as the function makes it; None leaves a step out."""
    chapters = (
        replace(chapter, steps=tuple(filter(None, map(step_of, chapter.steps))))
        for chapter in POSTOP_LUMBAR.chapters
    )
    return replace(POSTOP_LUMBAR, chapters=tuple(chapters))


def lacking(fact: Fact) -> Ruleset:
    """The ruleset as it would be if nobody had ever asked for the fact."""

    def rule_without(rule: Rule) -> Rule | None:
        when = without(rule.when, fact)
        if isinstance(rule.then, Contradiction) and fact.name in rule.then.facts:
            return None
        return None if when is None else replace(rule, when=when)

    def step_without(step: Step) -> Step | None:
        match step:
            case Rule():
                return rule_without(step)
            case Decision():
                return replace(step, rules=tuple(filter(None, map(rule_without, step.rules))))
            case Calculation():
                return step

    given = tuple(each for each in POSTOP_LUMBAR.facts if each is not fact)
    return replace(changed(step_without), facts=given)


def without(condition: Condition, fact: Fact) -> Condition | None:
    """The condition without its questions about the fact; None where it asks nothing else."""
    match condition:
        case Check():
            return None if condition.fact is fact else condition
        case Not(of):
            kept = without(of, fact)
            return None if kept is None else Not(kept)
        case AtLeast(k, of):
            parts = tuple(part for each in of if (part := without(each, fact)) is not None)
            return replace(condition, k=len(parts) if k == len(of) else k, of=parts) if parts else None
    raise TypeError(f"Not a condition: {condition!r}")


@pytest.mark.parametrize("rule", VERDICT.rules, ids=lambda rule: rule.id)
def test_before_the_day_of_a_verdict_rule_the_others_are_answered_by(rule: Rule) -> None:
    dated = tuple(replace(each, since=LATER) if each is rule else each for each in VERDICT.rules)
    ruleset = changed(lambda step: replace(VERDICT, rules=dated) if step is VERDICT else step)
    others = {name: each for name, each in decided_by().items() if name != rule.id}

    answers = written(ruleset.at(date(2025, 1, 1)), others.values())

    assert [answer["verdict"]["rule"] for answer in answers] == list(others)


def test_every_verdict_rule_decides_a_case() -> None:
    assert decided_by().keys() == {rule.id for rule in VERDICT.rules}


@pytest.mark.parametrize("item", CAUDA_EQUINA_ITEMS, ids=lambda item: item.name)
def test_a_ruleset_that_never_asked_a_cauda_equina_question_is_complete_without_it(item: Fact) -> None:
    facts = next(each.facts for each in examples() if each.title.startswith("V1 "))
    (answer,) = written(lacking(item), [{**facts, item.name: None}])

    assert answer["safety"]["complete"]
    assert item.name not in {each["fact"] for each in answer["missing"]}
