"""A caller who sends more than its share is told to wait; nobody else notices."""

import asyncio
import re

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from app.access.caller import Caller
from app.api.application import Application
from app.api.buckets import Buckets
from app.api.rate_limit import RateLimit
from app.edge_settings import Rate
from tests.api.sample import in_process, sample_application


async def asked(application: Application, *paths: str) -> list[httpx.Response]:
    async with in_process(application) as client:
        return [await client.get(path) for path in paths]


def test_every_answer_tells_the_policy_and_what_is_left() -> None:
    answers = asyncio.run(asked(sample_application(rate=Rate(1, 5)), "/v1/cases/p1", "/nowhere"))

    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"default";q=5;w=5'] * 2
    assert [answer.headers["ratelimit"] for answer in answers] == ['"default";r=4;t=1', '"default";r=3;t=2']


def test_who_is_over_its_share_is_told_when_to_come_back_as_a_problem() -> None:
    *_, refused = asyncio.run(asked(sample_application(rate=Rate(1, 2)), *["/v1/cases/p1"] * 3))

    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["trace-id"] == refused.json()["trace_id"]
    assert re.fullmatch(r'"default";r=0;t=\d+', refused.headers["ratelimit"])


def test_the_health_is_told_to_whoever_is_over_its_share() -> None:
    answers = asyncio.run(asked(sample_application(rate=Rate(1, 1)), *["/v1/cases/p1"] * 2, "/health/live"))

    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert "ratelimit" not in answers[2].headers


def test_without_a_limit_none_is_told() -> None:
    (answer,) = asyncio.run(asked(sample_application(), "/v1/cases/p1"))

    assert not [name for name in answer.headers if name.startswith("ratelimit")]


@pytest.mark.parametrize(
    ("other", "statuses"),
    [(("a", "jwt:1"), [200, 429]), (("a", "jwt:2"), [200, 200]), (("b", "jwt:1"), [200, 200])],
)
def test_a_share_belongs_to_the_credential_of_a_tenant_from_whatever_address(
    other: tuple[str, str], statuses: list[int]
) -> None:
    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    limited, told = RateLimit(answer, Buckets(Rate(1, 1))), list[int]()

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            told.append(int(str(message["status"])))

    async def ask(who: tuple[str, str], address: str) -> None:
        caller = Caller(*who, frozenset())
        state = {"trace_id": "f" * 32, "caller": caller}
        scope = {"type": "http", "path": "/v1", "client": (address, 1), "state": state}
        await limited(scope, None, send)  # type: ignore[arg-type] # nothing is received

    async def both() -> None:
        await ask(("a", "jwt:1"), "10.0.0.1")
        await ask(other, "10.0.0.2")

    asyncio.run(both())

    assert told == statuses
