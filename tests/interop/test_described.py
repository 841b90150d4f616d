"""What the service says of itself in FHIR, and how a leaf of its log reads there."""

from __future__ import annotations

from typing import get_args

import pytest

from app.audit.records import Kind
from app.interop.assessment import assessment_resources
from app.interop.audit_events import ACTS, audit_event
from app.interop.capability import READ_ALONE, SEARCHED, capability_statement
from app.interop.operation_definition import operation_definition
from tests.interop.entries import ABOUT, LEAF_ID, entry
from tests.interop.recorded import BASE_URL, answered, golden_cases, recorded_case


def test_the_statement_names_every_kind_of_resource_that_is_written() -> None:
    kinds = {
        resource["resourceType"]
        for case in golden_cases()[::50]
        for resource in assessment_resources(answered(case), recorded_case(case), BASE_URL)
    }
    assert kinds | {"OperationDefinition"} == set(READ_ALONE)
    stated = {each["type"] for each in capability_statement(BASE_URL, cors=False)["rest"][0]["resource"]}
    assert stated == {*READ_ALONE, *SEARCHED}


def test_the_statement_and_the_definition_name_each_other() -> None:
    operation = capability_statement(BASE_URL, cors=False)["rest"][0]["operation"][0]
    assert operation == {
        "name": operation_definition(BASE_URL)["code"],
        "definition": operation_definition(BASE_URL)["url"],
    }


def test_every_kind_of_leaf_has_its_act() -> None:
    assert ACTS.keys() >= set(get_args(Kind))


def test_a_read_names_the_credential_the_request_and_the_record() -> None:
    event = audit_event(entry("read", what="case"), BASE_URL)

    assert (event["id"], event["action"], event["outcome"]) == ("7", "R", "0")
    assert event["outcomeDesc"] == "case"
    assert event["agent"][0]["who"]["identifier"]["value"] == "key:7"
    request, record = event["entity"]
    assert request["what"]["identifier"]["value"] == "0af7651916cd43dd8448eb211c80319c"
    assert record["what"] == {"reference": f"GuidanceResponse/{ABOUT}"}


def test_a_refused_read_is_no_success() -> None:
    assert audit_event(entry("read", what="refused"), BASE_URL)["outcome"] == "4"


def test_a_record_is_named_by_its_own_leaf() -> None:
    named = [each["what"].get("reference") for each in audit_event(entry("assess"), BASE_URL)["entity"]]
    assert f"GuidanceResponse/{LEAF_ID}" in named


@pytest.mark.parametrize("kind", ["erase", "hold"])
def test_the_key_of_a_subject_is_not_taken_for_a_record(kind: str) -> None:
    event = audit_event(entry(kind, what="erased"), BASE_URL)
    assert [each["what"].get("reference") for each in event["entity"]] == [None, None]
    assert event["type"]["system"] == "urn:decompass:log"
