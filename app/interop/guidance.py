"""GuidanceResponse: the envelope of an assessment, with what is missing and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import to_json

from app.interop.elements import (
    ASSERTED_BY_SOFTWARE,
    Element,
    coding,
    concept,
    narrative,
    reference,
    with_members,
)
from app.interop.grounds import paths_of_fact
from app.interop.paths import AGE, PRIOR_SURGERIES
from app.interop.recorded import Recorded
from app.interop.requests import advice_in, to_propose
from app.interop.systems import CASE_SYSTEM, RULE

MESSAGES, RESULT = "messages", "result"
HEAD = ("id", "created_at", "corrects", "receipt")
"""Members of an answer that belong to its record; all others are its clinical content."""
CDS_HOOKS_ENDPOINT = "http://hl7.org/fhir/StructureDefinition/cqf-cdsHooksEndpoint"


def guidance_response(recorded: Recorded) -> Element:
    """The envelope. Its id is that of the record, and everything else of the answer stands under it."""
    messages = _messages(recorded)
    return with_members(
        {
            "resourceType": "GuidanceResponse",
            "id": recorded.id,
            "meta": ASSERTED_BY_SOFTWARE,
            "text": narrative(*_sentences(recorded.answer)),
            "identifier": [recorded.identifier],
            "moduleUri": recorded.module,
            "status": _status(recorded.answer),
            "subject": recorded.subject,
            **recorded.context,
            "occurrenceDateTime": recorded.created_at,
            "performer": recorded.device,
            "outputParameters": reference(f"#{RESULT}"),
            "contained": [*messages, _result(recorded)],
        },
        extension=_endpoint(recorded),
        requestIdentifier=recorded.request,
        evaluationMessage=[reference(f"#{each['id']}") for each in messages],
        note=[{"text": each} for each in advice_in(recorded.answer)],
        result=reference(f"RequestGroup/{recorded.id}") if to_propose(recorded.answer) else None,
        dataRequirement=_requirements(recorded),
    )


def clinical_content(answer: Mapping[str, Any]) -> str:
    """The answer without what belongs to its record, as JSON in the order of the contract."""
    return to_json({name: value for name, value in answer.items() if name not in HEAD}).decode()


def _status(answer: Mapping[str, Any]) -> str:
    if answer["verdict"]["status"] == "insufficient_data":
        return "data-required"
    return "data-requested" if _not_given(answer) else "success"


def _not_given(answer: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Every question that is open, by its fact: those of safety first."""
    return {each["fact"]: each for each in (*answer["safety"]["ask"], *answer["missing"])}


def _endpoint(recorded: Recorded) -> list[Element]:
    asked_by_hook = recorded.provenance.get("channel") == "cds-hooks"
    return [{"url": CDS_HOOKS_ENDPOINT, "valueUri": recorded.module}] if asked_by_hook else []


def _sentences(answer: Mapping[str, Any]) -> Iterator[str]:
    """The answer in short, never reassuring while a red flag is not excluded."""
    safety, verdict = answer["safety"], answer["verdict"]
    yield f"Day of the assessment: {answer['assessed_on']}. Most urgent flag: {safety['tier']}."
    if not safety["complete"]:
        yield f"Not complete: a missing answer leaves {safety['worst_not_excluded']} possible."
    yield from (f"{flag['tier']}: {flag['title']}. {flag['first_action']}" for flag in safety["flags"])
    yield f"Verdict: {verdict['status']}. {verdict['says']}"
    yield answer["notice"]


def _result(recorded: Recorded) -> Element:
    """What was found: the main members by name, and the whole clinical content as JSON."""
    answer, ruleset = recorded.answer, recorded.ruleset
    named = (
        ("verdict", "valueCode", answer["verdict"]["status"]),
        ("tier", "valueCode", answer["safety"]["tier"]),
        ("worstNotExcluded", "valueCode", answer["safety"]["worst_not_excluded"]),
        ("complete", "valueBoolean", answer["safety"]["complete"]),
        ("rulesetVersion", "valueString", ruleset["version"]),
        ("rulesetDigest", "valueString", ruleset["digest"]),
        ("assessment", "valueUrl", f"{recorded.base_url}/v1/assessments/{recorded.id}"),
        ("clinicalContent", "valueString", clinical_content(answer)),
    )
    parameters = [{"name": name, kind: value} for name, kind, value in named]
    return {"resourceType": "Parameters", "id": RESULT, "parameter": parameters}


def _messages(recorded: Recorded) -> list[Element]:
    issues = [
        *(_missing(fact) for fact in _not_given(recorded.answer).values()),
        *(_contradiction(each) for each in recorded.answer["contradictions"]),
        *(_assumption(each) for each in recorded.answer["assumptions"]),
    ]
    return [{"resourceType": "OperationOutcome", "id": MESSAGES, "issue": issues}] if issues else []


def _missing(fact: Mapping[str, Any]) -> Element:
    """A question; a warning where the answer could change how urgent it is."""
    urgent = "tier" in fact or "tier" in fact.get("changes", ())
    codes = [coding(CASE_SYSTEM, path) for path in paths_of_fact(fact["fact"])]
    return _issue("warning" if urgent else "information", "incomplete", concept(fact["question"], *codes))


def _contradiction(each: Mapping[str, Any]) -> Element:
    seen = "; ".join(f"{fact['label']}: {fact['seen']}" for fact in each["facts"])
    return _issue("warning", "business-rule", concept(f"{each['says']} ({seen})", coding(RULE, each["rule"])))


def _assumption(each: Mapping[str, Any]) -> Element:
    if each["kind"] == "value":
        text = f"Awaits clinical sign-off: {each['label']}, {each['value']} {each['unit']}"
        return _issue("information", "informational", {"text": text})
    codes = [coding(RULE, rule["rule"], rule["title"]) for rule in each["rules"]]
    text = f"Awaits clinical sign-off: a reading of section {each['dossier']} of the dossier"
    return _issue("information", "informational", concept(text, *codes))


def _issue(severity: str, code: str, details: Element) -> Element:
    return {"severity": severity, "code": code, "details": details}


def _requirements(recorded: Recorded) -> list[Element]:
    """What would answer the open questions, each once: many questions are answered by the same record."""
    places = dict.fromkeys(paths_of_fact(fact) for fact in _not_given(recorded.answer))
    return [_requirement(recorded, paths) for paths in places if paths]


def _requirement(recorded: Recorded, paths: tuple[str, ...]) -> Element:
    """A resource of this type under one of these codes."""
    if paths == (AGE,):
        return {"type": "Patient", "mustSupport": ["birthDate"]}
    if paths == (PRIOR_SURGERIES,):
        return {"type": "Procedure"}
    standard = [each for path in paths for each in recorded.codings_of_fact(path)]
    codes = {(each["system"], each["code"]): each for each in standard}
    local = [coding(CASE_SYSTEM, path) for path in paths]
    return {"type": "Observation", "codeFilter": [{"path": "code", "code": [*codes.values(), *local]}]}
