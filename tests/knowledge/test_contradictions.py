"""A contradiction settles nothing: no tier falls by it, no verdict turns by it, no confidence rises."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import pytest

from app.engine.conditions import checks
from app.engine.rules import Rule
from app.engine.ruleset import reads
from app.knowledge.conclusions import Contradiction, Flag, Verdict
from app.knowledge.contradictions import CONTRADICTIONS, OF_DEGREE, OF_PLACE
from app.knowledge.outcome import CONFIDENCES
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.facts import POINTERS
from tests.knowledge.answers import URGENCY, Answers
from tests.knowledge.corpus import examples
from tests.knowledge.random_cases import facts_from, random_case

pytestmark = pytest.mark.proof

RULES = [rule for rule in POSTOP_LUMBAR.rules if isinstance(rule.then, Contradiction)]
STEPS = {step.gives.name: step for step in POSTOP_LUMBAR.steps if not isinstance(step, Rule)}
MEASURED: dict[str, tuple[str, Any]] = {
    "fever": ("temperature_c", 39.0),
    "urinary_retention": ("post_void_residual_ml", 450),
    "urinary_difficulty": ("post_void_residual_ml", 450),
    "saddle_numbness": ("saddle_sensation", "abnormal"),
    "calf_swelling": ("calf_difference_cm", 4.0),
    "breathlessness": ("spo2_percent", 88),
    "suicidal_ideation": ("phq9_item9", 2),
    "new_bilateral_leg_pain": ("pain_return_side", "both"),
}
"""For each answer of "no" that a finding can contradict, such a finding."""
Facts = dict[str, Any]


@cache
def patients() -> tuple[tuple[Facts, Answers], ...]:
    """The facts of every golden case and of random ones, and what is said of them."""
    every = [*(each.facts for each in examples()), *(facts_from(random_case(Random(s))) for s in range(60))]
    return tuple((facts, Answers.to(facts)) for facts in every)


def behind(names: Iterator[str]) -> set[str]:
    """The facts, and all that they are worked out from."""
    found: set[str] = set()
    left = list(names)
    while left:
        if (name := left.pop()) not in found:
            found.add(name)
            left += reads(STEPS[name]) if name in STEPS else []
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_contradiction_names_facts_that_its_rule_rests_on_and_where_they_are_given(rule: Rule) -> None:
    assert isinstance(rule.then, Contradiction)
    rests_on = behind(check.fact.name for check in checks(rule.when))

    assert len(rule.then.facts) >= 2
    assert set(rule.then.facts) <= rests_on
    for name in rule.then.facts:
        given = behind(iter([name])) & POINTERS.keys()
        assert given, f"{name} is worked out from nothing that a case gives"


def test_every_contradiction_has_a_code_of_its_own() -> None:
    codes = [rule.then.code for rule in RULES if isinstance(rule.then, Contradiction)]

    assert len(set(codes)) == len(codes) >= 20


def test_no_flag_and_no_verdict_reads_what_the_chapter_of_contradictions_gives() -> None:
    given = {step.gives.name for step in CONTRADICTIONS.steps if not isinstance(step, Rule)}
    safe = [rule for rule in POSTOP_LUMBAR.rules if isinstance(rule.then, Flag | Verdict)]

    assert {
        rule.id for rule in safe if behind(check.fact.name for check in checks(rule.when)) & given
    } == set()


def test_an_answer_of_no_that_a_finding_contradicts_never_makes_the_case_less_urgent() -> None:
    met = set()
    for facts, as_it_was in patients():
        for question, (measured, value) in MEASURED.items():
            said = as_it_was.given({measured: value, question: False})
            not_asked = said.given({question: None})

            met.update(said.contradictions)
            assert URGENCY.index(said.tier) <= URGENCY.index(not_asked.tier), (question, facts)
    assert {question for question in MEASURED if not any(map(is_about(question), met))} == set()


def is_about(question: str) -> Any:
    named = {rule.then.code: rule.then.facts for rule in RULES if isinstance(rule.then, Contradiction)}
    return lambda code: question in named[code]


def test_a_finding_that_contradicts_an_answer_never_makes_the_case_less_urgent() -> None:
    for facts, as_it_was in patients():
        for question, (measured, value) in MEASURED.items():
            before = as_it_was.given({measured: None, question: False})
            after = before.given({measured: value})

            assert URGENCY.index(after.tier) <= URGENCY.index(before.tier), (question, facts)
            assert after.verdict == before.verdict


def test_a_contradiction_about_pain_never_raises_the_confidence() -> None:
    about_pain = {rule.then.code for rule in (*OF_DEGREE, *OF_PLACE) if isinstance(rule.then, Contradiction)}
    seen = set()
    for facts, said in patients():
        confidence = said.fact("confidence")
        if confidence and (found := about_pain.intersection(said.contradictions)):
            seen |= found
            assert CONFIDENCES.index(confidence) > CONFIDENCES.index("high"), facts
        assert (said.fact("pain_contradiction") != "none") == bool(found_in(said, about_pain))
    assert seen == about_pain


def found_in(said: Answers, codes: set[str]) -> set[str]:
    return codes.intersection(said.contradictions)
