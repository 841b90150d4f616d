"""The body of a request of FHIR or CDS Hooks: larger than a case, with members that are no business of ours.

RESOURCE = FhirBody("A Bundle, or a QuestionnaireResponse.", examples={...})

@router.post("/fhir/$assess")
async def assess(resource: Annotated[JsonObject, Depends(RESOURCE)]) -> Response: ...
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from app.api.free_bodies import FHIR_RESOURCE
from app.api.json_body import Example, read_body, read_json
from app.api.problems import INVALID_REQUEST, InputError, Problem, RequestRefused

MAX_FHIR_BYTES = 2_097_152
"""A chart of some thousand Observations; sent by who was let in, and read whole before it is parsed."""
MAX_FHIR_DEPTH = 64
"""A Bundle of our own has 13 levels, and 2 more in a prefetch. An item of a form in an answer of an item
takes 4, an extension of an extension 2: there is room for ten, and functions may still call themselves."""
FHIR_CONTENT_TYPE = re.compile(
    rb"application/(fhir\+)?json"
    rb'([ \t]*;[ \t]*(charset=(utf-8|"utf-8")|fhirversion=(4\.0(\.1)?|"4\.0(\.1)?")))*[ \t]*',
    re.IGNORECASE,
)

JsonObject = dict[str, Any]


class FhirBody:
    """A dependency that gives the JSON object of a body as it was sent, or refuses it.

    Which members it must have is for those who read it; both standards want others to be ignored. That the
    text has exactly one meaning is held here, as everywhere.
    """

    def __init__(
        self,
        description: str,
        examples: Mapping[str, Example] | None = None,
        schema: str = FHIR_RESOURCE,
        no_object: Problem = INVALID_REQUEST,
    ) -> None:
        """*no_object*: what is said of JSON that is no object."""
        self.description = description
        self.schema = schema
        self.examples = examples or {}
        self.no_object = no_object

    async def __call__(self, request: Request) -> JsonObject:
        return self.parse(await read_body(request, MAX_FHIR_BYTES, FHIR_CONTENT_TYPE))

    def parse(self, text: bytes) -> JsonObject:
        """The object that this text describes. Raises RequestRefused."""
        document = read_json(text, MAX_FHIR_DEPTH)
        if not isinstance(document, dict):
            flaw = InputError.of("", "model_type")
            raise RequestRefused(self.no_object, (flaw,))
        return document
