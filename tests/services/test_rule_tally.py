"""What is counted of the rules is what each assessment says of them, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic_core import to_json

from app.api.examples import CASES
from app.engine.assess import Assessment
from app.engine.conditions import checks
from app.engine.truth import Truth
from app.services.assessments import assess
from app.services.case import Case
from app.services.rule_tally import AT_ONCE, RuleTally, Tally
from tests.api.service import CURRENT, NOW, full_case


@pytest.fixture(scope="module")
def assessments() -> list[Assessment]:
    sent = [*(example["value"] for example in CASES.values()), full_case()]
    cases = [Case.model_validate_json(to_json(each), strict=True) for each in sent]
    return [assess(case, NOW, CURRENT).assessment for case in cases]


def one_by_one(assessments: list[Assessment]) -> Tally:
    """The definition of a tally."""
    tally = Tally(len(assessments))
    for assessment in assessments:
        unknown = set[str]()
        for finding in assessment.findings():
            tally.truths[finding.rule.id, finding.truth] += 1
            open_questions = {
                check.fact.name
                for check in checks(finding.rule.when)
                if assessment.truth(check) is Truth.UNKNOWN
            }
            tally.missing_input[finding.rule.id] += bool(open_questions)
            unknown |= open_questions
        tally.unknown.update(unknown)
    return tally


def test_counting_many_at_once_agrees_with_counting_each(assessments: list[Assessment]) -> None:
    times = AT_ONCE // len(assessments) + 2  # so that some are counted at once, and the rest when asked
    tally = RuleTally()
    for assessment in assessments * times:
        tally.add(assessment)

    ((version, counted),) = tally.tallies().items()
    expected = one_by_one(assessments * times)

    assert version == CURRENT.current.version
    assert counted.assessments == expected.assessments
    assert +counted.truths == expected.truths
    assert +counted.missing_input == +expected.missing_input
    assert +counted.unknown == expected.unknown


def test_every_rule_is_counted_once_for_each_assessment(assessments: list[Assessment]) -> None:
    tally = RuleTally()
    for assessment in assessments:
        tally.add(assessment)
    (counted,) = tally.tallies().values()

    by_rule = Counter[str]()
    for (rule, _), count in counted.truths.items():
        by_rule[rule] += count
    assert by_rule == {rule.id: len(assessments) for rule in CURRENT.current.rules}


def test_a_rule_that_is_open_has_a_question_without_an_answer(assessments: list[Assessment]) -> None:
    tally = RuleTally()
    for assessment in assessments:
        tally.add(assessment)
    (counted,) = tally.tallies().values()

    for rule in CURRENT.current.rules:
        assert counted.truths[rule.id, Truth.UNKNOWN] <= counted.missing_input[rule.id]


def test_asking_twice_counts_nothing_twice(assessments: list[Assessment]) -> None:
    tally = RuleTally()
    tally.add(assessments[0])

    assert tally.tallies() == tally.tallies()
    assert tally.tallies()[CURRENT.current.version].assessments == 1
