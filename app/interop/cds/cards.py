"""From an answer to the one card that tells it, and to the card that says why there is no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.interop.cds.card_text import (
    CANNOT_ASSESS,
    LONGEST_SUMMARY,
    detail,
    detail_of_notes,
    is_open,
    is_sign,
    shortened,
    sources,
    summary,
    worst_first,
)
from app.interop.cds.proposals import suggestions
from app.interop.notes import WHICH_OPERATION, Note
from app.interop.systems import OURS

RECORD_EXTENSION = "org.decompass.record"
TOPIC = {
    "system": OURS,
    "code": "postop-lumbar",
    "display": "After lumbar decompression",
}
REASON_SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
REASONS: Mapping[str, str] = {
    "action-completed": "Recommended action was already completed",
    "patient-ineligible": "Patient does not meet eligibility for recommended action",
    "need-more-info": "Could not address recommended action due to need for more information/pending "
    "results/pending consult",
    "does-not-align-latest-evidence": "Recommended action does not align with the latest evidence",
    "risk-benefit-ratio": "Recipient assessment of risk/benefit ratio",
}
"""Code and display as HL7 publishes them with CDS Hooks 3.0: NonAdherenceReasonCodes, for trial use."""
MOST_LINKS = 15
OUT_OF_SCOPE = "out_of_scope"
NO_OPERATION = "What was supplied shows no operation for certain."


def assessment_card(
    answer: Mapping[str, Any],
    notes: Sequence[Note],
    *,
    public_url: str,
    patient: str,
    encounter: str | None = None,
) -> dict[str, Any]:
    """The card of a recorded answer. Its uuid is the id of the record, so that feedback finds it."""
    card = {
        "uuid": answer["id"],
        "summary": summary(answer, notes),
        "detail": detail(answer, notes),
        "indicator": _indicator(answer, notes),
        "source": _source(public_url),
        "overrideReasons": _reasons(),
        "links": _links(answer, public_url),
    }
    if proposed := suggestions(answer, patient, encounter):
        card |= {"suggestions": proposed, "selectionBehavior": "any"}
    return card


def cannot_assess_card(event_id: UUID, notes: Sequence[Note], public_url: str) -> dict[str, Any]:
    """The card that says what is missing. Its uuid is the id of the event in the log.

    A warning sign of the day stands first, whichever operation it follows.
    """
    signs = [note for note in notes if is_sign(note)]
    others = [note for note in worst_first(notes) if not is_sign(note)]
    in_order = [*signs, *sorted(others, key=lambda note: note.path != WHICH_OPERATION)]
    of_surgery = [note.text for note in in_order if note.path.startswith("surgery")]
    why = " ".join((*(note.text for note in signs[:1]), *of_surgery[:1])) or NO_OPERATION
    return {
        "uuid": str(event_id),
        "summary": shortened(f"{CANNOT_ASSESS}: {why[0].lower()}{why[1:]}", LONGEST_SUMMARY),
        "detail": detail_of_notes(in_order or [Note("warning", "incomplete", why)]),
        "indicator": "warning",
        "source": _source(public_url),
        "overrideReasons": _reasons(),
    }


def response(card: Mapping[str, Any] | None, answer: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole answer to a call: no card, or one, and the record where there is one."""
    if card is None:
        return {"cards": []}
    if answer is None:
        return {"cards": [card]}
    record = {"id": answer["id"], "ruleset": dict(answer["ruleset"])}
    return {"cards": [card], "extension": {RECORD_EXTENSION: record}}


def says_nothing(answer: Mapping[str, Any], notes: Sequence[Note]) -> bool:
    """Whether an answer is worth no card: an operation that these rules do not judge, and nothing is open.

    No flag fires, none is left to be excluded, and nothing on record is to be asked again or was not used.
    """
    return (
        answer["verdict"]["status"] == OUT_OF_SCOPE
        and answer["safety"]["tier"] == "none"
        and answer["safety"]["complete"]
        and not answer["contradictions"]
        and all(note.severity == "information" for note in notes)
    )


def _indicator(answer: Mapping[str, Any], notes: Sequence[Note]) -> str:
    tier = answer["safety"]["tier"]
    if tier == "emergency_now":
        return "critical"
    urgent = tier in ("same_day", "within_days")
    return "warning" if urgent or is_open(answer, notes) else "info"


def _source(public_url: str) -> dict[str, Any]:
    return {"label": "Decompass", "url": f"{public_url}/docs", "topic": dict(TOPIC)}


def _reasons() -> list[dict[str, str]]:
    return [{"system": REASON_SYSTEM, "code": code, "display": text} for code, text in REASONS.items()]


def _links(answer: Mapping[str, Any], public_url: str) -> list[dict[str, str]]:
    page = f"{public_url}/v1/assessments/{answer['id']}"
    cited = ((each["title"], each["url"]) for each in sources(answer) if each["url"])
    named = [("The whole assessment", page), ("Every rule, with values and margins", f"{page}/trace"), *cited]
    return [{"label": label, "url": url, "type": "absolute"} for label, url in named[:MOST_LINKS]]
