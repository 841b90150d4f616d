"""The one writer: records wait in a bounded queue and are answered after their commit.

Whatever is waiting when the writer is free becomes one transaction: the busier the service, the larger the
batch, and one fsync serves them all. A client that goes away changes nothing: its record is stored, and the
retry with the same key gets the answer.
"""

import logging
from collections.abc import Sequence
from threading import Thread
from time import monotonic, perf_counter
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from app.audit.batch import BatchWriter, Outcome, parts_of
from app.audit.batch_keys import BatchKeys
from app.audit.database import Database
from app.audit.errors import RecordError, RecordRefused, StoreUnavailable, SubjectsErased
from app.audit.failures import Failure, code_of, failure_of
from app.audit.jobs import BatchObserver, Job, answer
from app.audit.patience import until
from app.audit.prepare import Prepared, prepare_event, prepare_recording
from app.audit.records import Event, Recording, Stored
from app.audit.vault import Vault
from app.audit.waiting import Waiting

log = logging.getLogger(__name__)

ERASURES_AT_ONCE = 8
"""How often a batch is sealed anew because subjects were erased meanwhile, before its subjects wait."""
COMMIT_SECONDS = 1.0
"""Who has less patience left when a batch begins is not taken into it: it would be cut short for all."""


class Recorder:
    """Appends to the logs in batches through the one writing connection of the database."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        queue_size: int = 2000,
        batch_size: int = 256,
        observer: BatchObserver | None = None,
    ) -> None:
        self._engine = database.writer
        self._turns_away = database.writer.dialect.name == "postgresql"
        self._vault = vault
        self._keys = BatchKeys(database, vault.subject_keys)
        self._batches = BatchWriter(database, vault)
        self._batch_size = batch_size
        self._observer = observer
        self._waiting = Waiting(queue_size)
        self._damaged = False
        self._thread = Thread(target=self._work, name="recorder", daemon=True)

    @property
    def depth(self) -> int:
        """How many records are waiting."""
        return len(self._waiting)

    @property
    def healthy(self) -> bool:
        """Whether records are accepted; False before the start, after the end, and for good on a bad disk."""
        return self._waiting.is_open and self._thread.is_alive()

    def start(self) -> None:
        """Begin to accept records; once in the life of a recorder."""
        self._thread.start()
        self._waiting.open()

    def close(self) -> None:
        """Accept nothing more, and return when everything accepted is answered."""
        self._waiting.close()
        if self._thread.ident is not None:
            self._thread.join()

    async def record(self, recording: Recording) -> Stored:
        """Return after the commit. Raises RecordError; to repeat it with the same key is safe."""
        try:
            prepared = prepare_recording(recording, self._vault)
        except (AttributeError, TypeError, ValueError) as error:
            raise RecordRefused("The database cannot keep what is in this record.") from error
        return await self._committed(prepared)

    async def log(self, event: Event) -> UUID:
        """The id under which the event is in the log: its own, or that of an earlier one of the same key."""
        key = event.idempotency_key
        tag = None if key is None else self._vault.tag(event.actor.tenant, "event", key)
        return (await self._committed(prepare_event(event, tag))).record_id

    async def _committed(self, entry: Prepared) -> Stored:
        job = Job(entry)
        self._waiting.accept(job)
        return await job.future

    def _work(self) -> None:
        try:
            while batch := self._waiting.next_batch(self._batch_size):
                if in_time := self._in_time(batch):
                    self._work_on(in_time)
        finally:
            self._turn_away()

    def _work_on(self, batch: Sequence[Job]) -> None:
        began = perf_counter()
        with until(min(job.patience for job in batch)):
            outcomes = self._store([job.entry for job in batch])
        seconds = perf_counter() - began
        answer(batch, outcomes)
        if self._observer:
            self._observer.on_batch(len(batch), seconds)

    def _in_time(self, batch: list[Job]) -> list[Job]:
        """Those who can wait for a commit. Before a silent server the others have waited long enough.

        On SQLite all of them: it is never silent, and its one wait, for its lock, is as long as any patience.
        """
        soonest = monotonic() + COMMIT_SECONDS
        late = [job for job in batch if job.patience < soonest] if self._turns_away else []
        answer(late, _unavailable([job.entry for job in late]))
        return [job for job in batch if job not in late] if late else batch

    def _turn_away(self) -> None:
        """Whatever ended the work, nobody waits for ever."""
        self._waiting.close()
        left = self._waiting.taken(self.depth)
        answer(left, _unavailable([job.entry for job in left]))

    def _store(self, entries: Sequence[Prepared], *, again: bool = False, erasures: int = 0) -> list[Outcome]:
        if self._damaged:
            return _unavailable(entries)
        try:
            keys = self._keys.of(entries)
            with self._engine.begin() as connection:
                return self._batches.write(connection, entries, keys, again=again)
        except SubjectsErased as gone:
            self._finish_erasure(gone)
            if erasures < ERASURES_AT_ONCE:
                return self._store(entries, again=again, erasures=erasures + 1)
            return self._without_the_erased(entries, gone, again)
        except Exception as error:  # noqa: BLE001 -- whatever happens, everyone who waits is answered
            return self._outcomes_of_failure(error, entries, again)

    def _finish_erasure(self, gone: SubjectsErased) -> None:
        """Destroy what an erasure has not come to: these keys, and never newer ones of the same subjects."""
        try:
            self._vault.subject_keys.destroy_ids(gone.tenant, gone.key_ids)
        except (RecordError, SQLAlchemyError) as error:
            # No traceback: that of a database error quotes values.
            log.error(
                "%d erased keys, or traces of them, are left (%s): run `decompass erase` again",
                len(gone.key_ids),
                code_of(error),
            )

    def _without_the_erased(
        self, entries: Sequence[Prepared], gone: SubjectsErased, again: bool
    ) -> list[Outcome]:
        """What can neither be sealed nor destroyed now waits; nobody else's record waits with it."""
        stuck = [(each.tenant, each.subject) in gone.owners for each in entries]
        rest = [each for each, waits in zip(entries, stuck, strict=True) if not waits]
        stored = iter(self._store(rest, again=again) if rest else [])
        refused = iter(_unavailable(entries))
        return [next(refused) if waits else next(stored) for waits in stuck]

    def _outcomes_of_failure(
        self, error: Exception, entries: Sequence[Prepared], again: bool
    ) -> list[Outcome]:
        failure = failure_of(error)
        told = str(error) if isinstance(error, RecordError) else code_of(error)
        log.warning("%d records not stored: %s (%s)", len(entries), failure.name, told)
        if failure is Failure.PASSING and not again:
            return self._store(entries, again=True)  # safe: keys and ids tell what the first try stored
        if failure is Failure.REFUSED:
            return self._without_the_refused(entries, again)
        if failure is Failure.OURS and len(entries) > 1:
            return self._in_parts(entries, again)
        if failure is Failure.BROKEN:
            self._stop_for_good()
        return _unavailable(entries)

    def _in_parts(self, entries: Sequence[Prepared], again: bool) -> list[Outcome]:
        """What cannot be worked on fails alone, in the end."""
        outcomes: dict[int, Outcome] = {}
        for part in parts_of(entries):
            mine = [entries[place] for place in part]
            outcomes.update(zip(part, self._store(mine, again=again), strict=True))
        return [outcomes[place] for place in range(len(entries))]

    def _without_the_refused(self, entries: Sequence[Prepared], again: bool) -> list[Outcome]:
        if len(entries) > 1:
            return self._in_parts(entries, again=False)
        if again:
            return [RecordRefused("The database refuses what is in this record.")]
        return self._store(entries, again=True)  # its id may be there already: as the same record?

    def _stop_for_good(self) -> None:
        # After a failed fsync nobody knows what is on the disk; to try again could acknowledge a loss.
        self._damaged = True
        self._waiting.close()
        log.critical("the store is damaged: no more records are accepted")


def _unavailable(entries: Sequence[Prepared]) -> list[Outcome]:
    # One error each: an exception that many tasks raise collects the tracebacks of all of them.
    return [
        StoreUnavailable("The store did not confirm the record; try again with the same key.")
        for _ in entries
    ]
