"""What an assessment proposes: a RequestGroup, and a ServiceRequest or a Task for what is to be arranged.

All are drafts and proposals: nothing is ordered, and nobody is asked before a clinician has decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.interop.elements import (
    ASSERTED_BY_SOFTWARE,
    TERMINOLOGY,
    Element,
    coding,
    concept,
    narrative,
    reference,
    with_members,
)
from app.interop.recorded import PRIORITIES, Recorded
from app.interop.systems import ACTION, RULE

IMAGING, LABORATORY, TEST, REFERRAL = "Imaging", "Laboratory", "Diagnostic test", "Referral"
SERVICES = {
    "flexion_extension": IMAGING,
    "fusion_ct": IMAGING,
    "no_mri": IMAGING,
    "whole_spine": IMAGING,
    "laboratory": LABORATORY,
    "laboratory_repeat": LABORATORY,
    "nerve_conduction": TEST,
    "early_failure": REFERRAL,
    "pain_clinic": REFERRAL,
    "psychology": REFERRAL,
    "recurrence_surgeon": REFERRAL,
    "stimulation_assessment": REFERRAL,
    "structural_target": REFERRAL,
    "unsuccessful_surgeon": REFERRAL,
}
"""Next steps that ask somebody else for a service, with what kind of service that is."""
TASKS = frozenset(
    {
        *("deficit_care", "indeterminate_review", "insufficient_data_review", "lost_relief_review"),
        *("new_symptom_workup", "permanent_deficit_care", "swelling_contact", "weakness_review"),
    }
)
"""Next steps that whoever cares for the patient does: to ask, examine, review, arrange care."""
ADVICE = frozenset(
    {
        *("contrast_checks", "contrast_optional", "contrast_preferred", "diagnostic_blocks"),
        *("no_routine_imaging", "stay_active"),
    }
)
"""Next steps with nothing to order, refer or arrange: they are told, and never proposed as a request."""
EMERGENCY = "emergency_now"
"""The first action of a flag of this tier is a referral: it happens elsewhere, and at once."""


def to_propose(answer: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """The next steps that order, refer or arrange something, each with its place from 1 among all."""
    return [
        (place, step)
        for place, step in enumerate(answer["next_steps"], start=1)
        if step["code"] not in ADVICE
    ]


def advice_in(answer: Mapping[str, Any]) -> list[str]:
    """What the next steps advise, where there is nothing to arrange."""
    return [step["action"] for step in answer["next_steps"] if step["code"] in ADVICE]


def proposals(recorded: Recorded) -> list[Element]:
    """The group and its members, in the order of the next steps; nothing where nothing is to be arranged."""
    placed = to_propose(recorded.answer)
    made = [_proposal(recorded, place, step) for place, step in placed]
    return [_group(recorded, [step for _, step in placed], made), *made] if made else []


def _group(recorded: Recorded, steps: list[Mapping[str, Any]], made: list[Element]) -> Element:
    return {
        "resourceType": "RequestGroup",
        "id": recorded.id,
        "meta": ASSERTED_BY_SOFTWARE,
        "text": narrative(*(f"{step['urgency']}: {step['action']}" for step in steps)),
        "groupIdentifier": recorded.identifier,
        "instantiatesUri": [recorded.module],
        "status": "draft",
        "intent": "proposal",
        "priority": PRIORITIES[steps[0]["urgency"]],
        "subject": recorded.subject,
        **recorded.context,
        "authoredOn": recorded.created_at,
        "author": recorded.device,
        "action": [_action(recorded, *each) for each in zip(steps, made, strict=True)],
    }


def _action(recorded: Recorded, step: Mapping[str, Any], proposal: Element) -> Element:
    return with_members(
        {
            "title": step["action"],
            "priority": PRIORITIES[step["urgency"]],
            "code": [concept("", coding(ACTION, step["code"]))],
            "type": concept("", coding(f"{TERMINOLOGY}action-type", "create")),
            "resource": reference(f"{proposal['resourceType']}/{proposal['id']}"),
        },
        documentation=list(_documentation(recorded, step)),
        **_when("timing", step),
    )


def _documentation(recorded: Recorded, step: Mapping[str, Any]) -> Iterator[Element]:
    """The places in sources that the step rests on."""
    for cited in step["evidence"]:
        source = recorded.sources[cited["source"]]
        citation = f"{source['title']}: {cited['place']}" if cited["place"] else source["title"]
        yield with_members({"type": "citation", "citation": citation}, url=source["url"])


def _proposal(recorded: Recorded, place: int, step: Mapping[str, Any]) -> Element:
    service = service_of(step)
    return _service_request(recorded, place, step, service) if service else _task(recorded, place, step)


def service_of(step: Mapping[str, Any]) -> str:
    """What kind of service a next step asks for; empty where it asks for none, and is a task.

    A card and the resources of a record propose one step as one kind of resource: both ask here.
    """
    is_flag = step["code"] not in SERVICES.keys() | TASKS | ADVICE
    return REFERRAL if is_flag and step["urgency"] == EMERGENCY else SERVICES.get(step["code"], "")


def _service_request(recorded: Recorded, place: int, step: Mapping[str, Any], service: str) -> Element:
    return with_members(
        {
            "resourceType": "ServiceRequest",
            **_request(recorded, place, step),
            "requisition": recorded.identifier,
            "category": [{"text": service}],
            "subject": recorded.subject,
            "reasonCode": [_reason(recorded, rule) for rule in step["because"]],
        },
        supportingInfo=_issues(recorded, step),
        **_when("occurrence", step),
    )


def _task(recorded: Recorded, place: int, step: Mapping[str, Any]) -> Element:
    first = step["because"][0]
    return with_members(
        {
            "resourceType": "Task",
            **_request(recorded, place, step),
            "groupIdentifier": recorded.identifier,
            "description": step["action"],
            "for": recorded.subject,
            "reasonCode": _reason(recorded, first),
        },
        restriction=with_members({}, period=_period(step)),
        reasonReference=next(iter(_issues(recorded, step)), None),
    )


def _request(recorded: Recorded, place: int, step: Mapping[str, Any]) -> Element:
    """What both kinds of request have in common."""
    return {
        "id": recorded.part(place),
        "meta": ASSERTED_BY_SOFTWARE,
        "text": narrative(f"Proposed, {step['urgency']}: {step['action']}"),
        "status": "draft",
        "intent": "proposal",
        "priority": PRIORITIES[step["urgency"]],
        "code": concept(step["action"], coding(ACTION, step["code"])),
        **recorded.context,
        "authoredOn": recorded.created_at,
        "requester": recorded.device,
    }


def _reason(recorded: Recorded, rule: str) -> Element:
    return concept(recorded.titles.get(rule, ""), coding(RULE, rule))


def _issues(recorded: Recorded, step: Mapping[str, Any]) -> list[Element]:
    """The flags whose rules call for the step."""
    flags = enumerate(recorded.answer["safety"]["flags"], start=1)
    return [
        reference(f"DetectedIssue/{recorded.part(place)}")
        for place, flag in flags
        if flag["rule"] in step["because"]
    ]


def _when(name: str, step: Mapping[str, Any]) -> Element:
    """The last day, or the days between which it is to be done, as FHIR's choice of types under that name."""
    if step["not_before"]:
        return {f"{name}Period": _period(step)}
    return {f"{name}DateTime": step["due_on"]}


def _period(step: Mapping[str, Any]) -> Element:
    return with_members({}, start=step["not_before"], end=step["due_on"])
