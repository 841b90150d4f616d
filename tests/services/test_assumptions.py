"""What awaits clinical sign-off can be found: which section of the dossier, and in which rules."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from app.knowledge.cause_thresholds import TRANSLATION_MM
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.thresholds import NO_CHANGE_POINTS
from app.services.answer.writer import AnswerWriter
from tests.knowledge.answers import ASSESSOR
from tests.knowledge.corpus import examples

WRITER = AnswerWriter(POSTOP_LUMBAR, "0" * 64)
SECTION = re.compile(r"(section )?\d+(\.\d+)*\b")


@cache
def answers() -> list[dict[str, Any]]:
    """The answers to some golden cases."""
    some = examples()[::7]
    return [json.loads(WRITER.write(ASSESSOR.assess(e.facts), e.facts["assessed_on"]).text) for e in some]


def assumed(kind: str) -> list[dict[str, Any]]:
    return [each for answer in answers() for each in answer["assumptions"] if each["kind"] == kind]


def test_whatever_awaits_sign_off_names_a_section_of_the_dossier() -> None:
    places = {each["dossier"] for kind in ("value", "reading") for each in assumed(kind)}

    assert [place for place in places if not SECTION.match(place)] == []


@pytest.mark.parametrize(
    ("threshold", "section"), [(TRANSLATION_MM, "section 5"), (NO_CHANGE_POINTS, "1.2 improvement")]
)
def test_a_value_from_a_source_names_the_section_of_its_rule_not_the_place_in_the_source(
    threshold: Any, section: str
) -> None:
    shown = {each["dossier"] for each in assumed("value") if each["name"] == threshold.name}

    assert len(shown) == 1
    assert shown.pop().startswith(section)


def test_a_reading_names_each_rule_that_rests_on_it_as_it_stands_among_the_findings() -> None:
    for answer in answers():
        findings = {each["rule"]: each["title"] for each in answer["findings"]}
        readings = [each for each in answer["assumptions"] if each["kind"] == "reading"]
        named = [rule for each in readings for rule in each["rules"]]

        assert {rule["rule"]: rule["title"] for rule in named}.items() <= findings.items()
        assert all(each["rules"] for each in readings)
        assert len({each["dossier"] for each in readings}) == len(readings)


def test_every_rule_that_is_a_reading_and_counts_is_named() -> None:
    reading = {rule.id for rule in POSTOP_LUMBAR.rules if any(c.verified == "ENG" for c in rule.evidence)}
    for answer in answers():
        named = {
            rule["rule"]
            for each in answer["assumptions"]
            if each["kind"] == "reading"
            for rule in each["rules"]
        }

        assert named == reading & {each["rule"] for each in answer["findings"]}
