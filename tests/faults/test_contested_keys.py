"""Many at once want one key, some of them with another body: one record, and everybody is told the truth."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from tests.api.service import ASSESS, example
from tests.faults.client import Answer, Client
from tests.faults.gates import Measured, rounds
from tests.faults.returning_clients import ids_of
from tests.faults.served import served

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

EQUAL, OTHER = 25, 5
SUBJECT = "racer"
BODIES = (example(subject=SUBJECT), example(subject=SUBJECT, age_years=41))
KEYS = [f"contested-{number}" for number in range(rounds(60, 5_000))]


class Contest(NamedTuple):
    """What everybody was answered who wanted one key at once: those with the one body, and with the other."""

    equal: list[Answer]
    other: list[Answer]

    @property
    def ids(self) -> set[str]:
        """Of every record that somebody was told of."""
        told = (each.content for each in self.equal + self.other if each.status in (200, 201))
        return {json.loads(content)["id"] for content in told}

    @property
    def fair(self) -> bool:
        """One made the record, its equals were given the same bytes, and all others were refused."""
        winners, losers = self.equal, self.other
        if {each.status for each in winners} == {422}:
            winners, losers = losers, winners
        return (
            Counter(each.status for each in winners) == {201: 1, 200: len(winners) - 1}
            and len({each.content for each in winners}) == 1
            and {each.status for each in losers} == {422}
        )


class Contestants:
    """Thirty connections, spread over the servers, that all speak at once."""

    def __init__(self, clients: list[Client]) -> None:
        self._clients = clients
        self._order = random.Random(2703)

    @classmethod
    async def on(cls, ports: Sequence[int]) -> Contestants:
        return cls([await Client.of(ports[turn % len(ports)]) for turn in range(EQUAL + OTHER)])

    async def want(self, key: str) -> Contest:
        """Twenty-five send the same, five something else, in any order; without a key where it is empty."""
        bodies = [0] * EQUAL + [1] * OTHER
        self._order.shuffle(bodies)
        for client, body in zip(self._clients, bodies, strict=True):
            client.send("POST", ASSESS, BODIES[body], key)
        answers = await asyncio.gather(*(client.answer() for client in self._clients))
        heard = list(zip(answers, bodies, strict=True))
        return Contest(
            [answer for answer, body in heard if body == 0], [answer for answer, body in heard if body == 1]
        )

    def leave(self) -> None:
        for client in self._clients:
            client.close()


async def contests_on(ports: Sequence[int], keys: Sequence[str]) -> list[Contest]:
    """One contest for each key; and no record that nobody was told of."""
    contestants = await Contestants.on(ports)
    contests = [await contestants.want(key) for key in keys]
    contestants.leave()
    client = await Client.of(ports[0])
    stored = await ids_of(client, SUBJECT)
    client.close()
    assert set(stored) == set().union(*(each.ids for each in contests))
    return contests


def report(contests: Sequence[Contest], measured: Measured, where: str) -> None:
    """Both figures of contests that must all be fair."""
    over = f"{len(contests):,} keys × {EQUAL} + {OTHER} at once on {where}"
    measured("G3.doubles", sum(len(each.ids) != 1 for each in contests), over)
    measured("G3.replays", sum(not each.fair for each in contests), over)


async def test_a_key_that_thirty_want_at_once_makes_one_record(sqlite_url: str, measured: Measured) -> None:
    with served(sqlite_url) as server:
        contests = await contests_on([server.port], KEYS)
    report(contests, measured, "SQLite")


@pytest.mark.postgres
async def test_a_key_that_thirty_want_at_once_of_two_processes_makes_one_record(
    postgres_url: str, measured: Measured
) -> None:
    with served(postgres_url) as one, served(postgres_url) as other:
        contests = await contests_on([one.port, other.port], KEYS)
    report(contests, measured, "PostgreSQL, 2 processes")


async def test_a_contest_without_a_key_is_found_out(sqlite_url: str) -> None:
    with served(sqlite_url) as server:
        (contest,) = await contests_on([server.port], [""])
    assert len(contest.ids) == EQUAL + OTHER
    assert not contest.fair
