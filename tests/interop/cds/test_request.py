"""A call has what CDS Hooks demands, or is refused with every flaw; what is not known is ignored."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import pytest

from app.interop.cds.discovery import PREFETCH, SERVICES, discovery, queries
from app.interop.cds.request import Flaw, NotACall, WrongHook, read_call
from tests.interop.cds.calls import INSTANCE, call_of
from tests.interop.cds.invariants import faults_of_call

VIEW = SERVICES["postop-lumbar-view"]


def flaws_of(document: Any, service: str = "postop-lumbar-view") -> set[Flaw]:
    with pytest.raises(NotACall) as refused:
        read_call(document, SERVICES[service])
    return set(refused.value.flaws)


@pytest.mark.parametrize("service", SERVICES)
def test_a_good_call_of_every_service_is_read(service: str) -> None:
    document = call_of(service)
    call = read_call(document, SERVICES[service])

    assert faults_of_call(document) == []
    assert (call.instance, call.patient, call.token) == (UUID(INSTANCE), "patient-1", None)


@pytest.mark.parametrize(
    ("service", "name"),
    [(service.id, name) for service in SERVICES.values() for name in service.context],
)
def test_each_member_that_a_hook_demands_is_demanded(service: str, name: str) -> None:
    document = call_of(service)
    del document["context"][name]

    assert flaws_of(document, service) == {Flaw(f"/context/{name}", "missing")}


@pytest.mark.parametrize(
    ("changes", "flaws"),
    [
        ({"hookInstance": "no uuid"}, {Flaw("/hookInstance", "uuid_parsing")}),
        ({"hookInstance": 7}, {Flaw("/hookInstance", "string_type")}),
        ({"hook": None}, {Flaw("/hook", "missing")}),
        ({"hook": 7}, {Flaw("/hook", "string_type")}),
        ({"context": None}, {Flaw("/context", "missing")}),
        ({"context": []}, {Flaw("/context", "model_type")}),
        ({"prefetch": []}, {Flaw("/prefetch", "model_type")}),
        ({"fhirServer": 7}, {Flaw("/fhirServer", "string_type")}),
        ({"fhirServer": "https://x/" + "x" * 2000}, {Flaw("/fhirServer", "string_too_long")}),
        ({"fhirAuthorization": {"access_token": "x"}}, {Flaw("/fhirServer", "missing")}),
        (
            {"hookInstance": None, "context": {"userId": "", "patientId": "a/b"}},
            {
                Flaw("/hookInstance", "missing"),
                Flaw("/context/userId", "string_too_short"),
                Flaw("/context/patientId", "string_pattern_mismatch"),
            },
        ),
        *(
            (
                {"context": {"userId": "Practitioner/1", "patientId": dots}},
                {Flaw("/context/patientId", "string_pattern_mismatch")},
            )
            for dots in (".", "..")  # in an address they are no id, and lead to all patients
        ),
        (
            {"context": {"userId": "Practitioner/1", "patientId": "1", "encounterId": "?"}},
            {Flaw("/context/encounterId", "string_pattern_mismatch")},
        ),
    ],
)
def test_everything_that_is_wrong_is_told_at_once(changes: dict[str, Any], flaws: set[Flaw]) -> None:
    assert flaws_of(call_of() | changes) == flaws


@pytest.mark.parametrize("document", [None, [], "text", 7])
def test_what_is_no_object_is_no_call(document: Any) -> None:
    assert flaws_of(document) == {Flaw("", "model_type")}


def test_another_hook_than_that_of_the_service_is_refused() -> None:
    with pytest.raises(WrongHook):
        read_call(call_of("postop-lumbar-order-sign"), VIEW)


def test_what_is_not_known_and_what_is_absent_or_null_is_no_flaw() -> None:
    document = call_of() | {"extension": {"x": 1}, "theirs": [], "prefetch": None}
    document["context"] |= {"encounterId": None, "theirs": {}}

    call = read_call(document, VIEW)

    assert (call.encounter, call.prefetch, call.server) == (None, {}, None)


@pytest.mark.parametrize(
    ("authorization", "token"),
    [
        ({"access_token": "abc.def", "token_type": "Bearer"}, "abc.def"),
        ({"access_token": "abc.def", "token_type": "bearer"}, "abc.def"),
        ({"access_token": "abc.def", "token_type": "mac"}, None),
        ({"access_token": "abc\r\nHost: x", "token_type": "Bearer"}, None),
        ({"access_token": 7, "token_type": "Bearer"}, None),
        ({"access_token": "x" * 9000, "token_type": "Bearer"}, None),
        ({"access_token": "abc.def"}, None),
        ("abc.def", None),
    ],
)
def test_only_a_token_that_can_be_sent_is_taken(authorization: Any, token: str | None) -> None:
    document = call_of() | {"fhirServer": "https://ehr.example/fhir", "fhirAuthorization": authorization}

    call = read_call(document, VIEW)

    assert call.token == token
    assert "abc.def" not in repr(call)


def test_every_service_is_offered_once_with_its_hook_and_all_that_it_needs() -> None:
    offered = discovery("postop-lumbar", "2.0.0", "0" * 64)["services"]

    assert [each["id"] for each in offered] == list(SERVICES)
    assert {each["hook"] for each in offered} == {
        *("patient-view", "encounter-start", "appointment-book", "encounter-discharge"),
        *("order-select", "order-sign"),
    }
    for each in offered:
        assert each["prefetch"] == PREFETCH
        assert each["version"] == "2.0.1"
        assert each["extension"]["org.decompass.ruleset"]["version"] == "2.0.0"
        assert "never taken for" in each["description"]
        assert "Without an answered and complete search" in each["usageRequirements"]


def test_a_template_holds_the_patient_and_no_other_token() -> None:
    for key, template in PREFETCH.items():
        assert template.count("{{") == template.count("{{context.patientId}}") == 1, key
    assert not any("{{" in query for query in queries("p1").values())
    assert queries("p1")["patient"] == "Patient/p1"


def test_what_is_offered_is_made_anew_each_time() -> None:
    first = discovery("postop-lumbar", "2.0.0", "0" * 64)
    untouched = copy.deepcopy(first)
    first["services"][0]["prefetch"].clear()

    assert discovery("postop-lumbar", "2.0.0", "0" * 64) == untouched
