"""How a JSON body reaches an endpoint: read within its limit, parsed strictly, validated once.

    CASE_BODY = JsonBody(Case, examples={...})

    @router.post("/v1/assessments")
    async def assess(case: Annotated[Case, Depends(CASE_BODY)]) -> Response: ...

The OpenAPI document finds the `JsonBody` among an endpoint's dependencies and describes the body from it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from app.api.problems import (
    BODY_TOO_LARGE,
    INVALID_REQUEST,
    MALFORMED_BODY,
    MAX_ERRORS,
    UNSUPPORTED_MEDIA_TYPE,
    InputError,
    RequestRefused,
)
from app.api.strict_json import MAX_DEPTH, JsonRefused, JsonValue, parse_json
from app.audit import patience

MAX_BODY_BYTES = 65_536
JSON_CONTENT_TYPE = re.compile(
    rb'application/json[ \t]*(;[ \t]*charset=(utf-8|"utf-8")[ \t]*)?', re.IGNORECASE
)

Model = TypeVar("Model", bound=BaseModel)
Example = Mapping[str, Any]


class JsonBody(Generic[Model]):
    """A dependency that turns the body of a request into a validated model, or refuses it."""

    def __init__(self, model: type[Model], examples: Mapping[str, Example] | None = None) -> None:
        self.model = model
        self.examples = examples or {}

    async def __call__(self, request: Request) -> Model:
        return self.parse(await read_body(request))

    def parse(self, text: bytes) -> Model:
        """The model that this text describes; strictly: nothing is converted, nothing unknown is ignored."""
        document = read_json(text)
        try:
            return self.model.model_validate_json(text, strict=True, extra="forbid")
        except ValidationError as error:
            raise RequestRefused(INVALID_REQUEST, self._errors(error, document)) from error

    def _errors(self, error: ValidationError, document: JsonValue) -> tuple[InputError, ...]:
        found = error.errors(include_url=False, include_context=False, include_input=False)[:MAX_ERRORS]
        return tuple(InputError.of(self._pointer(each["loc"], document), each["type"]) for each in found)

    def _pointer(self, location: tuple[int | str, ...], document: JsonValue) -> str:
        path = published_path(location, document, self._member_names)
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)

    @cached_property
    def _member_names(self) -> frozenset[str]:
        return frozenset(_property_names(self.model.model_json_schema()))


def published_path(
    location: tuple[int | str, ...], document: JsonValue, member_names: frozenset[str]
) -> Iterator[int | str]:
    """The part of a validation error's location that may be told.

    A location holds the member names that were sent, which can be anything, and words of the validator's own,
    such as the branch of a union. Positions and names that the model declares may be told; the path ends
    before a name that was sent and is not declared, and steps over the validator's words.
    """
    value: JsonValue = document
    for part in location:
        if isinstance(part, int):
            yield part
            value = value[part] if isinstance(value, list) and part < len(value) else None
        elif part in member_names:
            yield part
            value = value.get(part) if isinstance(value, dict) else None
        elif isinstance(value, dict) and part in value:
            return


def _property_names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for part in schema.values():
            yield from _property_names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _property_names(part)


def read_json(text: bytes, max_depth: int = MAX_DEPTH) -> JsonValue:
    """The one value that a body can mean. Raises RequestRefused."""
    try:
        return parse_json(text, max_depth)
    except JsonRefused as error:
        flaw = InputError.of("", error.flaw)
        raise RequestRefused(MALFORMED_BODY, (flaw,)) from error


async def read_body(
    request: Request, max_bytes: int = MAX_BODY_BYTES, content_type: re.Pattern[bytes] = JSON_CONTENT_TYPE
) -> bytes:
    """The bytes of a JSON body.

    The limit is kept here and not by `FastAPI(max_body_size=)`, which answers a too large Content-Length with
    plain text whatever the handlers say.
    """
    _check_headers(request, max_bytes, content_type)
    chunks, size = [], 0
    async for chunk in request.stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise RequestRefused(BODY_TOO_LARGE)
    patience.renew()
    return b"".join(chunks)


def _check_headers(request: Request, max_bytes: int, content_type: re.Pattern[bytes]) -> None:
    content_types = []
    for name, value in request.scope["headers"]:
        if name == b"content-type":
            content_types.append(value)
        elif name == b"content-length" and value.isdigit() and int(value) > max_bytes:
            raise RequestRefused(BODY_TOO_LARGE)
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise RequestRefused(UNSUPPORTED_MEDIA_TYPE)
    if len(content_types) != 1 or not content_type.fullmatch(content_types[0]):
        raise RequestRefused(UNSUPPORTED_MEDIA_TYPE)
