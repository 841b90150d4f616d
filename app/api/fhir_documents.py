"""How the document tells of the routes under /fhir."""

from __future__ import annotations

from app.api.fhir_body import FhirBody
from app.api.fhir_problems import DECEASED_PATIENT, NO_FHIR_FORM, NOT_ACCEPTABLE, UNUSABLE_DATA
from app.api.free_bodies import FHIR_RESOURCE, free_answer
from app.api.hook_documents import OPERATION
from app.api.hook_problems import TWO_PATIENTS
from app.api.problem_schemas import Responses, problem_responses
from app.api.record_problems import (
    NOT_IN_THE_LOG,
    RECORD_DAMAGED,
    RECORD_ERASED,
    STORE_UNAVAILABLE,
    WHEN_LOGGING,
    WHEN_RECORDING,
)
from app.interop.systems import PROCEDURE_SYSTEM

PATIENT = {"resourceType": "Patient", "id": "patient-7"}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": PATIENT}, {"resource": OPERATION}],
}
FORM = {
    "resourceType": "QuestionnaireResponse",
    "status": "completed",
    "subject": {"reference": "Patient/patient-7"},
    "item": [
        {
            "linkId": "surgery",
            "item": [
                {"linkId": "surgery.date", "answer": [{"valueDate": "2025-03-03"}]},
                {
                    "linkId": "surgery.procedure",
                    "answer": [
                        {
                            "valueCoding": {
                                "system": PROCEDURE_SYSTEM,
                                "code": "microdiscectomy",
                            }
                        }
                    ],
                },
            ],
        }
    ],
}
PARAMETERS = {
    "resourceType": "Parameters",
    "parameter": [
        {"name": "subject", "valueString": "Patient/patient-7"},
        {"name": "asOf", "valueDateTime": "2025-04-23"},
        {
            "name": "requestIdentifier",
            "valueIdentifier": {"system": "urn:example:visits", "value": "visit-2025-04-23"},
        },
        {"name": "data", "resource": BUNDLE},
    ],
}
DATA = FhirBody(
    "Parameters as `/fhir/OperationDefinition/assess` has them, or the data alone: a Bundle of R4 resources, "
    "or a QuestionnaireResponse. What is not needed is ignored.",
    examples={
        "parameters": {"value": PARAMETERS},
        "bundle": {"value": BUNDLE},
        "form": {"value": FORM},
    },
)
NAMED = {
    "Location": {
        "description": "Where the GuidanceResponse is read; absent where nothing could be assessed",
        "schema": {"type": "string", "format": "uri", "maxLength": 500},
    },
    "Idempotency-Replayed": {
        "description": "The assessment was stored before under this `requestIdentifier`",
        "schema": {"type": "string", "const": "true"},
    },
}
OF_ANY = problem_responses(NOT_ACCEPTABLE)
FROM_STORE = (STORE_UNAVAILABLE, RECORD_DAMAGED)
ASSESSED: Responses = {
    200: free_answer(
        "The GuidanceResponse first, then what it found and proposes. Without an operation that is known for "
        "certain it has the status `data-required`, and no assessment is recorded.",
        FHIR_RESOURCE,
    )
    | {"headers": NAMED},
    **problem_responses(UNUSABLE_DATA, TWO_PATIENTS, DECEASED_PATIENT, *WHEN_RECORDING),
}
DEFINED: Responses = {200: free_answer("As FHIR R4 has it.", FHIR_RESOURCE)}
FOUND: Responses = {200: free_answer("A Bundle of the type `searchset`.", FHIR_RESOURCE)}
SHOWN: Responses = {
    200: free_answer("The resource, as it was first answered.", FHIR_RESOURCE),
    **problem_responses(NO_FHIR_FORM, RECORD_DAMAGED, RECORD_ERASED, *WHEN_LOGGING),
}
EVENTS: Responses = {**FOUND, **problem_responses(*FROM_STORE)}
EVENT: Responses = {**DEFINED, **problem_responses(NOT_IN_THE_LOG, *FROM_STORE)}
