"""What cannot be true is refused at its place with its code, and nothing of it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.api.refusals import refusal
from tests.api.service import Service, application_of, example, full_case, placed, running_service
from tests.stores import store_at

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_more_is_stored")]


def too_late(pointer: str) -> list[tuple[str, str]]:
    """A day after that of the assessment: nobody can tell which of the two is wrong."""
    return [(pointer, "after_assessment"), ("/assessed_on", "after_assessment")]


KNEE = {"muscle": "knee_extension", "side": "left", "grade": 4}
IMPOSSIBLE = [
    (
        "/assessed_on",
        "2100-01-01",
        [("/assessed_on", "in_future"), ("/age_years", "before_birth"), ("/surgery/date", "before_birth")],
    ),
    (
        "/surgery/date",
        "2025-02-13",
        [
            ("/surgery/date", "after_assessment"),
            ("/assessed_on", "after_assessment"),
            ("/pain_return/onset_on", "before_surgery"),
            ("/surgery/date", "before_surgery"),
            ("/pain_return/plateau_on", "before_surgery"),
        ],
    ),
    (
        "/prior_surgeries/0/date",
        "2025-01-16",
        [("/prior_surgeries/0/date", "after_surgery"), ("/surgery/date", "after_surgery")],
    ),
    ("/observations/1/date", "2025-02-13", too_late("/observations/1/date")),
    ("/labs/0/date", "2025-02-13", too_late("/labs/0/date")),
    ("/imaging/0/date", "2025-02-13", too_late("/imaging/0/date")),
    (
        "/pain_return/onset_on",
        "2025-01-14",
        [("/pain_return/onset_on", "before_surgery"), ("/surgery/date", "before_surgery")],
    ),
    (
        "/pain_return/onset_on",
        "2025-02-12",
        [("/pain_return/plateau_on", "before_onset"), ("/pain_return/onset_on", "before_onset")],
    ),
    (
        "/pain_return/plateau_on",
        "2025-02-09",
        [("/pain_return/plateau_on", "before_onset"), ("/pain_return/onset_on", "before_onset")],
    ),
    ("/pain_return/plateau_on", "2025-02-13", too_late("/pain_return/plateau_on")),
    ("/symptom_onsets/numbness", "2025-02-13", too_late("/symptom_onsets/numbness")),
    ("/symptom_onsets/tingling", "2025-02-13", too_late("/symptom_onsets/tingling")),
    ("/symptom_onsets/weakness", "2025-02-13", too_late("/symptom_onsets/weakness")),
    ("/symptom_onsets/bilateral_leg_pain", "2025-02-13", too_late("/symptom_onsets/bilateral_leg_pain")),
    (
        "/observations/0/leg_pain_vas_mm",
        30,
        [("/observations/0/leg_pain_vas_mm", "two_scales"), ("/observations/0/leg_pain_nrs", "two_scales")],
    ),
    (
        "/observations/0/back_pain_nrs",
        3,
        [("/observations/0/back_pain_vas_mm", "two_scales"), ("/observations/0/back_pain_nrs", "two_scales")],
    ),
    (
        "/observations/1/date",
        "2025-02-12",
        [
            ("/observations/1/leg_pain_vas_mm", "repeated_measure"),
            ("/observations/0/leg_pain_nrs", "repeated_measure"),
            ("/observations/1/back_pain_nrs", "repeated_measure"),
            ("/observations/0/back_pain_vas_mm", "repeated_measure"),
        ],
    ),
    (
        "/observations/0/muscle_power",
        [KNEE, {**KNEE, "side": "right"}, {**KNEE, "grade": 5}],
        [
            ("/observations/0/muscle_power/2", "repeated_measure"),
            ("/observations/0/muscle_power/0", "repeated_measure"),
        ],
    ),
    (
        "/labs",
        [{"date": "2025-02-01", "crp_mg_l": 4}, {"date": "2025-02-01", "crp_mg_l": 40}],
        [("/labs/1/crp_mg_l", "repeated_measure"), ("/labs/0/crp_mg_l", "repeated_measure")],
    ),
    (
        "/imaging",
        [
            {"date": "2025-02-01", "mri_compression": "no"},
            {"date": "2025-02-01", "mri_compression": "yes"},
        ],
        [
            ("/imaging/1/mri_compression", "repeated_measure"),
            ("/imaging/0/mri_compression", "repeated_measure"),
        ],
    ),
    ("/observations/0/leg_pain_nrs", 3.2, [("/observations/0/leg_pain_nrs", "half_points")]),
    ("/observations/1/back_pain_nrs", 9.99, [("/observations/1/back_pain_nrs", "half_points")]),
    (
        "/observations/0/muscle_power/0/grade",
        4.5,
        [("/observations/0/muscle_power/0/grade", "mrc_grade")],
    ),
]
LAST_POSSIBLE = [
    ("/surgery/date", "2025-02-10", "surgery on the day the pain returned"),
    ("/prior_surgeries/0/date", "2025-01-15", "two operations on one day"),
    ("/observations/1/date", "1950-01-01", "an observation long before"),
    ("/pain_return/onset_on", "2025-01-15", "pain returned on the day of surgery"),
    ("/pain_return/onset_on", "2025-02-11", "full strength on the first day"),
    ("/pain_return/plateau_on", "2025-02-12", "full strength today"),
    ("/symptom_onsets/numbness", "2025-02-12", "numb since today"),
    ("/symptom_onsets/numbness", "1950-01-01", "numb since long before"),
    ("/observations/0/leg_pain_nrs", 3.5, "a half point"),
    ("/observations/0/muscle_power/0/grade", 3.7, "4-"),
]


@pytest.mark.parametrize(("pointer", "value", "problems"), IMPOSSIBLE)
async def test_what_cannot_be_true_is_refused_at_its_place(
    service: Service, pointer: str, value: Any, problems: list[tuple[str, str]]
) -> None:
    assert await refusal(service, placed(full_case(), pointer, value)) == problems


@pytest.mark.parametrize(
    ("pointer", "value"), [pytest.param(pointer, value, id=why) for pointer, value, why in LAST_POSSIBLE]
)
async def test_what_can_just_be_true_is_taken(service: Service, pointer: str, value: Any) -> None:
    assert (await service.preview(placed(full_case(), pointer, value)))["verdict"]


async def test_two_observations_of_one_day_are_taken_when_they_measure_different_things(
    service: Service,
) -> None:
    observations = [{"date": "2025-02-12", "leg_pain_nrs": 3}, {"date": "2025-02-12", "back_pain_nrs": 4}]
    said = await service.preview(example(observations=observations))

    assert [symptom["now"] for symptom in said["symptoms"]][:2] == ["3/10", "4/10"]


@pytest.mark.parametrize("surgery", ["2022-02-13", "2022-02-14"])
async def test_an_operation_in_the_year_of_birth_is_taken(service: Service, surgery: str) -> None:
    case = {
        "assessed_on": "2025-02-13",
        "age_years": 3,
        "surgery": {"date": surgery, "procedure": "laminectomy"},
    }

    assert (await service.preview({"subject": "young", **case}))["verdict"]


async def test_an_operation_before_birth_is_refused_at_the_age_and_at_its_day(service: Service) -> None:
    surgery = {"date": "2021-02-13", "procedure": "laminectomy"}
    case = {"subject": "young", "assessed_on": "2025-02-13", "age_years": 3, "surgery": surgery}

    assert await refusal(service, case) == [("/age_years", "before_birth"), ("/surgery/date", "before_birth")]


async def test_a_finding_that_was_not_known_and_then_seen_on_one_day_is_taken(service: Service) -> None:
    imaging = [{"date": "2025-02-12", "mri_compression": word} for word in ("unknown", "yes")]

    assert (await service.preview(example(imaging=imaging)))["verdict"]


TWO_IN_ONE = [("/prior_surgeries/0/date", "2025-01-16"), ("/pain_return/onset_on", "2025-01-14")]


async def test_everything_that_is_wrong_is_told_at_once(service: Service) -> None:
    case = full_case()
    for pointer, value in TWO_IN_ONE:
        case = placed(case, pointer, value)

    assert await refusal(service, case) == [
        ("/prior_surgeries/0/date", "after_surgery"),
        ("/surgery/date", "after_surgery"),
        ("/pain_return/onset_on", "before_surgery"),
        ("/surgery/date", "before_surgery"),
    ]


async def test_a_place_that_several_others_contradict_is_named_once(service: Service) -> None:
    late = [{"date": f"2025-03-0{day}", "leg_pain_nrs": 3} for day in (1, 2, 3)]

    assert await refusal(service, example(observations=late)) == [
        ("/observations/0/date", "after_assessment"),
        ("/assessed_on", "after_assessment"),
        ("/observations/1/date", "after_assessment"),
        ("/observations/2/date", "after_assessment"),
    ]


async def test_a_day_of_assessment_that_was_not_given_has_no_place(service: Service) -> None:
    case = example(observations=[{"date": "2190-03-01", "leg_pain_nrs": 3}])
    del case["assessed_on"]

    assert await refusal(service, case) == [("/observations/0/date", "after_assessment")]


async def test_the_days_of_a_case_are_held_against_the_clock_of_the_service(sqlite_url: str) -> None:
    store = store_at(sqlite_url)
    late = datetime.fromisoformat("2026-01-15T22:30:00-05:00")  # in Greenwich it is 03:30 of the 16th
    async with running_service(application_of(store, clock=lambda: late), sqlite_url) as service:
        absent = (await service.record(example("smallest"))).json()
        begun = await service.record(example("smallest", assessed_on="2026-01-16"))
        future = await service.record(example("smallest", assessed_on="2026-01-17"))
        stored = service.stored()
    store.close()

    assert (absent["assessed_on"], absent["created_at"]) == ("2026-01-16", "2026-01-16T03:30:00Z")
    assert (begun.status_code, future.status_code, stored) == (201, 422, 2)
    assert [error["code"] for error in future.json()["errors"]] == ["in_future"]
