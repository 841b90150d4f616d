"""What is said of the published examples, that it is what is stored, and that a preview stores nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.api.answers import Assessment, Preview
from app.api.examples import CASES
from app.engine.ruleset import reads
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.case import Case
from app.services.rulesets import Rulesets
from tests.api.conftest import Check
from tests.api.published import faults
from tests.api.service import ASSESS, Service, application_of, example, placed, running_service
from tests.stores import opened_store, store_at

pytestmark = pytest.mark.anyio

# What the dossier's vignettes (8.2) expect, by the path of the member in the answer.
EXPECTED: dict[str, dict[str, Any]] = {
    "smallest": {
        "verdict.status": "insufficient_data",
        "safety.tier": "none",
        "safety.worst_not_excluded": "emergency_now",
        "safety.complete": False,
        "trajectory.status": "unknown",
    },
    "early_improving": {
        "verdict.status": "too_early_to_judge",
        "verdict.expected_course": "continue_to_improve",
        "trajectory.status": "improving",
        "trajectory.relief": "immediate",
        "safety.tier": "none",
        "safety.complete": True,
        "next_review_on": "2025-02-26",
        "days_since_surgery": 28,
    },
    "three_months_not_improved": {
        "verdict.status": "unsuccessful",
        "verdict.further_action_required": True,
        "verdict.judgeable_from": "2025-04-15",
        "days_since_surgery": 90,
        "next_review_on": "2025-05-13",
    },
    "modest_gain": {
        "verdict.status": "on_track",
        "verdict.at_target": False,
        "safety.tier": "none",
        "days_since_surgery": 91,
        "next_review_on": "2025-07-15",
    },
    "conflicting_ratings": {
        "verdict.status": "indeterminate",
        "verdict.conflict": True,
        "verdict.confidence": "low",
        "verdict.further_action_required": True,
    },
    "numbness_after_a_year": {
        "verdict.status": "successful",
        "symptoms.numbness.prognosis": "likely_permanent",
        "symptoms.numbness.window_closes_on": "2025-02-28",
        "phase": "late",
    },
    "sudden_return": {
        "verdict.status": "too_early_to_judge",
        "trajectory.status": "relapsed",
        "safety.tier": "within_days",
        "causes.recurrent_disc_herniation.grade": "likely",
        "causes.recurrent_disc_herniation.base_rate.low": 0.05,
        "causes.recurrent_disc_herniation.base_rate.high": 0.10,
        "next_review_on": "2025-04-26",
    },
    "late_return": {
        "verdict.status": "relapsed",
        "trajectory.status": "relapsed",
        "safety.tier": "within_days",
        "causes.recurrent_disc_herniation.grade": "likely",
        "phase": "late",
    },
    "early_swelling": {
        "verdict.status": "too_early_to_judge",
        "causes.postoperative_root_swelling.grade": "possible",
        "safety.tier": "none",
        "next_review_on": "2025-04-14",
    },
    "cauda_equina": {
        "verdict.status": "too_early_to_judge",
        "safety.tier": "emergency_now",
        "safety.worst_not_excluded": "emergency_now",
        "flags": {"RF-CES-1", "RF-PVR", "RF-SEH"},
        "next_review_on": "2025-03-05",
    },
    "missing_baseline": {
        "verdict.status": "on_track",
        "verdict.at_target": True,
        "verdict.method": "gpe",
        "trajectory.baseline": None,
    },
    "new_numbness": {
        "verdict.status": "successful",
        "verdict.new_problem": True,
        "symptoms.numbness.prognosis": "new_symptom_needs_workup",
    },
    "isolated_sexual_dysfunction": {
        "verdict.status": "too_early_to_judge",
        "safety.tier": "same_day",
        "flags": {"RF-CES-3"},
    },
    "wound_infection": {
        "verdict.status": "too_early_to_judge",
        "safety.tier": "same_day",
        "safety.worst_not_excluded": "same_day",
        "safety.complete": True,
        "flags": {"RF-SSI"},
        "next_review_on": "2025-03-15",
    },
    "loss_of_power": {
        "verdict.status": "too_early_to_judge",
        "safety.tier": "emergency_now",
        "flags": {"RF-MOTOR-1", "RF-SEH"},
        "causes.recurrent_disc_herniation.grade": "possible",
        "next_review_on": "2025-04-14",
    },
    "contradicting_ratings": {
        "verdict.status": "indeterminate",
        "verdict.conflict": True,
        "verdict.confidence": "low",
        "flags": {"RF-NONRESP-6W"},
        "causes.neuropathic_pain.grade": "likely",
        "next_review_on": "2025-07-29",
    },
}
BY_NAME = {"symptoms": "symptom", "causes": "condition"}


def said(answer: dict[str, Any], path: str) -> Any:
    """The member at a path; parts of a list are found by their name."""
    if path == "flags":
        return {flag["code"] for flag in answer["safety"]["flags"]}
    value: Any = answer
    for part in path.split("."):
        value = value.get(part) if value else None
        if isinstance(value, list):
            value = {each[BY_NAME[part]]: each for each in value}
    return value


def test_every_example_has_an_expectation() -> None:
    assert set(EXPECTED) == set(CASES)
    assert len(CASES) >= 8


@pytest.mark.parametrize("name", CASES)
async def test_an_example_is_answered_as_its_vignette_expects(
    service: Service, as_published: Check, name: str
) -> None:
    posted = await service.record(example(name))
    answer = posted.json()

    assert posted.status_code == 201
    assert {path: said(answer, path) for path in EXPECTED[name]} == EXPECTED[name]
    Assessment.model_validate_json(posted.content)
    as_published("Assessment", answer)


async def test_what_is_answered_is_what_is_stored_and_what_is_read(service: Service) -> None:
    posted = await service.record(example())
    read = await service.client.get(posted.headers["location"])
    with opened_store(service.url) as store:
        record = store.archive.get("local", UUID(posted.json()["id"]))

    assert record is not None
    assert posted.content.startswith(record.answer.removesuffix(b"}") + b',"receipt":{')
    assert posted.headers["location"] == f"{ASSESS}/{posted.json()['id']}"
    assert (read.status_code, read.content) == (200, posted.content)
    assert posted.headers["content-type"] == read.headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", CASES)
async def test_a_preview_says_what_a_record_would_and_stores_nothing(service: Service, name: str) -> None:
    before = service.stored()
    preview = await service.preview(example(name))
    assert service.stored() == before

    recorded = (await service.record(example(name))).json()
    assert recorded.pop("id")
    assert recorded.pop("created_at").endswith("Z")
    assert recorded.pop("receipt")["index"] >= 0
    assert (list(preview), preview) == (list(recorded), recorded)
    Preview.model_validate_json(json.dumps(preview))


async def test_two_posts_without_a_key_make_two_records(service: Service) -> None:
    assert await service.recorded(example()) != await service.recorded(example())


async def test_what_is_given_and_read_by_no_rule_is_named(service: Service) -> None:
    smallest = example("smallest")
    given = placed(placed(smallest, "/surgery/dural_tear", "yes"), "/surgery/levels", ["L5-S1"])
    observed = placed(smallest, "/observations", [{"date": "2025-02-01", "leg_pain_nrs": 3}])

    assert (await service.preview(given))["not_used"] == ["dural_tear"]
    assert (await service.preview(observed))["not_used"] == []


async def test_what_is_not_used_is_told_by_the_ruleset_that_was_run(sqlite_url: str) -> None:
    """Records made under rules that read less say the same again under those, whatever is read today."""
    chapters = tuple(
        replace(each, steps=tuple(step for step in each.steps if "age_years" not in reads(step)))
        for each in POSTOP_LUMBAR.chapters
    )
    store = store_at(sqlite_url)
    without = application_of(store, rulesets=Rulesets(replace(POSTOP_LUMBAR, chapters=chapters)))
    async with running_service(without, sqlite_url) as service:
        said = await service.preview(example("smallest", age_years=45))
    store.close()

    assert said["not_used"] == ["age_years"]


async def test_the_day_of_the_assessment_is_today_when_absent_and_always_echoed(service: Service) -> None:
    answer = (await service.record(example("smallest"))).json()

    assert answer["assessed_on"] == answer["created_at"][:10]


def test_a_reader_of_the_real_document_stumbles_on_nothing(document: dict[str, Any]) -> None:
    assert faults(document) == []
    examples = document["paths"][ASSESS]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert set(examples) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_an_example_is_a_case_as_published(as_published: Check, name: str) -> None:
    as_published("Case", example(name))


async def test_the_case_that_was_assessed_can_be_read_back(service: Service) -> None:
    recorded = (await service.record(example("cauda_equina"))).json()
    answer = await service.client.get(f"{ASSESS}/{recorded['id']}/case")

    assert answer.status_code == 200
    assert Case.model_validate_json(answer.content) == Case.model_validate_json(
        json.dumps(example("cauda_equina"))
    )


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.2", ""])
async def test_a_host_name_that_is_not_ours_is_not_answered(service: Service, host: str) -> None:
    answer = await service.client.post(f"{ASSESS}/search", json={}, headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "misdirected")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:80", "[::1]:8000"])
async def test_our_own_names_are_answered_with_any_port(service: Service, host: str) -> None:
    assert (await service.client.post(f"{ASSESS}/search", json={}, headers={"Host": host})).status_code == 200


def cited_in(part: Any) -> set[str]:
    """The ids of the sources that any part of an answer cites."""
    if isinstance(part, dict):
        own = {part["source"]} if isinstance(part.get("source"), str) else set[str]()
        return own.union(*map(cited_in, part.values()))
    return set[str]().union(*map(cited_in, part)) if isinstance(part, list) else set()


@pytest.mark.parametrize("name", CASES)
async def test_every_source_that_an_answer_cites_stands_in_it_and_in_the_evidence(
    service: Service, name: str
) -> None:
    answer = (await service.record(example(name))).json()
    evidence = (await service.client.get("/v1/evidence")).json()

    assert cited_in(answer) <= {source["id"] for source in answer["sources"]}
    assert cited_in(answer) <= {source["id"] for source in evidence["items"]}


@pytest.mark.parametrize("name", CASES)
async def test_a_safety_part_is_complete_only_when_nothing_is_left_to_ask(
    service: Service, name: str
) -> None:
    safety = (await service.record(example(name))).json()["safety"]
    assert safety["complete"] is (safety["ask"] == [])


async def test_an_answer_names_the_subject_it_was_asked_about(service: Service) -> None:
    case = example("sudden_return")
    assert (await service.record(case)).json()["subject"] == case["subject"]
