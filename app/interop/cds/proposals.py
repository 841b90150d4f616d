"""The next steps of an answer as drafts that a clinician may take over: proposals, and never orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from app.interop.cds.card_text import LONGEST_LABEL, shortened
from app.interop.requests import service_of

ACTION_SYSTEM = "urn:decompass:action"
MOST_SUGGESTIONS = 12
PRIORITY = {"emergency_now": "stat", "same_day": "asap", "within_days": "urgent", "routine": "routine"}
ASSERTED_BY_AN_ALGORITHM = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "AIAST",
}


def suggestions(answer: Mapping[str, Any], patient: str, encounter: str | None) -> list[dict[str, Any]]:
    """One suggestion for each next step, most urgent first; the same ids each time for the same record."""
    record_id = UUID(answer["id"])
    return [
        {
            "label": shortened(step["action"], LONGEST_LABEL),
            "uuid": str(uuid5(record_id, step["code"])),
            "actions": [
                {
                    "type": "create",
                    "description": step["action"],
                    "resource": _proposal(step, patient, encounter),
                }
            ],
        }
        for step in answer["next_steps"][:MOST_SUGGESTIONS]
    ]


def _proposal(step: Mapping[str, Any], patient: str, encounter: str | None) -> dict[str, Any]:
    proposal = {
        "meta": {"security": [ASSERTED_BY_AN_ALGORITHM]},
        "status": "draft",
        "intent": "proposal",
        "priority": PRIORITY[step["urgency"]],
        "code": {
            "coding": [{"system": ACTION_SYSTEM, "code": step["code"]}],
            "text": step["action"],
        },
    }
    if encounter is not None:
        proposal["encounter"] = {"reference": f"Encounter/{encounter}"}
    subject = {"reference": f"Patient/{patient}"}
    days = {"start": step["not_before"], "end": step["due_on"]}
    period = {name: day for name, day in days.items() if day is not None}
    if not service_of(step):
        limits = {"restriction": {"period": period}} if period else {}
        return {"resourceType": "Task", **proposal, "for": subject, **limits}
    limits = {"occurrencePeriod": period} if period else {}
    return {"resourceType": "ServiceRequest", **proposal, "subject": subject, **limits}
