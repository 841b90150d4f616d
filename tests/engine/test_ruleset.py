"""A ruleset picks the rules of the day, and knows its steps."""

from datetime import date, timedelta

import pytest

from app.engine.assess import Assessor
from app.engine.canonical import digest
from app.engine.facts import Choice
from app.engine.rules import Decision
from app.engine.ruleset import Ruleset
from tests.engine.strategies import COLD, FIRST_DAY, LAST_DAY, WET, bulk, rule, ruleset

ONE_DAY = timedelta(days=1)
ANSWER = Choice(name="answer", label="Answer", options=("go", "stay", "wait"))
ALWAYS = rule(WET.is_true(), "always")
OLD = rule(WET.is_true(), "old", "stay", until=LAST_DAY)
NEW = rule(WET.is_true(), "new", "go", since=LAST_DAY)
BETWEEN = rule(COLD.is_true(), "between", since=FIRST_DAY, until=LAST_DAY)


def ids(rules: Ruleset) -> list[str]:
    return [each.id for each in rules.rules]


@pytest.mark.parametrize(
    ("day", "in_force", "reason"),
    [
        (FIRST_DAY - ONE_DAY, ["always", "old"], "the day before a rule begins"),
        (FIRST_DAY, ["always", "old", "between"], "since is the first day"),
        (LAST_DAY - ONE_DAY, ["always", "old", "between"], "the last day before until"),
        (LAST_DAY, ["always", "new"], "until is the first day without the rule, and its successor's first"),
        (date.max, ["always", "new"], "a rule without until has no end"),
        (date.min, ["always", "old"], "a rule without since has no beginning"),
    ],
)
def test_the_rules_of_the_day(day: date, in_force: list[str], reason: str) -> None:
    assert ids(ruleset(ALWAYS, OLD, NEW, BETWEEN).at(day)) == in_force, reason


def test_a_day_on_which_every_rule_is_in_force_leaves_the_ruleset_as_it_is() -> None:
    rules = ruleset(ALWAYS, OLD)
    assert rules.at(FIRST_DAY) is rules


def test_a_decision_keeps_only_the_rules_of_the_day_and_still_gives_its_fact() -> None:
    decision = Decision(id="d", title="D", gives=ANSWER, rules=(OLD, NEW))
    rules = ruleset(bulk, decision, rule(ANSWER.is_("go"), "after"))
    answers = {
        day: Assessor(rules.at(day)).assess({"wet": True}).facts["answer"] for day in (FIRST_DAY, LAST_DAY)
    }
    assert answers == {FIRST_DAY: "stay", LAST_DAY: "go"}
    assert rules.at(FIRST_DAY).calculations == (bulk,)


def test_a_decision_without_a_rule_in_force_decides_nothing() -> None:
    decision = Decision(id="d", title="D", gives=ANSWER, rules=(OLD,))
    assessment = Assessor(ruleset(decision).at(LAST_DAY)).assess({"wet": True})
    assert assessment.facts["answer"] is None
    assert assessment.conclusion(decision) is None
    assert not assessment.is_open(decision)


def test_the_digest_is_of_what_was_picked() -> None:
    rules = ruleset(ALWAYS, OLD, NEW)
    assert len({digest(rules), digest(rules.at(FIRST_DAY)), digest(rules.at(LAST_DAY))}) == 3
    assert digest(rules.at(FIRST_DAY)) == digest(ruleset(ALWAYS, OLD))


def test_a_rule_is_found_by_its_id() -> None:
    rules = ruleset(ALWAYS, OLD)
    assert rules.rule("old") is OLD
    assert rules.rule("odd") is None
