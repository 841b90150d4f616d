"""How the document tells of CDS Hooks: its bodies are the specification's, so they are shown."""

from __future__ import annotations

from app.api.fhir_body import FhirBody
from app.api.free_bodies import (
    CDS_FEEDBACK,
    CDS_REQUEST,
    CDS_RESPONSE,
    CDS_SERVICES,
    JSON,
    free_answer,
)
from app.api.hook_problems import FHIR_SERVER_NOT_ALLOWED, NOT_A_HOOK_CALL, TWO_PATIENTS, WRONG_HOOK
from app.api.problem_schemas import Responses, problem_responses
from app.api.record_problems import RECORD_DAMAGED, WHEN_LOGGING, WHEN_RECORDING
from app.interop.cds.discovery import PREFETCH, SERVICES
from app.interop.systems import PROCEDURE_SYSTEM

INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
CARD = "0190a0b0-0000-7000-8000-000000000000"

OPERATION = {
    "resourceType": "Procedure",
    "id": "operation",
    "status": "completed",
    "code": {"coding": [{"system": PROCEDURE_SYSTEM, "code": "microdiscectomy"}]},
    "subject": {"reference": "Patient/patient-7"},
    "performedDateTime": "2025-03-03",
}
VIEW = {
    "hook": "patient-view",
    "hookInstance": INSTANCE,
    "context": {"userId": "Practitioner/p1", "patientId": "patient-7"},
    "prefetch": {
        **dict.fromkeys(PREFETCH),
        "patient": {"resourceType": "Patient", "id": "patient-7"},
        "procedures": {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": OPERATION}]},
    },
}
TOLD_ONCE = {
    "feedback": [
        {
            "card": CARD,
            "outcome": "overridden",
            "overrideReason": {
                "reason": {
                    "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes",
                    "code": "action-completed",
                }
            },
            "outcomeTimestamp": "2026-11-22T10:11:59.700Z",
        }
    ]
}


CALL = FhirBody(
    "A call as CDS Hooks 2.0.1 has it; members that are not known are ignored. The services are "
    f"{', '.join(f'`{service}`' for service in SERVICES)}.",
    examples={"patient_view": {"value": VIEW}},
    schema=CDS_REQUEST,
    no_object=NOT_A_HOOK_CALL,
)
FEEDBACK = FhirBody(
    "Feedback as CDS Hooks 2.0.1 has it, for up to 100 cards.",
    examples={"overridden": {"value": TOLD_ONCE}},
    schema=CDS_FEEDBACK,
)

DISCOVERED: Responses = {
    200: free_answer(
        "The services, each with its hook and the data that it needs (`prefetch`).",
        CDS_SERVICES,
        media_type=JSON,
    ),
    304: {"description": "What `If-None-Match` names is still what is offered."},
}
CALLED: Responses = {
    200: free_answer(
        "`cards`: one, or none. `extension` names the record and its ruleset.", CDS_RESPONSE, media_type=JSON
    ),
    **problem_responses(
        *(WRONG_HOOK, NOT_A_HOOK_CALL, FHIR_SERVER_NOT_ALLOWED, TWO_PATIENTS), *WHEN_RECORDING
    ),
}
TOLD: Responses = {
    200: {"description": "It is in the log, each entry once however often it is told."},
    **problem_responses(RECORD_DAMAGED, *WHEN_LOGGING),
}
