"""Entries that wait for the writer: a bounded line, which many event loops join and one thread takes from."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections import deque
from queue import SimpleQueue
from threading import Lock
from weakref import WeakSet

from app.audit.errors import QueueFull, StoreUnavailable
from app.audit.jobs import Job

CLOSED = "The recorder accepts nothing; try again with the same key."
FULL = "Too many records are waiting; try again later."
GATHERING_SECONDS = 0.5
"""So long at most an entry waits for others that are under way: more than a process works on 64 requests."""
QUIET_TURNS = 3
"""Turns of the loop in which no entry came: a request takes two from its first byte to its entry."""
GO_ON, END = "go on", "end"
"""What the writer is called for."""


class Waiting:
    """Accepts nothing before it is opened, nor after it is closed; what was accepted is taken in any case."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: deque[Job] = deque()
        self._gate = Lock()  # no job may slip in behind the end
        self._is_open = False
        self._accepted = 0
        self._gathering: WeakSet[AbstractEventLoop] = WeakSet()
        self._calls: SimpleQueue[str] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def is_open(self) -> bool:
        """Whether entries are accepted."""
        return self._is_open

    def open(self) -> None:
        """Accept entries."""
        self._is_open = True

    def close(self) -> None:
        """Accept nothing more, and call the writer for what is left."""
        with self._gate:
            self._is_open = False
            self._calls.put(END)

    def accept(self, job: Job) -> None:
        """Let it wait, from the event loop that it belongs to. Raises StoreUnavailable and QueueFull."""
        with self._gate:
            if not self._is_open:
                raise StoreUnavailable(CLOSED)
            if len(self) >= self._size:
                raise QueueFull(FULL)
            self._jobs.append(job)
            self._accepted += 1
        if job.loop not in self._gathering:
            self._gathering.add(job.loop)
            job.loop.call_soon(self._gather, job.loop, job.loop.time() + GATHERING_SECONDS, self._accepted, 0)

    def _gather(self, loop: AbstractEventLoop, until: float, accepted: int, quiet: int) -> None:
        """Call the writer when nothing more comes: requests that came together are written together.

        Each turn of the loop works on what was ready: after some in which no entry came, none is under way.
        To write meanwhile would only take turns with it, for the price of another transaction.
        """
        quiet = quiet + 1 if self._accepted == accepted else 0
        if quiet < QUIET_TURNS and loop.time() < until:
            loop.call_soon(self._gather, loop, until, self._accepted, quiet)
        else:
            self._gathering.discard(loop)
            self._calls.put(GO_ON)

    def next_batch(self, most: int) -> list[Job]:
        """What is waiting when the writer is called; nothing at the end. For one thread alone."""
        while True:
            call = self._calls.get()
            batch = self.taken(most)
            if call is END or self._jobs:
                self._calls.put(call)  # there is more to take, or the end to be found again
            if batch or call is END:
                return batch

    def taken(self, most: int) -> list[Job]:
        """The first of those that wait. For one thread alone: what was counted is there."""
        return [self._jobs.popleft() for _ in range(min(len(self), most))]
