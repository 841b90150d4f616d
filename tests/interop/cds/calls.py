"""Calls as EHRs send them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from app.interop.cds.discovery import SERVICES

INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
CONTEXT: dict[str, Any] = {
    "userId": "Practitioner/p1",
    "patientId": "patient-1",
    "encounterId": "e1",
    "appointments": {"resourceType": "Bundle"},
    "selections": ["ServiceRequest/s1"],
    "draftOrders": {"resourceType": "Bundle"},
}


def call_of(
    service: str = "postop-lumbar-view", patient: str = "patient-1", instance: str = INSTANCE, **members: Any
) -> dict[str, Any]:
    """A call of that service, with a prefetch where one is given."""
    called = SERVICES[service]
    context = {name: CONTEXT[name] for name in called.context} | {"patientId": patient}
    return {"hook": called.hook, "hookInstance": instance, "context": context, **members}


def new_call(
    service: str = "postop-lumbar-view", patient: str = "patient-1", **members: Any
) -> dict[str, Any]:
    """The same, as a call of its own."""
    return call_of(service, patient, str(uuid4()), **members)


def found(*resources: Any, **members: Any) -> dict[str, Any]:
    """A searchset with these resources."""
    entries = {"entry": [{"resource": each} for each in resources]} if resources else {}
    return {"resourceType": "Bundle", "type": "searchset", "total": len(resources), **entries, **members}
