"""Sends the signed head of every log that changed out of the database; it never holds up the recorder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Thread
from time import monotonic
from typing import NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from app.audit.connected import ALL_HEADS, act_for
from app.audit.pins import pin_line
from app.audit.sinks import NotAnchored, Sink
from app.audit.tables import log_head

log = logging.getLogger(__name__)

EVERY_SECONDS = 20.0
"""A third of the minute that is promised: one try may fail, and one may take long."""

Heads = dict[str, bytes]
"""The newest signed note of each log, by its tenant."""


class Lag(NamedTuple):
    """How far a place is behind what was signed."""

    seconds: float
    """Since all that was signed by then was there; before the first time, since the service started."""
    heads: int
    """The logs whose newest head it has not taken; as of the last look."""


class Place:
    """One sink, and what it has already."""

    def __init__(
        self, sink: Sink, clock: Callable[[], datetime], seconds: Callable[[], float] = monotonic
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._seconds = seconds
        self._sent: Heads = {}
        self._waiting = 0
        self._up_to_date = seconds()
        self.last_anchored_at: datetime | None = None

    @property
    def lag(self) -> Lag:
        """How far it is behind. By a clock that only goes on: the other may be set back."""
        return Lag(self._seconds() - self._up_to_date, self._waiting)

    def bring_up_to(self, heads: Heads) -> bool:
        """Send what changed; whether the sink has it."""
        changed = {tenant: note for tenant, note in heads.items() if self._sent.get(tenant) != note}
        now, began = self._clock(), self._seconds()
        self._waiting = len(changed)
        try:
            if changed:
                self._sink.send([pin_line(note.decode(), now) for note in changed.values()])
        except NotAnchored as failure:
            log.error("checkpoints are not anchored: %s", failure)
            return False
        self._sent |= changed
        self._waiting, self._up_to_date = 0, began
        self.last_anchored_at = now
        return True

    def close(self) -> None:
        """Nothing more is sent there."""
        self._sink.close()


class Anchors:
    """A thread that looks for new heads again and again; without a sink there is none."""

    def __init__(
        self,
        reader: Engine,
        sinks: Sequence[Sink],
        clock: Callable[[], datetime],
        every: float = EVERY_SECONDS,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._reader = reader
        self._places = [Place(sink, clock, seconds) for sink in sinks]
        self._every = every
        self._ended = Event()
        self._thread = Thread(target=self._work, name="anchors", daemon=True)

    @property
    def last_anchored_at(self) -> datetime | None:
        """When all that was signed by then was in every place; None before, and without a place."""
        times = [place.last_anchored_at for place in self._places]
        known = [at for at in times if at is not None]
        return min(known) if known and len(known) == len(times) else None

    def lags(self) -> list[Lag]:
        """How far each place is behind, in the order of the sinks. It asks no database."""
        return [place.lag for place in self._places]

    def start(self) -> None:
        """Begin to look; once in the life of the anchors."""
        if self._places:
            self._thread.start()

    def close(self) -> None:
        """Send what is left, once, and end. The database must still be open, and nobody append any more."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()
            self.anchor()
        for place in self._places:
            place.close()

    def anchor(self) -> bool:
        """Send every head that changed to every place; whether all of them have it."""
        try:
            with self._reader.connect() as connection:
                act_for(connection, ALL_HEADS)
                rows = connection.execute(select(log_head.c.tenant, log_head.c.note)).all()
        except SQLAlchemyError:
            log.error("checkpoints are not anchored: the store does not answer")
            return False
        heads = {row.tenant: row.note for row in rows if row.note}
        done = [place.bring_up_to(heads) for place in self._places]  # none is left out for another
        return all(done)

    def _work(self) -> None:
        while not self._ended.wait(self._every):
            try:
                self.anchor()
            except Exception:  # whatever happens, the next round comes
                log.exception("checkpoints are not anchored")
