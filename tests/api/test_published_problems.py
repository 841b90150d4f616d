"""Whatever can go wrong is told beforehand: kinds of problems, codes, and which operation can give them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.access.scopes import RESOURCES
from app.api.access_problems import EVERY_PROBLEM
from app.api.problems import problem_for_status
from app.api.shared_problems import OF_A_GATEWAY
from app.main import DOMAIN_ERRORS
from tests.api.conftest import Check
from tests.api.published import operations
from tests.api.service import ASSESS, Service, example

pytestmark = pytest.mark.anyio

ALWAYS = {
    *("malformed-request", "head-too-large", "request-timeout", "misdirected"),
    *("internal-error", "overloaded", "stopping", "not-local"),
}
NOBODY = {
    *("credential-missing", "credential-invalid", "credential-expired"),
    *("insufficient-scope", "too-many-attempts"),
}
"""What each operation that is not public can answer to who asks it."""
PUBLIC = {"live", "ready", "listCdsServices", "getCapabilityStatement"}
BODY = {"malformed-body", "body-too-large", "unsupported-media-type", "invalid-request"}
PARAMETERS = {"invalid-request"}
STORE = {"store-unavailable"}
LOGGED = {"queue-full", "log-altered"}
"""A read waits for its own leaf of the log."""
BY_ID = {"not-found"} | STORE
BY_VERSION = {"not-found", "invalid-request", "ruleset-not-runnable"} | STORE
RECORDING = {
    *("invalid-idempotency-key", "idempotency-key-reused", "record-refused", "queue-full"),
    *("record-damaged", "record-erased", "log-altered"),
}
"""What can come of storing an assessment."""
OF_FHIR = PARAMETERS | {"not-acceptable"}
GIVEN = {
    "createAssessment": BODY | STORE | RECORDING,
    "correctAssessment": BODY | BY_ID | RECORDING,
    "getCheckpoint": STORE | {"not-in-the-log", "record-damaged"},
    "getInclusionProof": PARAMETERS | STORE | {"not-in-the-log", "record-damaged"},
    "getConsistencyProof": PARAMETERS | STORE | {"not-in-the-log", "record-damaged"},
    "getLogEntries": PARAMETERS | STORE | {"not-in-the-log", "record-damaged"},
    "previewAssessment": BODY,
    "searchAssessments": BODY | STORE | LOGGED,
    "getAssessment": BY_ID | LOGGED | {"record-damaged", "record-erased"},
    "getAssessmentCase": BY_ID | LOGGED | {"record-damaged", "record-erased"},
    "getAssessmentTrace": BY_ID | LOGGED | {"record-damaged", "record-erased", "ruleset-not-runnable"},
    "verifyAssessment": BY_ID | LOGGED,
    "listCdsServices": set[str](),
    "callCdsService": BODY
    | BY_ID
    | LOGGED
    | {
        *("wrong-hook", "not-a-hook-call", "fhir-server-not-allowed", "two-patients"),
        *("idempotency-key-reused", "record-refused", "record-damaged", "record-erased"),
    },
    "tellCdsFeedback": BODY | BY_ID | LOGGED | {"record-damaged"},
    "assessFhirData": BODY
    | STORE
    | LOGGED
    | {
        *("not-acceptable", "unusable-data", "two-patients", "deceased-patient", "idempotency-key-reused"),
        *("record-refused", "record-damaged", "record-erased"),
    },
    "getCapabilityStatement": OF_FHIR,
    "getOperationDefinition": OF_FHIR,
    "getQuestionnaire": OF_FHIR,
    "searchQuestionnaires": OF_FHIR,
    "searchAuditEvents": OF_FHIR | STORE | {"record-damaged"},
    "getAuditEvent": OF_FHIR | BY_ID | {"not-in-the-log", "record-damaged"},
    **{
        f"get{kind}": OF_FHIR | BY_ID | LOGGED | {"record-damaged", "record-erased", "no-fhir-form"}
        for kind in RESOURCES
    },
    "listRulesets": STORE,
    "getRuleset": BY_VERSION,
    "getRule": BY_VERSION,
    "listEvidence": set[str](),
    "listVocabulary": set[str](),
    "live": set[str](),
    "ready": {"not-ready"},
}
"""The problems that each operation can give, besides those of every operation."""
OF_A_CALLER = {"rate-limited"}
UNCOUNTED = {"live", "ready"}
"""The operations that no caller's share is taken for."""
BY_A_GATEWAY = {name: {"401"} | ({"429"} if name in UNCOUNTED else set()) for name in PUBLIC}
"""The statuses that the service itself never gives there."""
OUTCOME = "application/fhir+json"
"""Errors of this type are described by FHIR, and told by their codes alone."""
OF_NO_OPERATION = {"method-not-allowed"}
"""What is answered where there is no operation: to a method that an address does not answer."""


def errors(operation: dict[str, Any]) -> dict[str, Any]:
    """The error answers of the service itself, by their status."""
    return {
        status: each
        for status, each in operation["responses"].items()
        if status >= "400" and each["description"] != OF_A_GATEWAY
    }


def told(operation: dict[str, Any]) -> dict[str, str]:
    """Code and sentence of every problem that an operation tells of, by its responses; none of them twice."""
    lines = "\n\n".join(each["description"] for each in errors(operation).values()).split("\n\n")
    assert len(lines) == len(set(lines))
    return dict(re.findall(r"^`([a-z-]+)`: (.+)$", line)[0] for line in lines)


async def test_each_operation_tells_every_problem_that_it_can_give(document: dict[str, Any]) -> None:
    found = {operation["operationId"]: set(told(operation)) for _, operation in operations(document)}

    always = {name: ALWAYS | (OF_A_CALLER if name not in UNCOUNTED else set()) for name in GIVEN}
    nobody = {name: set() if name in PUBLIC else NOBODY for name in GIVEN}
    assert found == {name: problems | always[name] | nobody[name] for name, problems in GIVEN.items()}


async def test_every_problem_stands_under_its_status_with_its_own_sentence(document: dict[str, Any]) -> None:
    by_code = {problem.code: problem for problem in EVERY_PROBLEM}
    for _, operation in operations(document):
        for code, sentence in told(operation).items():
            assert f"`{code}`: {sentence}" in operation["responses"][str(by_code[code].status)]["description"]
            assert sentence == by_code[code].detail


async def test_each_response_shows_its_problems_as_they_are_sent(
    document: dict[str, Any], as_published: Check
) -> None:
    shown = document["components"]["examples"]
    for _, operation in operations(document):
        for status, response in errors(operation).items():
            codes = re.findall(r"`([a-z-]+)`: ", response["description"])
            if OUTCOME in response["content"]:
                assert list(response["content"]) == [OUTCOME]
                continue
            examples = response["content"]["application/problem+json"]["examples"]

            assert list(examples) == codes
            for code, shown_as in examples.items():
                problem = shown[shown_as["$ref"].removeprefix("#/components/examples/")]["value"]
                as_published("Problem", problem)
                assert (problem["code"], problem["status"]) == (code, int(status))


async def test_what_only_a_gateway_can_answer_is_told_apart(document: dict[str, Any]) -> None:
    found = {
        operation["operationId"]: set(operation["responses"]) - set(errors(operation)) - {"200", "304"}
        for _, operation in operations(document)
        if OF_A_GATEWAY in (each["description"] for each in operation["responses"].values())
    }

    assert found == BY_A_GATEWAY


async def test_every_problem_of_the_table_is_told_somewhere(document: dict[str, Any]) -> None:
    found = {code for _, operation in operations(document) for code in told(operation)}

    assert found | OF_NO_OPERATION == {problem.code for problem in EVERY_PROBLEM}
    assert {problem.code for problem in DOMAIN_ERRORS.values()} <= found


async def test_the_kinds_of_problems_are_listed_with_what_they_mean(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    members = schemas["Problem"]["properties"]

    assert schemas["ProblemCode"]["enum"] == [problem.code for problem in EVERY_PROBLEM]
    assert members["type"]["enum"] == [f"/problems/{problem.code}" for problem in EVERY_PROBLEM]
    assert members["title"]["enum"] == [problem.title for problem in EVERY_PROBLEM]
    for problem in EVERY_PROBLEM:
        assert f"- `{problem.code}`: {problem.detail}" in schemas["ProblemCode"]["description"].splitlines()


async def test_a_status_that_other_code_chose_is_of_a_kind_that_is_listed() -> None:
    assert {problem_for_status(status).code for status in range(400, 600)} <= {
        each.code for each in EVERY_PROBLEM
    }


async def test_a_code_that_is_not_listed_is_not_as_published(service: Service, as_published: Check) -> None:
    answer = await service.client.post(ASSESS, json=example(age_years=-1))
    problem = answer.json()
    as_published("Problem", problem)

    for wrong in (
        problem | {"code": "wrong"},
        problem | {"type": "/problems/wrong"},
        problem | {"title": "Wrong"},
        problem | {"errors": [{"pointer": "/age_years", "code": "wrong", "message": "Wrong."}]},
    ):
        with pytest.raises(AssertionError, match="is not one of"):
            as_published("Problem", wrong)
