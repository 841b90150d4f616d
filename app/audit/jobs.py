"""Entries on their way, those who wait for them in other event loops, and who is told of batches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from app.audit import patience
from app.audit.batch import Outcome
from app.audit.errors import RecordError
from app.audit.prepare import Prepared
from app.audit.records import Stored


class BatchObserver(Protocol):
    """Is told of every batch, by the thread that writes."""

    def on_batch(self, size: int, seconds: float) -> None:
        """A batch of that many records was written, or failed, within that time."""


class Job:
    """An entry on its way, and the one who waits for it."""

    __slots__ = ("entry", "future", "loop", "patience")

    def __init__(self, entry: Prepared) -> None:
        self.entry = entry
        self.patience = patience.ends()
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Stored] = self.loop.create_future()


def answer(batch: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
    """Wake each event loop once for the whole batch: waking is the dear part."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Job, Outcome]]] = {}
    for job, outcome in zip(batch, outcomes, strict=True):
        by_loop.setdefault(job.loop, []).append((job, outcome))
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: Sequence[tuple[Job, Outcome]]) -> None:
    for job, outcome in answers:
        if job.future.done():  # the client went away
            continue
        if isinstance(outcome, RecordError):
            job.future.set_exception(outcome)
        else:
            job.future.set_result(outcome)
