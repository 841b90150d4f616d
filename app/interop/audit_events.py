"""AuditEvent: a leaf of the log as FHIR writes it. It holds ids, codes and moments, and nothing of a patient.

Agents and entities are laid out as in IHE's Basic Audit Log Patterns; no profile is claimed, since there is
none for an operation, and the log does not know which human used a credential.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from app.audit.records import RECORDS, Kind
from app.interop.elements import (
    TERMINOLOGY,
    Element,
    coding,
    narrative,
    reference,
    uri_identifier,
    with_members,
)
from app.interop.systems import CREDENTIAL, LOG_KIND

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
RESTFUL = "http://hl7.org/fhir/restful-interaction"
REST = {"system": f"{TERMINOLOGY}audit-event-type", "code": "rest", "display": "RESTful Operation"}
REQUEST_ID = {
    "system": "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
    "code": "XrequestId",
}
CREATE, READ, UPDATE, DELETE, EXECUTE = "CRUDE"
SUCCESS, MINOR_FAILURE = "0", "4"
URI_OF_A_MACHINE = "5"


class Act(NamedTuple):
    """What a kind of leaf is in FHIR: the action, and the interaction where it is one of R4's."""

    action: str
    interaction: str = ""
    of_records: bool = True
    """Whether the ids that the leaf names are those of records; else of keys of subjects."""


ACTS: Mapping[Kind, Act] = {
    "assess": Act(CREATE, "create"),
    "correct": Act(CREATE, "create"),
    "read": Act(READ, "read"),
    "query": Act(EXECUTE, "search-type"),
    "verify": Act(EXECUTE, "operation"),
    "feedback": Act(CREATE),
    "abstain": Act(EXECUTE, "operation"),
    "erase": Act(DELETE, of_records=False),
    "hold": Act(UPDATE, of_records=False),
    "key": Act(UPDATE, of_records=False),
    "access": Act(UPDATE, of_records=False),
    "recover": Act(EXECUTE, of_records=False),
}
"""Every kind of leaf that the log knows."""


def audit_event(entry: Mapping[str, Any], base_url: str) -> Element:
    """The leaf whose meta is *entry*, under its place in the log as the id."""
    act = ACTS[entry["kind"]]
    what = str(entry.get("what", ""))
    software = {"identifier": uri_identifier(base_url), "display": f"Decompass {entry['release']}"}
    return with_members(
        {
            "resourceType": "AuditEvent",
            "id": str(entry["index"]),
            "text": narrative(f"{entry['kind']}{f', {what}' if what else ''}, at {entry['at']}"),
            "type": REST if act.interaction else coding(LOG_KIND, entry["kind"]),
            "subtype": _subtypes(entry["kind"], act),
            "action": act.action,
            "recorded": entry["at"],
            "outcome": MINOR_FAILURE if what == "refused" else SUCCESS,
            "agent": [_client(entry), _service(software, base_url)],
            "source": {
                "site": base_url,
                "observer": software,
                "type": [coding(f"{TERMINOLOGY}security-source-type", "4", "Application Server")],
            },
        },
        outcomeDesc=what,
        entity=list(_entities(entry, act)),
    )


def _subtypes(kind: str, act: Act) -> list[Element]:
    interaction = [coding(RESTFUL, act.interaction, act.interaction)] if act.interaction else []
    return [*interaction, coding(LOG_KIND, kind)]


def _client(entry: Mapping[str, Any]) -> Element:
    """The credential under which it happened."""
    return {
        "type": {"coding": [coding(DICOM, "110153", "Source Role ID")]},
        "who": {"identifier": {"system": CREDENTIAL, "value": entry["actor"]}},
        "requestor": True,
    }


def _service(software: Element, base_url: str) -> Element:
    return {
        "type": {"coding": [coding(DICOM, "110152", "Destination Role ID")]},
        "who": software,
        "requestor": False,
        "network": {"address": base_url, "type": URI_OF_A_MACHINE},
    }


def _entities(entry: Mapping[str, Any], act: Act) -> Iterator[Element]:
    """The request, and what it was about."""
    if entry.get("trace"):
        yield {"what": {"identifier": {"value": entry["trace"]}}, "type": REQUEST_ID}
    own = [entry["id"]] if entry["kind"] in RECORDS else []
    for each in (*own, *entry["of"]):
        yield {
            "what": reference(f"GuidanceResponse/{each}") if act.of_records else _key(each),
            "type": coding(f"{TERMINOLOGY}audit-entity-type", "2", "System Object"),
            "role": coding(f"{TERMINOLOGY}object-role", "4", "Domain Resource"),
        }


def _key(key_id: str) -> Element:
    return {"identifier": uri_identifier(f"urn:uuid:{key_id}"), "display": "The key of a subject"}
