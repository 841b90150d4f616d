"""How long one request waits for PostgreSQL: all of its waits together, one after the other.

Each wait has a limit of its own, and before a server that says nothing one limit after the other runs out: on
a connection that stands, on a new one, and again when the recorder repeats a batch. A request has one
patience for all of them. Where there is none, as on the command line, each wait has its own limit alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic

REQUEST_SECONDS = 8.5
"""Enough for the longest wait for an answer, and then for a new connection; told to the caller within 9."""

_ends: ContextVar[float] = ContextVar("patience", default=inf)


def ends() -> float:
    """When the patience of whoever asks ends, by the clock of `monotonic`; infinite where it does not."""
    return _ends.get()


def left() -> float:
    """Seconds until then; negative afterwards."""
    return _ends.get() - monotonic()


@contextmanager
def until(end: float) -> Iterator[None]:
    """Have patience until then, and afterwards as before."""
    before = _ends.set(end)
    try:
        yield
    finally:
        _ends.reset(before)


@contextmanager
def of_a_request() -> Iterator[None]:
    """Have the patience of a request from here."""
    with until(monotonic() + REQUEST_SECONDS):
        yield


def renew() -> None:
    """Begin the patience of a request again: until here its client was waited for, and no database."""
    _ends.set(monotonic() + REQUEST_SECONDS)
