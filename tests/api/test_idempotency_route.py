"""One key, one record: the same case under the same key gives the stored answer, another case is refused."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from tests.api.conftest import Check
from tests.api.service import ASSESS, Service, application_of, example, running_service
from tests.stores import store_at

pytestmark = pytest.mark.anyio


async def post(service: Service, content: bytes, key: str) -> Any:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    return await service.client.post(ASSESS, content=content, headers=headers)


async def test_the_same_case_under_the_same_key_gives_the_stored_bytes(service: Service) -> None:
    first = await service.record(example(), "key-same-case")
    before = service.stored()
    again = await service.record(example(), "key-same-case")

    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.content, again.headers["location"]) == (first.content, first.headers["location"])
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert service.stored() == before


SPELLINGS = [
    (lambda case: json.dumps(dict(reversed(case.items()))), "members in another order"),
    (lambda case: json.dumps(case, indent=3), "white space"),
    (lambda case: json.dumps(case).replace('"example', '"\\u0065xample'), "an escape"),
    (lambda case: json.dumps(case).replace('"leg_pain_nrs": 3', '"leg_pain_nrs": 3.0'), "3 as 3.0"),
    (lambda case: json.dumps(case).replace('"leg_pain_nrs": 3', '"leg_pain_nrs": 30e-1'), "3 as 30e-1"),
    (lambda case: json.dumps({**case, "pain_return": None}), "null for absent"),
    (lambda case: json.dumps(case).replace('"surgery": {', '"surgery": {"region": "lumbar", '), "a default"),
    (lambda case: json.dumps(case).replace('_ml": 0', '_ml": -0.0'), "zero as minus zero"),
]


@pytest.mark.parametrize("spelled", [pytest.param(each, id=why) for each, why in SPELLINGS])
async def test_the_same_case_in_another_spelling_is_the_same_case(service: Service, spelled: Any) -> None:
    case, key = example(examination={"post_void_residual_ml": 0}), f"key-{uuid4()}"
    first = await post(service, json.dumps(case).encode(), key)
    again = await post(service, spelled(case).encode(), key)

    assert spelled(case) != json.dumps(case)
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)


async def test_another_case_under_the_same_key_is_refused_and_not_stored(
    service: Service, as_published: Check
) -> None:
    await service.record(example(), "key-other-case")
    before = service.stored()
    other = await service.record(example(age_years=46), "key-other-case")

    as_published("Problem", other.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert service.stored() == before


async def test_a_key_is_the_same_bare_and_quoted(service: Service) -> None:
    first = await service.record(example(), "key-quoted")
    again = await service.record(example(), '"key-quoted"')

    assert (again.status_code, again.content) == (200, first.content)


RIGHT_KEYS = ["k" * 8, "k" * 128, f'"{"q" * 128}"', "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"]


@pytest.mark.parametrize("key", RIGHT_KEYS)
async def test_every_visible_character_and_both_ends_of_the_length_are_taken(
    service: Service, key: str
) -> None:
    assert [(await service.record(example(), key)).status_code for _ in range(2)] == [201, 200]


WRONG_KEYS: list[tuple[list[bytes], str]] = [
    ([b"key-number-1", b"key-number-2"], "two keys"),
    ([b"key-number-1", b"key-number-1"], "the same key twice"),
    ([b"seven77"], "short"),
    ([b'"seven77"'], "short within its quotes"),
    ([b"k" * 129], "long"),
    ([b"k" * 5000], "very long"),
    ([b""], "empty"),
    ([b'""'], "empty within its quotes"),
    ([b'"key-number-1'], "half quoted"),
    ([b'key-"number"-1'], "a quote inside"),
    ([b"key\\number-1"], "a backslash"),
    ([b"key number 1"], "spaces"),
    ([b"key\tnumber-1"], "a tab"),
    (["schl\u00fcssel-1".encode()], "not ASCII"),
    ([b"schl\xfcssel-1"], "not even UTF-8"),
    ([b"key-number-1\x7f"], "a control character"),
]


async def test_the_document_says_exactly_which_keys_are_taken(document: dict[str, Any]) -> None:
    (header,) = document["paths"][ASSESS]["post"]["parameters"]
    published = Draft202012Validator(header["schema"])
    wrong = [key.decode("latin-1") for keys, _ in WRONG_KEYS for key in keys if len(keys) == 1]

    assert (header["name"], header["in"], header["required"]) == ("Idempotency-Key", "header", False)
    assert [key for key in RIGHT_KEYS if not published.is_valid(key)] == []
    assert [key for key in wrong if published.is_valid(key)] == []


@pytest.mark.parametrize("keys", [pytest.param(keys, id=why) for keys, why in WRONG_KEYS])
async def test_what_is_not_one_key_is_refused_and_nothing_is_stored(
    service: Service, as_published: Check, keys: list[bytes]
) -> None:
    before = service.stored()
    headers = [(b"idempotency-key", key) for key in keys]
    answer = await service.client.post(ASSESS, json=example(), headers=headers)

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-idempotency-key")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["Idempotency-Key"]
    assert b"key-number" not in answer.content
    assert service.stored() == before


async def test_a_refused_case_does_not_use_up_its_key(service: Service) -> None:
    refused = await service.record(example(age_years=121), "key-used-up")
    taken = await service.record(example(), "key-used-up")

    assert (refused.status_code, taken.status_code) == (422, 201)


async def test_equal_requests_at_once_make_one_record(service: Service) -> None:
    before = service.stored()
    answers = await asyncio.gather(*(service.record(example(), "key-at-once") for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert service.stored() == before + 1


async def test_a_case_without_a_day_is_the_same_case_the_day_after(sqlite_url: str) -> None:
    days = [datetime(2026, 1, 15, 23, 59, tzinfo=UTC), datetime(2026, 1, 16, 0, 1, tzinfo=UTC)]
    store = store_at(sqlite_url)
    application = application_of(store, clock=lambda: days[0])
    async with running_service(application, sqlite_url) as service:
        first = await service.record(example("smallest"), "key-two-days")
        days.pop(0)
        again = await service.record(example("smallest"), "key-two-days")
        fresh = await service.record(example("smallest"), "key-next-day")
    store.close()

    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
    assert [answer.json()["assessed_on"] for answer in (first, again, fresh)] == [
        "2026-01-15",
        "2026-01-15",
        "2026-01-16",
    ]


async def test_a_key_means_the_same_after_a_restart(sqlite_url: str) -> None:
    answers = []
    for _ in range(2):
        store = store_at(sqlite_url)
        async with running_service(application_of(store), sqlite_url) as service:
            answers.append(await service.record(example(), "key-restart"))
        store.close()

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].content == answers[1].content


def test_the_key_is_published_with_its_form(document: dict[str, Any]) -> None:
    (parameter,) = document["paths"][ASSESS]["post"]["parameters"]

    assert (parameter["name"], parameter["in"], parameter["required"]) == ("Idempotency-Key", "header", False)
    assert "130" in str(parameter["schema"])
