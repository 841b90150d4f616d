"""Coverage read off the tree finds the check that no example turns on."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.engine.conditions import Check, Condition, Not, all_of, any_of, checks
from tests.engine.cover import one_sided, unproven
from tests.engine.strategies import COLD, COLOUR, HEAVY, LENGTH, WEIGHT, WET, some_of

wet, cold, red = WET.is_true(), COLD.is_true(), COLOUR.is_("red")
YES, NO = True, False
Example = Mapping[str, Any]

GAPS: list[tuple[Condition, list[Example], set[Check], str]] = [
    (wet, [], {wet}, "no examples prove nothing"),
    (wet, [{"wet": YES}], set(), "a single check turns its own outcome"),
    (wet, [{}], {wet}, "a missing fact turns nothing"),
    (Not(wet), [{"wet": NO}], set(), "reversed, and still it turns"),
    (all_of(wet, cold), [{"wet": YES, "cold": YES}], set(), "each could have ruled it out"),
    (all_of(wet, cold), [{"wet": NO, "cold": NO}], {wet, cold}, "either alone rules it out"),
    (all_of(wet, cold), [{"wet": NO, "cold": YES}], {cold}, "cold never made the difference"),
    (any_of(wet, cold), [{"wet": YES, "cold": NO}], {cold}, "cold never made the difference"),
    (any_of(wet, cold), [{"wet": NO, "cold": NO}], set(), "each could have been enough"),
    (
        any_of(wet, all_of(cold, red)),
        [{"wet": YES, "cold": YES, "colour": "red"}, {"wet": NO, "cold": YES, "colour": "green"}],
        {cold},
        "no example where cold, and red, decides",
    ),
    (some_of(2, wet, cold, red), [{"wet": YES, "cold": YES, "colour": "green"}], {red}, "two hold already"),
    (some_of(2, wet, cold, red), [{"wet": YES, "cold": YES}, {"wet": YES, "colour": "red"}], set(), "pairs"),
]


@pytest.mark.parametrize(("condition", "examples", "left", "reason"), GAPS)
def test_unproven(condition: Condition, examples: list[Example], left: set[Check], reason: str) -> None:
    assert unproven(condition, examples) == left, reason


heavy, long = WEIGHT >= HEAVY, LENGTH > 2

SIDES: list[tuple[list[Example], set[Check], str]] = [
    ([], {heavy, long}, "no examples"),
    ([{"weight": 2.5, "length": 3}], {heavy, long}, "one side only"),
    ([{"weight": 2.5, "length": 3}, {"weight": 2, "length": 3}], {long}, "length only above"),
    ([{"weight": 2.5, "length": 3}, {"weight": 2}], {long}, "missing is no side"),
    ([{"weight": 2.5, "length": 2}, {"weight": 2, "length": 3}], set(), "both sides of both"),
]


@pytest.mark.parametrize(("examples", "left", "reason"), SIDES)
def test_one_sided(examples: list[Example], left: set[Check], reason: str) -> None:
    assert one_sided(all_of(heavy, any_of(long, wet)), examples) == left, reason


def test_only_questions_about_numbers_have_sides() -> None:
    assert one_sided(all_of(wet, red), []) == set()
    assert set(checks(all_of(wet, red))) == {wet, red}
