"""The served process is killed under load: every acknowledged assessment is stored, byte for byte."""

from __future__ import annotations

import random

import pytest

from tests.faults.gates import Measured, rounds
from tests.faults.judge import judge, lost, reopened
from tests.faults.load import Load
from tests.faults.served import SERVICE, served

pytestmark = [pytest.mark.fault, pytest.mark.anyio]

LYING = ("tests.faults.lying_server",)


async def killed(url: str, moments: list[int], program: tuple[str, ...] = SERVICE) -> tuple[Load, float]:
    """A load on a server that is killed at each of these counts of answers, and the slowest of its starts."""
    load, slowest = Load(), 0.0
    for moment in moments:
        with served(url, program) as server:
            slowest = max(slowest, server.ready_seconds)
            async with load.on(server.port):
                await load.acknowledge(moment)
                server.kill()
    return load, slowest


async def test_a_killed_server_has_stored_what_it_acknowledged(database_url: str, measured: Measured) -> None:
    random_moment = random.Random(2607).randint
    moments = [random_moment(1, 300) for _ in range(rounds(6, 100))]
    load, slowest = await killed(database_url, moments)
    over = f"{len(moments)} kills, {len(load.acknowledged)} acknowledged, {len(load.unanswered)} unanswered"
    await judge(database_url, load, measured, "G1.kill", over)
    measured("G9.ready", round(slowest, 2), f"{len(moments)} starts")


async def test_a_server_that_answers_before_its_commit_is_found_out(
    database_url: str, measured: Measured
) -> None:
    random_moment = random.Random(2609).randint
    load, _ = await killed(database_url, [random_moment(50, 300) for _ in range(3)], LYING)
    async with reopened(database_url) as client:
        measured("G2.kill", len(await lost(client, load)), f"of {len(load.acknowledged)} acknowledged")
