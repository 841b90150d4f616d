"""A caller who sends more than its share is told to wait; nobody else notices, and no memory is filled."""

import asyncio
import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from app.access.caller import Caller
from app.api.application import Application
from app.api.rate_limit import Buckets, RateLimit
from app.edge_settings import Rate
from tests.api.sample import in_process, sample_application

RATES = st.builds(Rate, st.integers(1, 1000), st.integers(1, 1000))
WAITS = st.lists(st.floats(0, 10), max_size=200)


class Clock:
    """A clock that goes when it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(RATES, WAITS)
def test_no_caller_is_given_more_than_the_burst_and_the_rate(rate: Rate, waits: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    allowed = 0
    for wait in waits:
        clock.now += wait
        allowed += buckets.take("a").allowed

    assert allowed <= rate.burst + sum(waits) * rate.per_second + 1e-6


@given(RATES, st.integers(1, 2000))
def test_who_keeps_to_the_rate_is_never_refused(rate: Rate, requests: int) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    for _ in range(requests):
        clock.now += 1.001 / rate.per_second
        assert buckets.take("a").allowed


@given(RATES, st.floats(0, 1e9))
def test_a_clock_that_goes_back_gives_and_takes_nothing(rate: Rate, back: float) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    before = buckets.take("a").left
    clock.now -= back

    after = buckets.take("a")
    assert after.left == before - after.allowed


def test_the_share_of_one_caller_is_not_that_of_another() -> None:
    buckets = Buckets(Rate(1, 1), Clock())

    assert [buckets.take(caller).allowed for caller in "aabba"] == [True, False, True, False, False]


def test_the_memory_is_bounded_and_the_longest_away_is_forgotten_first() -> None:
    buckets = Buckets(Rate(1, 1), Clock(), most=3)
    for caller in "abca":
        buckets.take(caller)
    buckets.take("d")  # b has to go

    assert len(buckets) == 3
    assert [buckets.take(caller).allowed for caller in "ab"] == [False, True]


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
