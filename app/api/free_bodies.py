"""How the document tells of FHIR and CDS Hooks: as free objects, which their own specifications define.

    @router.post(
        "/fhir/$assess",
        response_class=Response,
        responses={200: free_answer("The assessment as a Bundle.", FHIR_RESOURCE)},
    )

The body of such an operation is a `FhirBody`, which the document finds by itself.

Written out, the schemas of FHIR would be many times the rest of the document, and generators of clients fail
on them. Errors under these addresses are OperationOutcomes, whatever problem they are: the one place that
says so is `tell_outcomes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from app.api.shapes import ONE_LINE
from app.interop.elements import FHIR_JSON

Schema = dict[str, Any]
Example = Mapping[str, Any]

JSON = "application/json"
TELLS_OUTCOMES = re.compile(r"/(cds-services|fhir)(/|$)")
"""The addresses whose errors are OperationOutcomes."""
FHIR_RESOURCE, OPERATION_OUTCOME = "FhirResource", "OperationOutcome"
CDS_REQUEST, CDS_RESPONSE, CDS_SERVICES = "CdsHooksRequest", "CdsHooksResponse", "CdsHooksServices"
CDS_FEEDBACK = "CdsHooksFeedback"


OPEN: Schema = {"additionalProperties": True}
"""Of an object that its own specification defines: it may have any other members."""


def _object(name: str, description: str, **required: Schema) -> Schema:
    return {
        "title": name,
        "description": description,
        "type": "object",
        "required": list(required),
        "properties": required,
        **OPEN,
    }


def _text(description: str, pattern: str = ONE_LINE, length: int = 64) -> Schema:
    return {"description": description, "type": "string", "maxLength": length, "pattern": pattern}


def _list(description: str, item: str, length: int) -> Schema:
    items = {"type": "object", "description": item, **OPEN}
    return {"description": description, "type": "array", "maxItems": length, "items": items}


RESOURCE_TYPE = _text("The kind of resource", "^[A-Z][A-Za-z]*$")
SCHEMAS: Mapping[str, Schema] = {
    FHIR_RESOURCE: _object(
        FHIR_RESOURCE,
        "A resource of FHIR R4 in JSON, as HL7 defines it. Of what is sent, members that are not needed are "
        "ignored.",
        resourceType=RESOURCE_TYPE,
    ),
    OPERATION_OUTCOME: _object(
        OPERATION_OUTCOME,
        "What went wrong, as FHIR R4 tells it. It never repeats the input.",
        resourceType=RESOURCE_TYPE | {"const": OPERATION_OUTCOME},
        issue=_list("What is wrong, at least one", "An issue: `severity`, `code`, `details`", 100),
    ),
    CDS_SERVICES: _object(
        CDS_SERVICES,
        "The services that can be called, as CDS Hooks tells them.",
        services=_list("The services", "A service: `hook`, `id`, `title`, `description`, `prefetch`", 50),
    ),
    CDS_REQUEST: _object(
        CDS_REQUEST,
        "A call of CDS Hooks 2.0. Members that are not needed are ignored.",
        hook=_text("The hook that was reached, such as `patient-view`"),
        hookInstance={**_text("The UUID of this call", "^[0-9A-Fa-f-]{36}$", 36), "format": "uuid"},
        context={
            "description": "The context that the hook defines: `patientId` and more",
            "type": "object",
            **OPEN,
        },
    ),
    CDS_RESPONSE: _object(
        CDS_RESPONSE,
        "The cards of CDS Hooks. No card means that nothing is to be said, never that data were missing.",
        cards=_list("The cards", "A card: `uuid`, `summary`, `indicator`, `detail`, `source`", 10),
    ),
    CDS_FEEDBACK: _object(
        CDS_FEEDBACK,
        "What became of cards, as CDS Hooks tells it.",
        feedback=_list("One entry for each card", "A `card`, its `outcome` and its `outcomeTimestamp`", 100),
    ),
}
"""Published where an operation refers to them."""


def free_body(
    description: str,
    schema: str,
    examples: Mapping[str, Example] | None = None,
    media_types: tuple[str, ...] = (FHIR_JSON, JSON),
) -> Schema:
    """The body of an operation, for its ``openapi_extra``. *schema* is one of the names above."""
    content = {media_type: _content(schema, examples) for media_type in media_types}
    return {"requestBody": {"description": description, "required": True, "content": content}}


def free_answer(
    description: str,
    schema: str,
    examples: Mapping[str, Example] | None = None,
    media_type: str = FHIR_JSON,
) -> Schema:
    """What an operation answers with, for its ``responses``."""
    return {"description": description, "content": {media_type: _content(schema, examples)}}


def add_free_schemas(document: Schema) -> None:
    """Publish those of the schemas above that an operation refers to."""
    schemas = document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            for content in _contents(operation):
                name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
                if name in SCHEMAS:
                    schemas[name] = deepcopy(SCHEMAS[name])


def _contents(operation: Schema) -> Iterator[Schema]:
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from part.get("content", {}).values()


def tell_outcomes(path: str, responses: Schema) -> None:
    """Describe the errors of an operation as they are answered at this address, with one outcome for each.

    The document shows every problem elsewhere, and is long enough.
    """
    if TELLS_OUTCOMES.match(path):
        for status, response in responses.items():
            if status >= "400":
                (problems,) = response["content"].values()
                outcomes = [outcome_name(code) for code in problems.get("examples", {})][:1]
                shown = {name: {"$ref": f"#/components/examples/{name}"} for name in outcomes}
                response["content"] = {FHIR_JSON: _content(OPERATION_OUTCOME, shown)}


def outcome_name(code: str) -> str:
    """The name under which the document shows a problem as an OperationOutcome."""
    return f"{code}-outcome"


def _content(schema: str, examples: Mapping[str, Example] | None = None) -> Schema:
    content: Schema = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    if examples:
        content["examples"] = {name: dict(example) for name, example in examples.items()}
    return content
