"""A cause of which the record does not tell enough is offered as what is certain, with what it could be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.knowledge.cause_rules import TERMS, term_of
from app.knowledge.conclusions import Cause
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.answer.writer import AnswerWriter
from tests.knowledge.answers import ASSESSOR
from tests.knowledge.corpus import examples

WRITER = AnswerWriter(POSTOP_LUMBAR, "0" * 64)


def causes_of(title: str) -> dict[str, dict[str, Any]]:
    facts = next(each.facts for each in examples() if each.title == title)
    answer = json.loads(WRITER.write(ASSESSOR.assess(facts), facts["assessed_on"]).text)
    return {each["condition"]: each for each in answer["causes"]}


@pytest.mark.parametrize(
    ("condition", "title", "could_be", "missing"),
    [
        (
            "recurrent_disc_herniation",
            "pain that came back abruptly where nobody said whether a disc was opened is named as possible, "
            "not settled",
            ["likely"],
            "disc_opened",
        ),
        (
            "discitis",
            "severe back pain at rest with a CRP above 10 after two weeks is likely discitis - an ESR of 50 "
            "alone leaves it possible, until a CRP is taken that may make it likely or unlikely",
            ["likely", "unlikely"],
            "crp_finding",
        ),
    ],
)
def test_what_is_not_on_record_makes_a_cause_possible_and_names_what_it_could_be(
    condition: str, title: str, could_be: list[str], missing: str
) -> None:
    cause = causes_of(title)[condition]

    assert cause["grade"] == "possible"
    assert cause["could_be"] == could_be
    assert missing in cause["missing"]


def test_every_condition_has_one_term_and_every_term_one_condition() -> None:
    weighed = [(each, rule.then) for each in POSTOP_LUMBAR.decisions for rule in each.rules]
    terms = {
        (then.condition, term_of(each, then.condition)) for each, then in weighed if isinstance(then, Cause)
    }

    assert len(terms) == len({condition for condition, _ in terms}) == len({term for _, term in terms})
    assert {condition for condition, _ in terms} >= TERMS.keys()


@pytest.mark.proof
def test_a_cause_has_its_term_whether_it_is_graded_or_not() -> None:
    answers = [
        json.loads(WRITER.write(ASSESSOR.assess(each.facts), each.facts["assessed_on"]).text)
        for each in examples()
    ]
    shown = {
        (cause["condition"], cause["grade"]): cause["term"] for each in answers for cause in each["causes"]
    }

    assert shown["discitis", "not_assessable"] == shown["discitis", "possible"] == "Discitis"
    assert shown["recurrent_disc_herniation", "likely"] == "Recurrent disc herniation"
    assert shown["new_or_recurrent_disc_herniation", "possible"] == "New or recurrent disc herniation"
