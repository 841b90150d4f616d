"""A member that is not known, is missing or is beyond its bounds is refused at its place; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.services.case import Case
from tests.api.refusals import LISTED, refusal
from tests.api.sample import CANARY
from tests.api.service import ASSESS, PREVIEW, Service, full_case, placed

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_more_is_stored")]
SCHEMA = Case.model_json_schema()


async def test_a_case_with_every_member_is_taken(service: Service) -> None:
    assert (await service.preview(full_case()))["assessed_on"] == "2025-02-12"


def objects(value: Any, pointer: str = "") -> Iterator[str]:
    """The place of every object in a document."""
    if isinstance(value, dict):
        yield pointer
        for name, inner in value.items():
            yield from objects(inner, f"{pointer}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from objects(inner, f"{pointer}/{number}")


@pytest.mark.parametrize("pointer", list(objects(full_case())))
async def test_a_member_that_is_not_known_is_refused_where_it_stands_and_not_repeated(
    service: Service, pointer: str
) -> None:
    case = placed(full_case(), f"{pointer}/{CANARY}", CANARY)

    assert await refusal(service, case) == [(pointer, "extra_forbidden")]
    assert CANARY not in (await service.client.post(ASSESS, json=case)).text


def members(schema: dict[str, Any], value: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and schema of every member of the case that is given."""
    schema = _not_null(schema)
    if isinstance(value, dict):
        for name, inner in value.items():
            member = _not_null(schema["properties"][name])
            yield f"{pointer}/{name}", member
            yield from members(member, inner, f"{pointer}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield f"{pointer}/{number}", (entry := _not_null(schema["items"]))
            yield from members(entry, inner, f"{pointer}/{number}")


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    schema = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
    found: dict[str, Any] = SCHEMA["$defs"][schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    return found


def beyond(schema: dict[str, Any], value: Any) -> Iterator[tuple[Any, str]]:
    """Values that a member of this schema does not take, with the code of the refusal."""
    if "minimum" in schema:
        yield schema["minimum"] - 1, "greater_than_equal"
        yield schema["maximum"] + 1, "less_than_equal"
        yield str(schema["maximum"]), f"{'int' if schema['type'] == 'integer' else 'float'}_type"
        yield True, f"{'int' if schema['type'] == 'integer' else 'float'}_type"
    if "enum" in schema and schema.get("type") == "string":
        yield schema["enum"][0] + "x", "literal_error"
        yield 1, "literal_error"
    if schema.get("format") == "date":
        yield "1949-12-31", "greater_than_equal"
        yield "2200-01-01", "less_than_equal"
        yield "2025-02-29", "date_parsing"
        yield "2025-1-1", "date_parsing"
        yield 1735689600, "date_type"
    if "maxItems" in schema:
        yield value[:1] * (schema["maxItems"] + 1), "too_long"
        yield {}, "list_type"
    if "pattern" in schema:
        yield "x" * (schema["maxLength"] + 1), "string_too_long"
        yield "", "string_too_short"
        yield "Jane Doe", "string_pattern_mismatch"


def at(case: Any, pointer: str) -> Any:
    for step in pointer.removeprefix("/").split("/"):
        case = case[int(step)] if isinstance(case, list) else case[step]
    return case


BEYOND = [
    (pointer, wrong, code)
    for pointer, schema in members(SCHEMA, full_case())
    for wrong, code in beyond(schema, at(full_case(), pointer))
]


PARTS = {
    "surgery",
    "pain_return",
    "red_flags",
    "symptom_onsets",
    "examination",
    "vitals",
    "scores",
    "history",
    "provenance",
}
"""Members that are objects: what is in them has bounds."""


def test_every_member_of_the_case_has_bounds_that_are_tried() -> None:
    tried = {pointer.rsplit("/", 1)[-1] for pointer, *_ in BEYOND}
    known = {name for each in [SCHEMA, *SCHEMA["$defs"].values()] for name in each.get("properties", ())}

    assert known - tried == PARTS
    assert len(BEYOND) > 380
    assert {code for *_, code in BEYOND} <= LISTED


async def test_every_value_beyond_its_bounds_is_refused_at_its_place(service: Service) -> None:
    for pointer, wrong, code in BEYOND:
        answer = await service.client.post(PREVIEW, json=placed(full_case(), pointer, wrong))
        told = [(error["pointer"], error["code"]) for error in answer.json().get("errors", ())]
        assert (answer.status_code, told) == (422, [(pointer, code)]), (pointer, wrong)


async def test_what_is_required_is_asked_for(service: Service) -> None:
    assert await refusal(service, {}) == [("/subject", "missing"), ("/surgery", "missing")]
    assert await refusal(service, {"subject": "a", "surgery": {}}) == [
        ("/surgery/date", "missing"),
        ("/surgery/procedure", "missing"),
    ]


@pytest.mark.parametrize(
    "day", ["0", "-0", "86400", "1767225600", "2025-01-15T00:00:00", "20250115", "2025-02-30"]
)
async def test_a_day_is_written_as_a_day_and_in_no_other_way(service: Service, day: str) -> None:
    case = placed(full_case(), "/surgery/date", day)
    assert await refusal(service, case) == [("/surgery/date", "date_parsing")]
