"""A call is answered with one card that leads to a stored record, or with the reason why there is none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from app.interop.cds.discovery import PREFETCH, SERVICES
from tests.api.hooked import CASE, TODAY, URGENT, VIEW, Hooked, ehr, hooked, places, prefetch_of, refusal
from tests.api.service import NOW
from tests.api.test_cds_any_prefetch import FULL
from tests.interop.cds.calls import call_of, found, new_call

pytestmark = pytest.mark.anyio

OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
PUBLIC = "https://decompass.example.org"
APPENDIX = {
    "resourceType": "Procedure",
    "id": "other",
    "status": "completed",
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "80146002"}], "text": "Appendectomy"},
    "subject": {"reference": "Patient/patient-1"},
    "performedDateTime": "2020-01-01",
}


@pytest.fixture
async def ward(sqlite_url: str) -> AsyncIterator[Hooked]:
    async with hooked(sqlite_url) as running:
        yield running


async def test_the_services_are_offered_and_can_be_kept_for_a_while(ward: Hooked) -> None:
    first = await ward.service.client.get("/cds-services")
    again = await ward.service.client.get("/cds-services", headers={"If-None-Match": first.headers["etag"]})

    assert [each["id"] for each in first.json()["services"]] == list(SERVICES)
    assert first.headers["cache-control"] == "public, max-age=3600"
    assert (again.status_code, again.content) == (304, b"")
    assert (await ward.service.client.head("/cds-services")).status_code == 200


@pytest.mark.parametrize("service", SERVICES)
async def test_a_call_of_every_service_is_answered_with_the_card_of_a_record(
    ward: Hooked, service: str
) -> None:
    answer = (await ward.call(new_call(service, prefetch=prefetch_of(CASE)), service)).json()
    (card,) = answer["cards"]
    stored = (await ward.service.client.get(f"/v1/assessments/{card['uuid']}")).json()

    assert stored["id"] == card["uuid"]
    assert stored["subject"] == "patient-1"
    assert answer["extension"]["org.decompass.record"] == {"id": stored["id"], "ruleset": stored["ruleset"]}
    assert card["links"][0]["url"] == f"{PUBLIC}/v1/assessments/{card['uuid']}"
    assert stored["verdict"]["status"].replace("_", " ") in card["detail"]


async def test_the_record_names_the_call_and_every_resource_that_was_used(ward: Hooked) -> None:
    call = new_call(prefetch=prefetch_of(CASE))
    record_id = (await ward.call(call)).json()["cards"][0]["uuid"]

    case = (await ward.service.client.get(f"/v1/assessments/{record_id}/case")).json()

    provenance = case["provenance"]
    assert provenance["channel"] == "cds-hooks"
    assert (provenance["service"], provenance["request"]) == (VIEW, call["hookInstance"])
    assert {each["reference"].partition("/")[0] for each in provenance["resources"]} >= {
        "Procedure",
        "Observation",
    }


async def test_the_same_call_again_is_the_same_card_of_the_same_record(ward: Hooked) -> None:
    call = new_call(prefetch=prefetch_of(CASE))
    first, again = [(await ward.call(call)).json() for _ in range(2)]
    with_more = call | {"prefetch": prefetch_of(CASE | {"age_years": 70})}
    other = (await ward.call(with_more)).json()

    assert first == again
    assert len(ward.leaves("assess")) == 2
    assert other["cards"][0]["uuid"] != first["cards"][0]["uuid"]


async def test_the_ids_of_suggestions_follow_from_the_record(ward: Hooked) -> None:
    card = await ward.card(prefetch_of(URGENT))
    steps = (await ward.service.client.get(f"/v1/assessments/{card['uuid']}")).json()["next_steps"]

    assert [each["uuid"] for each in card["suggestions"]] == [
        str(uuid5(UUID(card["uuid"]), step["code"])) for step in steps
    ]


async def test_a_red_flag_answered_today_is_critical(ward: Hooked) -> None:
    card = await ward.card(prefetch_of(URGENT))

    assert card["indicator"] == "critical"
    assert card["summary"].startswith("Emergency now: ")


async def test_questions_that_nobody_answered_are_never_passed_over(ward: Hooked) -> None:
    card = await ward.card(prefetch_of(CASE))

    assert card["indicator"] == "warning"
    assert "not excluded" in card["summary"]
    assert "Ask: " in card["detail"]


@pytest.mark.parametrize("value", [None, OUTCOME, "text", found(link=[{"relation": "next", "url": "x"}])])
async def test_operations_that_are_not_known_are_a_card_and_never_silence(ward: Hooked, value: Any) -> None:
    card = await ward.card({**prefetch_of(CASE), "procedures": value})
    (leaf,) = ward.leaves("abstain")

    assert card["summary"].startswith("Cannot assess: ")
    assert card["uuid"] == leaf["id"]
    assert (leaf["what"], leaf["service"], leaf["of"]) == ("cannot_tell", VIEW, [])
    assert "patient-1" not in str(leaf)
    assert ward.leaves("assess") == []


async def test_a_call_without_any_data_is_a_card_that_says_what_is_missing(ward: Hooked) -> None:
    call = new_call()
    first, again = [(await ward.call(call)).json() for _ in range(2)]

    assert first == again
    assert "The operations: not supplied" in first["cards"][0]["detail"]
    assert len(ward.leaves("abstain")) == 1


async def test_the_same_instance_for_another_patient_has_a_card_of_its_own(ward: Hooked) -> None:
    call = new_call()
    other = {**call, "context": {**call["context"], "patientId": "patient-2"}}
    cards = [(await ward.call(each)).json()["cards"][0]["uuid"] for each in (call, other)]

    assert len(set(cards)) == 2
    assert [leaf["id"] for leaf in ward.leaves("abstain")] == cards


async def test_the_same_instance_with_other_data_missing_has_a_card_of_its_own(ward: Hooked) -> None:
    call = new_call()
    other = {**call, "prefetch": {"procedures": OUTCOME}}
    cards = [(await ward.call(each)).json()["cards"][0]["uuid"] for each in (call, other)]

    assert len(set(cards)) == 2
    assert [leaf["id"] for leaf in ward.leaves("abstain")] == cards


async def test_other_prefetch_that_failed_is_told_on_the_card(ward: Hooked) -> None:
    card = await ward.card({**prefetch_of(CASE), "labs": OUTCOME, "exam": None})

    assert "Laboratory results: could not be read" in card["detail"]
    assert "Findings of examinations: not supplied" in card["detail"]
    assert card["indicator"] in ("warning", "critical")


@pytest.mark.parametrize("procedures", [found(), found(APPENDIX)])
async def test_without_an_operation_on_the_lumbar_spine_there_is_no_card(
    ward: Hooked, procedures: dict[str, Any]
) -> None:
    answer = await ward.call(new_call(prefetch={**prefetch_of(CASE), "procedures": procedures}))

    assert answer.json() == {"cards": []}
    assert ward.size() == 0


FUSED = {"surgery": {"date": "2025-12-01", "procedure": "fusion"}}


async def test_an_operation_out_of_scope_with_every_flag_ruled_out_is_no_card_and_no_record(
    ward: Hooked,
) -> None:
    answer = await ward.call(new_call(prefetch=prefetch_of(FULL | FUSED)))

    assert answer.json() == {"cards": []}
    assert ward.size() == 0


async def test_an_operation_out_of_scope_is_a_card_while_a_red_flag_is_not_excluded(ward: Hooked) -> None:
    card = await ward.card(prefetch_of(CASE | FUSED))

    assert card["indicator"] == "warning"
    assert "not excluded" in card["summary"]
    assert len(ward.leaves("assess")) == 1


async def test_an_operation_out_of_scope_is_a_card_while_an_older_yes_is_to_be_asked_again(
    ward: Hooked,
) -> None:
    before = (NOW - timedelta(days=3)).date().isoformat()
    earlier = prefetch_of(CASE | FUSED | {"assessed_on": before, "red_flags": {"saddle_numbness": "yes"}})

    assert (await ward.card(earlier))["summary"].startswith(f"Answered yes on {before} to: ")


async def test_an_operation_out_of_scope_is_a_card_where_not_all_operations_were_sent(ward: Hooked) -> None:
    prefetch = prefetch_of(FULL | FUSED)
    prefetch["procedures"] |= {"link": [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]}

    assert (await ward.card(prefetch))["indicator"] == "warning"


async def test_an_operation_out_of_scope_with_a_flag_is_a_card(ward: Hooked) -> None:
    fusion = CASE | {
        "surgery": {"date": "2025-12-01", "procedure": "fusion"},
        "red_flags": {"saddle_numbness": "yes"},
    }

    assert (await ward.card(prefetch_of(fusion)))["indicator"] == "critical"


async def test_findings_of_another_day_are_not_used_and_are_named(ward: Hooked) -> None:
    before = (NOW - timedelta(days=3)).date().isoformat()
    earlier = CASE | {"assessed_on": before, "red_flags": {"saddle_numbness": "yes"}, "observations": []}

    card = await ward.card(prefetch_of(earlier))

    assert card["indicator"] == "warning"
    assert card["summary"].startswith(f"Answered yes on {before} to: ")
    unknown = card["detail"].partition("**What is not known**\n\n- ")[2]
    assert unknown.startswith(f"Answered yes on {before} to: ")
    assert card["detail"].count(f"Answered yes on {before}") == 1


async def test_two_patients_in_one_call_are_refused_and_nothing_is_stored(ward: Hooked) -> None:
    other = prefetch_of(CASE, "patient-2")["procedures"]

    answer = await ward.call(new_call(prefetch={**prefetch_of(CASE), "procedures": other}))

    assert refusal(answer) == (422, "two-patients")
    assert "patient-2" not in answer.text
    assert ward.size() == 0


async def test_a_reference_to_another_server_than_that_of_the_call_is_not_used(ward: Hooked) -> None:
    prefetch = prefetch_of(URGENT)
    for entry in prefetch["survey"]["entry"]:
        entry["resource"]["subject"] = {"reference": "https://other.example.org/fhir/Patient/patient-1"}
    call = new_call(prefetch=prefetch, fhirServer="https://ehr.example.org/fhir")

    (card,) = (await ward.call(call)).json()["cards"]

    assert card["indicator"] == "warning"
    assert card["detail"].count("of a patient of another server; not used") == 1
    prefetch["procedures"]["entry"][0]["resource"]["subject"] = entry["resource"]["subject"]
    (card,) = (await ward.call(new_call(prefetch=prefetch, fhirServer=call["fhirServer"]))).json()["cards"]
    assert card["summary"].startswith("Cannot assess: ")


@pytest.mark.parametrize("died", [{"deceasedBoolean": True}, {"deceasedDateTime": "2026-01-02"}])
@pytest.mark.parametrize("procedures", [None, prefetch_of(URGENT)["procedures"]])
async def test_a_patient_who_has_died_has_no_card_and_no_record(
    ward: Hooked, died: dict[str, Any], procedures: Any
) -> None:
    prefetch = prefetch_of(URGENT) | {"procedures": procedures}
    prefetch["patient"] = prefetch["patient"] | died

    assert (await ward.call(new_call(prefetch=prefetch))).json() == {"cards": []}
    assert ward.size() == 0


async def test_a_warning_sign_of_the_day_is_told_first_where_no_operation_can_be_judged(ward: Hooked) -> None:
    case = URGENT | {"vitals": {"temperature_c": 39.0}}
    prefetch = prefetch_of(case)
    later = {**prefetch["procedures"]["entry"][0]["resource"], "id": "later", "performedDateTime": TODAY}
    later["code"] = {"coding": [{"system": "urn:decompass:case:surgery.procedure", "code": "fusion"}]}
    prefetch["procedures"] = found(prefetch["procedures"]["entry"][0]["resource"], later)
    cards = [await ward.card(each) for each in (prefetch, {**prefetch_of(case), "procedures": None})]

    for card in cards:
        assert card["summary"].startswith("Cannot assess: a warning sign of the day is on record: ")
        assert card["detail"].startswith("**Warning signs, not judged**")
        assert card["detail"].count("warning sign of the day") == 2
    assert "A later lumbar operation" in cards[0]["detail"]
    assert ward.leaves("assess") == []


async def test_an_unknown_service_is_not_found(ward: Hooked) -> None:
    for path in ("/cds-services/unknown", "/cds-services/unknown/feedback", f"/cds-services/{'x' * 200}"):
        answer = await ward.service.client.post(path, json=new_call())
        assert answer.status_code == 404


async def test_another_hook_than_that_of_the_service_is_refused(ward: Hooked) -> None:
    answer = await ward.call(new_call("postop-lumbar-order-sign"))

    assert refusal(answer) == (400, "wrong-hook")
    assert ward.size() == 0


async def test_what_is_no_call_is_refused_with_every_flaw(ward: Hooked) -> None:
    answer = await ward.call({"hook": "patient-view", "context": {"patientId": "../x"}})

    assert refusal(answer) == (400, "not-a-hook-call")
    assert places(answer) == ["hookInstance", "context.userId", "context.patientId"]
    assert ward.size() == 0


@pytest.mark.parametrize("document", [[], [{"hook": "patient-view"}], "patient-view", 7, None])
async def test_json_that_is_no_object_is_no_call(ward: Hooked, document: Any) -> None:
    assert refusal(await ward.call(document)) == (400, "not-a-hook-call")
    assert ward.size() == 0


@pytest.mark.parametrize("body", [b"{", b"", b'{"a":NaN}', b'{"hook":"a","hook":"b"}', b"\xff"])
async def test_what_is_no_json_is_refused(ward: Hooked, body: bytes) -> None:
    answer = await ward.service.client.post(
        f"/cds-services/{VIEW}", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 400


async def test_without_a_public_address_links_lead_to_the_host_that_was_asked(sqlite_url: str) -> None:
    async with hooked(sqlite_url, ehr(public_url="")) as ward:
        card = await ward.card(prefetch_of(CASE))

    assert card["links"][0]["url"] == f"http://localhost/v1/assessments/{card['uuid']}"


async def test_every_key_of_the_prefetch_counts_by_what_it_brings(ward: Hooked) -> None:
    whole = prefetch_of(CASE | {"vitals": {"temperature_c": 36.6}, "labs": [{"date": TODAY, "crp_mg_l": 4}]})

    assert whole.keys() == PREFETCH.keys()
    assert "not supplied" not in (await ward.card(whole))["detail"]


async def test_a_call_with_a_server_that_is_on_no_list_is_answered_where_nobody_is_asked(
    ward: Hooked,
) -> None:
    call = call_of(prefetch=prefetch_of(CASE), fhirServer="https://ehr.example.org/fhir")

    assert (await ward.call(call)).status_code == 200


async def test_a_chart_of_many_resources_is_read(ward: Hooked) -> None:
    many = [{"date": f"2025-12-{day:02}", "leg_pain_nrs": 2, "back_pain_nrs": 2} for day in range(2, 32)]
    prefetch = prefetch_of(CASE | {"observations": [*CASE["observations"], *many]})
    padded = {"div": "x" * 2000, "status": "generated"}
    for entry in prefetch["survey"]["entry"]:
        entry["resource"]["text"] = padded

    assert len(json.dumps(prefetch)) > 2 * 65_536
    assert not (await ward.card(prefetch))["summary"].startswith("Cannot assess")
