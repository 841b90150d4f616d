"""Whatever an answer can ask has a question, and a place in the case that takes the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args, get_type_hints

import pytest

from app.engine.calculate import Calculation
from app.engine.conditions import ABSENT, checks
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.answer.asked_as import ASKED_AS, FURTHER_RECORDS, PAINS
from app.services.answer.questions import Questions
from app.services.answer.writer import AnswerWriter
from app.services.case import Case
from app.services.facts import POINTERS, facts_of
from tests.knowledge.answers import ASSESSOR
from tests.knowledge.coverage import ALWAYS_KNOWN
from tests.knowledge.findings import record_of

Json = dict[str, Any]
QUESTIONS = Questions(POSTOP_LUMBAR)
WRITER = AnswerWriter(POSTOP_LUMBAR, "0" * 64)
WITH_SEVERAL_WAYS = {
    "index_readings": "missing only while the pain that it is read from is",
    "larger_baseline_pain": "missing only while a pain before surgery is",
    "relief_interval": "missing only while both ways to count it are",
    "leg_relief": "missing only while both ways to count it are",
    "weakness_course": "missing only while weakness and power are",
}
"""Calculations that come to nothing only where something is missing that they read: that is asked for."""


def can_be_asked() -> Iterator[str]:
    """Facts that a rule can be open for, and nothing beneath them is missing that could be asked instead."""
    left = [c.fact.name for rule in POSTOP_LUMBAR.rules for c in checks(rule.when) if c.op != ABSENT]
    seen: set[str] = set()
    while left:
        if (name := left.pop()) in seen:
            continue
        seen.add(name)
        step = QUESTIONS.steps.get(name)
        if step is None or name in QUESTIONS.asked_at_once or comes_to_nothing(name):
            yield name
        if step is not None and name not in QUESTIONS.asked_at_once:
            left += step.names


def comes_to_nothing(name: str) -> bool:
    """Whether a calculation can give nothing although all is known that it takes."""
    step = next((each for each in POSTOP_LUMBAR.calculations if each.gives.name == name), None)
    if not isinstance(step, Calculation):
        return False  # a decision gives nothing only while a fact that it reads is missing
    return type(None) in get_args(get_type_hints(step.work_out)["return"])


ASKED = sorted({*can_be_asked()} - ALWAYS_KNOWN - WITH_SEVERAL_WAYS.keys())


def asked_as(name: str) -> tuple[str, ...]:
    name = ASKED_AS.get(name, name)
    return PAINS.get(name, (name,))


@pytest.mark.parametrize("name", ASKED)
def test_whatever_can_be_missing_has_a_question_and_a_place_that_takes_the_answer(name: str) -> None:
    for asked in asked_as(name):
        question = QUESTIONS.asking[asked]

        assert question.question.endswith(("?", "."))
        assert question.pointer == POINTERS[asked] == POINTERS[record_of(asked, {})] or is_a_day(asked)
        assert is_published(question.pointer), question.pointer


def is_a_day(name: str) -> bool:
    """A day of onset tells where a deficit comes from, beside the records."""
    return name.endswith("_origin") and POINTERS[name].startswith("/symptom_onsets/")


def is_published(pointer: str) -> bool:
    schema = Case.model_json_schema()
    at: Any = schema
    for token in pointer.split("/")[1:]:
        at = at["properties"][token]
        ways = at.get("anyOf", [at])
        referred = next((way["$ref"] for way in ways if "$ref" in way), None)
        at = schema["$defs"][referred.rsplit("/", 1)[-1]] if referred else at
    return bool(at)


def test_the_words_of_every_question_that_is_named_here_are_those_of_the_ruleset() -> None:
    known = {fact.name for fact in (*POSTOP_LUMBAR.facts, *POSTOP_LUMBAR.derived)}

    assert known >= {*ASKED_AS, *ASKED_AS.values(), *FURTHER_RECORDS, *WITH_SEVERAL_WAYS}
    assert QUESTIONS.asking.keys() >= {*ASKED_AS.values(), *FURTHER_RECORDS}


def answer_to(case: Json) -> Json:
    day = date.fromisoformat(case["assessed_on"])
    assessment = ASSESSOR.assess(facts_of(Case.model_validate_json(json.dumps(case)), day))
    answer: Json = json.loads(WRITER.write(assessment, day).text)
    return answer


def came_back(imaged_on: str) -> Json:
    return {
        "subject": "old-mri",
        "assessed_on": "2025-09-04",
        "surgery": {"date": "2025-06-02", "procedure": "microdiscectomy", "indication": "disc_herniation"},
        "observations": [
            {"date": "2025-06-02", "leg_pain_nrs": 8},
            {"date": "2025-06-04", "leg_pain_nrs": 1},
            {"date": "2025-09-04", "leg_pain_nrs": 7},
        ],
        "pain_return": {"onset_on": "2025-09-01", "onset": "sudden"},
        "imaging": [{"date": imaged_on, "mri_compression": "yes", "mri_recurrent_herniation": "yes"}],
    }


def test_an_mri_from_before_the_pain_came_back_is_asked_for_again_where_imaging_is_given() -> None:
    old, new = (
        {each["fact"]: each for each in answer_to(came_back(day))["missing"]}
        for day in ("2025-08-20", "2025-09-03")
    )

    for fact in ("mri_compression", "mri_recurrent_herniation"):
        assert old[fact]["pointer"] == "/imaging"
        assert old[fact]["question"].startswith("Does an MRI since surgery, and since the pain came back")
        assert fact not in new
    assert "compression_seen" not in old.keys() | new.keys()


def test_an_mri_from_before_the_stated_return_is_asked_for_where_only_back_pain_is_on_record() -> None:
    case = came_back("2025-08-20") | {"observations": [{"date": "2025-09-04", "back_pain_nrs": 7}]}
    asked = {each["fact"] for each in answer_to(case)["missing"]}

    assert not asked & {"leg_returned_on", "returned_on", "compression_seen"}
