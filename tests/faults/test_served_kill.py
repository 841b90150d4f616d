"""The served process is killed under load: every acknowledged assessment is stored, byte for byte."""

from __future__ import annotations

import asyncio
import json
import random
import re
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select

from app.audit.database import open_database
from app.audit.tables import record as table
from tests.api.service import ASSESS, example
from tests.faults.served import Served, served

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

ROUNDS = 10
CLIENTS = 32
LENGTH = re.compile(rb"content-length: ([0-9]+)")


class Answer(NamedTuple):
    status: int
    content: bytes


class Client:
    """A connection with nothing in between, so that a kill comes right behind an answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def of(cls, server: Served) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", server.port, limit=2**20))

    async def post(self, path: str, case: object = None, key: str = "") -> Answer:
        body = json.dumps(case).encode() if case else b""
        lines = (
            f"POST {path} HTTP/1.1",
            "Host: localhost",
            f"Content-Length: {len(body)}",
            *(("Content-Type: application/json", f"Idempotency-Key: {key}") if case else ()),
        )
        self._writer.write("\r\n".join((*lines, "", "")).encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        assert length
        return Answer(int(head.split()[1]), await self._reader.readexactly(int(length[1])))

    async def assess(self, key: str) -> Answer:
        return await self.post(ASSESS, example(subject=key), key)

    def close(self) -> None:
        self._writer.close()


class Load:
    """Clients that post one case after the other, each under its own key, until the server is gone."""

    def __init__(self) -> None:
        self.attempted: set[str] = set()
        self.acknowledged: dict[str, bytes] = {}

    async def until_killed(self, server: Served, after: int) -> None:
        """Kill the server when it has acknowledged so many more."""
        goal = len(self.acknowledged) + after
        await asyncio.gather(*(self._client(server, goal) for _ in range(CLIENTS)))
        assert len(self.acknowledged) >= goal, "the server ended by itself"

    async def _client(self, server: Served, goal: int) -> None:
        client = await Client.of(server)
        try:
            while True:
                await self._step(client, server, goal)
        except (asyncio.IncompleteReadError, ConnectionError):
            client.close()

    async def _step(self, client: Client, server: Served, goal: int) -> None:
        key = f"key-{len(self.attempted):08}"
        self.attempted.add(key)
        answer = await client.assess(key)
        self.acknowledged[key] = answer.content
        if len(self.acknowledged) == goal:
            server.kill()
        assert answer.status == 201


def stored(url: str) -> dict[str, bytes]:
    """The bytes of every record, by its key."""
    database = open_database(url)
    with database.reader.connect() as connection:
        rows = connection.execute(select(table.c.idempotency_key, table.c.subject, table.c.answer)).all()
    database.close()
    assert all(row.idempotency_key == row.subject for row in rows)
    return {row.idempotency_key: row.answer for row in rows}


def lost(load: Load, found: dict[str, bytes]) -> list[str]:
    """What was acknowledged and is not there, or is not what was answered."""
    return [key for key, answer in load.acknowledged.items() if found.get(key) != answer]


async def test_a_killed_server_has_stored_what_it_acknowledged(database_url: str) -> None:
    moments = random.Random(2607)
    load = Load()
    for _ in range(ROUNDS):
        with served(database_url) as server:
            await load.until_killed(server, after=moments.randint(1, 300))
        found = stored(database_url)
        assert lost(load, found) == []
        assert set(found) <= load.attempted

    # What clients do after a crash: the same requests again, with the same keys.
    some = random.Random(2608).sample(sorted(load.acknowledged), 20)
    with served(database_url) as server:
        client = await Client.of(server)
        for key in load.attempted - set(load.acknowledged):
            assert (await client.assess(key)).status == (200 if key in found else 201)
        answers = [await client.assess(key) for key in some]
        ids = [UUID(json.loads(load.acknowledged[key])["id"]) for key in some]
        verified = [json.loads((await client.post(f"{ASSESS}/{each}/verify")).content) for each in ids]
        client.close()
    assert answers == [Answer(200, load.acknowledged[key]) for key in some]
    assert all(each["record"]["intact"] and each["execution"]["same"] for each in verified)
    assert set(stored(database_url)) == load.attempted


async def test_a_server_that_answers_before_its_commit_is_found_out(database_url: str) -> None:
    moments = random.Random(2609)
    load = Load()
    for _ in range(4):
        with served(database_url, ("tests.faults.lying_server",)) as server:
            await load.until_killed(server, after=moments.randint(50, 300))
    assert lost(load, stored(database_url)) != []
