"""No body makes the service fail, repeat what it was sent, or refuse in another form than a problem."""

import asyncio
import logging
from collections import Counter

import pytest

from app.api.log_lines import JsonLines
from app.api.problems import MEDIA_TYPE
from tests.api.hostile import hostile_requests
from tests.api.sample import in_process, sample_application


async def flood(seed: int, count: int) -> Counter[int]:
    statuses: Counter[int] = Counter()
    async with in_process(sample_application(log_requests=True)) as client:
        for body, headers in hostile_requests(seed, count):
            answer = await client.post("/v1/cases", content=body, headers=headers)
            statuses[answer.status_code] += 1
            if answer.is_success:
                continue  # by chance a valid case; the answer may name its subject
            assert answer.status_code < 500, body
            assert "canary" not in (answer.text + str(answer.headers)).lower(), body
            assert answer.headers["content-type"] == MEDIA_TYPE, body
            assert answer.json()["status"] == answer.status_code, body
    return statuses


def check(seed: int, count: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "decompass"):
        statuses = asyncio.run(flood(seed, count))

    assert sum(statuses.values()) == count
    assert {400, 413, 415, 422} <= set(statuses), "the generator lost its variety"
    ours = [JsonLines().format(record) for record in caplog.records if record.name.startswith("decompass")]
    assert len(ours) == count
    assert "canary" not in "".join(ours).lower()


def test_five_hundred_hostile_bodies_are_refused_without_an_echo(caplog: pytest.LogCaptureFixture) -> None:
    check(seed=1, count=500, caplog=caplog)


@pytest.mark.fault
def test_ten_thousand_hostile_bodies_are_refused_without_an_echo(caplog: pytest.LogCaptureFixture) -> None:
    check(seed=2, count=10_000, caplog=caplog)
