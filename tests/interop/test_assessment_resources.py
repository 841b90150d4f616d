"""What the resources of a recorded assessment say, and what they never say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from app.interop.assessment import assessment_resources, return_bundle
from app.interop.code_book import CodeBook
from app.interop.grounds import paths_of_fact
from app.interop.guidance import HEAD, clinical_content
from app.interop.recorded import record_id_of
from app.interop.requests import ADVICE, SERVICES, TASKS
from app.interop.systems import CASE_SYSTEM, CONDITION_SYSTEM
from app.knowledge.codes import LOINC, SNOMED
from app.knowledge.conclusions import NextStep
from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.interop.recorded import (
    BASE_URL,
    RECORD_ID,
    RELEASE,
    answered,
    from_an_ehr,
    golden_cases,
    recorded_case,
)

Resource = dict[str, Any]
SADDLE_NUMBNESS: Resource = {
    "subject": "patient-7",
    "assessed_on": "2025-04-23",
    "surgery": {"date": "2025-03-03", "procedure": "microdiscectomy"},
    "red_flags": {"saddle_numbness": "yes"},
    "vitals": {"temperature_c": 36.8},
    "prior_surgeries": [],
}


@cache
def sampled() -> list[tuple[Resource, list[Resource]]]:
    """The answer and the resources of some golden cases, far apart from each other."""
    return [(answered(case), written(case)) for case in golden_cases()[::25]]


def written(case: Resource, **changes: Any) -> list[Resource]:
    return assessment_resources(answered(case) | changes, recorded_case(case), BASE_URL)


def of_kind(resources: list[Resource], kind: str) -> list[Resource]:
    return [each for each in resources if each["resourceType"] == kind]


def codes_in(value: Any) -> set[str]:
    """The paths of the case that codes of ours inside a value name."""
    parts = [part for name, part in leaves({"": value}) if name in ("coding", "code")]
    codings = [each for part in parts if isinstance(part, list) for each in part]
    return {each["code"] for each in codings if each["system"] == CASE_SYSTEM}


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member inside a value, by its name."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name, part
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)


def test_the_envelope_comes_first_under_the_id_of_the_record() -> None:
    for _, (first, *others) in sampled():
        assert (first["resourceType"], first["id"]) == ("GuidanceResponse", str(RECORD_ID))
        assert of_kind(others, "GuidanceResponse") == []


def test_nothing_of_the_clinical_content_is_lost() -> None:
    for answer, (guidance, *_) in sampled():
        parameters = {each["name"]: each for each in guidance["contained"][-1]["parameter"]}
        carried = parameters["clinicalContent"]["valueString"]
        assert json.loads(carried) == {name: value for name, value in answer.items() if name not in HEAD}
        assert carried == clinical_content(answer)
        assert parameters["tier"]["valueCode"] == answer["safety"]["tier"]
        assert parameters["worstNotExcluded"]["valueCode"] == answer["safety"]["worst_not_excluded"]
        assert parameters["complete"]["valueBoolean"] is answer["safety"]["complete"]


def test_what_is_missing_is_asked_for_and_the_status_says_so() -> None:
    seen = set()
    for answer, (guidance, *_) in sampled():
        asked = {each["fact"] for each in (*answer["safety"]["ask"], *answer["missing"])}
        named = {path for each in guidance["contained"][0]["issue"] for path in codes_in(each["details"])}
        assert named >= {path for each in guidance.get("dataRequirement", []) for path in codes_in(each)}
        assert bool(guidance.get("dataRequirement")) is bool(asked)
        expected = "data-requested" if asked else "success"
        if answer["verdict"]["status"] == "insufficient_data":
            expected = "data-required"
        assert guidance["status"] == expected
        seen.add(expected)
    assert {"data-requested", "data-required"} <= seen


def test_every_open_question_can_be_answered_by_what_is_asked_for() -> None:
    for answer, (guidance, *_) in sampled():
        asked = {each["fact"] for each in (*answer["safety"]["ask"], *answer["missing"])}
        requirements = guidance.get("dataRequirement", [])
        for paths in map(paths_of_fact, asked):
            assert paths in (("age_years",), ("prior_surgeries",)) or any(
                set(paths) == codes_in(each) for each in requirements
            )


def test_an_answer_with_nothing_missing_is_a_success() -> None:
    answer = answered(SADDLE_NUMBNESS)
    answer["missing"], answer["safety"]["ask"], answer["verdict"]["status"] = [], [], "on_track"
    guidance = assessment_resources(answer, SADDLE_NUMBNESS, BASE_URL)[0]

    assert guidance["status"] == "success"
    assert "dataRequirement" not in guidance


def test_an_incomplete_answer_never_reads_as_reassuring() -> None:
    for answer, (guidance, *_) in sampled():
        if not answer["safety"]["complete"]:
            assert "Not complete" in guidance["text"]["div"]
            assert answer["safety"]["worst_not_excluded"] in guidance["text"]["div"]


def test_no_probability_is_made_up() -> None:
    for answer, resources in sampled():
        assert "probabilityDecimal" not in {name for name, _ in leaves(resources)}
        grades = [cause["grade"] for cause in answer["causes"] if cause["grade"] in ("likely", "possible")]
        risks = of_kind(resources, "RiskAssessment")
        assert [each["prediction"][0]["qualitativeRisk"] for each in risks] == [{"text": g} for g in grades]


def test_nothing_is_null_or_empty() -> None:
    for _, resources in sampled():
        assert [name for name, value in leaves(resources) if value in (None, "", [], {})] == []


def test_all_that_is_proposed_is_a_draft() -> None:
    for answer, resources in sampled():
        proposed = [*of_kind(resources, "ServiceRequest"), *of_kind(resources, "Task")]
        assert len(proposed) == len([step for step in answer["next_steps"] if step["code"] not in ADVICE])
        groups = of_kind(resources, "RequestGroup")
        assert len(groups) == bool(proposed)
        assert {(each["status"], each["intent"]) for each in (*groups, *proposed)} <= {("draft", "proposal")}


def test_what_software_asserts_says_so() -> None:
    for _, resources in sampled():
        unlabelled = {each["resourceType"] for each in resources if "meta" not in each}
        assert unlabelled == {"Device"}


def test_every_reference_to_a_resource_of_ours_leads_to_one() -> None:
    for _, resources in sampled():
        own = {f"{each['resourceType']}/{each['id']}" for each in resources}
        named = {to for name, to in leaves(resources) if name == "reference" and str(RECORD_ID) in to}
        assert named <= own


def test_every_resource_leads_back_to_its_record() -> None:
    for _, resources in sampled():
        assert {record_id_of(each["id"]) for each in resources} == {RECORD_ID}
        assert len({(each["resourceType"], each["id"]) for each in resources}) == len(resources)


@pytest.mark.parametrize(
    "resource_id", ["", "assess", f"{RECORD_ID}-", f"{RECORD_ID}-0", f"{RECORD_ID}x", str(RECORD_ID).upper()]
)
def test_an_id_that_is_none_of_ours_leads_nowhere(resource_id: str) -> None:
    assert record_id_of(resource_id) is None


def test_every_next_step_of_the_rules_is_a_service_a_task_or_advice() -> None:
    steps = {rule.then.code for rule in POSTOP_LUMBAR.rules if isinstance(rule.then, NextStep)}
    assert SERVICES.keys() | TASKS | ADVICE == steps
    assert len(SERVICES) + len(TASKS) + len(ADVICE) == len(steps)


def test_advice_is_told_and_never_proposed() -> None:
    seen: set[str] = set()
    for case in golden_cases()[::5]:
        answer = answered(case)
        advice = {step["action"]: step["code"] for step in answer["next_steps"] if step["code"] in ADVICE}
        if advice:
            guidance, *others = written(case)
            assert [each["text"] for each in guidance["note"]] == list(advice)
            assert ("result" in guidance) == (len(advice) < len(answer["next_steps"]))
            requests = [*of_kind(others, "RequestGroup"), *of_kind(others, "ServiceRequest")]
            told = json.dumps([*requests, *of_kind(others, "Task")])
            assert not [action for action in advice if json.dumps(action)[1:-1] in told]
            seen.update(advice.values())
    assert seen == ADVICE


def test_a_flag_names_the_resources_that_gave_what_its_rule_reads() -> None:
    resources = written(from_an_ehr(SADDLE_NUMBNESS))
    issue = of_kind(resources, "DetectedIssue")[0]

    used = {each["gives"][0]: each for each in from_an_ehr(SADDLE_NUMBNESS)["provenance"]["resources"]}
    saddle, temperature = used["red_flags.saddle_numbness"], used["vitals.temperature_c"]
    evidence = [each["reference"] for each in issue["evidence"][0]["detail"]]
    assert issue["severity"] == "high"
    assert evidence[0] == f"GuidanceResponse/{RECORD_ID}"
    assert any(each.startswith(saddle["reference"]) for each in evidence)
    assert not any(each.startswith(temperature["reference"]) for each in evidence)
    assert [each["reference"].partition("/")[0] for each in issue["implicated"]] == ["Procedure"] * 2


def test_of_another_ruleset_no_evidence_is_guessed() -> None:
    case = from_an_ehr(SADDLE_NUMBNESS)
    ruleset = answered(case)["ruleset"] | {"version": "1.0.0"}
    issue = of_kind(written(case, ruleset=ruleset), "DetectedIssue")[0]

    assert issue["evidence"] == [{"detail": [{"reference": f"GuidanceResponse/{RECORD_ID}"}]}]


def test_the_provenance_names_every_resource_used_with_the_version_that_was_read() -> None:
    case = from_an_ehr(SADDLE_NUMBNESS)
    provenance = written(case)[-1]

    named = [each["what"].get("reference") for each in provenance["entity"][1:]]
    assert named == [
        f"{each['reference']}/_history/{each['version']}" if "version" in each else each["reference"]
        for each in case["provenance"]["resources"]
    ]


def test_a_correction_names_what_it_revises() -> None:
    earlier = "0198c0de-0000-7000-8000-000000000002"
    provenance = written(SADDLE_NUMBNESS, corrects=earlier)[-1]

    assert provenance["entity"][-1] == {
        "role": "revision",
        "what": {"reference": f"GuidanceResponse/{earlier}"},
    }


def test_the_device_names_the_release_and_the_rules() -> None:
    device = of_kind(written(SADDLE_NUMBNESS), "Device")[0]

    versions = {each["type"]["text"]: each["value"] for each in device["version"]}
    assert versions["software"] == RELEASE
    assert versions["ruleset"] == POSTOP_LUMBAR.version
    assert len(versions["ruleset digest"]) == 64


def test_an_answer_without_a_receipt_leaves_the_release_out() -> None:
    device = of_kind(written(SADDLE_NUMBNESS, receipt=None), "Device")[0]
    assert {each["type"]["text"] for each in device["version"]} == {"ruleset", "ruleset digest"}


def test_a_call_of_cds_hooks_is_named_by_its_service_and_its_instance() -> None:
    case = from_an_ehr(SADDLE_NUMBNESS)
    guidance = written(case)[0]

    address = f"{BASE_URL}/cds-services/postop-lumbar-view"
    assert guidance["moduleUri"] == address
    assert guidance["extension"][0]["valueUri"] == address
    assert guidance["encounter"] == {"reference": "Encounter/e1"}
    assert guidance["requestIdentifier"]["value"] == f"urn:uuid:{case['provenance']['request']}"


@pytest.mark.parametrize(
    ("sent", "identifier"),
    [
        ("https://ehr.example.org|visit-7", {"system": "https://ehr.example.org", "value": "visit-7"}),
        ("visit-7", {"value": "visit-7"}),
        ("|visit-7", {"value": "visit-7"}),
        ("no-value|", {"value": "no-value|"}),
    ],
)
def test_the_identifier_of_a_request_comes_back(sent: str, identifier: Resource) -> None:
    case = SADDLE_NUMBNESS | {"provenance": {"channel": "fhir", "request": sent}}
    guidance = written(case)[0]

    assert guidance["requestIdentifier"] == identifier
    assert guidance["moduleUri"] == f"{BASE_URL}/fhir/OperationDefinition/assess"
    assert "extension" not in guidance


def test_a_subject_that_is_no_id_in_fhir_is_an_identifier() -> None:
    resources = written(SADDLE_NUMBNESS | {"subject": "ward_7"})
    assert resources[0]["subject"] == {
        "type": "Patient",
        "identifier": {"system": "urn:decompass:subject", "value": "ward_7"},
    }


def test_standard_codes_stand_beside_our_own_unless_their_system_is_off() -> None:
    case = {name: part for name, part in SADDLE_NUMBNESS.items() if name != "vitals"}
    for book, expected in ((CodeBook(), True), (CodeBook(frozenset({LOINC})), False)):
        resources = assessment_resources(answered(case), case, BASE_URL, book)
        systems = {value for name, value in leaves(resources) if name == "system"}
        assert (LOINC in systems) is expected
        assert CASE_SYSTEM in systems


def test_a_cause_has_at_most_the_one_standard_code_that_is_to_be_written() -> None:
    discitis = next(
        prediction
        for _, resources in sampled()
        for each in of_kind(resources, "RiskAssessment")
        for prediction in each["prediction"]
        if prediction["outcome"]["coding"][0]["code"] == "discitis"
    )
    assert [each["system"] for each in discitis["outcome"]["coding"]] == [CONDITION_SYSTEM, SNOMED]


def test_text_is_escaped_in_the_narrative() -> None:
    answer = answered(SADDLE_NUMBNESS)
    answer["safety"]["flags"][0]["title"] = "<script>&"
    issue = of_kind(assessment_resources(answer, SADDLE_NUMBNESS, BASE_URL), "DetectedIssue")[0]

    assert "&lt;script&gt;&amp;" in issue["text"]["div"]
    assert "<script>" not in issue["text"]["div"]


def test_what_is_read_later_is_what_was_read_before() -> None:
    before = json.dumps(written(SADDLE_NUMBNESS))
    assert json.dumps(written(SADDLE_NUMBNESS)) == before


def test_the_bundle_gives_every_resource_its_address() -> None:
    resources = written(SADDLE_NUMBNESS)
    bundle = return_bundle(
        [*resources, {"resourceType": "OperationOutcome"}], BASE_URL, "2026-01-15T12:00:00Z"
    )

    addresses = [entry.get("fullUrl") for entry in bundle["entry"]]
    assert addresses[0] == f"{BASE_URL}/fhir/GuidanceResponse/{RECORD_ID}"
    assert addresses[-1] is None
    assert None not in addresses[:-1]
