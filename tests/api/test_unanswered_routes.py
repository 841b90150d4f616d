"""No answer looks safe because a question was not asked, and what is asked for can be answered."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from app.api.examples import CASES
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS
from app.services.case import Case
from app.services.case_measurements import History, Scores
from app.services.case_questions import RedFlags
from tests.api.service import Service, example, one_record_a_day, placed
from tests.knowledge.answers import IN_COMPANY
from tests.knowledge.random_cases import random_case

pytestmark = pytest.mark.anyio
SAFE = "early_improving"
SCHEMA = Case.model_json_schema()
# Four weeks after surgery these alone are a matter of the same day (dossier 4.2), or of the next review.
SAME_DAY = {
    "new_bilateral_leg_pain",
    "new_bilateral_leg_numbness",
    "sexual_dysfunction",
    "wound_discharge",
    "wound_opening",
    "wound_redness",
    "wound_pain_increasing",
    "rest_back_pain",
    "neck_stiffness",
    "photophobia",
    "confusion",
    "mottled_skin",
    "no_urine_18h",
    "suicidal_ideation",
    "clear_wound_leak",
    "postural_headache",
    "visual_loss",
}
ROUTINE = {"night_sweats"}
SEVERE, FALL, CANCER = (
    ("/observations/2/leg_pain_nrs", 8),
    ("/red_flags/trauma", "yes"),
    ("/history/cancer_history", "yes"),
)
HEADACHE = ("/red_flags/postural_headache", "yes")
# What makes a question one to ask that alone tells nothing.
COMPANY = {
    "pain_rising_24h": SEVERE,
    "wound_fluctuance": HEADACHE,
    "drowsiness": HEADACHE,
    "seizure": HEADACHE,
    "abdominal_pain": ("/red_flags/collapse", "yes"),
    "collapse": ("/red_flags/abdominal_pain", "yes"),
    "trauma": ("/red_flags/new_back_pain", "yes"),
    "new_back_pain": FALL,
    "focal_back_pain": FALL,
    "progressive_pain": CANCER,
    "night_pain": CANCER,
    "weight_loss": CANCER,
    "pain_despite_analgesia": SEVERE,
}
NO_PAST = dict.fromkeys(("cancer_history", "osteoporosis", "steroids"), "no")
"""Not asked about, these leave more questions open, as they should."""
ALONE = [question for question in RedFlags.model_fields if question not in IN_COMPANY]
CAUDA_EQUINA = tuple(item.name for item in CAUDA_EQUINA_ITEMS)
GIVEN = {fact.name for fact in POSTOP_LUMBAR.facts}


def left_out(case: dict[str, Any], question: str) -> dict[str, Any]:
    answers = {name: answer for name, answer in case["red_flags"].items() if name != question}
    return case | {"red_flags": answers}


def is_a_place(pointer: str) -> bool:
    """Whether a case can have a member there."""
    schema: dict[str, Any] = SCHEMA
    for step in pointer.split("/")[1:]:
        properties = schema.get("properties", {})
        if step not in properties:
            return False
        named = [properties[step], *properties[step].get("anyOf", ())]
        reference = next((each["$ref"] for each in named if "$ref" in each), None)
        schema = SCHEMA["$defs"][reference.split("/")[-1]] if reference else {}
    return pointer.startswith("/")


def pointers(said: dict[str, Any]) -> Iterator[str]:
    yield from (each["pointer"] for each in said["missing"])
    yield from (each["pointer"] for each in said["safety"]["ask"])


async def test_all_answered_with_no_is_complete(service: Service) -> None:
    safety = (await service.preview(example(SAFE)))["safety"]

    assert (safety["tier"], safety["worst_not_excluded"], safety["complete"]) == ("none", "none", True)
    assert safety["ask"] == []


async def with_answer(service: Service, question: str, answer: str) -> dict[str, Any]:
    """What the safety part says where one question of a case without findings is answered so."""
    case = placed(example(SAFE), f"/red_flags/{question}", answer)
    safety: dict[str, Any] = (await service.preview(case))["safety"]
    return safety


@pytest.fixture(scope="module")
def worst_with_yes() -> dict[str, str]:
    """What a "yes" to each question alone leaves possible, once it was looked up."""
    return {}


@pytest.mark.parametrize("how", ["absent", "unknown", "null"])
@pytest.mark.parametrize("question", RedFlags.model_fields)
async def test_a_question_that_was_not_answered_is_asked_where_a_yes_would_leave_something_possible(
    service: Service, worst_with_yes: dict[str, str], question: str, how: str
) -> None:
    case = left_out(example(SAFE), question)
    if how != "absent":
        case = placed(case, f"/red_flags/{question}", "unknown" if how == "unknown" else None)
    safety = (await service.preview(case))["safety"]
    if question not in worst_with_yes:
        worst_with_yes[question] = (await with_answer(service, question, "yes"))["worst_not_excluded"]
    worst = worst_with_yes[question]
    asked = [each for each in safety["ask"] if each["fact"] == question]

    assert (safety["tier"], safety["worst_not_excluded"]) == ("none", worst)
    assert safety["complete"] is (worst == "none")
    assert [(each["pointer"], each["tier"]) for each in asked] == (
        [] if worst == "none" else [(f"/red_flags/{question}", worst)]
    )
    assert all(each["question"].endswith("?") and each["flags"] for each in asked)


@pytest.mark.parametrize("question", ALONE)
async def test_a_question_that_was_not_answered_leaves_its_tier_possible(
    service: Service, question: str
) -> None:
    safety = (await service.preview(left_out(example(SAFE), question)))["safety"]
    worst = "routine" if question in ROUTINE else "same_day" if question in SAME_DAY else "emergency_now"

    assert (safety["tier"], safety["worst_not_excluded"], safety["complete"]) == ("none", worst, False)
    assert question in {each["fact"] for each in safety["ask"]}


@pytest.mark.parametrize("question", IN_COMPANY)
async def test_a_question_that_tells_nothing_alone_is_asked_where_its_company_makes_it_tell(
    service: Service, question: str
) -> None:
    alone = left_out(example(SAFE, history=NO_PAST), question)
    for case, is_asked in ((alone, False), (placed(alone, *COMPANY[question]), True)):
        asked = {each["fact"] for each in (await service.preview(case))["safety"]["ask"]}
        assert (question in asked) is is_asked


@pytest.mark.parametrize("given", ["/history/osteoporosis", "/history/steroids", "/age_years"])
async def test_sudden_pain_at_one_place_is_asked_about_where_bone_breaks_easily_and_pain_is_severe(
    service: Service, given: str
) -> None:
    """Beside a fall, the other company of this question (dossier 4.2 RF-FRACTURE); it takes two things."""
    alone = left_out(example(SAFE, history=NO_PAST), "focal_back_pain")
    fragile = placed(alone, given, 75 if given == "/age_years" else "yes")
    severe = placed(alone, "/observations/2/back_pain_nrs", 8)
    for case, is_asked in (
        (fragile, False),
        (severe, False),
        (placed(fragile, "/observations/2/back_pain_nrs", 8), True),
    ):
        asked = {each["fact"] for each in (await service.preview(case))["safety"]["ask"]}
        assert ("focal_back_pain" in asked) is is_asked


@pytest.mark.parametrize("fires", ["urinary_retention", "saddle_numbness"])
async def test_the_other_cauda_equina_questions_are_asked_even_where_one_fires(
    service: Service, fires: str
) -> None:
    smallest = placed(example("smallest"), "/red_flags", {fires: "yes"})
    safety = (await service.preview(smallest))["safety"]

    assert (safety["tier"], safety["complete"]) == ("emergency_now", False)
    assert {each["fact"] for each in safety["ask"]} >= set(CAUDA_EQUINA) - {fires}


@pytest.mark.parametrize("question", RedFlags.model_fields)
@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_an_answer_where_it_was_asked_for_settles_the_question(
    service: Service, question: str, answer: str
) -> None:
    safety = await with_answer(service, question, answer)

    assert question not in {each["fact"] for each in safety["ask"]}
    assert safety["complete"] is (safety["ask"] == [])
    if answer == "no":
        assert (safety["worst_not_excluded"], safety["complete"]) == ("none", True)


@pytest.mark.parametrize("question", ["new_bilateral_leg_pain", "new_bilateral_leg_numbness"])
async def test_both_legs_not_asked_about_leave_an_emergency_possible_within_two_weeks(
    service: Service, question: str
) -> None:
    case = left_out(example(SAFE), question)
    worst = []
    for day in ("2025-01-29", "2025-01-30"):
        on_the_day = placed(placed(case, "/assessed_on", day), "/observations/2/date", day)
        worst.append((await service.preview(on_the_day))["safety"]["worst_not_excluded"])

    assert worst == ["emergency_now", "same_day"]


async def test_two_questions_not_asked_leave_more_possible_than_each_alone(service: Service) -> None:
    case = left_out(left_out(example(SAFE), "sexual_dysfunction"), "new_bilateral_leg_pain")

    assert (await service.preview(case))["safety"]["worst_not_excluded"] == "emergency_now"


async def test_answering_what_is_asked_one_by_one_completes_the_smallest_case(service: Service) -> None:
    case = example("smallest", assessed_on="2025-02-12")
    asked = []
    while questions := (await service.preview(case))["safety"]["ask"]:
        assert questions[0]["fact"] not in asked, "asked again after it was answered"
        asked.append(questions[0]["fact"])
        case = placed(case, questions[0]["pointer"], NO_FINDINGS.get(questions[0]["pointer"], "no"))
    safety = (await service.preview(case))["safety"]

    assert (safety["complete"], safety["worst_not_excluded"]) == (True, "none")
    assert set(asked) >= set(CAUDA_EQUINA)


async def test_the_most_urgent_is_asked_first(service: Service) -> None:
    tiers = ["emergency_now", "same_day", "within_days", "routine"]
    asked = [each["tier"] for each in (await service.preview(example("smallest")))["safety"]["ask"]]

    assert asked == sorted(asked, key=tiers.index)


@pytest.mark.parametrize("name", CASES)
async def test_every_place_that_is_named_is_a_place_of_the_case(service: Service, name: str) -> None:
    said = await service.preview(example(name))
    asked = [each["fact"] for each in said["missing"]]

    assert [pointer for pointer in pointers(said) if not is_a_place(pointer)] == []
    assert len(asked) == len(set(asked))
    assert {each["fact"] for each in said["safety"]["ask"]} <= set(asked)


async def test_every_place_that_is_named_for_a_random_case_is_a_place_of_the_case(service: Service) -> None:
    rng = Random(20260115)
    for _ in range(60):
        said = await service.preview(one_record_a_day(random_case(rng)))
        assert [pointer for pointer in pointers(said) if not is_a_place(pointer)] == []


NO_FINDINGS: dict[str, Any] = {
    "/examination/post_void_residual_ml": 0,
    "/observations": [
        {
            "date": day,
            "leg_pain_nrs": 3,
            "back_pain_nrs": 3,
            "numbness": "none",
            "tingling": "none",
            "weakness": "none",
            "muscle_power": [{"muscle": "knee_extension", "side": "left", "grade": 5}],
        }
        for day in ("2025-01-14", "2025-02-12")
    ],
}
ANSWERS: dict[str, Any] = {
    "/surgery/side": "left",
    "/surgery/indication": "disc_herniation",
    "/surgery/disc_opened": "no",
    "/pain_return/onset_on": "2025-04-20",
    "/pain_return/plateau_on": "2025-04-20",
    "/pain_return/onset": "sudden",
    "/pain_return/side": "left",
    "/pain_return/same_dermatome": "yes",
    "/pain_return/eased_by_sitting": "no",
    "/symptom_onsets/numbness": "2025-04-01",
    "/symptom_onsets/tingling": "2025-04-01",
    "/symptom_onsets/weakness": "2025-04-01",
    "/symptom_onsets/bilateral_leg_pain": "2025-04-01",
    "/examination/straight_leg_raise": "positive",
    "/examination/post_void_residual_ml": 10,
    "/age_years": 45,
    **{f"/red_flags/{name}": "no" for name in RedFlags.model_fields},
    **{f"/scores/{name}": 0 for name in Scores.model_fields},
    **{f"/history/{name}": "no" for name in History.model_fields},
    "/history/egfr": 90,
    "/history/annular_defect_mm": 3,
    "/surgery/levels": ["L5-S1"],
    "/surgery/implant": "no",
    "/surgery/still_in_hospital": "no",
    "/vitals/temperature_c": 36.8,
    "/vitals/heart_rate_bpm": 70,
    "/vitals/respiratory_rate_bpm": 14,
    "/vitals/systolic_bp_mmhg": 125,
    "/vitals/spo2_percent": 98,
    "/vitals/news2": 0,
    "/examination/saddle_sensation": "normal",
    "/examination/leg_power": "normal",
    "/examination/bilateral_examination": "normal",
    "/examination/pulses_present": "yes",
    "/examination/calf_difference_cm": 0,
    "/examination/cough_impulse": "no",
    "/examination/burning_pain": "no",
    "/labs": [{"date": "2025-06-01", "crp_mg_l": 3, "esr_mm_h": 10}],
    "/imaging": [
        {
            "date": "2025-05-31",
            "mri_compression": "no",
            "mri_recurrent_herniation": "no",
            "mri_epidural_fibrosis": "no",
            "flexion_extension_translation_mm": 1,
            "flexion_extension_angulation_deg": 1,
        }
    ],
}
"""One answer for every place that is asked about."""


@pytest.mark.parametrize("name", ["smallest", "sudden_return", "late_return", "conflicting_ratings"])
async def test_a_missing_fact_is_not_missing_once_it_is_given_where_it_belongs(
    service: Service, name: str
) -> None:
    case = example(name, assessed_on="2025-06-01")
    for missing in (await service.preview(case))["missing"]:
        if missing["pointer"] == "/observations" or missing["fact"] not in GIVEN:
            continue  # answered by a record of a day, or by more than one member
        said = await service.preview(placed(case, missing["pointer"], ANSWERS[missing["pointer"]]))
        assert missing["fact"] not in {each["fact"] for each in said["missing"]}


async def test_a_case_in_which_nothing_was_asked_never_reads_like_good_news(service: Service) -> None:
    for assessed_on in ("2025-01-15", "2025-02-12", "2025-04-15", "2025-07-15", "2026-01-15"):
        said = await service.preview(example("smallest", assessed_on=assessed_on))
        assert said["verdict"]["status"] in ("insufficient_data", "too_early_to_judge")
        assert said["safety"]["worst_not_excluded"] == "emergency_now"
        assert not said["safety"]["complete"]
        assert said["safety"]["not_covered"]
        assert {symptom["prognosis"] for symptom in said["symptoms"]} == {"unknown"}
