"""Every operator with its edge cases, in one table, each with the reason."""

from datetime import date
from typing import Any

import pytest

from app.engine.compile import compile_condition
from app.engine.conditions import (
    ABSENT,
    OPERATORS,
    Condition,
    all_of,
    any_of,
    checks,
    none_of,
)
from app.engine.explain import explain
from app.engine.facts import not_recorded, recorded
from app.engine.truth import Truth, at_least, opposite
from tests.engine.strategies import COLD, COLOUR, FOUND, HEAVY, LENGTH, MARKS, WEIGHED, WEIGHT, WET, some_of

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
wet, cold = WET.is_true(), COLD.is_true()
DOT = frozenset({"dot"})

OPERATOR_TABLE: list[tuple[Condition, Any, Truth, str]] = [
    (WEIGHT < 2, 1.999, T, "below"),
    (WEIGHT < 2, 2, F, "the threshold itself is not below"),
    (WEIGHT < 2, 2.0, F, "whole and fractional numbers compare alike"),
    (WEIGHT < 2, 0, T, "zero is a value, not a missing one"),
    (WEIGHT < 2, None, U, "missing"),
    (WEIGHT <= 2, 2, T, "the threshold itself counts"),
    (WEIGHT <= 2, 2.001, F, "just above"),
    (WEIGHT <= 2, None, U, "missing"),
    (WEIGHT > 2, 2.001, T, "just above"),
    (WEIGHT > 2, 2, F, "the threshold itself is not above"),
    (WEIGHT > 2, None, U, "missing"),
    (WEIGHT >= 2, 2, T, "the threshold itself counts"),
    (WEIGHT >= 2, 1.999, F, "just below"),
    (WEIGHT >= 0, 0, T, "zero against zero"),
    (WEIGHT >= 2, None, U, "missing"),
    (WEIGHT >= HEAVY, 2.5, T, "a named threshold compares by its value"),
    (WEIGHT >= HEAVY, 2.4, F, "a named threshold compares by its value"),
    (WEIGHT > -1, 0, T, "a negative threshold"),
    (WET.is_true(), True, T, "yes"),
    (WET.is_true(), False, F, "no"),
    (WET.is_true(), None, U, "not answered is not no"),
    (WET.is_false(), False, T, "no was asked for"),
    (WET.is_false(), True, F, "yes"),
    (WET.is_false(), None, U, "not answered is not no"),
    (COLOUR.is_("red"), "red", T, "the option"),
    (COLOUR.is_("red"), "green", F, "another option"),
    (COLOUR.is_("red"), None, U, "missing"),
    (COLOUR.is_one_of("red", "green"), "green", T, "one of them"),
    (COLOUR.is_one_of("red", "green"), "dark_blue", F, "none of them"),
    (COLOUR.is_one_of("red"), "red", T, "one option to choose from"),
    (COLOUR.is_one_of(), "red", F, "no option to choose from"),
    (COLOUR.is_one_of("red", "green"), None, U, "missing"),
    (MARKS.has("dot"), DOT, T, "in the set"),
    (MARKS.has("dot"), frozenset({"cross"}), F, "another is in the set"),
    (MARKS.has("dot"), frozenset(), F, "a set that was sent is complete, so empty means no"),
    (MARKS.has("dot"), None, U, "a set that was not sent is missing"),
    (not_recorded(WEIGHT), None, T, "absence is the finding"),
    (not_recorded(WEIGHT), 0, F, "zero is there"),
    (not_recorded(WET), False, F, "no is an answer"),
    (not_recorded(MARKS), frozenset(), F, "an empty set was sent"),
    (not_recorded(WEIGHED), (), F, "an empty series was sent"),
    (recorded(FOUND), date(2024, 1, 1), T, "whatever the day"),
    (recorded(FOUND), None, F, "absence is settled, never unknown"),
]


@pytest.mark.parametrize(("condition", "value", "truth", "reason"), OPERATOR_TABLE)
def test_operator(condition: Condition, value: Any, truth: Truth, reason: str) -> None:
    facts = {check.fact.name: value for check in checks(condition)}
    assert explain(condition, facts).truth is truth, reason
    assert compile_condition(condition)(facts) is truth, f"compiled: {reason}"


def test_the_table_has_every_operator_true_false_and_missing() -> None:
    seen = {(c.op, truth) for condition, _, truth, _ in OPERATOR_TABLE for c in checks(condition)}
    assert seen >= {(op, truth) for op in OPERATORS for truth in Truth}
    assert {(ABSENT, T), (ABSENT, F)} <= seen


@pytest.mark.parametrize("condition", [WEIGHT > 1, WET.is_true(), MARKS.has("dot"), not_recorded(COLOUR)])
def test_a_fact_given_as_none_is_a_fact_left_out(condition: Condition) -> None:
    (check,) = checks(condition)
    assert explain(condition, {}) == explain(condition, {check.fact.name: None})


KLEENE: list[tuple[Condition, tuple[Truth, Truth], Truth]] = [
    (all_of(wet, cold), (T, T), T),
    (all_of(wet, cold), (T, U), U),
    (all_of(wet, cold), (U, U), U),
    (all_of(wet, cold), (F, U), F),
    (all_of(wet, cold), (T, F), F),
    (any_of(wet, cold), (F, F), F),
    (any_of(wet, cold), (F, U), U),
    (any_of(wet, cold), (U, U), U),
    (any_of(wet, cold), (T, U), T),
    (any_of(wet, cold), (T, F), T),
    (none_of(wet, cold), (F, F), T),
    (none_of(wet, cold), (F, U), U),
    (none_of(wet, cold), (T, U), F),
    (some_of(2, wet, cold, LENGTH < 9), (T, U), U),
    (some_of(2, wet, cold, LENGTH < 9), (T, T), T),
    (some_of(2, wet, cold, LENGTH < 9), (T, F), U),
    (some_of(2, wet, cold, LENGTH < 9), (F, F), F),
    (some_of(3, wet, cold, LENGTH < 9), (F, U), F),
    (all_of(wet), (U, F), U),
    (any_of(wet), (F, T), F),
    (any_of(wet, wet), (T, F), T),
]


@pytest.mark.parametrize(("condition", "answers", "truth"), KLEENE)
def test_conditions_combine_as_kleene_says(
    condition: Condition, answers: tuple[Truth, Truth], truth: Truth
) -> None:
    answer = {T: True, F: False, U: None}
    facts = {"wet": answer[answers[0]], "cold": answer[answers[1]]}
    assert explain(condition, facts).truth is truth
    assert compile_condition(condition)(facts) is truth


def test_at_least_k_is_the_kth_best_truth() -> None:
    assert [at_least(k, (F, U, T)) for k in (1, 2, 3)] == [T, U, F]
    assert [opposite(truth) for truth in (F, U, T)] == [T, U, F]


def test_unknown_can_not_pass_for_an_answer() -> None:
    for truth in Truth:
        with pytest.raises(TypeError, match=r"write 'is Truth\.TRUE'"):
            bool(truth)


@pytest.mark.parametrize("condition", [WEIGHT > 1, all_of(wet), none_of(wet)])
def test_a_condition_is_not_an_answer(condition: Condition) -> None:
    with pytest.raises(TypeError, match="use all_of, any_of or none_of"):
        bool(condition)


def test_a_chained_comparison_is_caught() -> None:
    with pytest.raises(TypeError, match="use all_of"):
        _ = 1 < WEIGHT < 5
