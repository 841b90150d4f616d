"""The services that an EHR finds: one for each hook, all with the same promise and the same prefetch."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

HOOKS_VERSION = "2.0.1"
"""Of the specification of CDS Hooks that is spoken."""
RULESET_EXTENSION = "org.decompass.ruleset"

Needed = Literal["text", "id", "list", "object"]
"""What a member of a context must be."""
PATIENT: Mapping[str, Needed] = {"userId": "text", "patientId": "id"}
ENCOUNTER: Mapping[str, Needed] = {"encounterId": "id"}


class Service(NamedTuple):
    """One service: its id in the address, its hook, and what the context of a call must hold."""

    id: str
    hook: str
    title: str
    moment: str
    context: Mapping[str, Needed]


SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        service.id: service
        for service in (
            Service(
                "postop-lumbar-view",
                "patient-view",
                "After lumbar decompression",
                "when the chart of a patient is opened",
                PATIENT,
            ),
            Service(
                "postop-lumbar-encounter",
                "encounter-start",
                "After lumbar decompression: visit",
                "when a visit begins",
                {**PATIENT, **ENCOUNTER},
            ),
            Service(
                "postop-lumbar-appointment",
                "appointment-book",
                "After lumbar decompression: appointment",
                "when an appointment is booked",
                {**PATIENT, "appointments": "object"},
            ),
            Service(
                "postop-lumbar-discharge",
                "encounter-discharge",
                "After lumbar decompression: discharge",
                "when a patient is discharged",
                {**PATIENT, **ENCOUNTER},
            ),
            Service(
                "postop-lumbar-order-select",
                "order-select",
                "After lumbar decompression: orders in hand",
                "when orders are selected",
                {**PATIENT, "selections": "list", "draftOrders": "object"},
            ),
            Service(
                "postop-lumbar-order-sign",
                "order-sign",
                "After lumbar decompression: orders to sign",
                "when orders are signed",
                {**PATIENT, "draftOrders": "object"},
            ),
        )
    }
)
OF_THE_PATIENT = "patient={{context.patientId}}"
PREFETCH: Mapping[str, str] = MappingProxyType(
    {
        "patient": "Patient/{{context.patientId}}",
        "procedures": f"Procedure?{OF_THE_PATIENT}&status=completed&_sort=-date&_count=50",
        "conditions": f"Condition?{OF_THE_PATIENT}&clinical-status=active&_count=50",
        "vitals": f"Observation?{OF_THE_PATIENT}&category=vital-signs&_sort=-date&_count=30",
        "labs": f"Observation?{OF_THE_PATIENT}&category=laboratory&_sort=-date&_count=40",
        "exam": f"Observation?{OF_THE_PATIENT}&category=exam&_sort=-date&_count=40",
        "survey": f"Observation?{OF_THE_PATIENT}&category=survey&_sort=-date&_count=60",
        "forms": f"QuestionnaireResponse?{OF_THE_PATIENT}&status=completed&_sort=-authored&_count=5",
    }
)
"""Only one token, and no arithmetic with days: clients disagree about all else, or leave it as it stands."""
PROMISE = (
    "Looks for red flags after lumbar decompression, whenever it was; judges the outcome from the "
    "three-month anniversary of the operation on, and finally at twelve months; and dates the next steps. "
    'By published rules; what was not supplied stays unknown, is never taken for "no", and is named. '
)
USAGE = (
    "FHIR R4 (4.0.1). Supply every prefetch key; what is absent is asked for only where the FHIR server is "
    "on the list of this service and a token was sent. Without an answered and complete search under "
    "`procedures` the answer is a card that says what is missing; a key that is null or an "
    "OperationOutcome counts as unknown, an empty Bundle as nothing there. No card: no lumbar operation is "
    "on record, or it is out of scope and every flag is ruled out, or the patient has died. Vital signs, "
    "findings and answers to red flags count on their own day alone."
)


def discovery(name: str, version: str, digest: str) -> dict[str, Any]:
    """All services, with the ruleset that they run now: its name, version and digest."""
    ruleset = {"name": name, "version": version, "digest": digest}
    return {"services": [_offered(service, ruleset) for service in SERVICES.values()]}


def queries(patient: str) -> dict[str, str]:
    """The prefetch of one patient, by key. The id must be one that FHIR allows: it becomes an address."""
    return {key: template.replace("{{context.patientId}}", patient) for key, template in PREFETCH.items()}


def _offered(service: Service, ruleset: Mapping[str, str]) -> dict[str, Any]:
    return {
        "hook": service.hook,
        "id": service.id,
        "title": service.title,
        "description": f"{PROMISE}Called {service.moment}.",
        "version": HOOKS_VERSION,
        "usageRequirements": USAGE,
        "prefetch": dict(PREFETCH),
        "extension": {RULESET_EXTENSION: dict(ruleset)},
    }
