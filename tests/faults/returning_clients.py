"""Clients that do not give up, and what came of what they were promised, seen through HTTP alone.

Each client asks for one record after the other, and repeats each request with its key until it is
acknowledged, whatever happens in between. When all is over, for each subject

    ids acknowledged = ids found by a search, and each is read back byte for byte

so that nothing is lost and nothing is doubled. Clients without keys repeat as well: they must be found out.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import uuid4

from tests.api.service import ASSESS, SEARCH, example
from tests.faults.client import GONE, Answer, Client
from tests.faults.gates import Measured

CLIENTS = 24
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.02
PAGE = 100


class Request(NamedTuple):
    """What one client asks for at one time; no other request has this key."""

    subject: str
    key: str


@dataclass
class Load:
    """Clients at work on the servers of these ports; a client whose server is gone goes to the next."""

    ports: Sequence[int]
    keyed: bool = True
    name: str = field(default_factory=lambda: f"load-{uuid4()}")
    acknowledged: dict[Request, bytes] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest_refusal: float = 0.0
    last_acknowledged: float = 0.0
    progress: asyncio.Event = field(default_factory=asyncio.Event)
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    async def acknowledge(self, more: int) -> None:
        """Wait until so many more are acknowledged."""
        goal = len(self.acknowledged) + more
        while len(self.acknowledged) < goal:
            self.progress.clear()
            await asyncio.wait_for(self.progress.wait(), PATIENCE_SECONDS)

    async def refuse(self) -> None:
        """Wait until somebody is refused from now on."""
        self.refused.clear()
        await asyncio.wait_for(self.refused.wait(), PATIENCE_SECONDS)

    async def client(self, number: int) -> None:
        """One request after the other."""
        visitor = Visitor(self.ports, number)
        while not self.over:
            request = Request(f"{self.name}-{number}", f"{self.name}-{number}-{len(self.acknowledged)}")
            await self._until_acknowledged(visitor, request)
        visitor.leave()

    async def _until_acknowledged(self, visitor: Visitor, request: Request) -> None:
        while request not in self.acknowledged:
            began = time.monotonic()
            answer = await visitor.assess(request.subject, request.key if self.keyed else "")
            if answer is not None:
                self._note(request, answer, time.monotonic() - began)
            if request not in self.acknowledged:
                await asyncio.sleep(PAUSE_SECONDS)

    def _note(self, request: Request, answer: Answer, seconds: float) -> None:
        self.statuses[answer.status] += 1
        assert answer.status in (200, 201, 503), answer
        if answer.status == 503:
            self.slowest_refusal = max(self.slowest_refusal, seconds)
            self.refused.set()
        else:
            self.acknowledged[request] = answer.content
            self.last_acknowledged = time.monotonic()
            self.progress.set()


class Visitor:
    """A client that comes back: over another connection, and to another server where there is one."""

    def __init__(self, ports: Sequence[int], number: int = 0) -> None:
        self._ports = ports
        self._turn = number
        self._client: Client | None = None

    async def assess(self, subject: str, key: str) -> Answer | None:
        """The answer; None where the connection ended before there was one."""
        try:
            if self._client is None:
                self._client = await Client.of(self._ports[self._turn % len(self._ports)])
            return await self._client.post(ASSESS, example(subject=subject), key)
        except GONE:
            self.leave()
            self._turn += 1
            return None

    def leave(self) -> None:
        """Close the connection; the next request opens another."""
        if self._client is not None:
            self._client.close()
            self._client = None


@asynccontextmanager
async def load_on(*ports: int, keyed: bool = True, clients: int = CLIENTS) -> AsyncIterator[Load]:
    """A load that goes on for as long as the test does something; afterwards all of it is acknowledged."""
    load = Load(ports, keyed)
    async with asyncio.timeout(PATIENCE_SECONDS * 20), asyncio.TaskGroup() as group:
        for number in range(clients):
            group.create_task(load.client(number))
        try:
            yield load
        finally:
            load.over = True


class Outcome(NamedTuple):
    """What became of a load: all three must be empty."""

    lost: list[Request]
    """Acknowledged, and not there, or not as it was answered."""
    doubled: set[str]
    """Ids of records that nobody was told of."""
    misplayed: list[Request]
    """Repeated with its key, and not answered with the bytes of the first time."""

    def report(self, measured: Measured, gate: str, over: str) -> None:
        """The three figures, of which the first is for a gate of its own."""
        measured(gate, len(self.lost), over)
        measured("G3.doubles", len(self.doubled), over)
        measured("G3.replays", len(self.misplayed))


async def outcome_of(load: Load, port: int, replays: int = 50) -> Outcome:
    """Read everything back; the load is over."""
    client = await Client.of(port)
    subjects = sorted({request.subject for request in load.acknowledged})
    stored = {record for subject in subjects for record in await ids_of(client, subject)}
    told = {request: str(json.loads(content)["id"]) for request, content in load.acknowledged.items()}
    readers = [await Client.of(port) for _ in range(8)]
    lost = [request for request, record in told.items() if record not in stored]
    kept = [request for request in told if told[request] in stored]
    for altered in await asyncio.gather(
        *(_altered(reader, load, told, kept[turn :: len(readers)]) for turn, reader in enumerate(readers))
    ):
        lost += altered
    client.close()
    client = await Client.of(port)  # the first was idle for too long to be kept open
    again = random.Random(2701).sample(kept, min(replays, len(kept))) if load.keyed else []
    misplayed = [
        request
        for request in again
        if await client.post(ASSESS, example(subject=request.subject), request.key)
        != Answer(200, load.acknowledged[request])
    ]
    for each in (client, *readers):
        each.close()
    return Outcome(lost, stored - set(told.values()), misplayed)


async def _altered(
    reader: Client, load: Load, told: dict[Request, str], some: list[Request]
) -> list[Request]:
    return [
        request
        for request in some
        if await reader.get(f"{ASSESS}/{told[request]}") != Answer(200, load.acknowledged[request])
    ]


async def ids_of(client: Client, subject: str) -> list[str]:
    """The id of every record of a subject, page by page."""
    found: list[str] = []
    question: dict[str, object] = {"subject": subject, "limit": PAGE}
    while True:
        answer = await client.post(SEARCH, question)
        assert answer.status == 200, answer
        page = json.loads(answer.content)
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        question["cursor"] = page["next_cursor"]
