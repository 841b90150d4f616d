"""PostgreSQL goes away under load, and its connections are killed: nothing told is lost or doubled."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.faults.client import Client
from tests.faults.gates import Measured, rounds
from tests.faults.returning_clients import Load, load_on, outcome_of
from tests.faults.served import Served, served

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = [pytest.mark.fault, pytest.mark.postgres, pytest.mark.anyio]

RESTARTS = rounds(4, 20)
KILLS = rounds(20, 100)
BETWEEN = 100
REFUSED_WITHIN_SECONDS = 5


async def test_nothing_is_lost_or_doubled_when_postgresql_is_restarted_under_load(
    postgres: Postgres, postgres_url: str, measured: Measured
) -> None:
    slowest = 0.0
    with served(postgres_url) as server:
        async with load_on(server.port) as load:
            for turn in range(RESTARTS):
                await load.acknowledge(BETWEEN)
                await go_away(postgres, load, mode=("fast", "immediate")[turn % 2])
                await alive_and_not_ready(server)
                slowest = max(slowest, await until_answered(load, await come_back(postgres)))
            await load.acknowledge(BETWEEN)
        outcome = await outcome_of(load, server.port)
    over = f"{RESTARTS} restarts, {len(load.acknowledged):,} acknowledged"
    outcome.report(measured, "G1.postgres", over)
    measured("G9.postgres", slowest, over)
    assert load.slowest_refusal <= REFUSED_WITHIN_SECONDS


async def go_away(postgres: Postgres, load: Load, mode: str) -> None:
    """Stop PostgreSQL, and wait until somebody was told."""
    await asyncio.to_thread(postgres.stop, mode)
    await load.refuse()


async def alive_and_not_ready(server: Served) -> None:
    """The service lives, and says that it cannot answer."""
    client = await Client.of(server.port)
    assert (await client.get("/health/live")).status == 200
    assert (await client.get("/health/ready")).status == 503
    client.close()


async def come_back(postgres: Postgres) -> float:
    """Start PostgreSQL; the moment at which it let somebody in."""
    moment, _ = await asyncio.gather(
        asyncio.to_thread(when_accepting, postgres), asyncio.to_thread(postgres.start)
    )
    return moment


def when_accepting(postgres: Postgres) -> float:
    """Knock until PostgreSQL opens."""
    while True:
        try:
            psycopg.connect(postgres.url()).close()
        except psycopg.OperationalError:
            time.sleep(0.005)
        else:
            return time.monotonic()


async def until_answered(load: Load, since: float) -> float:
    """Seconds until the service stores again; 0 where it was faster than our knocking."""
    while load.last_acknowledged < since:
        await load.acknowledge(1)
    return max(0.0, load.last_acknowledged - since)


async def test_a_server_that_is_late_is_found_out(postgres: Postgres, postgres_url: str) -> None:
    with served(postgres_url) as server:
        async with load_on(server.port) as load:
            await load.acknowledge(1)
            await go_away(postgres, load, mode="fast")
            server.process.send_signal(signal.SIGSTOP)
            returned = await come_back(postgres)
            await asyncio.sleep(1.2)
            server.process.send_signal(signal.SIGCONT)
            assert await until_answered(load, returned) > 1


async def test_nothing_is_lost_or_doubled_when_connections_are_killed_under_load(
    postgres: Postgres, postgres_url: str, measured: Measured
) -> None:
    with served(postgres_url) as server:
        async with load_on(server.port) as load:
            for _ in range(KILLS):
                await load.acknowledge(20)
                await asyncio.to_thread(postgres.disconnect_all, postgres_url)
        outcome = await outcome_of(load, server.port)
    over = f"{KILLS} × every connection, {len(load.acknowledged):,} acknowledged"
    outcome.report(measured, "G1.backends", over)
    assert load.slowest_refusal <= REFUSED_WITHIN_SECONDS


async def test_a_server_that_answers_before_its_commit_is_found_out_when_postgresql_goes_away(
    postgres: Postgres, postgres_url: str, measured: Measured
) -> None:
    with served(postgres_url, ("tests.faults.lying_server",)) as server:
        async with load_on(server.port) as load:
            await load.acknowledge(200)
            await asyncio.to_thread(postgres.stop, "immediate")
            await load.acknowledge(50)  # of which nothing can be true
            await come_back(postgres)
        outcome = await outcome_of(load, server.port)
    measured("G2.postgres", len(outcome.lost), f"{len(load.acknowledged):,} acknowledged too early")
