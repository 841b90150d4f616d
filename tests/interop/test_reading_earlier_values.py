"""What a later value or a later day replaces is not used; a warning sign among it does not pass unseen."""

from __future__ import annotations

from typing import Any

import pytest

from app.interop.merging import ALARMS
from app.interop.whole_numbers import limits_of
from tests.interop.test_reading import draft_of
from tests.interop.test_reading_observations import (
    DAY,
    TEMPERATURE,
    answer,
    observation,
    quantity,
    read,
    told_of,
)

EARLIER_FINDINGS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("vitals.temperature_c", quantity(38.0, "Cel"), quantity(37.9, "Cel")),
    ("examination.post_void_residual_ml", quantity(200, "mL"), quantity(199, "mL")),
    ("examination.saddle_sensation", {"valueString": "abnormal"}, {"valueString": "normal"}),
    ("examination.pulses_present", answer("no"), answer("yes")),
    ("scores.phq9_item9", {"valueInteger": 1}, {"valueInteger": 0}),
    ("vitals.respiratory_rate_bpm", quantity(25, "/min"), quantity(24, "/min")),
    ("vitals.heart_rate_bpm", quantity(131, "/min"), quantity(130, "/min")),
    ("vitals.systolic_bp_mmhg", quantity(90, "mm[Hg]"), quantity(91, "mm[Hg]")),
    ("vitals.spo2_percent", quantity(91, "%"), quantity(92, "%")),
]


@pytest.mark.parametrize(("path", "alarming", "quiet"), EARLIER_FINDINGS)
def test_a_warning_sign_of_an_earlier_day_is_not_used_and_not_passed_over(
    path: str, alarming: dict[str, Any], quiet: dict[str, Any]
) -> None:
    coding = {"system": "urn:decompass:case", "code": path}
    loud, silent = (read(observation(coding, "2026-11-22", **each)) for each in (alarming, quiet))

    assert path.partition(".")[0] not in loud.case
    assert told_of(loud) == [("warning", "incomplete", path)]
    assert loud.notes[0].text.endswith("; look again.")
    assert told_of(silent) == [("information", "informational", path)]


def test_of_two_versions_the_later_instant_stands_whatever_the_zone_is() -> None:
    wrong = observation(TEMPERATURE, id="o1", meta={"lastUpdated": "2026-11-23T10:00:00+02:00"})
    right = observation(TEMPERATURE, id="o1", meta={"lastUpdated": "2026-11-23T09:00:00Z"})

    draft = read(wrong | quantity(36.6, "Cel"), right | quantity(38.6, "Cel"))

    assert draft.case["vitals"] == {"temperature_c": 38.6}


def test_a_fever_of_the_morning_does_not_pass_unseen_behind_the_temperature_of_the_evening() -> None:
    morning = observation(TEMPERATURE, "2026-11-23T08:00:00Z", **quantity(39.1, "Cel"))
    evening = observation(TEMPERATURE, "2026-11-23T11:00:00Z", **quantity(36.9, "Cel"))

    draft = read(morning, evening)

    assert draft.case["vitals"] == {"temperature_c": 36.9}
    assert told_of(draft) == [("warning", "business-rule", "vitals.temperature_c")]
    assert "A warning sign was recorded" in draft.notes[0].text


def test_a_temperature_that_rose_in_the_day_is_used_without_a_word() -> None:
    morning = observation(TEMPERATURE, "2026-11-23T08:00:00Z", **quantity(36.9, "Cel"))
    evening = observation(TEMPERATURE, "2026-11-23T11:00:00Z", **quantity(39.1, "Cel"))

    draft = read(morning, evening)

    assert (draft.case["vitals"], draft.notes) == ({"temperature_c": 39.1}, ())


VITALS = [each for each in EARLIER_FINDINGS if each[0].startswith("vitals.")]


@pytest.mark.parametrize(("path", "alarming", "quiet"), VITALS)
def test_a_vital_sign_of_an_earlier_day_does_not_pass_unseen_behind_a_good_one_of_today(
    path: str, alarming: dict[str, Any], quiet: dict[str, Any]
) -> None:
    coding = {"system": "urn:decompass:case", "code": path}
    today = observation(coding, "2026-11-23", **quiet)
    loud = read(*(observation(coding, f"2026-11-{day}", **alarming) for day in (22, 21)), today)
    before = read(observation(coding, "2026-11-01", **alarming), today)

    assert loud.case["vitals"] == read(today).case["vitals"]
    assert told_of(loud) == [("warning", "incomplete", path)]
    assert "2026-11-22" in loud.notes[0].text
    assert loud.notes[0].text.endswith("Ask again.")
    assert read(observation(coding, "2026-11-21", **quiet), today).notes == ()
    assert (before.case["vitals"], before.notes) == (loud.case["vitals"], ())


@pytest.mark.parametrize(("path", "alarming", "quiet"), EARLIER_FINDINGS)
def test_a_warning_sign_of_the_day_is_told_where_it_cannot_be_judged(
    path: str, alarming: dict[str, Any], quiet: dict[str, Any]
) -> None:
    coding = {"system": "urn:decompass:case", "code": path}
    today, earlier = observation(coding, **alarming), observation(coding, "2026-11-22", **alarming)
    loud, silent = (draft_of([each], DAY) for each in (today, observation(coding, **quiet)))

    assert (loud.finding, loud.case) == ("cannot_tell", {})
    assert ("warning", "business-rule", path) in told_of(loud)
    assert path not in {note.path for note in (*silent.notes, *draft_of([earlier], DAY).notes)}


@pytest.mark.parametrize("path", ALARMS)
def test_every_limit_that_is_told_of_an_earlier_day_is_asked_about_by_the_rules(path: str) -> None:
    assert ALARMS[path].value in [each.value for each in limits_of(path)]
