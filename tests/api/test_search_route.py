"""Recorded assessments are found by what they have in common, page by page; no address tells of a patient."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from app.api.examples import CASES
from app.api.record_answers import SearchPage
from tests.api.conftest import Check
from tests.api.published import operations
from tests.api.service import SEARCH, Service, example

pytestmark = pytest.mark.anyio


async def found(service: Service, **wanted: Any) -> dict[str, Any]:
    """One page."""
    answer = await service.client.post(SEARCH, json=wanted)
    assert answer.status_code == 200, answer.text
    SearchPage.model_validate_json(answer.content)
    page: dict[str, Any] = answer.json()
    return page


async def every_id(service: Service, **wanted: Any) -> list[str]:
    """The ids on all pages, in their order."""
    page = await found(service, **wanted)
    ids = [hit["id"] for hit in page["items"]]
    while page["next_cursor"]:
        page = await found(service, **wanted, cursor=page["next_cursor"])
        ids += [hit["id"] for hit in page["items"]]
    return ids


@pytest.fixture(scope="module")
async def answers(service: Service) -> list[dict[str, Any]]:
    """Every example recorded once, the newest first."""
    return [(await service.record(example(name, subject="searched"))).json() for name in CASES][::-1]


FILTERS: list[tuple[dict[str, Any], Any]] = [
    ({"subject": "searched"}, lambda _: True),
    ({"subject": "nobody"}, lambda _: False),
    ({"verdict": "unsuccessful"}, lambda a: a["verdict"]["status"] == "unsuccessful"),
    ({"tier": "emergency_now"}, lambda a: a["safety"]["tier"] == "emergency_now"),
    ({"tier": "none"}, lambda a: a["safety"]["tier"] == "none"),
    ({"assessed_from": "2025-04-15"}, lambda a: a["assessed_on"] >= "2025-04-15"),
    ({"assessed_to": "2025-04-15"}, lambda a: a["assessed_on"] <= "2025-04-15"),
    (
        {"assessed_from": "2025-04-15", "assessed_to": "2025-04-15", "verdict": "indeterminate"},
        lambda a: a["assessed_on"] == "2025-04-15" and a["verdict"]["status"] == "indeterminate",
    ),
    ({"assessed_from": "2025-04-16", "assessed_to": "2025-04-15"}, lambda _: False),
]


@pytest.mark.parametrize(("wanted", "is_wanted"), FILTERS, ids=[str(wanted) for wanted, _ in FILTERS])
async def test_a_search_finds_what_was_asked_for_newest_first(
    service: Service, answers: list[dict[str, Any]], wanted: dict[str, Any], is_wanted: Any
) -> None:
    expected = [answer["id"] for answer in answers if is_wanted(answer)]

    assert await every_id(service, **({"subject": "searched"} | wanted)) == expected


async def test_a_hit_says_what_the_answer_said(
    service: Service, answers: list[dict[str, Any]], as_published: Check
) -> None:
    page = await found(service, subject="searched", limit=100)
    as_published("SearchPage", page)
    for hit, answer in zip(page["items"], answers, strict=True):
        assert hit == {
            "id": answer["id"],
            "created_at": answer["created_at"],
            "subject": "searched",
            "assessed_on": answer["assessed_on"],
            "verdict": answer["verdict"]["status"],
            "tier": answer["safety"]["tier"],
            "worst_not_excluded": answer["safety"]["worst_not_excluded"],
        }


@pytest.mark.parametrize("limit", [1, 4, 13, 14, 100])
async def test_pages_hold_each_record_once(
    service: Service, answers: list[dict[str, Any]], limit: int
) -> None:
    assert await every_id(service, subject="searched", limit=limit) == [answer["id"] for answer in answers]


async def test_pages_stay_as_they_were_while_new_records_arrive(service: Service) -> None:
    ids = [await service.recorded(example(subject="moving")) for _ in range(5)][::-1]
    seen, cursor = [], None
    while True:
        wanted: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = await found(service, subject="moving", limit=2, **wanted)
        seen += [hit["id"] for hit in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
        await service.recorded(example(subject="moving"))

    assert seen == ids


def cursor_of(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


ID = "00000000-0000-4000-8000-000000000000"
WRONG_CURSORS = [
    ("x", "not base64"),
    (cursor_of("x"), "one part"),
    (cursor_of(f"2025-01-01T00:00:00+00:00 {ID} "), "three parts"),
    (cursor_of(f"2025-13-01T00:00:00+00:00 {ID}"), "no such day"),
    (cursor_of(f"2025-01-01T00:00:00 {ID}"), "no time zone"),
    (cursor_of(f"2025-01-01T00:00:00+02:00 {ID}"), "another time zone"),
    (cursor_of(f"0001-01-01T00:00:00+14:00 {ID}"), "before the first day in UTC"),
    (cursor_of(f"9999-12-31T23:00:00-14:00 {ID}"), "after the last day in UTC"),
    (cursor_of("2025-01-01T00:00:00+00:00 7"), "no id"),
    (cursor_of(f"2025-01-01T00:00:00+00:00 {ID.upper().replace('0', 'A')}"), "another spelling of an id"),
    (cursor_of(f"2025-01-01T00:00:00+00:00 {ID}") + "A", "one sign too many"),
]


@pytest.mark.parametrize("cursor", [pytest.param(cursor, id=why) for cursor, why in WRONG_CURSORS])
async def test_a_cursor_that_no_page_gave_is_refused_at_its_place(service: Service, cursor: str) -> None:
    answer = await service.client.post(SEARCH, json={"cursor": cursor})

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/cursor", "cursor")]


REFUSED = [
    ({"limit": 0}, "/limit"),
    ({"limit": 101}, "/limit"),
    ({"limit": True}, "/limit"),
    ({"subject": ""}, "/subject"),
    ({"subject": "a b"}, "/subject"),
    ({"assessed_from": "yesterday"}, "/assessed_from"),
    ({"assessed_to": "1949-12-31"}, "/assessed_to"),
    ({"verdict": "fine"}, "/verdict"),
    ({"tier": "urgent"}, "/tier"),
    ({"cursor": "a+b"}, "/cursor"),
    ({"name": "x"}, ""),
]


@pytest.mark.parametrize(("wanted", "pointer"), REFUSED, ids=[str(wanted) for wanted, _ in REFUSED])
async def test_a_search_for_what_cannot_be_is_refused(
    service: Service, wanted: dict[str, Any], pointer: str
) -> None:
    answer = await service.client.post(SEARCH, json=wanted)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_no_address_holds_anything_of_a_patient(document: dict[str, Any]) -> None:
    parameters = {
        (parameter["in"], parameter["name"])
        for _, operation in operations(document)
        for parameter in operation.get("parameters", ())
    }

    assert {name for place, name in parameters if place == "path"} == {
        *("assessment_id", "version", "rule_id"),
        "service_id",  # one of six words
        "resource_id",  # of a record, or of a part of one
        "index",  # of the log
    }
    assert {name for place, name in parameters if place == "query"} == {
        "index",
        "size",
        "from",
        "to",
        *("_count", "after"),
        *("_format", "url"),  # of what is shown, and of the form
    }  # of the log, but for those two
    assert {place for place, _ in parameters} == {"path", "header", "query"}
