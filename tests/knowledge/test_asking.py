"""What the safety part asks is enough, and none of it too much (dossier section 0 items 3 and 4; 4.1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from random import Random
from typing import Any

import pytest

from app.engine.conditions import Fact
from app.engine.facts import Choice
from app.knowledge.conclusions import TIERS, Flag
from app.knowledge.deficits import ANSWERED_WITH, power_tested
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS
from app.services.answer.writer import AnswerWriter
from tests.knowledge.answers import ASSESSOR
from tests.knowledge.corpus import examples
from tests.knowledge.findings import record_of, without_findings
from tests.knowledge.random_cases import facts_from, random_case

pytestmark = pytest.mark.proof

SEEDS = range(150)
"""Without those assessed on the day of surgery: no record of that day counts as since surgery."""
UNANSWERABLE = "leg_first_relief_on"
"""Relief cannot be told where the leg pain was too low before surgery to fall (11.6): nothing answers it."""
WRITER = AnswerWriter(POSTOP_LUMBAR, "0" * 64)
ORDER = {fact.name: i for i, fact in enumerate((*POSTOP_LUMBAR.facts, *POSTOP_LUMBAR.derived))}
Facts = dict[str, Any]


@cache
def patients() -> tuple[tuple[Facts, dict[str, Any]], ...]:
    """The corpus, random patients, and some who were asked nothing: their facts and the safety part."""
    surgeries = [{"surgery_date": each.facts["surgery_date"]} for each in examples()[::40]]
    always = {"procedure": "microdiscectomy", "region": "lumbar"}
    bare = [
        {**always, **surgery, "assessed_on": each.facts["assessed_on"]}
        for surgery, each in zip(surgeries, examples()[::40], strict=True)
    ]
    every = [
        *(each.facts for each in examples()),
        *(facts_from(random_case(Random(s))) for s in SEEDS),
        *bare,
    ]
    later = [facts for facts in every if facts["assessed_on"] > facts["surgery_date"]]
    met = [(facts, said(facts)["safety"]) for facts in later]
    return tuple((facts, safety) for facts, safety in met if UNANSWERABLE not in _asked(safety))


def _asked(safety: dict[str, Any]) -> set[str]:
    return {each["fact"] for each in safety["ask"]}


def said(facts: Facts) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(WRITER.write(ASSESSOR.assess(facts), facts["assessed_on"]).text)
    return answer


def open_flags(facts: Facts) -> list[str]:
    """The tiers of the flags that are open."""
    truths = zip(POSTOP_LUMBAR.rules, ASSESSOR.assess(facts).rule_values(), strict=True)
    return [rule.then.tier for rule, value in truths if value == 1 and isinstance(rule.then, Flag)]


def left_open(facts: Facts) -> list[str]:
    """The same; a cauda equina question not asked leaves the most urgent open whatever fires (4.1)."""
    asked_all = all(facts.get(item.name) is not None for item in CAUDA_EQUINA_ITEMS)
    return open_flags(facts) if asked_all else [*open_flags(facts), TIERS[0]]


def records(facts: Facts, asked: Iterable[dict[str, Any]]) -> list[str]:
    known = dict(ASSESSOR.assess(facts).facts)
    return list(dict.fromkeys(record_of(each["fact"], known) for each in asked))


@pytest.mark.parametrize("asked", ANSWERED_WITH, ids=lambda fact: fact.name)
def test_no_finding_in_one_answer_answers_the_other_question_too(asked: Fact) -> None:
    other = ANSWERED_WITH[asked]
    none = other.options[0] if isinstance(other, Choice) else False
    known = [ASSESSOR.assess(facts).facts for facts, _ in patients()]
    without = [facts for facts in known if facts.get(other.name) == none]

    assert without, "No case speaks of it"
    assert {facts.get(asked.name) for facts in without} == {asked is power_tested}


@pytest.mark.parametrize("tier", TIERS)
def test_answers_without_a_finding_leave_no_flag_of_that_tier_or_above_open(tier: str) -> None:
    upto = TIERS[: TIERS.index(tier) + 1]
    for facts, safety in patients():
        asked = [each for each in safety["ask"] if each["tier"] in upto]
        answered = without_findings(facts, records(facts, asked))

        assert set(open_flags(answered)).isdisjoint(upto), (records(facts, asked), facts)


def test_none_of_the_questions_could_be_left_out() -> None:
    for facts, safety in patients():
        asked = records(facts, safety["ask"])
        for name in asked:
            answered = without_findings(facts, [each for each in asked if each != name])

            assert left_open(answered), (name, asked, facts)


def test_the_most_urgent_is_asked_first_and_then_the_vocabulary_orders() -> None:
    for _, safety in patients():
        places = [(TIERS.index(each["tier"]), ORDER[each["fact"]]) for each in safety["ask"]]

        assert places == sorted(places)


def test_it_is_complete_when_and_only_when_nothing_is_left_to_ask() -> None:
    for facts, safety in patients():
        assert safety["complete"] is (safety["ask"] == []) is (left_open(facts) == []), facts


def test_with_a_question_open_nothing_says_or_implies_that_there_is_no_red_flag() -> None:
    for facts, safety in patients():
        open_tiers = open_flags(facts)
        worst = min([safety["tier"], *open_tiers], key=(*TIERS, "none").index)

        assert safety["worst_not_excluded"] == worst, facts
        if open_tiers:
            assert not safety["complete"]
            assert safety["worst_not_excluded"] != "none"
