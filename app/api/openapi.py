"""The published document: what FastAPI derives, and what it cannot know (bodies, problems, formats)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.convertors import UUIDConvertor
from starlette.routing import BaseRoute

from app.api.fhir_body import FhirBody
from app.api.free_bodies import FHIR_RESOURCE, JSON, add_free_schemas, free_body, tell_outcomes
from app.api.json_body import JsonBody
from app.api.links import add_links
from app.api.named_options import refer_to_named_options
from app.api.problem_schemas import SCHEMAS as PROBLEM_SCHEMAS
from app.api.problem_schemas import add_problems
from app.api.problems import (
    BODY_TOO_LARGE,
    HEAD_TOO_LARGE,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    MALFORMED_BODY,
    MALFORMED_REQUEST,
    MISDIRECTED,
    NOT_FOUND,
    OVERLOADED,
    RATE_LIMITED,
    REQUEST_TIMEOUT,
    STOPPING,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
)
from app.api.published_access import describe_need, problems_of_access
from app.api.published_examples import outcome_examples, problem_examples
from app.api.published_headers import add_headers
from app.api.rate_limit import EXEMPT
from app.api.shared_problems import add_what_a_gateway_answers, share_problems
from app.api.suited_schemas import leave_out_defaults, suit_generators
from app.interop.elements import FHIR_JSON

Document = dict[str, Any]

TITLE = "Decompass"
DESCRIPTION = """\
Where is this patient on the way back from lumbar decompression? A case goes in; a structured, cited
assessment comes out, and is recorded before it is answered.

What was not asked stays unknown and is never taken for "no": every assessment names what was missing and
what it could change. Decision support for clinicians; not a diagnosis.

Bodies are JSON in UTF-8 of at most 64 KiB. Members that are not documented are refused, and nothing is
converted: `true` is not 1, `"3"` is not 3. Every error is an RFC 9457 problem that names what is wrong and
never repeats it. Under `/fhir` and `/cds-services` bodies may have 2 MiB, members that are not known are
ignored, and errors are OperationOutcomes.

In a request, a whole number (`integer`) is written without a decimal point (`3`, not `3.0`); other numbers
may have one, and may have one in answers (`3.0` and `3` are the same). Answers carry
a `Trace-Id`; quote it when you report a problem.
"""
TAGS = (
    ("assessments", "Assess a case, read what was recorded, and prove it."),
    ("log", "The signed log of the records, and the proofs about it."),
    ("rulesets", "The rules, their versions and their evidence."),
    ("cds-hooks", "CDS Hooks 2.0.1: cards for electronic health records, and what became of them."),
    ("fhir", "FHIR R4: assess a Bundle or a form, and read what was recorded as resources."),
    ("health", "Whether the service runs and can answer."),
)
FRAMEWORKS_WORDS = "Successful Response"
SERVER = {
    "url": ".",
    "description": "Where this document was read from: the service in production, or one on this machine",
    "x-internal": False,
}
# Problems that any request can meet, that a body can meet, and so on.
ANY_REQUEST = (
    MALFORMED_REQUEST,
    REQUEST_TIMEOUT,
    MISDIRECTED,
    HEAD_TOO_LARGE,
    INTERNAL_ERROR,
    OVERLOADED,
    STOPPING,
)
WITH_BODY = (MALFORMED_BODY, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST)
OF_A_CALLER = (RATE_LIMITED,)
WITH_PARAMETERS = (INVALID_REQUEST,)
WITH_PATH_PARAMETERS = (NOT_FOUND,)


def description_of_the_service(version: str) -> Document:
    """What the document says of the service as a whole."""
    return {
        "title": TITLE,
        "version": version,
        "summary": "Cited, explained, recorded assessments after lumbar decompression",
        "description": DESCRIPTION,
        "contact": {"name": "The Decompass maintainers"},
        "license_info": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        "servers": [dict(SERVER)],
        "openapi_tags": [{"name": name, "description": text} for name, text in TAGS],
    }


def operation_id(route: APIRoute) -> str:
    """The route's name in camelCase: the name that generated clients give the operation."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def complete(
    document: Document,
    routes: Sequence[BaseRoute],
    answers: Mapping[str, Any],
    *,
    credentials_required: bool,
    rate_limited: bool,
) -> Document:
    """Add the bodies, the problems, the security, the headers and the examples that FastAPI cannot see.

    *answers* are examples of answers, by the name of their schema.
    """
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for stale in ("HTTPValidationError", "ValidationError"):
        schemas.pop(stale, None)
    schemas |= PROBLEM_SCHEMAS
    document["security"] = []  # each operation says what it needs
    for route in iter_route_contexts(routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                describe_need(document, operation, method, route.path or "", credentials_required)
                _complete_operation(operation, method, route, schemas)
    add_free_schemas(document)
    _describe_successes(document, schemas)
    add_links(document)
    refer_to_named_options(document, schemas)
    suit_generators(document)
    leave_out_defaults(schemas)
    _show_examples(document, answers)
    add_headers(document, rate_limited)
    share_problems(document)
    return document


def _complete_operation(operation: Document, method: str, route: RouteContext, schemas: Document) -> None:
    body = _body_of(route)
    if isinstance(body, FhirBody):
        told = (FHIR_JSON, JSON) if body.schema == FHIR_RESOURCE else (JSON,)
        operation |= free_body(body.description, body.schema, body.examples, told)
    elif body is not None:
        operation["requestBody"] = _request_body(body, schemas)
    responses = operation["responses"]
    _drop_the_frameworks_422(responses)
    problems = (*_possible_problems(operation, route), *problems_of_access(method, route.path or ""))
    add_problems(responses, dict.fromkeys(problems))
    add_what_a_gateway_answers(responses)
    tell_outcomes(route.path or "", responses)
    operation["responses"] = dict(sorted(responses.items()))


def _body_of(route: RouteContext) -> JsonBody[Any] | FhirBody | None:
    calls: Iterable[Any] = (dependency.call for dependency in route.dependant.dependencies)
    return next((call for call in calls if isinstance(call, JsonBody | FhirBody)), None)


def _possible_problems(operation: Document, route: RouteContext) -> Iterator[Problem]:
    yield from ANY_REQUEST
    if not str(route.path_format).startswith(EXEMPT):
        yield from OF_A_CALLER
    if "requestBody" in operation:
        yield from WITH_BODY
    parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
    if parameters - _settled_by_the_address(route):
        yield from WITH_PARAMETERS
    if parameters & set(route.param_convertors):
        yield from WITH_PATH_PARAMETERS


def _settled_by_the_address(route: RouteContext) -> set[str]:
    # With anything else in the place of an id it is another address.
    convertors = route.param_convertors.items()
    return {name for name, convertor in convertors if isinstance(convertor, UUIDConvertor)}


def _describe_successes(document: Document, schemas: Document) -> None:
    """An answer is described by what its schema says of itself, unless its route says more."""
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                schema = response.get("content", {}).get("application/json", {}).get("schema", {})
                name = _name(schema)
                if response["description"] == FRAMEWORKS_WORDS and name in schemas:
                    response["description"] = schemas[name]["description"]


def _show_examples(document: Document, answers: Mapping[str, Any]) -> None:
    """Each example stands once, and only where a response refers to it."""
    shown: Document = {}
    known = {**answers, **problem_examples(), **outcome_examples()}
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    if (name := _name(content.get("schema", {}))) in answers:
                        content["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}
                    named = content.get("examples", {}).items()
                    shown |= {each: known[each] for each, example in named if "$ref" in example}
    document["components"]["examples"] = dict(sorted(shown.items()))


def _name(schema: Document) -> str:
    name: str = schema.get("$ref", "").rsplit("/", 1)[-1]
    return name


def _drop_the_frameworks_422(responses: Document) -> None:
    if "application/json" in responses.get("422", {}).get("content", {}):
        del responses["422"]


def _request_body(body: JsonBody[Any], schemas: Document) -> Document:
    schema = body.model.model_json_schema(ref_template="#/components/schemas/{model}", mode="validation")
    parts = schema.pop("$defs", {}) | {body.model.__name__: schema}
    for name, part in parts.items():
        if schemas.setdefault(name, part) != part:
            raise ValueError(f"Two different schemas are named {name}; give one of the models another name.")
    content: Document = {"schema": {"$ref": f"#/components/schemas/{body.model.__name__}"}}
    if body.examples:
        content["examples"] = {name: dict(example) for name, example in body.examples.items()}
    return {"required": True, "content": {"application/json": content}}
