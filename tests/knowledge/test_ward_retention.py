"""Retention on the ward is no emergency only while all that could make it one is known to be normal (11.2).

Every fact that the exemption rests on is taken away, and turned, alone and in pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from app.knowledge.safety import EXAMINED
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS, still_in_hospital, urinary_retention
from tests.knowledge.answers import Answers
from tests.knowledge.corpus import examples

ON_THE_WARD = (
    "haematoma: retention alone on the ward on day 3 with everything else normal is for the same day"
)
WORSE: dict[str, Any] = {
    still_in_hospital.name: False,
    **{item.name: True for item in CAUDA_EQUINA_ITEMS if item is not urinary_retention},
    **{each.name: "abnormal" for each in EXAMINED},
}
"""What the exemption rests on, and the answer that ends it."""


@pytest.fixture(scope="module")
def ward() -> dict[str, Any]:
    return next(example.facts for example in examples() if example.id == ON_THE_WARD)


def changes() -> Iterator[dict[str, Any]]:
    """One or two of the facts missing or turned."""
    single = [{name: value} for name in WORSE for value in (None, WORSE[name])]
    yield from single
    yield from (one | other for one, other in combinations(single, 2) if one.keys() != other.keys())


def test_with_everything_known_normal_it_is_for_the_same_day(ward: dict[str, Any]) -> None:
    assert Answers.to(ward).flags == {"RF-POUR": "same_day"}


def test_without_any_of_it_it_is_an_emergency(ward: dict[str, Any]) -> None:
    for change in changes():
        flags = Answers.to(ward | change).flags

        assert flags.get("RF-CES-1") == flags.get("RF-SEH") == "emergency_now", change
        assert "RF-POUR" not in flags, change


def test_a_missing_fact_leaves_it_open_and_a_turned_one_rules_it_out(ward: dict[str, Any]) -> None:
    for name, turned in WORSE.items():
        assert "pour" in Answers.to(ward | {name: None}).not_excluded
        assert "pour" not in Answers.to(ward | {name: turned}).not_excluded


def test_retention_that_nobody_asked_about_is_never_taken_for_a_no(ward: dict[str, Any]) -> None:
    for change in ({}, *changes()):
        unasked = Answers.to(ward | change | {urinary_retention.name: None})
        answered = Answers.to(ward | change | {urinary_retention.name: False})

        assert unasked.not_excluded >= answered.not_excluded, change
        assert not unasked.complete
