"""What the published document must say, whatever routers it describes."""

from collections.abc import Iterator
from typing import Any

BOUNDED_BY = {
    "string": ({"maxLength"}, {"enum"}, {"const"}, {"format"}),
    "array": ({"maxItems"},),
    "integer": ({"minimum", "maximum", "format"}, {"enum"}, {"const"}),
    "number": ({"minimum", "maximum", "format"},),
}
METHODS = ("get", "post", "put", "patch", "delete")


def faults(document: dict[str, Any]) -> list[str]:
    """Everything in a document that a reader or a generator of clients would stumble on."""
    return [
        *_faults_of_operations(document),
        *_faults_of_schemas(document, "#"),
        *_undescribed(document, "#"),
        *_dangling(document),
    ]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method} {path}", _with_its_responses(document, item[method])


def _with_its_responses(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The operation with the responses themselves where it refers to them."""
    shared = document["components"].get("responses", {})
    told = {
        status: shared[response["$ref"].rsplit("/", 1)[-1]] if "$ref" in response else response
        for status, response in operation["responses"].items()
    }
    return operation | {"responses": told}


def _faults_of_operations(document: dict[str, Any]) -> Iterator[str]:
    tags = {tag["name"] for tag in document["tags"]}
    names = [operation["operationId"] for _, operation in operations(document)]
    yield from (f"operation id {name} is given twice" for name in {n for n in names if names.count(n) > 1})
    for place, operation in operations(document):
        name = operation["operationId"]
        if not name.isalnum() or not name[0].islower():
            yield f"{place}: operation id {name} is not camelCase"
        if not operation.get("description") or not set(operation.get("tags", [""])) <= tags:
            yield f"{place}: no description, or no documented tag"
        if not any(status.startswith("4") or status == "503" for status in operation["responses"]):
            yield f"{place}: tells no problem"
        for status, response in operation["responses"].items():
            contents = response.get("content", {})
            problem = ("application/fhir+json" if _is_fhir(place) else "application/problem+json") in contents
            if problem != (status >= "400") and not (_is_fhir(place) and status < "400"):
                yield f"{place}: {status} is answered with the wrong kind of content"


def _is_fhir(place: str) -> bool:
    return place.split(" ")[1].startswith(("/fhir/", "/cds-services"))


def _faults_of_schemas(part: Any, place: str) -> Iterator[str]:
    if isinstance(part, dict):
        kind = part.get("type")
        if (
            isinstance(kind, str)
            and kind in BOUNDED_BY
            and not any(names <= set(part) for names in BOUNDED_BY[kind])
        ):
            yield f"{place}: {kind} without bounds"
        for word in ("oneOf", "anyOf"):
            if not all({"type", "$ref"} & set(each) for each in part.get(word, ())):
                yield f"{place}: {word} of what has no type"
        if "anyOf" in part and "format" in part:
            yield f"{place}: a format beside anyOf, where each of its kinds has its own"
        for name, inner in part.items():
            if name not in ("example", "examples"):
                yield from _faults_of_schemas(inner, f"{place}/{name}")
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from _faults_of_schemas(inner, f"{place}/{number}")


def _undescribed(part: Any, place: str) -> Iterator[str]:
    """Members, parameters, headers and schemas that say nothing of themselves."""
    if isinstance(part, dict):
        for kind in ("properties", "headers", "schemas"):
            if isinstance(part.get(kind), dict):
                mute = [
                    name
                    for name, each in part[kind].items()
                    if not each.get("description") and not (kind == "headers" and "$ref" in each)
                ]
                yield from (f"{place}/{kind}/{name}: no description" for name in mute)
        for parameter in part.get("parameters", ()):
            if not parameter.get("description"):
                yield f"{place}: parameter {parameter['name']} has no description"
        for name, inner in part.items():
            if name not in ("example", "examples", "links"):  # a link has values where others have schemas
                yield from _undescribed(inner, f"{place}/{name}")
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from _undescribed(inner, f"{place}/{number}")


def _dangling(document: dict[str, Any]) -> Iterator[str]:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            part = list(part.values())
        for inner in part if isinstance(part, list) else ():
            yield from references(inner)

    parts = document["components"]
    known = {f"#/components/{kind}/{name}" for kind in parts for name in parts[kind]}
    used = set(references(document)) | set(_schemes_in_use(document))
    yield from (f"{name} is referred to and not there" for name in used - known)
    yield from (f"{name} is there and nobody refers to it" for name in known - used)


def _schemes_in_use(document: dict[str, Any]) -> Iterator[str]:
    # A requirement names its scheme without a reference.
    for _, operation in operations(document):
        for requirement in operation.get("security", ()):
            yield from (f"#/components/securitySchemes/{name}" for name in requirement)
