"""What was recorded, and the log, are read as resources; each read of a record is in the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.audit.records import Actor, Event
from tests.api.fhired import BASE_URL, FHIR, Fhired, data, fhired, first, parameters
from tests.api.hooked import CASE, URGENT, refusal
from tests.api.service import NOW
from tests.stores import opened_store

pytestmark = pytest.mark.anyio


@pytest.fixture
async def clinic(sqlite_url: str) -> AsyncIterator[Fhired]:
    async with fhired(sqlite_url) as running:
        yield running


async def recorded(clinic: Fhired, case: dict[str, Any] = URGENT) -> str:
    """The id of a record that `$assess` made."""
    record_id: str = first(await clinic.assessed(data(case)))["id"]
    return record_id


async def test_every_resource_of_an_answer_is_read_again_as_it_was(clinic: Fhired) -> None:
    entries = (await clinic.assessed(data(URGENT)))["entry"]
    kinds = {each["resource"]["resourceType"] for each in entries}
    for each in entries:
        read = await clinic.get(each["fullUrl"].removeprefix(f"{BASE_URL}/fhir/"))

        assert (read.status_code, read.headers["content-type"]) == (200, FHIR)
        assert read.json() == each["resource"]
    assert {"GuidanceResponse", "RequestGroup", "DetectedIssue", "Device", "Provenance"} <= kinds


async def test_what_was_recorded_by_the_services_own_route_is_read_as_resources_too(clinic: Fhired) -> None:
    record_id = await clinic.service.recorded(CASE | {"subject": "patient_7"})
    guidance = (await clinic.get(f"GuidanceResponse/{record_id}")).json()

    assert guidance["id"] == record_id
    assert guidance["subject"]["identifier"]["value"] == "patient_7"


async def test_a_read_is_in_the_log_once_and_so_is_a_refused_one(clinic: Fhired) -> None:
    record_id = await recorded(clinic)
    await clinic.get(f"Provenance/{record_id}")
    (leaf,) = clinic.leaves("read")
    assert (leaf["what"], leaf["of"]) == ("resource", [record_id])

    unknown = str(uuid4())
    assert refusal(await clinic.get(f"GuidanceResponse/{unknown}")) == (404, "not-found")
    assert (clinic.leaves("read")[-1]["what"], clinic.leaves("read")[-1]["of"]) == ("refused", [unknown])


@pytest.mark.parametrize(
    "path",
    [
        "GuidanceResponse/nothing",
        "GuidanceResponse/{}-1",
        "DetectedIssue/{}",
        "Task/{}-999",
        "Task/{}-0",
        "Task/{}-1x",
        "Patient/{}",
        "AuditEvent/nothing",
        "AuditEvent/00",
        "AuditEvent/99999999999999999999999",
        "Questionnaire/another",
        "OperationDefinition/another",
        "GuidanceResponse",
        "nothing",
    ],
)
async def test_what_is_not_there_is_not_found(clinic: Fhired, path: str) -> None:
    answer = await clinic.get(path.format(await recorded(clinic)))

    assert refusal(answer) == (404, "not-found")
    assert answer.headers["content-type"] == FHIR


async def test_head_is_answered_where_get_is(clinic: Fhired) -> None:
    record_id = await recorded(clinic)
    for path in (f"GuidanceResponse/{record_id}", "metadata", "AuditEvent", "AuditEvent/0"):
        answer = await clinic.service.client.head(f"/fhir/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, FHIR)


async def test_a_damaged_record_is_not_shown(clinic: Fhired) -> None:
    record_id = await recorded(clinic)
    clinic.service.alter(record_id, "content", b"altered")

    assert refusal(await clinic.get(f"GuidanceResponse/{record_id}")) == (409, "record-damaged")


async def test_of_an_erased_subject_no_resource_is_shown(clinic: Fhired) -> None:
    record_id = await recorded(clinic)
    subject = (await clinic.get(f"GuidanceResponse/{record_id}")).json()["subject"]
    asked = Event(uuid4(), NOW, Actor("local", "command"), "erase")
    with opened_store(clinic.service.url) as store:
        store.erasure.erase(subject["reference"].removeprefix("Patient/"), asked, "request")

    for kind in ("GuidanceResponse", "Provenance"):
        assert refusal(await clinic.get(f"{kind}/{record_id}")) == (410, "record-erased")
    events = (await clinic.get("AuditEvent?_count=50")).json()
    assert subject["reference"] not in str(events)


async def test_the_log_is_told_as_audit_events_page_by_page(clinic: Fhired) -> None:
    record_id = await recorded(clinic)
    for _ in range(3):
        await clinic.get(f"Device/{record_id}")
    page, found = "AuditEvent?_count=3", []
    while page:
        bundle = (await clinic.get(page)).json()
        links = {each["relation"]: each["url"] for each in bundle["link"]}
        assert (bundle["type"], bundle["total"]) == ("searchset", 4)
        assert links["self"] == f"{BASE_URL}/fhir/{page}"
        found += [each["resource"] for each in bundle["entry"]]
        page = links.get("next", "").removeprefix(f"{BASE_URL}/fhir/")

    assert [each["id"] for each in found] == ["0", "1", "2", "3"]
    assert [each["action"] for each in found] == ["C", "R", "R", "R"]
    assert found[0]["entity"][-1]["what"] == {"reference": f"GuidanceResponse/{record_id}"}
    assert (await clinic.get("AuditEvent/2")).json() == found[2]
    assert "patient-1" not in str(found)


async def test_no_page_is_larger_than_what_is_promised(clinic: Fhired) -> None:
    bundle = (await clinic.get("AuditEvent?_count=9999")).json()

    assert bundle["link"][0]["url"].endswith("?_count=200")


async def test_an_empty_log_is_an_empty_searchset_and_has_no_event(clinic: Fhired) -> None:
    empty = (await clinic.get("AuditEvent")).json()

    assert (empty["total"], "entry" in empty) == (0, False)
    assert refusal(await clinic.get("AuditEvent/0")) == (404, "not-in-the-log")


async def test_a_place_behind_the_log_is_an_empty_page_and_no_event(clinic: Fhired) -> None:
    await recorded(clinic)
    behind = (await clinic.get("AuditEvent?after=7")).json()

    assert ("entry" in behind, [each["relation"] for each in behind["link"]]) == (False, ["self"])
    assert refusal(await clinic.get("AuditEvent/7")) == (404, "not-in-the-log")


@pytest.mark.parametrize("query", ["_count=0", "_count=x", "after=-1", "after=99999999999999999999"])
async def test_a_page_that_cannot_be_is_refused(clinic: Fhired, query: str) -> None:
    assert refusal(await clinic.get(f"AuditEvent?{query}")) == (422, "invalid-request")


async def test_another_tenants_record_and_log_are_not_there(clinic: Fhired) -> None:
    with opened_store(clinic.service.url) as store:
        store.recorder.start()
        await store.recorder.log(Event(UUID(int=7), NOW, Actor("other", "key"), "verify"))
    await recorded(clinic)
    bundle = (await clinic.get("AuditEvent")).json()

    assert [each["resource"]["action"] for each in bundle["entry"]] == ["C"]


async def test_a_leaf_that_no_service_wrote_is_told_to_be_damaged(clinic: Fhired) -> None:
    await recorded(clinic)
    clinic.service.rows("UPDATE entry SET meta = ?", b"{}")

    assert refusal(await clinic.get("AuditEvent/0")) == (409, "record-damaged")
    assert refusal(await clinic.get("AuditEvent")) == (409, "record-damaged")


async def test_a_record_of_an_earlier_release_that_cannot_be_told_says_so(
    clinic: Fhired, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = await recorded(clinic)

    def without_a_member(_text: bytes) -> dict[str, Any]:
        return {"id": record_id}

    monkeypatch.setattr("app.fhir.showing.from_json", without_a_member)
    assert refusal(await clinic.get(f"GuidanceResponse/{record_id}")) == (409, "no-fhir-form")


async def test_parameters_and_their_record_say_the_same(clinic: Fhired) -> None:
    guidance = first(await clinic.assessed(parameters()))

    assert (await clinic.get(f"GuidanceResponse/{guidance['id']}")).json() == guidance


@pytest.mark.parametrize("address", ["/fhir/AuditEvent?date=2026-01-01", "/fhir/Questionnaire?title=form"])
async def test_a_search_by_what_is_not_looked_for_is_refused(clinic: Fhired, address: str) -> None:
    answer = await clinic.service.client.get(address)

    assert answer.status_code == 422
    assert answer.json()["issue"][-1]["details"]["coding"][0]["code"] == "extra_forbidden"
