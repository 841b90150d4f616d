"""What an assessment found: a DetectedIssue for every safety flag, a RiskAssessment for every open cause.

Both are preliminary: a rule holds, or a cause is possible. Neither is a diagnosis, and no number is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.interop.elements import (
    ASSERTED_BY_SOFTWARE,
    Element,
    coding,
    concept,
    narrative,
    reference,
    with_members,
)
from app.interop.grounds import grounds_of
from app.interop.recorded import OPEN_GRADES, Recorded
from app.interop.systems import CONDITION_SYSTEM, RULE

SEVERITY_OF_TIER = {"emergency_now": "high", "same_day": "high", "within_days": "moderate", "routine": "low"}
OPERATION = "surgery."


def detected_issues(recorded: Recorded) -> list[Element]:
    """One for every flag that fires, in the order of the answer."""
    return [
        _detected_issue(recorded, place, flag)
        for place, flag in enumerate(recorded.answer["safety"]["flags"], start=1)
    ]


def risk_assessments(recorded: Recorded) -> list[Element]:
    """One for every cause that is likely or possible, under its place among all causes."""
    return [
        _risk_assessment(recorded, place, cause)
        for place, cause in enumerate(recorded.answer["causes"], start=1)
        if cause["grade"] in OPEN_GRADES
    ]


def _detected_issue(recorded: Recorded, place: int, flag: Mapping[str, Any]) -> Element:
    detail = f"{flag['first_action']} Last day for it: {flag['due_on']}."
    return with_members(
        {
            "resourceType": "DetectedIssue",
            "id": recorded.part(place),
            "meta": ASSERTED_BY_SOFTWARE,
            "text": narrative(f"{flag['tier']}: {flag['title']}.", detail),
            "identifier": [recorded.identifier],
            "status": "preliminary",
            "code": concept(flag["title"], coding(RULE, flag["rule"], flag["title"])),
            "severity": SEVERITY_OF_TIER[flag["tier"]],
            "patient": recorded.subject,
            "identifiedDateTime": recorded.created_at,
            "author": recorded.device,
            "evidence": [{"detail": _evidence(recorded, flag["rule"])}],
            "detail": detail,
        },
        implicated=_operation(recorded),
    )


def _evidence(recorded: Recorded, rule: str) -> list[Element]:
    """The envelope, which holds the finding, and the resources that gave what the rule reads."""
    read = grounds_of(rule, recorded.ruleset["version"])
    resources = [reference(used) for used, gives in recorded.used() if gives & read]
    return [reference(f"GuidanceResponse/{recorded.id}"), *resources]


def _operation(recorded: Recorded) -> list[Element]:
    """The Procedures that told of the operation."""
    return [
        reference(used)
        for used, gives in recorded.used()
        if used.startswith("Procedure/") and any(path.startswith(OPERATION) for path in gives)
    ]


def _risk_assessment(recorded: Recorded, place: int, cause: Mapping[str, Any]) -> Element:
    term = f"Candidate cause: {cause['term']}"
    return with_members(
        {
            "resourceType": "RiskAssessment",
            "id": recorded.part(place),
            "meta": ASSERTED_BY_SOFTWARE,
            "text": narrative(f"{term} ({cause['grade']}).", cause["says"]),
            "identifier": [recorded.identifier],
            "status": "preliminary",
            "method": concept("Graded by rule, in words", coding(RULE, cause["rule"])),
            "subject": recorded.subject,
            **recorded.context,
            "occurrenceDateTime": recorded.created_at,
            "performer": recorded.device,
            "prediction": [_prediction(recorded, cause)],
        },
        basis=[reference(used) for used, _ in recorded.used()],
    )


def _prediction(recorded: Recorded, cause: Mapping[str, Any]) -> Element:
    """The cause with its grade, never with a probability: a base rate is not this patient's."""
    condition = cause["condition"]
    codes = [coding(CONDITION_SYSTEM, condition), *recorded.codings_of_condition(condition)]
    reasons = (
        *(f"For: {each['says']}" for each in cause["supporting"]),
        *(f"Against: {each['says']}" for each in cause["against"]),
    )
    return {
        "outcome": concept(cause["term"], *codes),
        "qualitativeRisk": {"text": cause["grade"]},
        "rationale": " ".join(filter(None, (cause["says"], *reasons))),
    }
