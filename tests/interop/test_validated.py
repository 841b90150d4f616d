"""Every resource that the service writes is accepted by all validators, over all golden cases."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.interop.abstained import abstention
from app.interop.asked import Asked
from app.interop.assessment import assessment_resources, return_bundle
from app.interop.audit_events import ACTS, audit_event
from app.interop.capability import capability_statement
from app.interop.notes import Note
from app.interop.operation_definition import operation_definition
from app.interop.outcomes import operation_outcome
from app.interop.searches import searchset
from tests.interop import validators
from tests.interop.entries import entry
from tests.interop.recorded import (
    BASE_URL,
    answered,
    golden_cases,
    recorded_case,
)

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(validators.NODE is None, reason=validators.NO_NODE),
]
Resource = dict[str, Any]
SHARES = 4
"""The golden cases are shared out, so that several processes can look through them."""


@pytest.fixture(scope="module", autouse=True)
def validator() -> None:
    validators.install()


def assert_accepted(resources: list[Resource]) -> None:
    """None of the validators finds anything, warnings included."""
    found = validators.medplum(resources)
    assert len(found) == len(resources)
    for resource, findings in zip(resources, found, strict=True):
        named = f"{resource['resourceType']}/{resource.get('id')}"
        assert findings == [], named
        assert validators.schema(resource) == [], named
        assert validators.models(resource) == [], named
        assert validators.bindings(resource) == [], named
        assert validators.codings(resource) == [], named


def written(case: Resource) -> list[Resource]:
    return assessment_resources(answered(case), recorded_case(case), BASE_URL)


@pytest.mark.parametrize("share", range(SHARES))
def test_what_is_written_of_every_golden_case_is_accepted(share: int) -> None:
    cases = golden_cases()[share::SHARES]
    assert cases
    assert_accepted([resource for case in cases for resource in written(case)])


def test_the_returned_bundle_is_accepted() -> None:
    outcome = operation_outcome([Note("warning", "value", "Not used.", "Observation/o1", "vitals.news2")])
    bundles = [
        return_bundle([*written(case), outcome], BASE_URL, "2026-01-15T12:00:00Z")
        for case in golden_cases()[::200]
    ]
    assert_accepted(bundles)


def test_what_describes_the_service_is_accepted() -> None:
    assert_accepted(
        [
            capability_statement(BASE_URL, cors=True),
            capability_statement(BASE_URL, cors=False),
            operation_definition(BASE_URL),
        ]
    )


def test_every_kind_of_leaf_is_accepted_as_an_audit_event() -> None:
    assert_accepted([audit_event(entry(kind), BASE_URL) for kind in ACTS])


def test_an_answer_without_an_assessment_is_accepted() -> None:
    at, event_id = datetime(2026, 1, 15, 12, tzinfo=UTC), UUID("0198c0de-0000-7000-8000-00000000000a")
    note = Note("warning", "incomplete", "An operation has no full day.", "Procedure/p1", "surgery.date")
    of_a_form = Asked({"resourceType": "QuestionnaireResponse"})
    of_a_bundle = Asked({"resourceType": "Bundle"}, encounter="Encounter/e1", request="request-1")
    assert_accepted(
        [
            abstention(event_id, asked, "patient-1", notes, at, BASE_URL)
            for asked in (of_a_form, of_a_bundle)
            for notes in ((), (note,))
        ]
    )


def test_what_a_search_is_answered_with_is_accepted() -> None:
    leaves = enumerate(("assess", "read"))
    events = [audit_event({**entry(kind), "index": place}, BASE_URL) for place, kind in leaves]
    links = {"self": f"{BASE_URL}/fhir/AuditEvent?_count=2", "next": f"{BASE_URL}/fhir/AuditEvent?after=7"}
    assert_accepted([searchset(events, 9, links, BASE_URL), searchset([], 0, {}, BASE_URL)])


def test_every_outcome_is_accepted() -> None:
    problem = {
        "title": "Invalid request",
        "code": "invalid-request",
        "detail": "See errors.",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "errors": [{"pointer": "/entry/0/resource", "code": "missing", "message": "This is required."}],
    }
    notes = [Note("information", "incomplete", "A form without a day."), Note("error", "value", "A unit.")]
    assert_accepted([operation_outcome(problem), operation_outcome(notes), operation_outcome([])])


def without(member: str) -> Callable[[Resource], None]:
    def change(resource: Resource) -> None:
        del resource[member]

    return change


def with_value(member: str, value: Any) -> Callable[[Resource], None]:
    def change(resource: Resource) -> None:
        resource[member] = value

    return change


V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
BREAKAGES: list[tuple[str, Callable[[Resource], None]]] = [
    ("GuidanceResponse", without("status")),
    ("GuidanceResponse", without("moduleUri")),
    ("GuidanceResponse", with_value("status", "finished")),
    ("GuidanceResponse", with_value("occurrenceDateTime", "yesterday")),
    (
        "GuidanceResponse",
        with_value("meta", {"security": [{"system": V3, "code": "AIAST", "display": "AI"}]}),
    ),
    ("GuidanceResponse", with_value("meta", {"security": [{"system": V3, "code": "AISAYS"}]})),
    ("RequestGroup", without("intent")),
    ("RequestGroup", with_value("priority", "emergency")),
    ("DetectedIssue", with_value("severity", "extreme")),
    ("RiskAssessment", with_value("prediction", [{"probabilityDecimal": 140}])),
    ("Task", with_value("description", ["a list"])),
    ("Device", with_value("maker", "nobody")),
    ("Provenance", without("target")),
    ("Provenance", with_value("agent", None)),
]


def test_the_validators_together_have_teeth() -> None:
    written_ones = {each["resourceType"]: each for case in golden_cases()[1:400:2] for each in written(case)}
    broken = [copy.deepcopy(written_ones[kind]) for kind, _ in BREAKAGES]
    for (_, breakage), resource in zip(BREAKAGES, broken, strict=True):
        breakage(resource)

    found = zip(broken, validators.medplum(broken), strict=True)
    accepted = [
        place
        for place, (resource, by_medplum) in enumerate(found)
        if not (
            by_medplum
            or validators.schema(resource)
            or validators.models(resource)
            or validators.bindings(resource)
            or validators.codings(resource)
        )
    ]
    assert accepted == []
