"""Keeps in the log what clinicians did with cards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.audit.archive import Archive
from app.audit.recorder import Recorder
from app.audit.records import RECORDS, Actor, Event, Kind
from app.interop.cds.feedback import Told
from app.interop.cds.request import Flaw, NotACall
from app.services.errors import NotRecorded

CARDS: tuple[Kind, ...] = (*RECORDS, "abstain")
"""The kinds of entries that a card stands for."""
CLOCKS_APART = timedelta(days=1)
"""So far the clock of an EHR may be ahead, or off by its time zone."""


class HookFeedback:
    """The use case behind feedback. The clock and the ids come from outside."""

    def __init__(
        self,
        recorder: Recorder,
        archive: Archive,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._recorder = recorder
        self._archive = archive
        self._clock = clock
        self._new_id = new_id

    async def keep(self, told: Sequence[Told], actor: Actor) -> None:
        """Put each into the log, once; none where one is of no card of the tenant, or still to come.

        Raises NotACall and NotRecorded.
        """
        latest = self._clock() + CLOCKS_APART
        if ahead := [place for place, each in enumerate(told) if each.at > latest]:
            raise NotACall(tuple(Flaw(f"/feedback/{place}/outcomeTimestamp", "less_than") for place in ahead))
        known = await asyncio.to_thread(self._all_known, {each.card for each in told}, actor.tenant)
        if not known:
            raise NotRecorded("There is no such card.")
        await asyncio.gather(*(self._recorder.log(self._event(each, actor)) for each in told))

    def _all_known(self, cards: set[UUID], tenant: str) -> bool:
        return all(self._archive.has_record(tenant, card, CARDS) for card in cards)

    def _event(self, told: Told, actor: Actor) -> Event:
        now, new_id = self._clock(), self._new_id()
        return Event(new_id, now, actor, "feedback", (told.card,), told.detail, told.key)
