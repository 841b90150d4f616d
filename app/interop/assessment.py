"""A recorded assessment as FHIR R4 resources, and the Bundle that the operation returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.interop.code_book import CodeBook
from app.interop.devices import device
from app.interop.elements import Element
from app.interop.guidance import guidance_response
from app.interop.issues import detected_issues, risk_assessments
from app.interop.provenance import provenance
from app.interop.recorded import Recorded
from app.interop.requests import proposals

EVERY_CODE = CodeBook()
"""For a site that has switched no system off."""


def assessment_resources(
    answer: Mapping[str, Any], case: Mapping[str, Any], base_url: str, book: CodeBook = EVERY_CODE
) -> list[Element]:
    """All that an assessment says, as resources: the GuidanceResponse first, the Provenance of all last.

    *answer* is the stored answer with its receipt, *case* the case as recorded, *base_url* the address of the
    service without a slash at the end. The ids hold the id of the record: see `record_id_of`.
    """
    recorded = Recorded(answer, case, base_url, book)
    made = [
        guidance_response(recorded),
        *proposals(recorded),
        *detected_issues(recorded),
        *risk_assessments(recorded),
    ]
    return [*made, device(recorded), provenance(recorded, made)]


def return_bundle(resources: Sequence[Element], base_url: str, made_at: str) -> Element:
    """The resources as the collection that ``$assess`` returns; *made_at* is a FHIR instant.

    An OperationOutcome among them, which tells what was not used, has no address of its own.
    """
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": made_at,
        "entry": [_entry(each, base_url) for each in resources],
    }


def _entry(resource: Element, base_url: str) -> Element:
    if "id" not in resource:
        return {"resource": resource}
    return {
        "fullUrl": f"{base_url}/fhir/{resource['resourceType']}/{resource['id']}",
        "resource": resource,
    }
