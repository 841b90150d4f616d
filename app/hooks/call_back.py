"""Asks the FHIR server of an EHR for what a call did not bring: only servers of the list, briefly, read only.

The token goes to that server and nowhere else: it is neither stored nor logged. Whatever goes wrong comes
back as an OperationOutcome, which the prefetch reads as *unknown*.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from ssl import SSLContext
from typing import Any

import httpx

from app.interop.elements import FHIR_JSON

TOTAL_SECONDS = 2.0
MOST_BYTES = 1_048_576
"""Of one answer."""
MOST_BYTES_IN_ALL = 2_097_152
"""Of all answers to one call: as much as a call can bring itself."""
MOST_PIECES = 8192
"""In which all answers to one call come: each takes some time, even if it brings a single byte."""
FAILED: Mapping[str, Any] = {"resourceType": "OperationOutcome"}
ACCEPT = {"Accept": FHIR_JSON, "Accept-Encoding": "identity"}
"""Not compressed: a small answer could become a large one."""


class _TooMuch(Exception):
    """An answer, or all of them together, brought more than is read."""


class _Room:
    """What the answers to one call may still bring together."""

    def __init__(self) -> None:
        self._bytes, self._pieces = MOST_BYTES_IN_ALL, MOST_PIECES

    async def text_of(self, answer: httpx.Response) -> bytes:
        """The body of an answer. Raises _TooMuch."""
        text = bytearray()
        async for piece in answer.aiter_raw():
            text += piece
            self._bytes -= len(piece)
            self._pieces -= 1
            if len(text) > MOST_BYTES or self._bytes < 0 or self._pieces < 0:
                raise _TooMuch
        return bytes(text)


class CallBack:
    """Asks the servers of a list, each by exactly its base address."""

    def __init__(
        self, servers: Collection[str], read: Callable[[bytes], Any], seconds: float = TOTAL_SECONDS
    ) -> None:
        """*read* gives the JSON value of a text, as strictly as that of a call; else it raises ValueError."""
        self._servers = frozenset(servers)
        self._read = read
        self._seconds = seconds

    def may_name(self, server: str | None) -> bool:
        """Whether a call may name this server. Where none is listed nobody is asked, and any may be named."""
        return server is None or not self._servers or server.removesuffix("/") in self._servers

    def may_ask(self, server: str | None) -> bool:
        """Whether this server is asked."""
        return server is not None and server.removesuffix("/") in self._servers

    async def fetch(self, server: str, token: str, queries: Mapping[str, str]) -> dict[str, Any]:
        """The answer to each query below the base address; FAILED where there is none in time."""
        base = server.removesuffix("/")
        headers = {**ACCEPT, "Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            headers=headers, verify=self._tls, trust_env=False, timeout=self._seconds
        ) as client:
            room = _Room()
            asked = {
                key: asyncio.create_task(self._resource(client, f"{base}/{query}", room))
                for key, query in queries.items()
            }
            _, late = await asyncio.wait(asked.values(), timeout=self._seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        return {key: FAILED if task in late else task.result() for key, task in asked.items()}

    async def _resource(self, client: httpx.AsyncClient, url: str, room: _Room) -> Any:
        """What a server answers; FAILED for anything but one JSON value of a size that can be read."""
        try:
            async with client.stream("GET", url, follow_redirects=False) as answer:
                if answer.status_code != httpx.codes.OK or "content-encoding" in answer.headers:
                    return FAILED
                text = await room.text_of(answer)
            return self._read(text)
        except (httpx.HTTPError, httpx.InvalidURL, _TooMuch, ValueError):
            return FAILED

    @cached_property
    def _tls(self) -> SSLContext:
        return httpx.create_ssl_context()
