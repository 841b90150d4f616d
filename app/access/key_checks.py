"""Checks the API keys of everybody who asks at the same time by one look into the database.

One look for each request costs more than all the rest of a request, mostly for going to a thread and back. A
request that comes while others are looked up waits for the next look, so that it sees whatever was committed
before it came: a key that was revoked is not good for a moment longer.
"""

from __future__ import annotations

import asyncio
import logging

from app.access.api_keys import ApiKeys, Found, key_id_in
from app.access.caller import Caller
from app.access.errors import CredentialInvalid
from app.audit.errors import StoreUnavailable

log = logging.getLogger("decompass.access")


class KeyChecks:
    """Asked from one event loop."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys
        self._waiting: dict[str, asyncio.Future[Found | None]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def caller(self, text: str) -> Caller:
        """Who calls with this key. Raises CredentialInvalid, CredentialExpired, StoreUnavailable."""
        if key_id_in(text) is None:
            raise CredentialInvalid  # a flood of what is no key keeps no thread busy
        if (waiting := self._waiting.get(text)) is None:
            waiting = self._waiting[text] = asyncio.get_running_loop().create_future()
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        found = await asyncio.shield(waiting)  # others wait for the same
        if found is None:
            raise StoreUnavailable("The store does not answer; try again later.")
        if not isinstance(found, Caller):
            raise found
        return found

    async def _look(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                found = await asyncio.to_thread(self._found, tuple(waiting))
                for text, future in waiting.items():
                    future.set_result(found.get(text))
        finally:
            self._looking = None

    def _found(self, texts: tuple[str, ...]) -> dict[str, Found]:
        """Empty where the store does not answer: one error for each who waits, not one for all."""
        try:
            return self._keys.callers(texts)
        except Exception as error:  # noqa: BLE001 -- whatever happens, nobody waits for ever, or gets in
            log.error("API keys cannot be looked up: %s", type(error).__name__)
            return {}
