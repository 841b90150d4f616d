"""Equal requests at once over real sockets: one record for each key, and everybody gets the same bytes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator

import httpx
import pytest

from app.audit.archive import Search
from tests.api.service import ASSESS, example
from tests.faults.served import served
from tests.stores import opened_store

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

KEYS = [f"key-{number:04}" for number in range(40)]
TRIES = 30


def batched(keys: list[str], size: int) -> Iterator[list[str]]:
    """A few keys at a time: the client is slow with more requests than it has connections."""
    return (keys[begin : begin + size] for begin in range(0, len(keys), size))


async def test_forty_keys_thirty_times_at_once_make_forty_records(database_url: str) -> None:
    answers: dict[str, list[httpx.Response]] = defaultdict(list)

    async def post(http: httpx.AsyncClient, key: str) -> None:
        headers = {"Idempotency-Key": key}
        answers[key].append(await http.post(ASSESS, json=example(subject="racer"), headers=headers))

    # Two replicas, so that the race is also between processes.
    with served(database_url) as one, served(database_url) as other:
        async with (
            httpx.AsyncClient(base_url=one.address, timeout=60) as first,
            httpx.AsyncClient(base_url=other.address, timeout=60) as second,
        ):
            for some in batched(KEYS, 8):
                await asyncio.gather(
                    *(post(first if attempt % 2 else second, key) for attempt in range(TRIES) for key in some)
                )

    assert [sorted(answer.status_code for answer in answers[key]) for key in KEYS] == [
        [200] * (TRIES - 1) + [201]
    ] * len(KEYS)
    assert [len({(a.content, a.headers["location"]) for a in answers[key]}) for key in KEYS] == [1] * len(
        KEYS
    )
    with opened_store(database_url) as store:
        assert len(store.archive.search("local", Search(subject="racer"), limit=1000).records) == len(KEYS)
