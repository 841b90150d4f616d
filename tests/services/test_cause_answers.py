"""A cause of which the record does not tell enough is offered as what is certain, with what it could be."""

from __future__ import annotations

import json
from typing import Any

import pytest

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
