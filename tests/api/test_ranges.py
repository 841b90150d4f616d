"""The ranges of the dossier (2.1): both ends are taken, what lies just outside is refused at its place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.service import PREVIEW, Service, example, full_case, placed

pytestmark = pytest.mark.anyio

# Instrument, its place in a case, lowest and highest value, and the step beyond that is just outside.
RANGES: list[tuple[str, str, float, float, float]] = [
    ("NRS leg", "/observations/0/leg_pain_nrs", 0, 10, 0.5),
    ("NRS back", "/observations/1/back_pain_nrs", 0, 10, 0.5),
    ("VAS leg", "/observations/1/leg_pain_vas_mm", 0, 100, 0.01),
    ("VAS back", "/observations/0/back_pain_vas_mm", 0, 100, 0.01),
    ("ODI", "/observations/0/odi_percent", 0, 100, 0.01),
    ("GPE", "/observations/0/global_change", 1, 7, 1),
    ("MRC grade", "/observations/0/muscle_power/0/grade", 0, 5, 0.3),
    ("DN4", "/scores/dn4", 0, 10, 1),
    ("painDETECT", "/scores/paindetect", -1, 38, 1),
    ("PHQ-9", "/scores/phq9", 0, 27, 1),
    ("PHQ-9 item 9", "/scores/phq9_item9", 0, 3, 1),
    ("PCS", "/scores/pain_catastrophizing", 0, 52, 1),
    ("STarT Back", "/scores/start_back", 0, 9, 1),
    ("STarT Back psychosocial", "/scores/start_back_psychosocial", 0, 5, 1),
    ("post-void residual", "/examination/post_void_residual_ml", 0, 5000, 0.1),
    ("calf difference", "/examination/calf_difference_cm", 0, 30, 0.1),
    ("temperature", "/vitals/temperature_c", 25, 45, 0.1),
    ("heart rate", "/vitals/heart_rate_bpm", 0, 300, 1),
    ("respiratory rate", "/vitals/respiratory_rate_bpm", 0, 100, 1),
    ("systolic pressure", "/vitals/systolic_bp_mmhg", 0, 300, 1),
    ("saturation", "/vitals/spo2_percent", 0, 100, 0.1),
    ("NEWS2", "/vitals/news2", 0, 20, 1),
    ("CRP", "/labs/0/crp_mg_l", 0, 1000, 0.1),
    ("ESR", "/labs/0/esr_mm_h", 0, 200, 0.1),
    ("white cells", "/labs/0/white_cells_10e9_l", 0, 500, 0.1),
    ("translation", "/imaging/0/flexion_extension_translation_mm", 0, 50, 0.1),
    ("angulation", "/imaging/0/flexion_extension_angulation_deg", 0, 90, 0.1),
    ("eGFR", "/history/egfr", 0, 200, 0.1),
    ("annular defect", "/history/annular_defect_mm", 0, 30, 0.1),
    ("age", "/age_years", 0, 120, 1),
]
EDGES = [
    pytest.param(pointer, edge, edge + outside, code, id=f"{name} {edge:g}")
    for name, pointer, low, high, step in RANGES
    for edge, outside, code in ((low, -step, "greater_than_equal"), (high, step, "less_than_equal"))
]
NOT_ACCEPTED = ("promis_pf", "promis_pi", "eq5d_index", "gad7", "tsk", "zcq", "comi", "rmdq", "dn4_interview")
"""Instruments of the dossier (2.1) that no rule reads: refused, never taken for one of those above."""


@pytest.mark.parametrize(("pointer", "edge", "outside", "code"), EDGES)
async def test_the_ends_of_a_range_are_taken_and_what_is_just_outside_is_not(
    service: Service, pointer: str, edge: float, outside: float, code: str
) -> None:
    whole = {
        name: int(value) for name, value in (("edge", edge), ("outside", outside)) if value == int(value)
    }
    taken = await service.client.post(PREVIEW, json=placed(full_case(), pointer, whole.get("edge", edge)))
    beyond = placed(full_case(), pointer, whole.get("outside", outside))
    refused = await service.client.post(PREVIEW, json=beyond)

    assert taken.status_code == 200, taken.text[:300]
    assert refused.status_code == 422
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("name", "pointer"), [(name, pointer) for name, pointer, *_, step in RANGES if step == 1]
)
async def test_a_score_that_is_counted_has_no_fractions(service: Service, name: str, pointer: str) -> None:
    answer = await service.client.post(PREVIEW, json=placed(full_case(), pointer, 2.5))

    assert answer.status_code == 422, name
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("part", ["/scores", "/observations/0"])
@pytest.mark.parametrize("instrument", NOT_ACCEPTED)
async def test_an_instrument_that_no_rule_reads_is_refused(
    service: Service, part: str, instrument: str
) -> None:
    answer = await service.client.post(PREVIEW, json=placed(full_case(), f"{part}/{instrument}", 3))

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        (part, "extra_forbidden")
    ]


def course(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """A case with one record from before surgery and one of the day."""
    observations = [{"date": "2025-01-14", **before}, {"date": "2025-05-15", **now}]
    return example(assessed_on="2025-05-15", observations=observations)


@pytest.mark.parametrize(
    ("before", "now", "method", "converted"),
    [
        ({"leg_pain_nrs": 8}, {"leg_pain_nrs": 4}, "nrs", False),
        ({"leg_pain_nrs": 8}, {"leg_pain_vas_mm": 40}, "nrs", True),
        ({"leg_pain_vas_mm": 80}, {"leg_pain_vas_mm": 40}, "nrs", True),
        ({"leg_pain_nrs": 8}, {"odi_percent": 40}, None, False),
        ({"odi_percent": 40}, {"leg_pain_nrs": 4}, None, False),
        ({"odi_percent": 40}, {"odi_percent": 20}, "odi", False),
        ({"leg_pain_nrs": 8}, {"back_pain_nrs": 4}, None, False),
        ({"odi_percent": 40}, {"global_change": 2}, "gpe", False),
    ],
)
async def test_now_is_compared_with_the_same_instrument_and_a_conversion_is_told(
    service: Service, before: dict[str, Any], now: dict[str, Any], method: str | None, converted: bool
) -> None:
    said = await service.preview(course(before, now))

    assert said["verdict"]["method"] == method
    assert said["trajectory"]["converted_from_vas"] is converted


async def test_stated_weakness_and_tested_power_are_never_one_course(service: Service) -> None:
    """A severity before surgery and a grade after it say nothing of a change."""
    grade = {"muscle": "ankle_dorsiflexion", "side": "left", "grade": 4}
    said = await service.preview(course({"weakness": "mild"}, {"muscle_power": [grade]}))
    (weakness,) = [each for each in said["symptoms"] if each["symptom"] == "weakness"]

    assert (weakness["baseline"], weakness["now"], weakness["weakest_mrc_grade"]) == ("mild", None, 4)
