"""Holds what was acknowledged against what is stored, through HTTP alone: it knows nothing of rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing

import httpx
from pysqlite3 import dbapi2  # type: ignore[import-untyped] # the package ships no types

from app.main import create_app
from app.settings import Settings
from tests.api.service import ASSESS, SEARCH, running_service
from tests.faults.gates import Measured
from tests.faults.load import Acknowledged, Load
from tests.faults.proofs import require_provable
from tests.faults.served import environment_of
from tests.stores import SECRETS

AT_ONCE = 16


async def judge(url: str, load: Load, measured: Measured, gate: str, over: str) -> None:
    """All that is promised of a database after a fault; *gate* is the one for what was lost.

    The address is that of a database that no service has open. What was never answered is repeated.
    """
    if url.startswith("sqlite"):
        require_sound(url)
    async with reopened(url) as client:
        measured(gate, len(await lost(client, load)), over)
        measured("G3.replays", len(await changed_replays(client, load, load.acknowledged)), over)
        await settle(client, load)
        measured("G3.doubles", len(await surplus(client, load)), over)
    require_provable(url)


@asynccontextmanager
async def reopened(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The service on this database in the process of the test, and a client of it.

    It is started as after any crash; without the second that the imports of a new process cost.
    """
    async with running_service(
        create_app(Settings.from_environment(environment_of(url)), SECRETS), url
    ) as service:
        yield service.client


async def lost(client: httpx.AsyncClient, load: Load, keys: Iterable[str] | None = None) -> list[str]:
    """Keys whose acknowledged record is not there, or is not what was acknowledged: must be empty."""

    async def is_lost(key: str) -> bool:
        answer = await client.get(f"{ASSESS}/{load.acknowledged[key].record_id}")
        return (answer.status_code, answer.content) != (200, load.acknowledged[key].content)

    return await _those(is_lost, load.acknowledged if keys is None else keys)


async def changed_replays(client: httpx.AsyncClient, load: Load, keys: Iterable[str]) -> list[str]:
    """Acknowledged keys that do not give the same record and the same bytes again: must be empty."""

    async def is_changed(key: str) -> bool:
        answer = await _post(client, load, key)
        said = Acknowledged(answer.headers.get("location", "").rpartition("/")[2], answer.content)
        return answer.status_code != 200 or said != load.acknowledged[key]

    return await _those(is_changed, keys)


async def settle(client: httpx.AsyncClient, load: Load) -> None:
    """What clients do after a crash: repeat what was never answered, under the same keys."""
    for key in sorted(load.unanswered):
        answer = await _post(client, load, key)
        assert answer.status_code in (200, 201), answer.text
        record_id = answer.headers["location"].rpartition("/")[2]
        load.acknowledged[key] = Acknowledged(record_id, answer.content)


async def surplus(client: httpx.AsyncClient, load: Load) -> set[str]:
    """Records beyond the one of each key: must be empty once all is settled."""
    found, question = set[str](), {"subject": load.subject, "limit": 100}
    while True:
        answer = await client.post(SEARCH, json=question)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found |= {item["id"] for item in page["items"]}
        if page["next_cursor"] is None:
            return found - {each.record_id for each in load.acknowledged.values()}
        question["cursor"] = page["next_cursor"]


def require_sound(url: str) -> None:
    """SQLite finds its file sound."""
    with closing(dbapi2.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


async def _post(client: httpx.AsyncClient, load: Load, key: str) -> httpx.Response:
    return await client.post(ASSESS, json=load.case, headers={"Idempotency-Key": key})


async def _those(wrong: Callable[[str], Awaitable[bool]], keys: Iterable[str]) -> list[str]:
    """The keys of which it is true; a few are asked about at once, so that their commits are shared."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def ask(key: str) -> bool:
        async with turn:
            return await wrong(key)

    chosen = sorted(keys)
    answers = await asyncio.gather(*map(ask, chosen))
    return [key for key, found in zip(chosen, answers, strict=True) if found]
