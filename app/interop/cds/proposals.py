"""The next steps of an answer as drafts that a clinician may take over: proposals, and never orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from app.interop.cds.card_text import LONGEST_LABEL, shortened
from app.interop.elements import ASSERTED_BY_SOFTWARE, coding, concept, reference
from app.interop.recorded import PRIORITIES
from app.interop.requests import service_of, to_propose
from app.interop.systems import ACTION

MOST_SUGGESTIONS = 12


def suggestions(answer: Mapping[str, Any], patient: str, encounter: str | None) -> list[dict[str, Any]]:
    """One suggestion for each next step that arranges something, most urgent first.

    The ids are the same each time for the same record.
    """
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
        for _, step in to_propose(answer)[:MOST_SUGGESTIONS]
    ]


def _proposal(step: Mapping[str, Any], patient: str, encounter: str | None) -> dict[str, Any]:
    proposal = {
        "meta": ASSERTED_BY_SOFTWARE,
        "status": "draft",
        "intent": "proposal",
        "priority": PRIORITIES[step["urgency"]],
        "code": concept(step["action"], coding(ACTION, step["code"])),
    }
    if encounter is not None:
        proposal["encounter"] = reference(f"Encounter/{encounter}")
    subject = reference(f"Patient/{patient}")
    days = {"start": step["not_before"], "end": step["due_on"]}
    period = {name: day for name, day in days.items() if day is not None}
    if not service_of(step):
        limits = {"restriction": {"period": period}} if period else {}
        return {"resourceType": "Task", **proposal, "for": subject, **limits}
    limits = {"occurrencePeriod": period} if period else {}
    return {"resourceType": "ServiceRequest", **proposal, "subject": subject, **limits}
