"""The members of the case by path: the same as the case's own, with the vocabulary's words and UCUM units."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.facts import Quantity, Series
from app.interop.paths import FIELDS, UNIT_OF, fits
from app.knowledge.vocabulary import GIVEN
from app.services.facts import POINTERS
from tests.knowledge.corpus import examples

UCUM_OF = {
    "°C": "Cel",
    "per minute": "/min",
    "mmHg": "mm[Hg]",
    "10⁹/L": "10*9/L",
    "degrees": "deg",
    "mL/min/1.73 m²": "mL/min/{1.73_m2}",
    "years": "a",
    "points": "",
    "grade": "",
}
"""What UCUM writes for the vocabulary's units, where it writes it in another way."""


def members_of(value: Any, path: str = "") -> set[str]:
    """The paths of all that a case in JSON says."""
    if isinstance(value, dict):
        below = {each for name, held in value.items() for each in members_of(held, f"{path}.{name}")}
        return below | {path.removeprefix(".")}
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return {each for entry in value for each in members_of(entry, path)}
    return {path.removeprefix(".")}


def test_every_member_that_a_golden_case_sends_has_a_path() -> None:
    sent = {path for example in examples() for path in members_of(example.sent)} - {""}
    assert sent - set(FIELDS) == set()


def test_every_fact_of_the_case_is_asked_by_some_member() -> None:
    pointed = {POINTERS[fact.name].removeprefix("/").replace("/", ".") for fact in GIVEN}
    assert pointed - set(FIELDS) == set()


def test_the_words_are_those_of_the_vocabulary() -> None:
    fever = FIELDS["red_flags.fever"]
    assert fever.label == "New or worse since surgery: fever"
    assert fever.question == "Since surgery, has there been a fever, measured or felt?"
    assert FIELDS["labs.crp_mg_l"].label == "C-reactive protein"


def test_a_scale_that_the_vocabulary_does_not_ask_for_alone_is_asked_with_its_ends() -> None:
    assert FIELDS["observations.global_change"].question == (
        "Global perceived change: 1 completely recovered, 7 worse than ever"
    )


def test_a_group_stands_before_what_it_holds() -> None:
    order = list(FIELDS)
    assert all(order.index(field.group) < order.index(field.path) for field in FIELDS.values() if field.group)


def test_what_repeats_is_what_the_case_lists() -> None:
    assert {path for path, field in FIELDS.items() if field.repeats} == {
        "surgery.levels",
        "prior_surgeries",
        "observations",
        "observations.muscle_power",
        "labs",
        "imaging",
    }


def test_only_a_pseudonym_and_an_operation_must_be_given() -> None:
    assert [path for path, field in FIELDS.items() if field.required and not field.group] == [
        "subject",
        "surgery",
    ]
    assert {field.name for field in FIELDS.values() if field.required and field.group == "surgery"} == {
        "date",
        "procedure",
    }


def test_every_unit_is_the_vocabularys_as_ucum_writes_it() -> None:
    units = {}
    for fact in GIVEN:
        quantity = fact.of if isinstance(fact, Series) else fact
        if isinstance(quantity, Quantity):
            units[fact.label] = UCUM_OF.get(quantity.unit, quantity.unit)
    told = {field.label: field.unit for field in FIELDS.values() if field.kind in ("integer", "decimal")}

    assert {label: unit for label, unit in told.items() if units.get(label, unit) != unit} == {}
    assert set(UNIT_OF) <= set(FIELDS)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("surgery.date", "2025-03-03"),
        ("surgery.levels", "L5-S1"),
        ("observations.leg_pain_nrs", 3),
        ("observations.leg_pain_nrs", 3.5),
        ("observations.muscle_power.grade", 4.3),
        ("red_flags.fever", "unknown"),
        ("vitals.heart_rate_bpm", 80),
    ],
)
def test_a_value_of_the_case_fits(path: str, value: Any) -> None:
    assert fits(path, value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("surgery.date", "2025-02-30"),
        ("surgery.date", 0),
        ("surgery.date", "1949-12-31"),
        ("surgery.levels", ["L5-S1"]),
        ("surgery.levels", "L6"),
        ("observations.leg_pain_nrs", 3.25),
        ("observations.leg_pain_nrs", True),
        ("observations.leg_pain_nrs", float("nan")),
        ("observations.leg_pain_nrs", 10**400),
        ("observations.muscle_power.grade", 3.5),
        ("vitals.heart_rate_bpm", 80.5),
        ("vitals.temperature_c", 98.6),
        ("red_flags.fever", True),
        ("subject", "Jane Doe"),
        ("age_years", None),
        ("surgery.region", {"a": []}),
    ],
)
def test_what_the_case_would_refuse_does_not_fit(path: str, value: Any) -> None:
    assert not fits(path, value)
