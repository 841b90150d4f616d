"""What the vignettes of dossier 8.2 expect: statements, grades, rates, texts and questions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS
from tests.api.service import Service
from tests.knowledge.corpus import examples

pytestmark = pytest.mark.anyio
STATEMENTS = {
    "V1": {"S5", "S6", "S7", "S9", "S10"},
    "V2": {"S9", "S10", "S11"},
    "V3": {"S8", "S22"},
    "V4": {"S7"},
    "V7b": {"S15"},
    "V9": {"S19", "S20", "S21"},
    "V12": {"S11", "S12"},
    "V19": {"S1", "S2", "S8", "S22"},
    "V23": {"S16", "S17"},
}
VIGNETTES = {
    each.title.split(" - ")[-1].split()[0]: each.sent for each in examples() if "vignettes: V" in each.id
}
"""What a client would send, by the number of the vignette."""


def cause(answer: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (each for each in answer["causes"] if each["condition"] == name)
    return dict(found)


def grades(answer: dict[str, Any], *names: str) -> set[str]:
    return {cause(answer, name)["grade"] for name in names}


def codes(features: list[dict[str, Any]]) -> set[str]:
    return {each["code"] for each in features}


def actions(answer: dict[str, Any], code: str) -> str:
    return " ".join(each["action"] for each in answer["next_steps"] if each["code"] == code)


def cited(parts: list[dict[str, Any]]) -> set[str]:
    """The statements of the first source that these parts rest on."""
    evidence = [each for part in parts for each in part["evidence"]]
    return {each["place"] for each in evidence if each["source"] == "summit-2021"}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_a_vignette_rests_on_the_statements_that_it_names(service: Service, name: str) -> None:
    answer = await service.preview(VIGNETTES[name])
    holding = [each for each in answer["findings"] if each["truth"] == "holds"]

    assert STATEMENTS[name] <= cited([*holding, *answer["causes"], *answer["labels"]])


async def test_v1_is_expected_to_go_on_improving(service: Service) -> None:
    verdict = (await service.preview(VIGNETTES["V1"]))["verdict"]

    assert verdict["expected_course"] == "continue_to_improve"
    assert verdict["new_problem"] is False


async def test_v3_asks_for_surgeon_and_imaging_within_28_days(service: Service) -> None:
    answer = await service.preview(VIGNETTES["V3"])

    assert answer["verdict"]["boundary_note"]
    assert "MRI of the lumbar spine without and with contrast" in actions(answer, "unsuccessful_surgeon")
    assert "pain service" in actions(answer, "pain_clinic")


async def test_v4_has_the_caveat_of_late_worsening(service: Service) -> None:
    verdict = (await service.preview(VIGNETTES["V4"]))["verdict"]

    assert "about 13 % get clinically worse after month 3" in verdict["divergence"]
    assert any(each["source"] == "geere-2025" for each in verdict["evidence"])


async def test_v5_repeats_both_scores(service: Service) -> None:
    text = actions(await service.preview(VIGNETTES["V5"]), "indeterminate_review")

    assert "repeat the pain scores and the Oswestry index" in text


async def test_v9_is_a_likely_recurrence_with_its_base_rate_and_is_not_told_to_wait(service: Service) -> None:
    answer = await service.preview(VIGNETTES["V9"])
    herniation = cause(answer, "recurrent_disc_herniation")

    assert (herniation["grade"], answer["causes"][0]["condition"]) == ("likely", "recurrent_disc_herniation")
    assert herniation["base_rate"] == {
        "low": 0.05,
        "high": 0.10,
        "literature_low": 0.05,
        "literature_high": 0.18,
    }
    assert "typical_window" in codes(herniation["supporting"])
    assert "This says nothing about safety" in answer["verdict"]["says"]
    assert "without and with contrast" in actions(answer, "recurrence_surgeon")
    assert "72 hours" in actions(answer, "RF-REC-LDH")


async def test_v10_notes_the_cohorts_of_late_recurrences(service: Service) -> None:
    herniation = cause(await service.preview(VIGNETTES["V10"]), "recurrent_disc_herniation")
    (late,) = herniation["neutral"]

    assert late["code"] == "atypical_but_compatible"
    assert {"lebow-2011", "finnish-2007"} <= {each["source"] for each in late["evidence"]}
    assert "never excludes one" in late["divergence"]
    assert "strict_research_definition" in codes(herniation["supporting"])


async def test_v12_names_the_rate_of_slow_roots_and_gives_safety_net_advice(service: Service) -> None:
    answer = await service.preview(VIGNETTES["V12"])
    rate = cause(answer, "delayed_root_recovery")["base_rate"]

    assert (rate["low"], rate["high"]) == (0.10, 0.20)
    assert "safety-net advice" in actions(answer, "swelling_contact")
    assert "telephone" in actions(answer, "swelling_contact")


async def test_v13_says_mri_within_four_hours_and_surgeon_and_nothing_to_do_at_home(service: Service) -> None:
    answer = await service.preview(VIGNETTES["V13"])

    assert list(answer).index("safety") < list(answer).index("verdict")
    assert "MRI as soon as possible and within 4 hours" in actions(answer, "RF-CES-1")
    assert "spinal surgeon now" in actions(answer, "RF-CES-1")
    assert {each["urgency"] for each in answer["next_steps"]} == {"emergency_now"}


async def test_v18_tells_the_surgeon_before_anticoagulation(service: Service) -> None:
    answer = await service.preview(VIGNETTES["V18"])

    assert "Inform the operating surgeon before any anticoagulation" in actions(answer, "RF-DVT")
    assert "likely" not in grades(answer, "recurrent_disc_herniation", "deep_vein_thrombosis")


async def test_v19_lists_the_causes_of_pattern_a_and_the_label_is_none_of_them(service: Service) -> None:
    answer = await service.preview(VIGNETTES["V19"])
    failed = ("residual_disc_or_fragment", "inadequate_decompression", "wrong_level_or_side")

    assert grades(answer, *failed, "recurrent_disc_herniation", "neuropathic_pain") == {"possible"}
    assert all("mri_compression" in cause(answer, name)["missing"] for name in failed)
    assert [each["code"] for each in answer["labels"]] == ["psps_type_2"]
    assert not [
        each for each in answer["causes"] if "psps" in each["condition"] or "fbss" in each["condition"]
    ]
    assert "in parallel" in actions(answer, "pain_clinic")


async def test_v20a_asks_for_the_missing_baseline_first(service: Service) -> None:
    answer = await service.preview(VIGNETTES["V20a"])

    assert answer["missing"][0]["fact"] == "leg_pain_baseline"
    assert answer["trajectory"]["baseline"] is None
    assert not answer["settled"]


async def test_v20b_asks_every_cauda_equina_question_and_never_says_that_there_is_no_flag(
    service: Service,
) -> None:
    answer = await service.preview(VIGNETTES["V20b"])
    asked = [each["fact"] for each in answer["safety"]["ask"]]

    assert {each.name for each in CAUDA_EQUINA_ITEMS} <= set(asked)
    assert set(asked) <= {each["fact"] for each in answer["missing"]}
    assert {"leg_pain_now", "leg_pain_baseline", "global_change_now", "odi_now"} <= {
        each["fact"] for each in answer["missing"]
    }
    assert answer["verdict"]["at_target"] is None
    assert answer["verdict"]["further_action_required"] is None
    assert "no red flag" not in json.dumps(answer).lower()


async def test_v23_is_a_new_problem_beside_a_successful_operation(service: Service) -> None:
    answer = await service.preview(VIGNETTES["V23"])

    assert (answer["verdict"]["status"], answer["verdict"]["new_problem"]) == ("successful", True)
    assert grades(answer, "recurrent_stenosis_same_level", "stenosis_adjacent_or_other_level") == {"possible"}
