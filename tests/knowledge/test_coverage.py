"""The cases reach every rule in every truth, both sides of every threshold, every check that can decide."""

from __future__ import annotations

from functools import cache

import pytest

from app.engine.assess import Assessment
from app.engine.rules import Rule
from app.engine.truth import Truth
from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.knowledge.answers import ASSESSOR, TRUTH_WORDS
from tests.knowledge.corpus import examples
from tests.knowledge.coverage import (
    ALWAYS_DECIDED,
    ALWAYS_KNOWN,
    can_be_missing,
    can_be_open,
    truths_met,
    unturned,
    without_sides,
)

pytestmark = pytest.mark.proof

NEVER_OPEN = {
    "course.agreement.conflict": "wherever there is a method, there is an index status",
    "course.index-status.gpe-equivocal-at-floor": "the floor is known only where there is a method",
    "causes.pain-pattern.came-back": "without a score from before surgery no relief is known either",
    "causes.feature.power-not-improving": "a change is known wherever the weakness now is",
    "recovery.leg_pain.late-recovery": "a change is known only where the pain now is",
    "recovery.back_pain.late-recovery": "a change is known only where the pain now is",
}
"""Rules that the tree says can be open, and why no case can leave them so."""
NEVER_TURNED = {
    ("course.index-status.nrs-improved", "index_now", "<="): "from below 3, a fall of one point ends below 2",
    ("outcome.note.further-action-required", "leg_stated_relief", ">="): (
        "leg pain above 2 counts by itself; up to 2 it is improved, and its recorded relief is no shorter"
    ),
}
"""Checks that stand in a rule for its readers, and why no case can turn them."""


@cache
def assessments() -> tuple[Assessment, ...]:
    return tuple(ASSESSOR.assess(example.facts) for example in examples())


@pytest.fixture(scope="module")
def lacking() -> dict[str, list[str]]:
    """The truths that rules have no case for."""
    missing = can_be_missing(POSTOP_LUMBAR, ALWAYS_KNOWN | ALWAYS_DECIDED)
    wanted = {rule: {Truth.TRUE, Truth.FALSE} | _open(rule, missing) for rule in POSTOP_LUMBAR.rules}
    lacks = {rule.id: wanted[rule] - truths_met(rule, assessments()) for rule in wanted}
    return {
        rule_id: sorted(TRUTH_WORDS[truth] for truth in truths) for rule_id, truths in lacks.items() if truths
    }


def _open(rule: Rule, missing: set[str]) -> set[Truth]:
    return {Truth.UNKNOWN} if can_be_open(rule, POSTOP_LUMBAR, missing) else set()


def test_every_rule_has_a_case_that_holds_one_ruled_out_and_one_open(lacking: dict[str, list[str]]) -> None:
    assert {rule_id: truths for rule_id, truths in lacking.items() if rule_id not in NEVER_OPEN} == {}


def test_rules_that_no_case_can_leave_open_are_listed_with_a_reason(lacking: dict[str, list[str]]) -> None:
    assert {rule_id: lacking.get(rule_id) for rule_id in NEVER_OPEN} == {
        each: ["open"] for each in NEVER_OPEN
    }


def test_every_threshold_has_a_case_on_either_side() -> None:
    facts = [assessment.facts for assessment in assessments()]

    assert {(c.fact.name, c.op, c.value) for c in without_sides(POSTOP_LUMBAR, facts)} == set()


def test_every_check_turns_the_outcome_of_its_rule_in_some_case() -> None:
    left = {
        (rule.id, check.fact.name, check.op)
        for rule in POSTOP_LUMBAR.rules
        for check in unturned(rule, assessments())
    }
    assert left == set(NEVER_TURNED)
