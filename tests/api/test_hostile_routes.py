"""No body makes the real service fail, repeat what it was sent, or store what it refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from app.api.problems import MEDIA_TYPE
from tests.api.hostile import hostile_requests
from tests.api.sample import CANARY
from tests.api.service import ASSESS, PREVIEW, SEARCH, Service, full_case

pytestmark = pytest.mark.anyio
QUESTION = {
    "subject": "p-1",
    "assessed_from": "2025-01-01",
    "assessed_to": "2025-12-31",
    "verdict": "on_track",
    "tier": "none",
    "limit": 3,
    "cursor": "MjAyNS0wMS0wMQ",
}
ROUTES: list[tuple[str, dict[str, Any]]] = [(ASSESS, full_case()), (PREVIEW, full_case()), (SEARCH, QUESTION)]


async def flood(service: Service, path: str, valid: dict[str, Any], seed: int, count: int) -> Counter[int]:
    statuses: Counter[int] = Counter()
    before = service.stored()
    for body, headers in hostile_requests(seed, count, valid):
        answer = await service.client.post(path, content=body, headers=headers)
        statuses[answer.status_code] += 1
        if answer.is_success:
            continue  # by chance a valid body; an answer names nothing of it but days and numbers
        assert answer.status_code < 500, body
        assert answer.headers["content-type"] == MEDIA_TYPE, body
        assert answer.json()["status"] == answer.status_code, body
        assert "canary" not in (answer.text + str(answer.headers)).lower(), body
    assert service.stored() == before + statuses[201]
    return statuses


@pytest.mark.parametrize(("path", "valid"), ROUTES, ids=[path for path, _ in ROUTES])
async def test_two_hundred_hostile_bodies_are_refused(
    service: Service, path: str, valid: dict[str, Any]
) -> None:
    statuses = await flood(service, path, valid, seed=3, count=200)

    assert {400, 413, 415, 422} <= set(statuses), "the generator lost its variety"


@pytest.mark.fault
@pytest.mark.parametrize(("path", "valid"), ROUTES, ids=[path for path, _ in ROUTES])
async def test_ten_thousand_hostile_bodies_are_refused(
    service: Service, path: str, valid: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "decompass")
    statuses = await flood(service, path, valid, seed=4, count=10_000)

    assert sum(statuses.values()) == 10_000
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("decompass")]
    assert "canary" not in "".join(ours).lower()


def breakings(value: Any) -> list[Any]:
    """Copies of a document, each with the canary in place of one part of it."""
    if isinstance(value, dict):
        return [
            value | {name: broken} for name, inner in value.items() for broken in (CANARY, *breakings(inner))
        ]
    if isinstance(value, list):
        return [
            [*value[:number], broken, *value[number + 1 :]]
            for number, inner in enumerate(value)
            for broken in (CANARY, *breakings(inner))
        ]
    return []


def identifiers(case: dict[str, Any]) -> Iterator[Any]:
    """The members that take any word that an id can be: there the canary is one."""
    yield case["subject"]
    if isinstance(came := case["provenance"], dict):
        yield from (came["service"], came["request"])
        resources = came["resources"]
        yield from (each["version"] for each in resources if isinstance(each, dict))


async def test_whatever_part_of_a_case_is_hostile_it_is_refused_where_it_stands(service: Service) -> None:
    before = service.stored()
    hostile = [each for each in breakings(full_case()) if CANARY not in identifiers(each)]
    for case in hostile:
        answer = await service.client.post(ASSESS, json=case)
        (error,) = answer.json()["errors"]
        place: Any = case
        for step in error["pointer"].split("/")[1:]:
            place = place[int(step)] if isinstance(place, list) else place[step]
        assert (answer.status_code, place, CANARY in answer.text) == (422, CANARY, False), json.dumps(case)
    assert len(hostile) > 60
    assert service.stored() == before
