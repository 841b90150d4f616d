"""Units are converted by exact factors from a table; what is not in it is not computed."""

from __future__ import annotations

import pytest

from app.interop.paths import FIELDS
from app.interop.units import FACTORS, SAME, converted, is_number


def test_every_unit_of_the_case_has_its_table_and_stands_in_it_as_it_is() -> None:
    assert {field.unit for field in FIELDS.values()} == FACTORS.keys()
    assert [unit for unit, table in FACTORS.items() if table[unit] != SAME] == []


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "found"),
    [
        (100.4, "[degF]", "Cel", 38),
        (98.6, "[degF]", "Cel", 37),
        (311.15, "K", "Cel", 38),
        (16, "kPa", "mm[Hg]", 120.010201),
        (1.2, "mg/dL", "mg/L", 12),
        (0.01, "g/L", "mg/L", 10),
        (9.8, "10*3/uL", "10*9/L", 9.8),
        (9800, "/uL", "10*9/L", 9.8),
        (0.2, "L", "mL", 200),
        (31, "mm", "cm", 3.1),
        (1, "[in_i]", "cm", 2.54),
        (7.5, "cm", "mm", 75),
        (7, "{score}", "", 7),
    ],
)
def test_a_value_in_a_known_unit_is_converted_exactly(
    value: float, unit: str, wanted: str, found: float
) -> None:
    assert converted(value, unit, wanted) == found


@pytest.mark.parametrize(
    "unit", ["10*99999", "Cel*Cel", "degF", "F", "°C", "mg", "%", " Cel", "cel", "x" * 10**6]
)
def test_a_unit_that_is_not_in_the_table_is_not_computed(unit: str) -> None:
    assert converted(37, unit, "Cel") is None


@pytest.mark.parametrize("value", [True, "37", None, [37], float("inf"), float("nan"), 10**400, -1e300])
def test_what_is_no_number_within_reach_is_no_measure(value: object) -> None:
    assert not is_number(value)
