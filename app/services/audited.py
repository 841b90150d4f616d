"""Whatever is read is in the log before it leaves the service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from app.audit.archive import Cursor, Page, Search
from app.audit.errors import LogAltered
from app.audit.recorder import Recorder
from app.audit.records import Actor, Event, Kind
from app.services.errors import NotRecorded
from app.services.records import Found, Records
from app.services.verification import Verification, Verifier


class AuditedRecords:
    """The reads of `Records`, each with its entry in the log. The clock and the ids come from outside."""

    def __init__(
        self,
        records: Records,
        verifier: Verifier,
        recorder: Recorder,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._records = records
        self._verifier = verifier
        self._recorder = recorder
        self._clock = clock
        self._new_id = new_id

    async def answer(self, actor: Actor, record_id: UUID) -> tuple[bytes, UUID | None]:
        """The stored bytes, and the record that corrects this one, where there is one."""
        found = await self._known(actor, record_id, self._records.answer)
        corrected_by = await asyncio.to_thread(self._records.corrected_by, actor.tenant, record_id)
        await self._note(actor, "read", (record_id,), what="answer")
        return found, corrected_by

    async def case(self, actor: Actor, record_id: UUID) -> bytes:
        """The case as it was stored."""
        found = await self._known(actor, record_id, self._records.case)
        await self._note(actor, "read", (record_id,), what="case")
        return found

    async def answer_and_case(self, actor: Actor, record_id: UUID) -> tuple[bytes, bytes]:
        """The stored bytes and the case, which are read as one."""
        answer = await self._known(actor, record_id, self._records.answer)
        case = await asyncio.to_thread(self._records.case, actor.tenant, record_id)
        await self._note(actor, "read", (record_id,), what="resource")
        return answer, case

    async def trace(self, actor: Actor, record_id: UUID) -> dict[str, Any]:
        """Every rule of the stored ruleset for the stored case."""
        found = await self._known(actor, record_id, self._records.trace)
        await self._note(actor, "read", (record_id,), what="trace")
        return found

    async def search(self, actor: Actor, wanted: Search, after: Cursor | None, limit: int) -> Page:
        """Stored assessments, newest first; the log tells which were shown, and not what was asked for."""
        page = await asyncio.to_thread(self._records.search, actor.tenant, wanted, after, limit)
        await self._note(actor, "query", tuple(each.id for each in page.records), what="search")
        return page

    async def verify(self, actor: Actor, record_id: UUID) -> Verification:
        """Whether the record is intact, in its place in the log, and gives the same result again."""
        found = await self._known(actor, record_id, self._verifier.verify)
        with suppress(LogAltered):  # of which it has to be told: nothing else can be
            await self._note(actor, "verify", (record_id,), what="passed" if found.passed else "failed")
        return found

    async def _known(self, actor: Actor, record_id: UUID, read: Callable[[str, UUID], Found]) -> Found:
        """What is read of a record. Who asks for one that is not there, or not his, is in his own log."""
        try:
            return await asyncio.to_thread(read, actor.tenant, record_id)
        except NotRecorded:
            await self._note(actor, "read", (record_id,), what="refused")
            raise

    async def _note(self, actor: Actor, kind: Kind, of: tuple[UUID, ...], what: str) -> None:
        event = Event(self._new_id(), self._clock(), actor, kind, of, {"what": what})
        await self._recorder.log(event)
