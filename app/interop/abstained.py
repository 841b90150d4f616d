"""What ``$assess`` says where no assessment could be made: which data are required, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from app.interop.asked import Asked
from app.interop.elements import (
    ASSERTED_BY_SOFTWARE,
    Element,
    narrative,
    reference,
    uri_identifier,
    with_members,
)
from app.interop.guidance import MESSAGES
from app.interop.notes import Note
from app.interop.outcomes import operation_outcome
from app.interop.recorded import patient_reference, request_identifier
from app.version import VERSION

SAYS = "Cannot assess: what was sent does not tell for certain of an operation on the lumbar spine."
OPERATION = {"type": "Procedure", "mustSupport": ["code", "performed[x]", "bodySite"]}


def abstention(
    event_id: UUID, asked: Asked, subject: str, notes: Sequence[Note], at: datetime, base_url: str
) -> Element:
    """A GuidanceResponse that is no record: it has no id and is not kept. The log has *event_id*."""
    messages = {**operation_outcome(notes or [Note("warning", "incomplete", SAYS)]), "id": MESSAGES}
    return with_members(
        {
            "resourceType": "GuidanceResponse",
            "meta": ASSERTED_BY_SOFTWARE,
            "text": narrative(SAYS),
            "contained": [messages],
            "identifier": [uri_identifier(f"urn:uuid:{event_id}")],
            "moduleUri": f"{base_url}/fhir/OperationDefinition/assess",
            "status": "data-required",
            "subject": patient_reference(subject),
            "occurrenceDateTime": at.astimezone(UTC).isoformat(),
            "performer": {"display": f"Decompass {VERSION}"},
            "evaluationMessage": [reference(f"#{MESSAGES}")],
            "dataRequirement": [dict(OPERATION)],
        },
        requestIdentifier=request_identifier(asked.request),
        encounter=reference(asked.encounter) if asked.encounter else None,
    )
