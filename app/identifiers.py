"""Ids of records and requests."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from threading import Lock
from uuid import UUID

POOL_BYTES = 4096
RANDOM_BYTES = 10
VERSION_7, VARIANT = 0x7 << 76, 0b10 << 62
RANDOM_A, RANDOM_B = (1 << 12) - 1, (1 << 62) - 1


def record_ids() -> Callable[[], UUID]:
    """Makes ids of version 7 (RFC 9562): they cannot be guessed, and later ones sort behind earlier ones."""
    random, turn = _random_bytes(), Lock()

    def new_id() -> UUID:
        with turn:
            bits = int.from_bytes(next(random))
        milliseconds = time.time_ns() // 1_000_000
        random_a, random_b = bits >> 68 & RANDOM_A, bits & RANDOM_B
        return UUID(int=milliseconds << 80 | VERSION_7 | random_a << 64 | VARIANT | random_b)

    return new_id


def new_trace_id() -> str:
    """A trace id of the W3C form."""
    return secrets.token_hex(16)


def _random_bytes() -> Iterator[bytes]:
    """In bulk: a system call costs more than an id."""
    while True:
        pool = os.urandom(POOL_BYTES - POOL_BYTES % RANDOM_BYTES)
        for start in range(0, len(pool), RANDOM_BYTES):
            yield pool[start : start + RANDOM_BYTES]
