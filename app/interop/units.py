"""From the units that are sent to the unit of the case: by a table of exact factors.

UCUM is a grammar, in which `10*99999` is a unit as well: whoever evaluates it does what a stranger asks. Here
a unit is known or it is not (decision 20).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple, TypeGuard

PLACES = 6
"""Decimals of a converted value: more than anything is measured with, fewer than show the binary fraction."""
LARGEST = 1e9
"""No measure of the case comes near it; what is larger is out of range in every unit."""


class Factor(NamedTuple):
    """The value in the unit of the case is the value sent, times ``by``, plus ``plus``."""

    by: Fraction
    plus: Fraction = Fraction(0)


SAME = Factor(Fraction(1))
THOUSAND = Factor(Fraction(1000))
THOUSANDTH = Factor(Fraction(1, 1000))
TEN = Factor(Fraction(10))
TENTH = Factor(Fraction(1, 10))
INCH = Fraction("2.54")

FACTORS: Mapping[str, Mapping[str, Factor]] = {
    "Cel": {
        "Cel": SAME,
        "[degF]": Factor(Fraction(5, 9), Fraction(-160, 9)),
        "K": Factor(Fraction(1), Fraction("-273.15")),
    },
    "/min": {"/min": SAME, "1/min": SAME, "{beats}/min": SAME, "{breaths}/min": SAME, "{Beats}/min": SAME},
    "mm[Hg]": {"mm[Hg]": SAME, "kPa": Factor(1 / Fraction("0.133322"))},
    "%": {"%": SAME},
    "mg/L": {
        "mg/L": SAME,
        "mg/l": SAME,
        "mg/dL": TEN,
        "mg/dl": TEN,
        "ug/mL": SAME,
        "ug/ml": SAME,
        "g/L": THOUSAND,
    },
    "mm/h": {"mm/h": SAME, "mm/(1.h)": SAME, "mm/(1.hr)": SAME},
    "10*9/L": {
        "10*9/L": SAME,
        "10*9/l": SAME,
        "10*3/uL": SAME,
        "10*3/ul": SAME,
        "10*3/mm3": SAME,
        "/nL": SAME,
        "/uL": THOUSANDTH,
        "/mm3": THOUSANDTH,
        "10*6/L": THOUSANDTH,
    },
    "mL": {"mL": SAME, "ml": SAME, "cm3": SAME, "L": THOUSAND, "l": THOUSAND},
    "cm": {"cm": SAME, "mm": TENTH, "[in_i]": Factor(INCH)},
    "mm": {"mm": SAME, "cm": TEN, "[in_i]": Factor(INCH * 10)},
    "deg": {"deg": SAME},
    "mL/min/{1.73_m2}": {
        "mL/min/{1.73_m2}": SAME,
        "mL/min/{1.73m2}": SAME,
        "mL/min/1.73.m2": SAME,
        "mL/min/1.73m2": SAME,
    },
    "a": {"a": SAME},
    "": {"": SAME, "1": SAME, "{score}": SAME, "{points}": SAME, "{grade}": SAME},
}
"""By the unit of the case (empty: a score or a grade), the units that are read, with their factors."""


def converted(value: float, unit: str, wanted: str) -> float | None:
    """A finite number in the unit of the case; None where the unit is not in the table.

    Thresholds are met exactly: 100.4 [degF] is 38 Cel, not 38.00000000000001.
    """
    factor = FACTORS[wanted].get(unit)
    if factor is None:
        return None
    if factor is SAME:
        return value
    return round(float(Fraction(repr(value)) * factor.by + factor.plus), PLACES)


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number of JSON that can be a measure: finite, not absurdly large, and no boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= LARGEST and math.isfinite(value)
