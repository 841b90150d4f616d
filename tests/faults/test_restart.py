"""PostgreSQL goes away in the middle of the load and comes back: nothing acknowledged is lost."""

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import select

from app.audit.archive import Archive
from app.audit.database import open_database
from app.audit.errors import StoreUnavailable
from app.audit.recorder import Recorder
from app.audit.tables import record as table
from tests.audit.examples import RULESET, a_keyed_record

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = [pytest.mark.fault, pytest.mark.postgres, pytest.mark.anyio]

CLIENTS = 32
BETWEEN_RESTARTS = 500


class Load:
    """Clients that repeat a request with the same key until it is acknowledged."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.acknowledged: dict[str, UUID] = {}
        self.progress = asyncio.Event()
        self.refused = asyncio.Event()
        self.server_is_up = asyncio.Event()
        self.server_is_up.set()
        self.over = False

    async def client(self, number: int) -> None:
        """One request after the other."""
        request = 0
        while not self.over:
            request += 1
            await self.until_acknowledged(f"key-{number}-{request}")

    async def until_acknowledged(self, key: str) -> None:
        """The same request, until it is stored."""
        while key not in self.acknowledged:
            await self.server_is_up.wait()
            try:
                answer = await self.recorder.record(a_keyed_record(key))
            except StoreUnavailable:
                self.refused.set()
            else:
                self.acknowledged[key] = answer.record_id
                self.progress.set()

    async def acknowledge(self, more: int) -> None:
        """Wait until so many more are acknowledged."""
        goal = len(self.acknowledged) + more
        while len(self.acknowledged) < goal:
            self.progress.clear()
            await asyncio.wait_for(self.progress.wait(), timeout=30)


@pytest.mark.parametrize("mode", ["immediate", "fast"])
async def test_nothing_acknowledged_is_lost_when_postgresql_restarts(
    postgres: "Postgres", postgres_url: str, mode: str
) -> None:
    database = open_database(postgres_url)
    Archive(database).save_ruleset(*RULESET)
    recorder = Recorder(database)
    recorder.start()
    load = Load(recorder)
    clients = [asyncio.create_task(load.client(number)) for number in range(CLIENTS)]
    for _ in range(3):
        await load.acknowledge(BETWEEN_RESTARTS)
        await restart_under_load(postgres, load, mode)
    await load.acknowledge(BETWEEN_RESTARTS)
    load.over = True
    await asyncio.gather(*clients)
    assert recorder.healthy
    with database.reader.connect() as connection:
        rows = connection.execute(select(table.c.idempotency_key, table.c.id)).all()
    assert {row.idempotency_key: row.id for row in rows} == load.acknowledged
    await asyncio.to_thread(recorder.close)
    database.close()


async def restart_under_load(postgres: "Postgres", load: Load, mode: str) -> None:
    """Requests meet a server that is away; they are repeated when it is back."""
    load.refused.clear()
    restart = asyncio.create_task(asyncio.to_thread(postgres.restart, mode))
    await asyncio.wait_for(load.refused.wait(), timeout=30)
    load.server_is_up.clear()
    await restart
    load.server_is_up.set()
