"""What contradicts itself on record is told with every fact and its place, and takes no urgency away."""

from __future__ import annotations

from typing import Any

import pytest

from app.knowledge.conclusions import Contradiction
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.case_questions import RedFlags
from tests.api.conftest import Check
from tests.api.service import ASSESS, Service, example, placed
from tests.api.test_unanswered_routes import is_a_place

pytestmark = pytest.mark.anyio
CODES = {rule.then.code for rule in POSTOP_LUMBAR.rules if isinstance(rule.then, Contradiction)}


def contradicting(**more: Any) -> dict[str, Any]:
    """An early course without a complaint, and measurements that say otherwise."""
    case = example("early_improving", red_flags=dict.fromkeys(RedFlags.model_fields, "no"))
    case = placed(case, "/vitals", {"temperature_c": 39, "spo2_percent": 90})
    return placed(case, "/examination", {"post_void_residual_ml": 450}) | more


async def test_a_case_that_does_not_contradict_itself_has_an_empty_list(service: Service) -> None:
    assert (await service.preview(example("early_improving")))["contradictions"] == []


async def test_an_answer_and_a_measurement_are_shown_with_their_places(service: Service) -> None:
    said = await service.preview(contradicting())
    told = {each["code"]: each for each in said["contradictions"]}
    fever = told["fever_against_temperature"]

    assert list(told) == [
        "fever_against_temperature",
        "bladder_against_residual",
        "breathlessness_against_saturation",
    ]
    assert [(each["pointer"], each["seen"]) for each in fever["facts"]] == [
        ("/red_flags/fever", "no"),
        ("/vitals/temperature_c", "39 °C"),
    ]
    assert fever["rule"] == "contradictions.fever-against-temperature"
    assert fever["says"].endswith("ask again and examine again.")
    assert fever["evidence"]
    assert said["safety"]["tier"] == "emergency_now"


async def test_the_confidence_is_low_where_word_and_scores_contradict_each_other(service: Service) -> None:
    plain = example("modest_gain")
    observations = plain["observations"]
    latest = {**observations[-1], "stated_trend": "worse"}
    said = await service.preview(plain | {"observations": [*observations[:-1], latest]})
    told = {each["code"]: each for each in said["contradictions"]}["trend_against_scores"]

    assert [(each["pointer"], each["seen"]) for each in told["facts"]] == [
        ("/observations", "worse"),
        ("/observations", "improved"),
    ]
    assert (said["verdict"]["status"], said["verdict"]["confidence"]) == ("on_track", "low")


async def test_every_place_is_one_that_a_case_has(service: Service) -> None:
    cases = [
        contradicting(pain_return={"side": "both", "onset": "sudden"}),
        contradicting(symptom_onsets={"bilateral_leg_pain": "2025-02-01"}),
        contradicting(
            pain_return={"onset": "sudden", "onset_on": "2025-01-20", "plateau_on": "2025-02-10"},
            scores={"phq9": 1, "phq9_item9": 2, "start_back": 1, "start_back_psychosocial": 2},
        ),
    ]
    told = [each for case in cases for each in (await service.preview(case))["contradictions"]]

    assert {each["code"] for each in told} <= CODES
    assert len({each["code"] for each in told}) >= 8
    assert [fact for each in told for fact in each["facts"] if not is_a_place(fact["pointer"])] == []


async def test_a_record_with_contradictions_is_as_published_and_verified(
    service: Service, as_published: Check
) -> None:
    record_id = await service.recorded(contradicting())
    stored = await service.client.get(f"{ASSESS}/{record_id}")
    as_published("Assessment", stored.json())

    assert len(stored.json()["contradictions"]) == 3
    assert (await service.verification(record_id))["execution"]["same"] is True


async def test_the_rule_of_a_contradiction_can_be_read(service: Service) -> None:
    version = POSTOP_LUMBAR.version
    answer = await service.client.get(
        f"/v1/rulesets/{version}/rules/contradictions.fever-against-temperature"
    )

    assert answer.json()["conclusion"]["facts"] == ["fever", "temperature_c"]
    assert answer.json()["chapter"] == "contradictions"
