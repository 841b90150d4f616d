"""Assessments: the order of a decision, findings with their traces, and the margin to a threshold."""

import pytest

from app.engine.assess import Assessor
from app.engine.conditions import Check, all_of, none_of
from app.engine.facts import Choice, Reading, not_recorded
from app.engine.rules import Decision
from app.engine.truth import Truth
from tests.engine.strategies import (
    COLD,
    COLOUR,
    FIRST_DAY,
    HEAVY,
    LENGTH,
    WEIGHT,
    WET,
    bulk,
    last_weight,
    load,
    rule,
    ruleset,
    square,
    weather,
)

ANSWER = Choice(name="answer", label="Answer", options=("go", "stay", "wait"))
FIRST, SECOND = rule(WET.is_true(), "first", "go"), rule(COLD.is_true(), "second", "stay")
DECISION = Decision(id="d", title="D", gives=ANSWER, rules=(FIRST, SECOND))
AFTER = rule(ANSWER.is_("stay"), "after")


@pytest.mark.parametrize(
    ("wet", "cold", "answer", "is_open", "after", "reason"),
    [
        (True, True, "go", False, Truth.FALSE, "the first that holds decides"),
        (True, None, "go", False, Truth.FALSE, "what stands after the deciding rule does not matter"),
        (False, True, "stay", False, Truth.TRUE, "the first is ruled out"),
        (None, True, None, True, Truth.UNKNOWN, "the first cannot be told yet"),
        (False, None, None, True, Truth.UNKNOWN, "the second cannot be told yet"),
        (None, None, None, True, Truth.UNKNOWN, "nothing is known"),
        (False, False, None, False, Truth.UNKNOWN, "all are ruled out: nothing was decided"),
    ],
)
def test_a_decision_takes_its_rules_in_order(
    wet: bool | None, cold: bool | None, answer: str | None, is_open: bool, after: Truth, reason: str
) -> None:
    assessment = Assessor(ruleset(DECISION, AFTER)).assess({"wet": wet, "cold": cold})
    conclusion = assessment.conclusion(DECISION)
    assert (conclusion.answer if conclusion else None) == answer, reason
    assert assessment.facts["answer"] == answer, reason
    assert assessment.is_open(DECISION) is is_open, reason
    assert assessment.truth(AFTER.when) is after, reason


def test_every_rule_is_found_whatever_its_truth_in_the_order_of_the_chapters() -> None:
    findings = list(Assessor(ruleset(DECISION, AFTER)).assess({"wet": False, "cold": True}).findings())
    assert [(each.rule.id, each.truth) for each in findings] == [
        ("first", Truth.FALSE),
        ("second", Truth.TRUE),
        ("after", Truth.TRUE),
    ]
    assert [each.trace.seen for each in findings] == [False, True, "stay"]


def test_two_rules_may_ask_the_same_question() -> None:
    twin = rule(WET.is_true(), "twin")
    findings = list(Assessor(ruleset(FIRST, twin)).assess({"wet": True}).findings())
    assert [each.rule.id for each in findings] == ["first", "twin"]
    assert findings[0].trace == findings[1].trace


def test_a_trace_holds_the_value_seen_and_the_traces_of_the_parts() -> None:
    when = all_of(WEIGHT >= HEAVY, none_of(WET.is_true()))
    trace = Assessor(ruleset(rule(when))).assess({"weight": 3}).trace(when)
    assert (trace.condition, trace.truth, trace.seen) == (when, Truth.UNKNOWN, None)
    heavy, dry = trace.because
    assert (heavy.truth, heavy.seen, heavy.margin) == (Truth.TRUE, 3, 0.5)
    assert (dry.truth, dry.because[0].truth, dry.margin) == (Truth.UNKNOWN, Truth.UNKNOWN, None)
    assert list(trace.missing()) == [WET]


@pytest.mark.parametrize(
    ("check", "value", "margin", "reason"),
    [
        (WEIGHT < 2, 1.5, -0.5, "below the threshold"),
        (WEIGHT < 2, 2.5, 0.5, "above, although ruled out"),
        (WEIGHT >= 2, 2, 0.0, "on the threshold"),
        (WEIGHT > 0.1, 0.3, 0.2, "without what binary fractions add"),
        (WEIGHT < 2, None, None, "missing"),
        (WET.is_true(), True, None, "not a number"),
        (COLOUR.is_("red"), "red", None, "not a number"),
        (not_recorded(WEIGHT), 2, None, "no threshold"),
    ],
)
def test_the_margin_is_value_minus_threshold(
    check: Check, value: object, margin: float | None, reason: str
) -> None:
    trace = Assessor(ruleset(rule(check))).assess({check.fact.name: value}).trace(check)
    assert trace.margin == margin, reason


def test_a_calculation_waits_for_what_it_needs_only() -> None:
    assess = Assessor(ruleset(bulk, load, weather, last_weight, square)).assess
    assert assess({"weight": 2}).facts["bulk"] is None
    assert assess({"weight": 2, "length": 3}).facts["bulk"] == 6
    assert assess({"weight": 2, "length": 3}).facts["load"] == 8
    assert assess({"weight": 3}).facts["square"] == 9
    assert assess({"cold": True}).facts["weather"] == "bad"
    assert assess({}).facts["weather"] is None
    assert assess({"weighed": ()}).facts["last_weight"] is None
    assert assess({"weighed": (Reading(FIRST_DAY, 2, "left"),)}).facts["last_weight"] == 2


def test_a_calculated_fact_is_asked_about_like_any_other() -> None:
    when = LENGTH < 9
    big = Check(bulk.gives, ">", 5)
    findings = Assessor(ruleset(bulk, rule(all_of(when, big)))).assess({"weight": 2, "length": 3}).findings()
    assert [finding.truth for finding in findings] == [Truth.TRUE]


def test_an_assessment_does_not_change_the_facts_it_was_given() -> None:
    given = {"weight": 2, "length": 3}
    Assessor(ruleset(bulk)).assess(given)
    assert given == {"weight": 2, "length": 3}


def test_a_ruleset_without_rules_says_nothing() -> None:
    assessment = Assessor(ruleset()).assess({})
    assert (list(assessment.findings()), assessment.truths) == ([], b"")


def test_facts_named_like_pythons_own_words_are_just_facts() -> None:
    names = ("if", "None", "t0", "k0", "d0", "r0", "facts", "truths", "new", "sorted", "run", "__builtins__")
    questions = [type(WET)(name=name, label=name).is_true() for name in names]
    rules = [rule(question, f"r{i}") for i, question in enumerate(questions)]
    assessor = Assessor(ruleset(*rules, facts=tuple(question.fact for question in questions)))
    assessment = assessor.assess({name: i % 2 == 0 for i, name in enumerate(names)})
    assert [finding.truth.value for finding in assessment.findings()] == [2, 0] * 6
    assert [
        finding.trace.because[0].seen if finding.trace.because else finding.trace.seen
        for finding in assessment.findings()
    ] == [True, False] * 6
