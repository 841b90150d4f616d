"""OperationDefinition: what ``$assess`` takes and gives."""

from __future__ import annotations

from app.interop.elements import Element, narrative
from app.version import VERSION

CHANGED_ON = "2026-11-23"
"""Day on which what this module or the CapabilityStatement says was last changed."""
PUBLISHER = "Decompass"
DESCRIPTION = (
    "Assesses a patient after lumbar decompression by rule, from what the call brings, and records the "
    "assessment before it answers. It changes nothing in the caller's record. What is missing stays unknown "
    "and is named in the answer; it is never taken for a no."
)


def operation_definition(base_url: str) -> Element:
    """The definition; *base_url* is the address of the service without a slash at the end."""
    return {
        "resourceType": "OperationDefinition",
        "id": "assess",
        "text": narrative(DESCRIPTION),
        "url": f"{base_url}/fhir/OperationDefinition/assess",
        "version": VERSION,
        "name": "AssessAfterLumbarDecompression",
        "title": "Assess a patient after lumbar decompression",
        "status": "active",
        "kind": "operation",
        "experimental": False,
        "date": CHANGED_ON,
        "publisher": PUBLISHER,
        "description": DESCRIPTION,
        "affectsState": True,
        "code": "assess",
        "system": True,
        "type": False,
        "instance": False,
        "parameter": [
            _parameter(
                "data",
                "Bundle",
                "A collection of R4 resources of one patient, a QuestionnaireResponse among them or not. "
                "A bare Bundle, or a bare QuestionnaireResponse, is accepted as the body too",
                minimum=1,
            ),
            _parameter("subject", "string", "Patient/{id}; without it, the patient of the data"),
            _parameter("encounter", "string", "Encounter/{id}"),
            _parameter("asOf", "dateTime", "The day of the assessment; without it, today (UTC)"),
            _parameter(
                "requestIdentifier",
                "Identifier",
                "Sent again with the same data it gives the same record; "
                "it comes back in GuidanceResponse.requestIdentifier",
            ),
            _parameter(
                "return",
                "Bundle",
                "A collection: the GuidanceResponse first, then what it found and proposes, the software, "
                "the provenance, and an OperationOutcome that names what was not used",
                minimum=1,
                use="out",
            ),
        ],
    }


def _parameter(name: str, kind: str, documentation: str, *, minimum: int = 0, use: str = "in") -> Element:
    searched = {"searchType": "reference"} if name in ("subject", "encounter") else {}
    return {
        "name": name,
        "use": use,
        "min": minimum,
        "max": "1",
        "documentation": documentation,
        "type": kind,
        **searched,
    }
