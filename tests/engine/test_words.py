"""Conditions in words: every condition has them, and they say what the condition asks."""

from random import Random

import pytest

from app.engine.conditions import Check, Condition, Not, all_of, any_of, checks, none_of
from app.engine.describe import measured, outline, plain, show, words
from app.engine.facts import not_recorded, recorded
from tests.engine.strategies import (
    COLD,
    COLOUR,
    FIRST_DAY,
    HEAVY,
    MARKS,
    WEIGHT,
    WET,
    random_condition,
    some_of,
)

wet, cold = WET.is_true(), COLD.is_false()

WORDS: list[tuple[Condition, str]] = [
    (WEIGHT < 2, "Weight below 2 kg"),
    (WEIGHT <= 2.5, "Weight at most 2.5 kg"),
    (WEIGHT > 0, "Weight above 0 kg"),
    (WEIGHT >= HEAVY, "Weight at least 2.5 kg (heavy)"),
    (WEIGHT >= 1234567.5, "Weight at least 1234567.5 kg"),
    (WEIGHT >= 0.1 + 0.2, "Weight at least 0.3 kg"),
    (WEIGHT >= 10_000_000, "Weight at least 10000000 kg"),
    (wet, "Wet: yes"),
    (cold, "Cold: no"),
    (COLOUR.is_("dark_blue"), "Colour is dark blue"),
    (COLOUR.is_one_of("red", "green", "dark_blue"), "Colour is dark blue or green or red"),
    (MARKS.has("dot"), "Marks includes dot"),
    (not_recorded(WEIGHT), "Weight not recorded"),
    (recorded(WEIGHT), "Weight recorded"),
    (all_of(wet, cold), "all of (Wet: yes; Cold: no)"),
    (any_of(wet, cold), "any of (Wet: yes; Cold: no)"),
    (none_of(wet, cold), "none of (Wet: yes; Cold: no)"),
    (some_of(2, wet, cold, WEIGHT > 1), "at least 2 of (Wet: yes; Cold: no; Weight above 1 kg)"),
    (all_of(any_of(wet)), "Wet: yes"),
    (Not(wet), "not (Wet: yes)"),
    (Not(all_of(wet, cold)), "not (all of (Wet: yes; Cold: no))"),
]


@pytest.mark.parametrize(("condition", "said"), WORDS)
def test_words(condition: Condition, said: str) -> None:
    assert words(condition) == said


def test_an_outline_has_a_line_for_every_part_that_says_something() -> None:
    condition = all_of(wet, none_of(cold, WEIGHT > 1), any_of(MARKS.has("dot")))
    assert outline(condition) == [
        (0, "all of:"),
        (1, "Wet: yes"),
        (1, "none of:"),
        (2, "Cold: no"),
        (2, "Weight above 1 kg"),
        (1, "Marks includes dot"),
    ]


def test_every_condition_has_words_and_every_question_stands_in_them() -> None:
    rng = Random(5)
    for condition in (random_condition(rng) for _ in range(200)):
        said, lines = words(condition), "\n".join(text for _, text in outline(condition))
        for check in checks(condition):
            assert check.fact.label in said
            assert check.fact.label in lines
        assert said == words(condition)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (1.0, "1"),
        (3, "3"),
        (FIRST_DAY, "2024-01-01"),
        (frozenset({"dark_blue", "green"}), "dark blue or green"),
        ("dark_blue", "dark blue"),
    ],
)
def test_bare_values_in_words(value: object, text: str) -> None:
    assert plain(value) == text


def test_a_quantity_is_shown_with_its_unit() -> None:
    assert show(WEIGHT, 2.0) == "2 kg"
    assert show(WET, True) == "yes"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (2, "points", "2 points"),
        (1, "points", "1 point"),
        (-1, "degrees", "-1 degree"),
        (0, "days", "0 days"),
        (1.5, "points", "1.5 points"),
        (1, "mm", "1 mm"),
        (2, "grade", "grade 2"),
        (3.7, "grade", "grade 3.7"),
        (4, "", "4"),
    ],
)
def test_a_number_stands_with_its_unit_as_it_is_said(value: float, unit: str, said: str) -> None:
    assert measured(value, unit) == said


def test_something_else_has_no_words() -> None:
    with pytest.raises(TypeError, match="Not a condition"):
        words("wet")  # type: ignore[arg-type]  # the mistake under test
    assert isinstance(wet, Check)
