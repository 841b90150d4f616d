"""Records a few assessments in a process of its own each time it is told to, without the cost of an import.

    python -m tests.faults.swept_program DATABASE_URL [--acknowledge-early]

On standard input, a line each: `record` forks a child that waits for SIGUSR1, so that it can be traced before
it serves a few requests; what to look for, as JSON, forks one that looks. On standard output, a JSON object a
line: the child, what it met, and how it ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256
from typing import Any

from app.api.application import Application
from app.main import create_app
from app.settings import Settings
from tests.api.service import ASSESS, Service, example, running_service
from tests.faults.lying_server import lie
from tests.faults.served import environment_of
from tests.stores import SECRETS

TURNS, AT_ONCE = 4, 3
BEGIN = signal.SIGUSR1


def say(**facts: Any) -> None:
    """One line, at once and in one piece: what stays in a buffer dies with the process."""
    os.write(sys.stdout.fileno(), json.dumps(facts).encode() + b"\n")


async def post(service: Service, key: str) -> dict[str, Any]:
    """Post the case of this key; the answer in short."""
    answer = await service.record(example(subject=key), key)
    record_id = answer.headers.get("location", "").rpartition("/")[2]
    return {"key": key, "status": answer.status_code, "id": record_id, "sha": digest(answer.content)}


async def attempt(service: Service, key: str) -> None:
    say(attempted=key)
    say(answered=await post(service, key))


async def record(service: Service) -> None:
    """A few requests at once, a few times."""
    for turn in range(TURNS):
        await asyncio.gather(*(attempt(service, f"key-{turn:02}-{number:02}") for number in range(AT_ONCE)))


def judge(acknowledged: list[dict[str, Any]], attempted: list[str]) -> Callable[[Service], Awaitable[None]]:
    """What was acknowledged must be there, and every key must give its record again."""

    async def look(service: Service) -> None:
        for each in acknowledged:
            answer = await service.client.get(f"{ASSESS}/{each['id']}")
            if (answer.status_code, digest(answer.content)) != (200, each["sha"]):
                say(lost=each["key"])
        for key in attempted:
            say(replayed=await post(service, key))

    return look


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def forked(
    application: Application, url: str, work: Callable[[Service], Awaitable[None]], wait: bool
) -> None:
    """Do the work in a child that serves the application; returns when the child has ended."""
    if child := os.fork():
        say(child=child)
        say(ended=os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        return
    status = 1
    # What goes wrong is told by the status: a store that fails may end the service.
    with suppress(Exception):
        if wait:
            signal.sigwait({BEGIN})
        asyncio.run(_served(application, url, work))
        status = 0
    os._exit(status)


async def _served(application: Application, url: str, work: Callable[[Service], Awaitable[None]]) -> None:
    async with running_service(application, url) as service:
        await work(service)


def main(url: str, early: bool) -> None:
    if early:
        lie()
    # Blocked before the child is there: a signal that comes before it waits is not lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, {BEGIN})
    application = create_app(Settings.from_environment(environment_of(url)), SECRETS)
    for line in sys.stdin:
        order = json.loads(line)
        if order == "record":
            forked(application, url, record, wait=True)
        else:
            forked(application, url, judge(**order), wait=False)


if __name__ == "__main__":
    main(sys.argv[1], early="--acknowledge-early" in sys.argv[2:])
