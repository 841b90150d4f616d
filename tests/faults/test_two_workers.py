"""Two processes on one PostgreSQL: one is killed amid its batch, and the other goes on at once."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.api.service import ASSESS, example
from tests.faults.client import GONE, Answer, Client
from tests.faults.gates import Measured, rounds
from tests.faults.proxy import proxy_to
from tests.faults.returning_clients import ids_of, load_on, outcome_of
from tests.faults.served import served

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = [pytest.mark.fault, pytest.mark.postgres, pytest.mark.anyio]

ROUNDS = rounds(2, 10)
AT_ONCE_SECONDS = 1
KEY = "key-of-both"


async def post(port: int) -> Answer | None:
    """The same request from everybody; None when the server ended before its answer."""
    client = await Client.of(port)
    try:
        return await client.post(ASSESS, example(subject=KEY), KEY)
    except GONE:
        return None
    finally:
        client.close()


async def test_a_worker_killed_before_its_commit_leaves_no_lock_behind(
    postgres: Postgres, postgres_url: str
) -> None:
    async with proxy_to(postgres.socket) as proxy:
        behind_proxy = served(postgres.through(postgres_url, proxy.port))
        with served(postgres_url) as other:
            one = await asyncio.to_thread(behind_proxy.__enter__)
            proxy.holds = True
            first = asyncio.create_task(post(one.port))
            await asyncio.wait_for(proxy.holding.wait(), 10)
            second = asyncio.create_task(post(other.port))
            # The control: while the one is in the middle of its batch, the other has to wait for it.
            waiting, _ = await asyncio.wait({second}, timeout=0.5)
            assert waiting == set()
            killed = time.monotonic()
            one.kill()
            answer = await second
            seconds = time.monotonic() - killed
            assert await first is None
            await asyncio.to_thread(behind_proxy.__exit__, None, None, None)
            client = await Client.of(other.port)
            found = await ids_of(client, KEY)
            client.close()
    assert answer is not None
    assert (answer.status, len(found)) == (201, 1)
    assert seconds <= AT_ONCE_SECONDS


async def test_nothing_is_lost_or_doubled_when_one_of_two_workers_is_killed_under_load(
    postgres_url: str, measured: Measured
) -> None:
    for _ in range(ROUNDS):
        with served(postgres_url) as one, served(postgres_url) as other:
            async with load_on(one.port, other.port) as load:
                await load.acknowledge(200)
                one.kill()
                await load.acknowledge(200)
            outcome = await outcome_of(load, other.port)
        over = f"one of two workers killed, {len(load.acknowledged):,} acknowledged"
        outcome.report(measured, "G1.kill", over)
