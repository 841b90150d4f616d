"""A number means the same in an observation and in a form, and rounding never carries it over a limit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.conditions import OPERATORS, Check, checks
from app.engine.facts import Quantity
from app.engine.ruleset import conditions
from app.interop.numbers import NotUsed, number_of
from app.interop.paths import FACTS, FIELDS
from app.interop.whole_numbers import limits_of, whole
from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.interop import test_forms as form
from tests.interop import test_reading_observations as observed

MEASURED_WHOLE = sorted(path for path, field in FIELDS.items() if field.kind == "integer" and field.unit)
PULSE, PRESSURE = "vitals.heart_rate_bpm", "vitals.systolic_bp_mmhg"
BREATHS, TEMPERATURE, DN4 = "vitals.respiratory_rate_bpm", "vitals.temperature_c", "scores.dn4"


def said_by_an_observation(path: str, value: dict[str, Any]) -> tuple[Any, list[tuple[str, str]]]:
    draft = observed.read(observed.observation({"system": "urn:decompass:case", "code": path}, **value))
    group, _, member = path.partition(".")
    return draft.case.get(group, {}).get(member), [(note.severity, note.code) for note in draft.notes]


def said_by_a_form(path: str, value: dict[str, Any]) -> tuple[Any, list[tuple[str, str]]]:
    field = FIELDS[path]
    case, notes = form.read(form.group(field.group, form.answered(path, value)))
    return case[field.group].get(field.name), [(note.severity, note.code) for note in notes]


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        (TEMPERATURE, form.quantity(100.4, "[degF]"), 38.0),
        (TEMPERATURE, {"valueQuantity": {"value": 38.2, "unit": "Cel"}}, 38.2),
        (PULSE, form.quantity(97.0, "/min"), 97),
        (PULSE, form.quantity(130.4, "/min"), 131),
        (PRESSURE, form.quantity(118.4, "mm[Hg]"), 118),
        (PRESSURE, form.quantity(90.4, "mm[Hg]"), 91),
        (PRESSURE, form.quantity(89.6, "mm[Hg]"), 90),
        (PRESSURE, form.quantity(89.99999999, "mm[Hg]"), 90),
        (PRESSURE, form.quantity(90.00000001, "mm[Hg]"), 90),
        (PRESSURE, form.quantity(11.9, "kPa"), 89),
        (BREATHS, form.quantity(24.6, "/min"), 24),
        (DN4, {"valueQuantity": {"value": 4}}, 4),
        (DN4, form.quantity(4, "{score}"), 4),
        (DN4, {"valueInteger": 4}, 4),
    ],
)
def test_a_number_is_the_same_in_an_observation_and_in_a_form(
    path: str, value: dict[str, Any], found: float
) -> None:
    assert said_by_an_observation(path, value) == (found, [])
    assert said_by_a_form(path, value) == (found, [])
    assert type(said_by_a_form(path, value)[0]) is type(found)


@pytest.mark.parametrize(
    ("path", "value", "severity"),
    [
        (TEMPERATURE, {"valueQuantity": {"value": 38.2}}, "warning"),
        (TEMPERATURE, {"valueQuantity": {"value": 38.2, "unit": "degrees"}}, "error"),
        (TEMPERATURE, form.quantity(38.2, None), "warning"),
        (TEMPERATURE, form.quantity(38.2, "mg/L"), "error"),
        (TEMPERATURE, form.quantity(38.2, "Cel", system="urn:other"), "error"),
        (TEMPERATURE, form.quantity(38.2, "Cel", comparator=">"), "warning"),
        (TEMPERATURE, form.quantity(382, "Cel"), "warning"),
        (DN4, form.quantity(3.5, "{score}"), "warning"),
        (DN4, form.quantity(True, "{score}"), "warning"),
    ],
)
def test_what_is_no_number_of_the_case_is_left_out_in_the_same_way_of_both(
    path: str, value: dict[str, Any], severity: str
) -> None:
    assert said_by_an_observation(path, value) == (None, [(severity, "value")])
    assert said_by_a_form(path, value) == (None, [(severity, "value")])


def test_a_number_without_a_quantity_is_in_the_unit_that_the_question_names_and_else_in_none() -> None:
    assert number_of({"valueInteger": 90}, FIELDS[PULSE], bare_unit="/min") == 90
    with pytest.raises(NotUsed, match="the unit is missing"):
        number_of({"valueInteger": 90}, FIELDS[PULSE], bare_unit="")


@pytest.mark.parametrize("path", MEASURED_WHOLE)
@given(value=st.floats(min_value=0, max_value=300).map(lambda value: round(value, 6)))
def test_rounding_moves_no_measure_across_a_limit_of_the_rules(path: str, value: float) -> None:
    found = whole(value, limits_of(path))

    assert found is not None
    assert abs(found - value) < 1
    for limit in limits_of(path):
        ask = OPERATORS[limit.op].check
        assert ask(found, limit.value) is ask(value, limit.value)


@pytest.mark.parametrize("path", MEASURED_WHOLE)
def test_a_whole_measure_is_asked_about_by_its_limits_alone(path: str) -> None:
    name = FACTS[path].name
    takes = {fact for step in POSTOP_LUMBAR.steps for fact in getattr(step, "takes", ())}
    asked = [
        check
        for step in POSTOP_LUMBAR.steps
        for condition in conditions(step)
        for check in checks(condition)
        if check.fact.name == name and check.op in OPERATORS
    ]

    assert name not in takes
    assert set(limits_of(path)) == set(asked) != set()


def test_a_measure_between_two_limits_that_no_whole_number_keeps_is_not_rounded() -> None:
    pressure = FACTS[PRESSURE]
    assert isinstance(pressure, Quantity)

    assert whole(90.5, (Check(pressure, "<=", 90), Check(pressure, "<", 91))) is None
