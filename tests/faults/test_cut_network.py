"""The network to PostgreSQL breaks, above all behind a COMMIT: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.api.service import ASSESS, SEARCH, example
from tests.faults.client import Answer, Client
from tests.faults.gates import Measured, rounds
from tests.faults.proxy import Proxy, proxy_to
from tests.faults.returning_clients import ids_of, load_on, outcome_of
from tests.faults.served import Served, served

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = [pytest.mark.fault, pytest.mark.postgres, pytest.mark.anyio]

CUTS = rounds(15, 60)
RESETS = rounds(30, 150)
PATIENCE_SECONDS = 45
GIVES_UP_SECONDS = 9
"""The whole of one request, however many waits it has one after another."""


@asynccontextmanager
async def served_through(postgres: Postgres, url: str) -> AsyncIterator[tuple[Served, Proxy]]:
    """A server whose connections to PostgreSQL can be broken."""
    async with proxy_to(postgres.socket) as proxy:
        server = served(postgres.through(url, proxy.port))
        # The server connects while it starts, and the proxy must be free to let it.
        running = await asyncio.to_thread(server.__enter__)
        try:
            yield running, proxy
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)


async def test_nothing_is_lost_or_doubled_when_the_answer_to_a_commit_never_comes(
    postgres: Postgres, postgres_url: str, measured: Measured
) -> None:
    async with served_through(postgres, postgres_url) as (server, proxy):
        async with load_on(server.port) as load:
            # Every third at random, so that a second try is also cut; and some connections at any moment.
            proxy.cut_share, proxy.reset_share = 0.33, 0.05
            while proxy.cut < CUTS or proxy.reset < RESETS:
                await load.acknowledge(1)
            proxy.cut_share = proxy.reset_share = 0
        outcome = await outcome_of(load, server.port)
    over = f"{proxy.cut} cut COMMITs, {proxy.reset} resets, {len(load.acknowledged):,} acknowledged"
    outcome.report(measured, "G1.network", over)


async def test_clients_without_keys_are_found_to_have_doubled_their_records(
    postgres: Postgres, postgres_url: str
) -> None:
    async with served_through(postgres, postgres_url) as (server, proxy):
        async with load_on(server.port, keyed=False) as load:
            for _ in range(5):
                proxy.cuts_due = 2
                await load.acknowledge(20)
        outcome = await outcome_of(load, server.port)
    assert outcome.lost == []
    assert outcome.doubled


async def test_who_sends_no_key_is_told_that_nothing_is_known_when_the_record_is_there_all_the_same(
    postgres: Postgres, postgres_url: str
) -> None:
    async with served_through(postgres, postgres_url) as (server, proxy):
        client = await Client.of(server.port)
        proxy.cuts_due = 2  # the service tries once more by itself
        refused = await client.post(ASSESS, example(subject="nobody-knows"))
        found = await ids_of(client, "nobody-knows")
        client.close()
    assert refused.status == 503
    assert len(found) == 1


async def test_a_cut_commit_is_found_by_the_second_try_of_the_service_itself(
    postgres: Postgres, postgres_url: str
) -> None:
    async with served_through(postgres, postgres_url) as (server, proxy):
        client = await Client.of(server.port)
        proxy.cuts_due = 1
        answer = await client.post(ASSESS, example(subject="found-again"))
        found = await ids_of(client, "found-again")
        client.close()
    assert (answer.status, len(found), proxy.cut) == (201, 1, 1)


def ask_plainly(url: str) -> None:
    """What a connection does that has no deadline of its own."""
    with psycopg.connect(url, connect_timeout=PATIENCE_SECONDS) as connection:
        connection.execute("SELECT 1")


async def timed(asked: Awaitable[Answer]) -> tuple[Answer, float]:
    """The answer, and after how many seconds it came."""
    began = monotonic()
    return await asked, monotonic() - began


async def soon(asked: Awaitable[tuple[Answer, float]]) -> tuple[Answer, float]:
    """Asked when the recorder is already busy with another."""
    await asyncio.sleep(0.5)
    return await asked


async def test_a_postgresql_that_says_nothing_more_keeps_nobody_waiting_for_ever(
    postgres: Postgres, postgres_url: str
) -> None:
    async with served_through(postgres, postgres_url) as (server, proxy):
        writer, behind, reader, passer_by = [await Client.of(server.port) for _ in range(4)]
        assert (await writer.assess("before-silence")).status == 201
        proxy.open.clear()
        # The control: the connection stands, and who has no deadline waits.
        plain = asyncio.create_task(
            asyncio.to_thread(ask_plainly, postgres.through(postgres_url, proxy.port))
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            written, queued, read, live = await asyncio.gather(
                timed(writer.assess("in-silence")),
                soon(timed(behind.assess("in-the-queue"))),
                timed(reader.post(SEARCH, {"subject": "before-silence"})),
                timed(passer_by.get("/health/live")),
            )
        assert [each.status for each, _ in (written, queued, read, live)] == [503, 503, 503, 200]
        assert max(seconds for _, seconds in (written, queued, read)) <= GIVES_UP_SECONDS
        assert not plain.done()
        proxy.open.set()
        await plain
        # Another connection: those that were answered first may have been idle for too long by now.
        afterwards = await Client.of(server.port)
        assert (await afterwards.assess("in-silence")).status in (200, 201)
        assert len(await ids_of(afterwards, "in-silence")) == 1
        for client in (writer, behind, reader, passer_by, afterwards):
            client.close()
