"""OperationOutcome: what was wrong with a request, or what was not used of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.interop.elements import Element, coding, concept, with_members
from app.interop.notes import Note
from app.interop.systems import CASE_SYSTEM, PROBLEM

ISSUE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "malformed-request": "invalid",
        "malformed-body": "structure",
        "not-found": "not-found",
        "method-not-allowed": "not-supported",
        "request-timeout": "timeout",
        "body-too-large": "too-long",
        "unsupported-media-type": "not-supported",
        "misdirected": "forbidden",
        "head-too-large": "too-long",
        "invalid-request": "invalid",
        "rate-limited": "throttled",
        "internal-error": "exception",
        "overloaded": "transient",
        "stopping": "transient",
        "not-ready": "transient",
        "invalid-idempotency-key": "value",
        "idempotency-key-reused": "duplicate",
        "record-refused": "business-rule",
        "record-damaged": "conflict",
        "record-erased": "deleted",
        "not-in-the-log": "not-found",
        "ruleset-not-runnable": "not-supported",
        "log-altered": "exception",
        "store-unavailable": "transient",
        "queue-full": "transient",
        "credential-missing": "login",
        "credential-invalid": "login",
        "credential-expired": "expired",
        "insufficient-scope": "forbidden",
        "not-local": "forbidden",
        "too-many-attempts": "throttled",
        "wrong-hook": "value",
        "not-a-hook-call": "structure",
        "fhir-server-not-allowed": "forbidden",
        "two-patients": "business-rule",
        "not-acceptable": "not-supported",
        "unusable-data": "value",
        "deceased-patient": "business-rule",
        "no-fhir-form": "not-supported",
    }
)
"""The issue type of FHIR R4 for every problem of the service, by the problem's code."""
OTHERWISE = "processing"


def operation_outcome(said: Mapping[str, Any] | Sequence[Note]) -> Element:
    """The members of a problem (RFC 9457), or the notes of a reader, as an OperationOutcome.

    Only sentences of ours get in. FHIR wants at least one issue: without notes it says that all is well.
    """
    issues = list(_of_problem(said) if isinstance(said, Mapping) else map(_of_note, said))
    return {"resourceType": "OperationOutcome", "issue": issues or [_all_is_well()]}


def _all_is_well() -> Element:
    return {"severity": "information", "code": "informational", "details": {"text": "Everything was used."}}


def _of_problem(problem: Mapping[str, Any]) -> Iterator[Element]:
    """The problem, and an issue more for everything that it names as wrong."""
    code = problem["code"]
    trace_id = problem.get("trace_id")
    yield with_members(
        {
            "severity": "error",
            "code": ISSUE_TYPES.get(code, OTHERWISE),
            "details": concept(problem["detail"], coding(PROBLEM, code, problem["title"])),
        },
        diagnostics=f"trace_id {trace_id}" if trace_id else "",
    )
    for error in problem.get("errors", ()):
        details = concept(error["message"], coding(PROBLEM, error["code"]))
        issue = {"severity": "error", "code": ISSUE_TYPES.get(code, OTHERWISE), "details": details}
        yield with_members(issue, expression=[expression] if (expression := _path(error["pointer"])) else [])


def _of_note(note: Note) -> Element:
    codes = [coding(CASE_SYSTEM, note.path)] if note.path else []
    issue = {"severity": note.severity, "code": note.code, "details": concept(note.text, *codes)}
    return with_members(issue, expression=[note.reference] if note.reference else [])


def _path(pointer: str) -> str:
    """A JSON pointer (RFC 6901) as FHIRPath writes it: ``/entry/0/resource`` as ``entry[0].resource``."""
    path = ""
    for member in pointer.split("/")[1:]:
        name = member.replace("~1", "/").replace("~0", "~")
        path += f"[{name}]" if name.isdigit() else f".{name}" if name.isidentifier() else f".`{name}`"
    return path.removeprefix(".")
