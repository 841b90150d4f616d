"""The public keys of an issuer: read in a thread, kept for a while, asked for again only so often.

PyJWT's own `PyJWKClient` reads under a lock that every request waits for, tries again without a pause while
the issuer is away, and takes an answer of any size; with it, made-up key ids could stop the service.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from jwt import PyJWK
from jwt.exceptions import PyJWTError

FRESH_SECONDS = 300.0
"""After this long the keys are asked for again, behind the back of the requests."""
TRUSTED_SECONDS = 3600.0
"""So long an issuer may be away. Then its keys open nothing: one may have been withdrawn."""
PAUSE_SECONDS = 60.0
"""The shortest time between two readings, whatever key ids callers make up."""
PAUSE_AFTER_FAILURE_SECONDS = 10.0
TIMEOUT_SECONDS = 3.0
MOST_BYTES = 262_144

Read = Callable[[], bytes]

log = logging.getLogger("decompass.access")


class SigningKeys:
    """The keys of one issuer for the algorithms that are allowed; asked from one event loop."""

    def __init__(
        self, read: Read, algorithms: frozenset[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._algorithms = algorithms
        self._clock = clock
        self._keys: Mapping[tuple[str, str], PyJWK] = {}
        self._read_at: float | None = None
        self._next_reading = clock()
        self._turn = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def get(self, key_id: str, algorithm: str) -> PyJWK | None:
        """The key that this id has for this algorithm; None where there is none that can be trusted now."""
        key = self._known(key_id, algorithm)
        if key is None:
            await self._refresh()
            return self._known(key_id, algorithm)
        if self._age() >= FRESH_SECONDS and self._may_read():
            self._refreshing = asyncio.create_task(self._refresh())
        return key

    def _known(self, key_id: str, algorithm: str) -> PyJWK | None:
        return self._keys.get((key_id, algorithm)) if self._age() < TRUSTED_SECONDS else None

    def _age(self) -> float:
        return float("inf") if self._read_at is None else self._clock() - self._read_at

    def _may_read(self) -> bool:
        return not self._turn.locked() and self._clock() >= self._next_reading

    async def _refresh(self) -> None:
        async with self._turn:
            if self._clock() < self._next_reading:
                return
            self._next_reading = self._clock() + PAUSE_AFTER_FAILURE_SECONDS
            try:
                self._keys = keys_in(await asyncio.to_thread(self._read), self._algorithms)
            except (httpx.HTTPError, OSError, ValueError) as error:
                log.error("the keys of the token issuer cannot be read: %s", type(error).__name__)
                return
            self._read_at = self._clock()
            self._next_reading = self._read_at + PAUSE_SECONDS


def keys_in(document: bytes, algorithms: frozenset[str]) -> dict[tuple[str, str], PyJWK]:
    """The keys of a JWK set (RFC 7517), by id and algorithm. Raises ValueError where it is none.

    A key without an `alg` serves each allowed algorithm of its kind; one of another kind, such as a shared
    secret, serves none.
    """
    found = json.loads(document)
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise ValueError("not a JWK set")  # noqa: TRY004 -- the text is wrong, whatever it holds
    keys: dict[tuple[str, str], PyJWK] = {}
    for data in found["keys"]:
        for algorithm in algorithms:
            if (key := _key(data, algorithm)) is not None and key.key_id:
                keys.setdefault((key.key_id, algorithm), key)
    return keys


def _key(data: Any, algorithm: str) -> PyJWK | None:
    if not isinstance(data, dict) or data.get("use", "sig") != "sig":
        return None
    if data.get("alg", algorithm) != algorithm or not isinstance(data.get("kid"), str):
        return None
    try:
        key = PyJWK(data, algorithm)
        key.Algorithm.prepare_key(key.key)  # the curve of a key is looked at nowhere before
        return key
    except PyJWTError:
        return None


def reader_of(address: str) -> Read:
    """Reads the JWK set of an `https:` address, or of a file."""
    if address.startswith("https://"):
        return partial(fetched, address)
    return Path(address).read_bytes


def fetched(address: str, transport: httpx.BaseTransport | None = None) -> bytes:
    """What is at the address itself: no redirect is followed. Raises httpx.HTTPError, ValueError."""
    client = httpx.Client(transport=transport, timeout=TIMEOUT_SECONDS, follow_redirects=False)
    with client, client.stream("GET", address, headers={"Accept": "application/json"}) as answer:
        answer.raise_for_status()
        document = b""
        for part in answer.iter_bytes():
            document += part
            if len(document) > MOST_BYTES:
                raise ValueError("the JWK set is too large")
    return document
