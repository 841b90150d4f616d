"""`$assess` answers with a recorded assessment as resources, or says what is missing, or what is wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import from_json

from app.interop.guidance import clinical_content
from tests.api.fhired import (
    BASE_URL,
    FHIR,
    Fhired,
    content_of,
    data,
    fhired,
    first,
    identified,
    parameters,
)
from tests.api.hooked import CASE, TODAY, places, refusal
from tests.api.sample import CANARY
from tests.interop.as_form import response_of

pytestmark = pytest.mark.anyio

FAHRENHEITS = {
    "resourceType": "Observation",
    "id": "warm",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
    "subject": {"reference": "Patient/patient-1"},
    "effectiveDateTime": TODAY,
    "valueQuantity": {"value": 38, "system": "http://unitsofmeasure.org", "code": "kg"},
}
"""A temperature in a unit that no temperature has."""
NOTHING = {"resourceType": "Bundle", "type": "collection"}


@pytest.fixture
async def clinic(sqlite_url: str) -> AsyncIterator[Fhired]:
    async with fhired(sqlite_url) as running:
        yield running


@pytest.fixture
async def nothing_is_stored(clinic: Fhired) -> AsyncIterator[None]:
    """After the test the log is as empty as before."""
    yield
    assert clinic.service.rows("SELECT count(*) FROM entry") == [(0,)]


TWO_FORMS = [{"resource": response_of(CASE | {"subject": each})} for each in ("a", "b")]


def with_entry(bundle: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    return bundle | {"entry": [*bundle["entry"], {"resource": resource}]}


async def test_a_bundle_is_answered_with_the_resources_of_a_record(clinic: Fhired) -> None:
    answer = await clinic.assess(parameters())
    bundle = answer.json()
    guidance = first(bundle)
    stored = (await clinic.service.client.get(f"/v1/assessments/{guidance['id']}")).json()

    assert (answer.status_code, answer.headers["content-type"]) == (200, FHIR)
    assert answer.headers["location"] == f"{BASE_URL}/fhir/GuidanceResponse/{guidance['id']}"
    assert guidance["subject"] == {"reference": "Patient/patient-1"}
    assert content_of(bundle) == clinical_content(stored)
    assert bundle["entry"][0]["fullUrl"] == answer.headers["location"]


async def test_the_data_alone_say_the_same_as_parameters(clinic: Fhired) -> None:
    said = [
        content_of(await clinic.assessed(each))
        for each in (
            parameters(),
            data(),
            response_of(CASE, subject={"reference": "Patient/patient-1"}),
            parameters(response_of(CASE), subject={"valueString": "Patient/patient-1"}),
            response_of(CASE | {"subject": "patient-1"}),
        )
    ]

    assert len(set(said)) == 1


async def test_what_the_call_says_of_itself_is_in_the_record(clinic: Fhired) -> None:
    sent = parameters(
        subject={"valueString": "Patient/patient-1"},
        encounter={"valueString": "Encounter/e1"},
        asOf={"valueDateTime": "2026-01-10T08:00:00Z"},
        requestIdentifier=identified(),
        somethingElse={"valueString": "ignored"},
    )
    guidance = first(await clinic.assessed(sent))
    case = (await clinic.service.client.get(f"/v1/assessments/{guidance['id']}/case")).json()

    assert case["assessed_on"] == "2026-01-10"
    assert guidance["requestIdentifier"] == {"system": "urn:example:visits", "value": "visit-1"}
    assert guidance["encounter"] == {"reference": "Encounter/e1"}
    assert case["provenance"]["channel"] == "fhir"
    assert case["provenance"]["request"] == "urn:example:visits|visit-1"
    assert {"Procedure/o1", "Observation/o2"} <= {
        each["reference"] for each in case["provenance"]["resources"]
    }


async def test_under_one_identifier_the_same_data_give_the_same_record_and_others_are_refused(
    clinic: Fhired,
) -> None:
    once = await clinic.assess(parameters(requestIdentifier=identified()))
    again = await clinic.assess(parameters(requestIdentifier=identified()))
    other = CASE | {"age_years": 60}
    reused = await clinic.assess(parameters(data(other), requestIdentifier=identified()))

    assert (again.content, again.headers["location"]) == (once.content, once.headers["location"])
    assert ("idempotency-replayed" in once.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert refusal(reused) == (422, "idempotency-key-reused")
    assert len(clinic.leaves("assess")) == 1


async def test_without_an_operation_the_data_that_are_required_are_named_and_the_log_says_so(
    clinic: Fhired,
) -> None:
    patient = {"resourceType": "Patient", "id": "patient-1"}
    sent = parameters({**NOTHING, "entry": [{"resource": patient}]}, requestIdentifier=identified())
    answer = await clinic.assess(sent)
    await clinic.assess(sent)
    guidance = first(answer.json())
    (leaf,) = clinic.leaves("abstain", "assess")

    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert (guidance["status"], "id" in guidance) == ("data-required", False)
    assert guidance["dataRequirement"][0]["type"] == "Procedure"
    assert guidance["contained"][0]["issue"][0]["severity"] == "warning"
    assert (leaf["kind"], leaf["what"], leaf["service"]) == ("abstain", "cannot_tell", "assess")
    assert guidance["identifier"][0]["value"] == f"urn:uuid:{leaf['id']}"


async def test_without_an_operation_other_data_under_one_identifier_have_an_entry_of_their_own(
    clinic: Fhired,
) -> None:
    born = {"birthDate": "1980-01-01"}
    patients = [{"id": "patient-1"}, {"id": "patient-2"}, {"id": "patient-1"} | born, {"id": "patient-1"}]
    told = []
    for each in patients:
        patient = {"resource": {"resourceType": "Patient", **each}}
        sent = parameters({**NOTHING, "entry": [patient]}, requestIdentifier=identified())
        told.append(first(await clinic.assessed(sent))["identifier"][0]["value"])

    assert told[3] == told[0]
    assert {f"urn:uuid:{leaf['id']}" for leaf in clinic.leaves("abstain")} == set(told)
    assert len(set(told)) == 3


async def test_what_was_missing_may_come_later_under_the_same_identifier(clinic: Fhired) -> None:
    patient = {"resource": {"resourceType": "Patient", "id": "patient-1"}}
    missing = parameters({**NOTHING, "entry": [patient]}, requestIdentifier=identified())
    whole = parameters(requestIdentifier=identified())

    assert "location" not in (await clinic.assess(missing)).headers
    assert "location" in (await clinic.assess(whole)).headers


async def test_what_was_not_used_is_told_in_an_outcome(clinic: Fhired) -> None:
    old = FAHRENHEITS | {"effectiveDateTime": "2025-12-20", "valueQuantity": {"value": 38, "code": "Cel"}}
    bundle = await clinic.assessed(with_entry(data(), old))
    outcome = bundle["entry"][-1]["resource"]

    assert outcome["resourceType"] == "OperationOutcome"
    assert outcome["issue"][0]["expression"] == ["Observation/warm"]


@pytest.mark.usefixtures("nothing_is_stored")
async def test_a_unit_that_cannot_be_converted_is_refused_where_it_stands(clinic: Fhired) -> None:
    bundle = with_entry(data(), FAHRENHEITS)
    alone = await clinic.assess(bundle)
    wrapped = await clinic.assess(parameters(bundle, subject={"valueString": "Patient/patient-1"}))

    last = len(bundle["entry"]) - 1
    assert refusal(alone) == refusal(wrapped) == (422, "unusable-data")
    assert places(alone) == [f"entry[{last}].resource"]
    assert places(wrapped) == [f"parameter[1].resource.entry[{last}].resource"]
    assert alone.json()["issue"][1]["code"] == "value"


@pytest.mark.usefixtures("nothing_is_stored")
@pytest.mark.parametrize(
    "sent",
    [
        with_entry(data(), {"resourceType": "Patient", "id": "patient-2"}),
        with_entry(data(), FAHRENHEITS | {"subject": {"reference": "Patient/patient-2"}}),
        parameters(subject={"valueString": "Patient/patient-2"}),
        {**NOTHING, "entry": TWO_FORMS},
        {**NOTHING, "entry": [{"resource": {"resourceType": "Patient", "id": "a"}}, *TWO_FORMS]},
    ],
    ids=[
        "two patients",
        "a value of another",
        "another was asked about",
        "two forms",
        "two forms and a patient",
    ],
)
async def test_data_of_two_patients_are_refused(clinic: Fhired, sent: dict[str, Any]) -> None:
    assert refusal(await clinic.assess(sent)) == (422, "two-patients")


def on(server: str, each: dict[str, Any]) -> dict[str, Any]:
    """An entry under an address of a server."""
    return {"fullUrl": f"{server}/{each['resource']['resourceType']}/{each['resource']['id']}", **each}


HERE, THERE = "https://ehr.example.org/fhir", "https://other.example.org/fhir"
LOOKED_UP = FAHRENHEITS | {"valueQuantity": {"value": 37, "code": "Cel"}}
OF_THERE = LOOKED_UP | {"subject": {"reference": f"{THERE}/Patient/patient-1"}}
ON_HERE = data() | {"entry": [on(HERE, each) for each in data()["entry"]]}


@pytest.mark.usefixtures("nothing_is_stored")
@pytest.mark.parametrize(
    "sent",
    [
        with_entry(ON_HERE, OF_THERE),
        ON_HERE | {"entry": [*ON_HERE["entry"], on(THERE, {"resource": LOOKED_UP})]},
        ON_HERE | {"entry": [*ON_HERE["entry"], on(THERE, data()["entry"][0])]},
        with_entry(
            with_entry(data(), OF_THERE),
            LOOKED_UP | {"id": "o9", "subject": {"reference": f"{HERE}/Patient/patient-1"}},
        ),
        parameters(ON_HERE, subject={"valueString": f"{THERE}/Patient/patient-1"}),
    ],
    ids=["a reference", "an address", "two addresses of the patient", "two references", "who is asked about"],
)
async def test_data_of_patients_of_two_servers_are_refused(clinic: Fhired, sent: dict[str, Any]) -> None:
    answer = await clinic.assess(sent)

    assert refusal(answer) == (422, "two-patients")
    assert answer.json()["issue"][0]["code"] == "business-rule"
    assert "other.example.org" not in answer.text


@pytest.mark.usefixtures("nothing_is_stored")
@pytest.mark.parametrize("died", [{"deceasedBoolean": True}, {"deceasedDateTime": "2026-01-02"}])
async def test_a_patient_who_has_died_is_not_assessed(clinic: Fhired, died: dict[str, Any]) -> None:
    bundle = data()
    bundle["entry"][0]["resource"] |= died
    answer = await clinic.assess(parameters(bundle))
    issue = answer.json()["issue"][0]

    assert refusal(answer) == (422, "deceased-patient")
    assert (issue["code"], issue["severity"]) == ("business-rule", "error")


async def test_a_patient_is_assessed_as_of_a_day_before_the_death(clinic: Fhired) -> None:
    bundle = data()
    bundle["entry"][0]["resource"] |= {"deceasedDateTime": "2026-01-12"}
    answer = await clinic.assess(parameters(bundle, asOf={"valueDateTime": "2026-01-10"}))

    assert answer.status_code == 200


async def test_one_server_however_it_is_spelt_is_one_patient(clinic: Fhired) -> None:
    spelt = LOOKED_UP | {"subject": {"reference": "http://EHR.example.org:80/fhir/Patient/patient-1"}}

    assert (await clinic.assess(with_entry(ON_HERE, spelt))).status_code == 200
    assert (await clinic.assess(with_entry(data(), OF_THERE))).status_code == 200


@pytest.mark.usefixtures("nothing_is_stored")
@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({}, "resourceType"),
        ({"resourceType": "Patient", "id": CANARY}, "resourceType"),
        ({"resourceType": "Parameters"}, "parameter"),
        ({"resourceType": "Parameters", "parameter": [CANARY, {"name": CANARY}]}, "parameter"),
        (parameters({"resourceType": "Patient"}), "parameter[0].resource.resourceType"),
        (parameters([CANARY]), "parameter[0].resource"),
        (parameters(subject={"valueString": CANARY}), "parameter[0].valueString"),
        (parameters(subject={}), "parameter[0].valueString"),
        (parameters(encounter={"valueString": f"Encounter/{CANARY}!"}), "parameter[0].valueString"),
        (parameters(asOf={"valueDateTime": CANARY}), "parameter[0].valueDateTime"),
        (parameters(asOf={"valueDateTime": "2026-01"}), "parameter[0].valueDateTime"),
        (parameters(requestIdentifier={"valueIdentifier": CANARY}), "parameter[0].valueIdentifier"),
        (parameters(requestIdentifier=identified("x" * 300)), "parameter[0].valueIdentifier"),
        (parameters(requestIdentifier=identified("a b")), "parameter[0].valueIdentifier"),
        (parameters(NOTHING), "parameter[0].resource"),
    ],
)
async def test_what_asks_for_nothing_is_refused_with_the_place(
    clinic: Fhired, sent: dict[str, Any], place: str
) -> None:
    answer = await clinic.assess(sent)

    assert refusal(answer) == (422, "invalid-request")
    assert places(answer) == [place]
    assert CANARY not in answer.text


def of_an_address(address: str, *, operated: bool = True) -> dict[str, Any]:
    """The Bundle with a Patient who has no id but this address, to which everything else refers."""
    bundle = data()
    others = [each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] != "Patient"]
    referring = [{"resource": each | {"subject": {"reference": address}}} for each in others if operated]
    patient = {"fullUrl": address, "resource": {"resourceType": "Patient", "birthDate": "1980-01-01"}}
    return bundle | {"entry": [patient, *referring]}


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("https://ehr.example.org/fhir/Patient/77", "77"),
        ("https://ehr.example.org/fhir/Patient/77/_history/2", "77"),
        ("urn:uuid:0190a0b0-0000-7000-8000-000000000001", "0190a0b0-0000-7000-8000-000000000001"),
    ],
)
async def test_a_patient_without_an_id_is_known_by_the_address(
    clinic: Fhired, address: str, known: str
) -> None:
    assert first(await clinic.assessed(of_an_address(address)))["subject"] == {
        "reference": f"Patient/{known}"
    }


@pytest.mark.usefixtures("nothing_is_stored")
@pytest.mark.parametrize("operated", [True, False])
@pytest.mark.parametrize(
    "address",
    [
        *("urn:oid:1.2.3.4", "https://ehr.example.org/fhir/Observation/77", f"urn:uuid:{CANARY} {CANARY}"),
        *("https://ehr.example.org/fhir/Patient/..", f"https://ehr.example.org/{CANARY * 100}"),
    ],
)
async def test_a_patient_whose_address_tells_no_id_is_refused(
    clinic: Fhired, address: str, operated: bool
) -> None:
    answer = await clinic.assess(of_an_address(address, operated=operated))

    assert refusal(answer) == (422, "invalid-request")
    assert CANARY not in answer.text


@pytest.mark.usefixtures("nothing_is_stored")
@pytest.mark.parametrize("id_of_dots", [".", "..", "../_history/1"])
async def test_what_means_another_address_is_no_id_of_a_patient_or_an_encounter(
    clinic: Fhired, id_of_dots: str
) -> None:
    for name, kind in (("subject", "Patient"), ("encounter", "Encounter")):
        named = {name: {"valueString": f"{kind}/{id_of_dots}"}}
        answer = await clinic.assess(parameters(**named))

        assert refusal(answer) == (422, "invalid-request")
        assert places(answer) == ["parameter[0].valueString"]


@pytest.mark.usefixtures("nothing_is_stored")
async def test_a_parameter_that_may_come_once_is_not_taken_twice(clinic: Fhired) -> None:
    twice = parameters(subject={"valueString": "Patient/patient-1"})
    twice["parameter"] += twice["parameter"]
    answer = await clinic.assess(twice)

    assert refusal(answer) == (422, "invalid-request")
    assert places(answer) == ["parameter[2]", "parameter[3]"]


@pytest.mark.usefixtures("nothing_is_stored")
async def test_days_that_contradict_each_other_are_refused(clinic: Fhired) -> None:
    answer = await clinic.assess(parameters(asOf={"valueDateTime": "2031-01-01"}))

    assert refusal(answer) == (422, "unusable-data")
    assert len(answer.json()["issue"]) > 1


@pytest.mark.usefixtures("nothing_is_stored")
@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        (b"{", FHIR, (400, "malformed-body")),
        (b'{"a":NaN}', FHIR, (400, "malformed-body")),
        (b'{"resourceType":"Bundle","resourceType":"Bundle"}', FHIR, (400, "malformed-body")),
        (b"[]", FHIR, (422, "invalid-request")),
        (b"{}", "application/fhir+xml", (415, "unsupported-media-type")),
        (b" " * 2_200_000, FHIR, (413, "body-too-large")),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    clinic: Fhired, content: bytes, content_type: str, expected: tuple[int, str]
) -> None:
    answer = await clinic.service.client.post(
        "/fhir/$assess", content=content, headers={"Content-Type": content_type}
    )

    assert answer.headers["content-type"] == FHIR
    assert refusal(answer) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["Patient/p", "Bundle", "x", CANARY]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["resourceType", "entry", "resource", "parameter", "name", "valueString", "id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    document=JSON,
    kind=st.sampled_from(["Bundle", "Parameters", "QuestionnaireResponse"]),
    name=st.sampled_from(["entry", "parameter", "item", "subject", "status"]),
)
async def test_whatever_is_sent_is_refused_or_answered_and_never_reassures(
    clinic: Fhired, document: Any, kind: str, name: str
) -> None:
    answer = await clinic.assess({"resourceType": kind, name: document})

    assert answer.status_code in (200, 422), json.dumps(document)
    assert CANARY not in answer.text
    if answer.status_code == 200:
        assert first(from_json(answer.content))["status"] == "data-required"
