"""What cannot be true or is not known is refused at its place with its code, and nothing of it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from app.api.problem_schemas import INPUT_ERROR_CODE
from app.audit.database import open_database
from app.services.case import Case
from tests.api.conftest import Check
from tests.api.sample import CANARY
from tests.api.service import (
    ASSESS,
    PREVIEW,
    SEARCH,
    Service,
    application_of,
    example,
    full_case,
    placed,
    running_service,
)

pytestmark = pytest.mark.anyio
JSON = {"Content-Type": "application/json"}
SCHEMA = Case.model_json_schema()
LISTED = set(INPUT_ERROR_CODE["enum"])
"""Every code of an error that the document lists."""


@pytest.fixture(autouse=True)
def nothing_more_is_stored(service: Service) -> Iterator[None]:
    """After each test of this module there are as many records as before."""
    before = service.stored()
    yield
    assert service.stored() == before


async def refusal(service: Service, case: dict[str, Any]) -> list[tuple[str, str]]:
    """Place and code of each thing that is wrong; the same for a record and for a preview."""
    answers = [await service.client.post(path, json=case) for path in (ASSESS, PREVIEW)]
    assert [answer.status_code for answer in answers] == [422, 422], answers[0].text[:300]
    record, preview = (answer.json()["errors"] for answer in answers)
    assert record == preview
    assert all(error["message"].rstrip(".") and error["code"] in LISTED for error in record)
    return [(error["pointer"], error["code"]) for error in record]


async def test_a_case_with_every_member_is_taken(service: Service) -> None:
    assert (await service.preview(full_case()))["assessed_on"] == "2025-02-12"


def too_late(pointer: str) -> list[tuple[str, str]]:
    """A day after that of the assessment: nobody can tell which of the two is wrong."""
    return [(pointer, "after_assessment"), ("/assessed_on", "after_assessment")]


KNEE = {"muscle": "knee_extension", "side": "left", "grade": 4}
IMPOSSIBLE = [
    ("/assessed_on", "2100-01-01", [("/assessed_on", "in_future")]),
    (
        "/surgery/date",
        "2025-02-13",
        [
            ("/surgery/date", "after_assessment"),
            ("/assessed_on", "after_assessment"),
            ("/pain_return/onset_on", "before_surgery"),
            ("/surgery/date", "before_surgery"),
            ("/pain_return/plateau_on", "before_surgery"),
        ],
    ),
    (
        "/prior_surgeries/0/date",
        "2025-01-16",
        [("/prior_surgeries/0/date", "after_surgery"), ("/surgery/date", "after_surgery")],
    ),
    ("/observations/1/date", "2025-02-13", too_late("/observations/1/date")),
    ("/labs/0/date", "2025-02-13", too_late("/labs/0/date")),
    ("/imaging/0/date", "2025-02-13", too_late("/imaging/0/date")),
    (
        "/pain_return/onset_on",
        "2025-01-14",
        [("/pain_return/onset_on", "before_surgery"), ("/surgery/date", "before_surgery")],
    ),
    (
        "/pain_return/onset_on",
        "2025-02-12",
        [("/pain_return/plateau_on", "before_onset"), ("/pain_return/onset_on", "before_onset")],
    ),
    (
        "/pain_return/plateau_on",
        "2025-02-09",
        [("/pain_return/plateau_on", "before_onset"), ("/pain_return/onset_on", "before_onset")],
    ),
    ("/pain_return/plateau_on", "2025-02-13", too_late("/pain_return/plateau_on")),
    ("/symptom_onsets/numbness", "2025-02-13", too_late("/symptom_onsets/numbness")),
    ("/symptom_onsets/tingling", "2025-02-13", too_late("/symptom_onsets/tingling")),
    ("/symptom_onsets/weakness", "2025-02-13", too_late("/symptom_onsets/weakness")),
    ("/symptom_onsets/bilateral_leg_pain", "2025-02-13", too_late("/symptom_onsets/bilateral_leg_pain")),
    (
        "/observations/0/leg_pain_vas_mm",
        30,
        [("/observations/0/leg_pain_vas_mm", "two_scales"), ("/observations/0/leg_pain_nrs", "two_scales")],
    ),
    (
        "/observations/0/back_pain_nrs",
        3,
        [("/observations/0/back_pain_vas_mm", "two_scales"), ("/observations/0/back_pain_nrs", "two_scales")],
    ),
    (
        "/observations/1/date",
        "2025-02-12",
        [
            ("/observations/1/leg_pain_vas_mm", "repeated_measure"),
            ("/observations/0/leg_pain_nrs", "repeated_measure"),
            ("/observations/1/back_pain_nrs", "repeated_measure"),
            ("/observations/0/back_pain_vas_mm", "repeated_measure"),
        ],
    ),
    (
        "/observations/0/muscle_power",
        [KNEE, {**KNEE, "side": "right"}, {**KNEE, "grade": 5}],
        [
            ("/observations/0/muscle_power/2", "repeated_measure"),
            ("/observations/0/muscle_power/0", "repeated_measure"),
        ],
    ),
    (
        "/labs",
        [{"date": "2025-02-01", "crp_mg_l": 4}, {"date": "2025-02-01", "crp_mg_l": 40}],
        [("/labs/1/crp_mg_l", "repeated_measure"), ("/labs/0/crp_mg_l", "repeated_measure")],
    ),
    (
        "/imaging",
        [
            {"date": "2025-02-01", "mri_compression": "no"},
            {"date": "2025-02-01", "mri_compression": "yes"},
        ],
        [
            ("/imaging/1/mri_compression", "repeated_measure"),
            ("/imaging/0/mri_compression", "repeated_measure"),
        ],
    ),
    ("/observations/0/leg_pain_nrs", 3.2, [("/observations/0/leg_pain_nrs", "half_points")]),
    ("/observations/1/back_pain_nrs", 9.99, [("/observations/1/back_pain_nrs", "half_points")]),
    (
        "/observations/0/muscle_power/0/grade",
        4.5,
        [("/observations/0/muscle_power/0/grade", "mrc_grade")],
    ),
]
LAST_POSSIBLE = [
    ("/surgery/date", "2025-02-10", "surgery on the day the pain returned"),
    ("/prior_surgeries/0/date", "2025-01-15", "two operations on one day"),
    ("/observations/1/date", "1950-01-01", "an observation long before"),
    ("/pain_return/onset_on", "2025-01-15", "pain returned on the day of surgery"),
    ("/pain_return/onset_on", "2025-02-11", "full strength on the first day"),
    ("/pain_return/plateau_on", "2025-02-12", "full strength today"),
    ("/symptom_onsets/numbness", "2025-02-12", "numb since today"),
    ("/symptom_onsets/numbness", "1950-01-01", "numb since long before"),
    ("/observations/0/leg_pain_nrs", 3.5, "a half point"),
    ("/observations/0/muscle_power/0/grade", 3.7, "4-"),
]


@pytest.mark.parametrize(("pointer", "value", "problems"), IMPOSSIBLE)
async def test_what_cannot_be_true_is_refused_at_its_place(
    service: Service, pointer: str, value: Any, problems: list[tuple[str, str]]
) -> None:
    assert await refusal(service, placed(full_case(), pointer, value)) == problems


@pytest.mark.parametrize(
    ("pointer", "value"), [pytest.param(pointer, value, id=why) for pointer, value, why in LAST_POSSIBLE]
)
async def test_what_can_just_be_true_is_taken(service: Service, pointer: str, value: Any) -> None:
    assert (await service.preview(placed(full_case(), pointer, value)))["verdict"]


async def test_two_observations_of_one_day_are_taken_when_they_measure_different_things(
    service: Service,
) -> None:
    observations = [{"date": "2025-02-12", "leg_pain_nrs": 3}, {"date": "2025-02-12", "back_pain_nrs": 4}]
    said = await service.preview(example(observations=observations))

    assert [symptom["now"] for symptom in said["symptoms"]][:2] == ["3/10", "4/10"]


TWO_IN_ONE = [("/prior_surgeries/0/date", "2025-01-16"), ("/pain_return/onset_on", "2025-01-14")]


async def test_everything_that_is_wrong_is_told_at_once(service: Service) -> None:
    case = full_case()
    for pointer, value in TWO_IN_ONE:
        case = placed(case, pointer, value)

    assert await refusal(service, case) == [
        ("/prior_surgeries/0/date", "after_surgery"),
        ("/surgery/date", "after_surgery"),
        ("/pain_return/onset_on", "before_surgery"),
        ("/surgery/date", "before_surgery"),
    ]


async def test_a_place_that_several_others_contradict_is_named_once(service: Service) -> None:
    late = [{"date": f"2025-03-0{day}", "leg_pain_nrs": 3} for day in (1, 2, 3)]

    assert await refusal(service, example(observations=late)) == [
        ("/observations/0/date", "after_assessment"),
        ("/assessed_on", "after_assessment"),
        ("/observations/1/date", "after_assessment"),
        ("/observations/2/date", "after_assessment"),
    ]


async def test_a_day_of_assessment_that_was_not_given_has_no_place(service: Service) -> None:
    case = example(observations=[{"date": "2190-03-01", "leg_pain_nrs": 3}])
    del case["assessed_on"]

    assert await refusal(service, case) == [("/observations/0/date", "after_assessment")]


async def test_the_days_of_a_case_are_held_against_the_clock_of_the_service(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    late = datetime.fromisoformat("2026-01-15T22:30:00-05:00")  # in Greenwich it is 03:30 of the 16th
    async with running_service(application_of(database, clock=lambda: late), sqlite_url) as service:
        absent = (await service.record(example("smallest"))).json()
        begun = await service.record(example("smallest", assessed_on="2026-01-16"))
        future = await service.record(example("smallest", assessed_on="2026-01-17"))
        stored = service.stored()
    database.close()

    assert (absent["assessed_on"], absent["created_at"]) == ("2026-01-16", "2026-01-16T03:30:00Z")
    assert (begun.status_code, future.status_code, stored) == (201, 422, 2)
    assert [error["code"] for error in future.json()["errors"]] == ["in_future"]


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


BODIES: list[tuple[bytes, dict[str, str], int, str]] = [
    (b"", JSON, 400, "malformed-body"),
    (b"{", JSON, 400, "malformed-body"),
    (b'{"subject":"a","subject":"b"}', JSON, 400, "malformed-body"),
    (b'{"subject":NaN}', JSON, 400, "malformed-body"),
    (b'{"subject":1e999}', JSON, 400, "malformed-body"),
    (b'{"subject":"\\ud800"}', JSON, 400, "malformed-body"),
    (b'{"subject":"\\u0000"}', JSON, 400, "malformed-body"),
    ('{"subject":"a"}'.encode("utf-16"), JSON, 400, "malformed-body"),
    (b"[" * 17 + b"]" * 17, JSON, 400, "malformed-body"),
    (b"[]", JSON, 422, "invalid-request"),
    (b" " * 65_537, JSON, 413, "body-too-large"),
    (b"{}", {"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
    (b"{}", {}, 415, "unsupported-media-type"),
    (b"{}", JSON | {"Content-Encoding": "gzip"}, 415, "unsupported-media-type"),
]


@pytest.mark.parametrize(("body", "headers", "status", "code"), BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("path", [ASSESS, PREVIEW, SEARCH])
async def test_a_body_that_cannot_be_read_is_a_problem_on_every_route(
    service: Service,
    as_published: Check,
    path: str,
    body: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = await service.client.post(path, content=body, headers=headers)

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/v1", 404, None),
        ("GET", "/v1/assessments/", 404, None),
        ("POST", "/v1/assessments/search/", 404, None),
        ("GET", ASSESS, 405, "POST"),
        ("DELETE", f"{ASSESS}/00000000-0000-4000-8000-000000000000", 405, "GET, HEAD"),
        ("GET", SEARCH, 405, "POST"),
        ("GET", PREVIEW, 405, "POST"),
        ("PUT", SEARCH, 405, "POST"),
        ("GET", f"{ASSESS}/patient-7", 404, None),
        ("GET", f"{ASSESS}/patient-7/trace", 404, None),
        ("POST", f"{ASSESS}/patient-7/verify", 404, None),
        ("GET", f"{ASSESS}/00000000-0000-4000-8000-000000000000/verify", 405, "POST"),
        ("POST", "/v1/rulesets", 405, "GET, HEAD"),
    ],
)
async def test_an_address_or_method_that_is_not_there_is_a_problem(
    service: Service, as_published: Check, method: str, path: str, status: int, allowed: str | None
) -> None:
    answer = await service.client.request(method, path)

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.headers.get("allow")) == (status, allowed)


@pytest.mark.parametrize("accept", ["text/html", "application/fhir+json", "application/json;q=0", "*"])
async def test_json_is_answered_whatever_else_would_be_liked(service: Service, accept: str) -> None:
    answer = await service.client.post(PREVIEW, json=example(), headers={"Accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


async def test_a_body_as_large_as_the_limit_is_read(service: Service) -> None:
    body = json.dumps(example()).encode().ljust(65_536)

    assert (await service.client.post(PREVIEW, content=body, headers=JSON)).status_code == 200


@pytest.mark.parametrize(
    "day", ["0", "-0", "86400", "1767225600", "2025-01-15T00:00:00", "20250115", "2025-02-30"]
)
async def test_a_day_is_written_as_a_day_and_in_no_other_way(service: Service, day: str) -> None:
    case = placed(full_case(), "/surgery/date", day)
    assert await refusal(service, case) == [("/surgery/date", "date_parsing")]
