"""A day that has begun nowhere on earth is in the future; one that has begun somewhere is not."""

from datetime import date, datetime

import pytest

from app.services.case import Case
from app.services.errors import CaseRefused
from app.services.timeline import refuse_impossible
from tests.api.service import example

CASE = Case.model_validate(example("smallest"), strict=False)
# 12:00 in Greenwich is 02:00 of the next day on the first islands to see it.
DATE_LINE = [
    ("2026-01-15T12:00+00:00", "2026-01-16", True, "tomorrow, which has begun in the east"),
    ("2026-01-15T10:00+00:00", "2026-01-16", True, "tomorrow, at the moment it begins in the east"),
    ("2026-01-15T09:59+00:00", "2026-01-16", False, "tomorrow, a minute before it begins anywhere"),
    ("2026-01-15T23:59+00:00", "2026-01-17", False, "the day after tomorrow"),
    ("2026-01-16T00:59+15:00", "2026-01-16", False, "a clock further east than any place"),
    ("2026-01-15T22:00-12:00", "2026-01-17", True, "a clock in the west tells the same moment"),
    ("2026-01-15T00:00+00:00", "2026-01-14", True, "yesterday"),
    ("2024-02-28T10:00+00:00", "2024-02-29", True, "the leap day, from when it begins"),
]


def problems(now: str, day: str) -> list[tuple[str, str]]:
    """What is wrong with an assessment on that day, by a clock that says now."""
    surgery = CASE.surgery.model_copy(update={"date": date(2020, 1, 1)})
    case = CASE.model_copy(update={"surgery": surgery})
    try:
        refuse_impossible(case, date.fromisoformat(day), datetime.fromisoformat(now))
    except CaseRefused as refused:
        return [(each.pointer, each.code) for each in refused.problems]
    return []


@pytest.mark.parametrize(
    ("now", "day", "taken"), [pytest.param(now, day, taken, id=why) for now, day, taken, why in DATE_LINE]
)
def test_a_day_is_in_the_future_when_it_has_begun_nowhere_on_earth(now: str, day: str, taken: bool) -> None:
    assert problems(now, day) == ([] if taken else [("/assessed_on", "in_future")])
