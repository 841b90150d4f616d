"""CapabilityStatement: what the service answers under ``/fhir``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.interop.elements import FHIR_JSON, Element, narrative
from app.interop.operation_definition import CHANGED_ON, PUBLISHER
from app.version import VERSION

DESCRIPTION = (
    "Decision support after lumbar decompression: red flags, the outcome so far, candidate causes and next "
    "steps, by rule. It is no repository: it keeps what it said, not what it was sent."
)
SECURITY = (
    "Every route but this one wants a credential where the service requires them: an API key or a token of "
    "the configured issuer, as a bearer. A client of CDS Hooks sends its own signed token."
)
OF_A_RECORD = (
    *("GuidanceResponse", "RequestGroup", "ServiceRequest", "Task", "DetectedIssue", "RiskAssessment"),
    *("Device", "Provenance"),
)
"""What an assessment is told in."""
READ_ALONE = (*OF_A_RECORD, "OperationDefinition")
SEARCHED: Mapping[str, tuple[Mapping[str, str], ...]] = MappingProxyType(
    {"Questionnaire": ({"name": "url", "type": "uri"},), "AuditEvent": ()}
)
"""Resources that can be searched for too, with the parameters of the search."""


def capability_statement(base_url: str, *, cors: bool) -> Element:
    """The statement; *base_url* is the address of the service without a slash at the end.

    *cors* says whether pages of other origins may call: the setting names which.
    """
    return {
        "resourceType": "CapabilityStatement",
        "id": "decompass",
        "text": narrative(DESCRIPTION),
        "url": f"{base_url}/fhir/metadata",
        "version": VERSION,
        "name": "Decompass",
        "title": "Decompass",
        "status": "active",
        "date": CHANGED_ON,
        "publisher": PUBLISHER,
        "description": DESCRIPTION,
        "kind": "instance",
        "software": {"name": "Decompass", "version": VERSION},
        "implementation": {"description": DESCRIPTION, "url": f"{base_url}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["json", FHIR_JSON],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": cors, "description": SECURITY},
                "resource": [
                    *({"type": name, "interaction": [{"code": "read"}]} for name in READ_ALONE),
                    *(_searched(name) for name in SEARCHED),
                ],
                "operation": [
                    {"name": "assess", "definition": f"{base_url}/fhir/OperationDefinition/assess"}
                ],
            }
        ],
    }


def _searched(name: str) -> Element:
    resource = {"type": name, "interaction": [{"code": "read"}, {"code": "search-type"}]}
    parameters = [dict(each) for each in SEARCHED[name]]
    return {**resource, "searchParam": parameters} if parameters else resource
