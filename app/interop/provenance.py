"""Provenance: what an assessment was made from, by what, under which rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.interop.elements import (
    ASSERTED_BY_SOFTWARE,
    TERMINOLOGY,
    Element,
    coding,
    concept,
    narrative,
    reference,
    uri_identifier,
)
from app.interop.recorded import Recorded


def provenance(recorded: Recorded, made: Sequence[Element]) -> Element:
    """How the resources that were *made* came about: every resource used, with the version that was read."""
    ruleset = recorded.ruleset
    return {
        "resourceType": "Provenance",
        "id": recorded.id,
        "meta": ASSERTED_BY_SOFTWARE,
        "text": narrative(f"Assessed by rule, under ruleset {ruleset['version']}, and recorded."),
        "target": [reference(f"{each['resourceType']}/{each['id']}") for each in made],
        "occurredDateTime": recorded.created_at,
        "recorded": recorded.created_at,
        "policy": [f"{recorded.base_url}/v1/rulesets/{ruleset['version']}"],
        "activity": concept("", coding(f"{TERMINOLOGY}v3-DataOperation", "CREATE", "create")),
        "agent": [
            {
                "type": concept("", coding(f"{TERMINOLOGY}provenance-participant-type", "assembler")),
                "who": recorded.device,
            }
        ],
        "entity": list(_entities(recorded)),
    }


def _entities(recorded: Recorded) -> Iterator[Element]:
    case = uri_identifier(f"{recorded.base_url}/v1/assessments/{recorded.id}/case")
    yield {"role": "source", "what": {"identifier": case, "display": "The case, as it was recorded"}}
    yield from ({"role": "source", "what": reference(used)} for used, _ in recorded.used())
    if corrected := recorded.answer.get("corrects"):
        yield {"role": "revision", "what": reference(f"GuidanceResponse/{corrected}")}
