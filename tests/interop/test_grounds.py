"""What a fact rests on is what gives it when a case is assessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.interop.grounds import paths_of_fact
from app.interop.paths import DATED, FIELDS, MUSCLE_POWER, Field
from app.services.case import Case
from app.services.facts import facts_of

DAY = "2025-04-23"
IN_AN_ENTRY = [field for field in FIELDS.values() if field.group in DATED and field.name != "date"]
POWER = [{"muscle": "hip_flexion", "side": "left", "grade": 4}]


def facts_given_by(field: Field) -> set[str]:
    """The facts of a case that says nothing but one member of one day."""
    value: Any = POWER if field.path == MUSCLE_POWER else next(iter(field.options), 1)
    surgery = {"date": "2025-03-03", "procedure": "laminectomy"}
    case = {"subject": "p-1", "surgery": surgery, field.group: [{"date": DAY, field.name: value}]}
    bare = Case.model_validate({"subject": "p-1", "surgery": surgery})
    of_the_day = date.fromisoformat(DAY)
    return facts_of(Case.model_validate(case), of_the_day).keys() - facts_of(bare, of_the_day).keys()


@pytest.mark.parametrize("field", IN_AN_ENTRY, ids=lambda field: field.path)
def test_a_member_of_a_dated_entry_is_a_ground_of_the_fact_that_it_gives_and_of_no_other(
    field: Field,
) -> None:
    series = {fact for fact in facts_given_by(field) if fact != "pain_converted"}

    assert [fact for fact in series if field.path in paths_of_fact(fact)] == list(series) != []


def test_every_ground_of_a_fact_is_a_member_of_the_case() -> None:
    given = {fact for field in IN_AN_ENTRY for fact in facts_given_by(field)}

    assert {path for fact in given for path in paths_of_fact(fact)} <= FIELDS.keys()
