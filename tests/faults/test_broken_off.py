"""Clients that go away before their answer and ask again: the record of the first try, or the only one."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from tests.api.service import ASSESS, example
from tests.faults.client import Answer, Client
from tests.faults.gates import Measured, rounds
from tests.faults.returning_clients import ids_of
from tests.faults.served import served

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

CLIENTS = 16
DISCONNECTS = rounds(800, 5_000)
LONGEST_SECONDS = 0.03
"""Sometimes before the request was read, sometimes while it is stored, sometimes behind the answer."""


class Fickle:
    """Asks, goes away at a random moment, and asks twice again; all with one key, or all without."""

    def __init__(self, port: int, number: int, keyed: bool) -> None:
        self._port = port
        self._moments = random.Random(number)
        self._keyed = keyed
        self.subject = f"fickle-{number}"
        self.tries: list[tuple[Answer, Answer]] = []

    async def ask(self, times: int) -> None:
        """So many requests, one after the other."""
        client = await Client.of(self._port)
        for turn in range(times):
            key = f"{self.subject}-{turn}" if self._keyed else ""
            await self._break_off(key)
            case = example(subject=self.subject)
            self.tries.append((await client.post(ASSESS, case, key), await client.post(ASSESS, case, key)))
        client.close()

    async def _break_off(self, key: str) -> None:
        client = await Client.of(self._port)
        client.send("POST", ASSESS, example(subject=self.subject), key)
        await asyncio.sleep(self._moments.uniform(0, LONGEST_SECONDS))
        client.break_off()


async def fickle_clients(url: str, times: int, *, keyed: bool) -> tuple[list[Fickle], int]:
    """What the clients were told in the end, and how many records there are."""
    with served(url) as server:
        clients = [Fickle(server.port, number, keyed) for number in range(CLIENTS)]
        await asyncio.gather(*(each.ask(times) for each in clients))
        reader = await Client.of(server.port)
        stored = sum([len(await ids_of(reader, each.subject)) for each in clients])
        reader.close()
    return clients, stored


async def test_who_breaks_off_and_asks_again_gets_the_one_record(
    database_url: str, measured: Measured
) -> None:
    clients, stored = await fickle_clients(database_url, DISCONNECTS // CLIENTS, keyed=True)
    tries = [each for client in clients for each in client.tries]
    over = f"{len(tries):,} clients gone before their answer"
    measured("G3.doubles", stored - len(tries), over)
    measured("G3.replays", sum(second != Answer(200, first.content) for first, second in tries), over)
    met = Counter(first.status for first, _ in tries)
    assert set(met) == {200, 201}, "they left at one moment only"


async def test_who_breaks_off_and_asks_again_without_a_key_is_found_out(sqlite_url: str) -> None:
    clients, stored = await fickle_clients(sqlite_url, 2, keyed=False)
    tries = [each for client in clients for each in client.tries]
    assert stored > len(tries)
    assert all(second != Answer(200, first.content) for first, second in tries)
