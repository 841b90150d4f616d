"""What a fact takes and what it refuses, in one table, each with the reason."""

import math
from datetime import date, datetime
from typing import Any

import pytest

from app.engine.conditions import Fact
from app.engine.errors import FactsRefused
from app.engine.facts import Reading, Series, check_facts
from tests.engine.strategies import COLOUR, FOUND, GIVEN, MARKS, WEIGHED, WEIGHT, WET

PLAIN = Series(name="plain", label="Plain", of=WEIGHT)
COLOURS = Series(name="colours", label="Colours", of=COLOUR)
MONDAY, TUESDAY = date(2024, 1, 1), date(2024, 1, 2)
NOON = datetime(2024, 1, 1, 12)  # noqa: DTZ001 - one moment where a day belongs
left = "left"

TAKEN: list[tuple[Fact, Any, str]] = [
    (WEIGHT, 0, "the lower end of the range"),
    (WEIGHT, 9, "the upper end of the range"),
    (WEIGHT, 2.5, "a fraction"),
    (WEIGHT, -0.0, "zero has two signs"),
    (WET, True, "yes"),
    (WET, False, "no"),
    (COLOUR, "dark_blue", "the last option"),
    (MARKS, frozenset(), "none of them"),
    (MARKS, frozenset({"cross", "dot"}), "all of them"),
    (FOUND, MONDAY, "a day"),
    (WEIGHED, (), "a series without readings is complete too"),
    (WEIGHED, (Reading(MONDAY, 1, left), Reading(MONDAY, 2, "right")), "two readings of one day"),
    (PLAIN, (Reading(MONDAY, 1), Reading(TUESDAY, 2)), "oldest first"),
    (COLOURS, (Reading(MONDAY, "red"),), "a series of choices"),
]

REFUSED: list[tuple[Fact, Any, str, str]] = [
    (WEIGHT, math.nan, "is not finite", "NaN is below nothing, so it would pass for FALSE"),
    (WEIGHT, math.inf, "is not finite", "infinity is no measurement"),
    (WEIGHT, -math.inf, "is not finite", "infinity is no measurement"),
    (WEIGHT, 9.001, "is not between 0 and 9 kg", "above the range"),
    (WEIGHT, -0.001, "is not between 0 and 9 kg", "below the range"),
    (WEIGHT, 10**400, "is not between 0 and 9 kg", "a whole number too large for a float"),
    (WEIGHT, True, "is not a number", "a boolean is no number, though Python has it so"),
    (WEIGHT, "5", "is not a number", "text is not converted"),
    (WET, 1, "is neither yes nor no", "a number is no answer"),
    (WET, "yes", "is neither yes nor no", "text is not converted"),
    (COLOUR, "blue", "is not one of red, green, dark_blue", "no such option"),
    (COLOUR, "Red", "is not one of red, green, dark_blue", "letters count"),
    (COLOUR, ["red"], "is not one of red, green, dark_blue", "a list is no option"),
    (MARKS, frozenset({"star"}), "has more than cross, dot", "no such option"),
    (MARKS, ["dot"], "is not a set of options", "a list has an order and repeats"),
    (MARKS, "dot", "is not a set of options", "text is a set of letters"),
    (FOUND, NOON, "is not a date", "a moment is no day, though Python has it so"),
    (FOUND, "2024-01-01", "is not a date", "text is not converted"),
    (WEIGHED, [Reading(MONDAY, 1, left)], "is not a series of readings", "a list can change"),
    (WEIGHED, ((MONDAY, 1, left),), "is not a series of readings", "a bare tuple is no reading"),
    (WEIGHED, (Reading(TUESDAY, 1, left), Reading(MONDAY, 1, left)), "is not in order of days", "order"),
    (WEIGHED, (Reading(NOON, 1, left),), "has a reading without a day", "a moment is no day"),
    (WEIGHED, (Reading(MONDAY, 1, left), Reading(NOON, 1, left)), "has a reading without a day", "mixed"),
    (WEIGHED, (Reading(MONDAY, 1, "top"),), "has a reading of an unknown site", "no such site"),
    (WEIGHED, (Reading(MONDAY, 1),), "has a reading of an unknown site", "this series has sites"),
    (PLAIN, (Reading(MONDAY, 1, left),), "has a reading of an unknown site", "this series has none"),
    (WEIGHED, (Reading(MONDAY, math.nan, left),), "is not finite", "readings are checked one by one"),
    (WEIGHED, (Reading(MONDAY, None, left),), "is not a number", "a reading has a value"),
    (COLOURS, (Reading(MONDAY, "blue"),), "is not one of red, green, dark_blue", "no such option"),
]


@pytest.mark.parametrize(("fact", "value", "reason"), TAKEN)
def test_taken(fact: Fact, value: Any, reason: str) -> None:
    assert fact.problem(value) is None, reason


@pytest.mark.parametrize(("fact", "value", "problem", "reason"), REFUSED)
def test_refused(fact: Fact, value: Any, problem: str, reason: str) -> None:
    assert fact.problem(value) == problem, reason


@pytest.mark.parametrize(("fact", "value", "reason"), TAKEN)
def test_a_value_comes_back_from_json_as_it_was(fact: Fact, value: Any, reason: str) -> None:
    assert fact.from_json(fact.to_json(value)) == value, reason


def test_all_problems_are_reported_at_once_and_a_missing_fact_is_none() -> None:
    facts = {"weight": math.nan, "wet": 1, "colour": "red", "wight": 2, "found": None}
    with pytest.raises(FactsRefused) as refused:
        check_facts(GIVEN, facts)
    assert refused.value.problems == {
        "weight": "is not finite",
        "wet": "is neither yes nor no",
        "wight": "is not in the vocabulary",
    }
    assert "weight: is not finite" in str(refused.value)


def test_facts_that_are_fine_or_missing_pass() -> None:
    check_facts(GIVEN, {})
    check_facts(GIVEN, {"weight": 1, "wet": None})


FROM_OUTSIDE: tuple[object, ...] = (True, 0, 10**400, math.nan, 1j, "", "a\0b", "é", b"x", NOON)
CONTAINERS: tuple[object, ...] = ([], {}, (), ((),), (None,), {1: 2}, {"dot"}, frozenset({1}))


@pytest.mark.parametrize("fact", GIVEN)
def test_no_value_from_outside_makes_a_fact_fail(fact: Fact) -> None:
    for value in (*FROM_OUTSIDE, *CONTAINERS):
        problem = fact.problem(value)
        assert problem is None or problem.startswith(("is ", "has "))
