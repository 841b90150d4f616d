"""The use case behind ``$assess``: a record behind every assessment, and an event where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json

from app.audit.recorder import Recorder
from app.audit.records import Actor, Event
from app.interop.abstained import abstention
from app.interop.asked import Asked, places_of, subject_of
from app.interop.assessment import assessment_resources, return_bundle
from app.interop.code_book import CodeBook
from app.interop.elements import Element
from app.interop.notes import Note
from app.interop.outcomes import operation_outcome
from app.interop.reading import Draft, draft_from
from app.services.assessments import Assessments, case_text
from app.services.case import Case

SERVICE = "assess"


class PatientDeceased(Exception):
    """The patient had died by the day of the assessment: there is nothing to assess."""


class DataUnusable(Exception):
    """Something that was sent may not be left out in silence; ``flaws`` names its places in the body."""

    def __init__(self, flaws: Sequence[tuple[str, Note]]) -> None:
        super().__init__(f"{len(flaws)} value(s) that cannot be used")
        self.flaws = flaws


class Returned(NamedTuple):
    """The Bundle that is answered, the record behind it, and whether that was made before."""

    bundle: Element
    record_id: UUID | None = None
    replayed: bool = False


class FhirAssessments:
    """Assesses what is sent as FHIR. The clock and the ids come from outside."""

    def __init__(
        self,
        assessments: Assessments,
        recorder: Recorder,
        book: CodeBook,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._assessments = assessments
        self._recorder = recorder
        self._book = book
        self._clock = clock
        self._new_id = new_id

    async def assess(self, asked: Asked, actor: Actor, base_url: str) -> Returned:
        """Assess and record.

        Raises TwoPatients, NotAsked, PatientDeceased, DataUnusable, and what recording raises.
        """
        subject = subject_of(asked)
        draft = self._draft(asked, subject)
        if draft.is_deceased:
            raise PatientDeceased
        if errors := [note for note in draft.notes if note.severity == "error"]:
            raise DataUnusable(list(places_of(asked, errors)))
        if draft.finding != "operation":
            return await self._abstained(asked, subject, draft, actor, base_url)
        case = Case.model_validate_json(to_json(draft.case))
        stored = await self._assessments.record(case, actor, _key(asked))
        answer = from_json(stored.answer)
        resources = assessment_resources(answer, from_json(case_text(case)), base_url, self._book)
        not_used = [operation_outcome(draft.notes)] if draft.notes else []
        bundle = return_bundle([*resources, *not_used], base_url, answer["created_at"])
        return Returned(bundle, stored.record_id, stored.replayed)

    def _draft(self, asked: Asked, subject: str) -> Draft:
        return draft_from(
            [asked.data],
            subject=subject,
            now=self._clock().astimezone(UTC),
            assessed_on=asked.day,
            book=self._book,
            channel=asked.channel,
            request=asked.request,
            encounter=asked.encounter,
        )

    async def _abstained(
        self, asked: Asked, subject: str, draft: Draft, actor: Actor, base_url: str
    ) -> Returned:
        """What is missing; the log says that it was answered."""
        now, detail = self._clock(), {"what": draft.finding, "service": SERVICE}
        event = Event(self._new_id(), now, actor, "abstain", (), detail, _key_of_call(asked, subject))
        event_id = await self._recorder.log(event)
        told = abstention(event_id, asked, subject, draft.notes, now, base_url)
        return Returned(return_bundle([told], base_url, told["occurrenceDateTime"]))


def _key(asked: Asked) -> str | None:
    """The idempotency key of a call that has an identifier."""
    return None if asked.request is None else f"{SERVICE}:{asked.request}"


def _key_of_call(asked: Asked, subject: str) -> str | None:
    """The same for a call that leaves no record: an event holds no request that a repetition must repeat.

    Whoever sends the identifier again with other data, such as what was missing, is answered anew.
    """
    if (key := _key(asked)) is None:
        return None
    call = to_json((subject, asked.encounter, asked.day, asked.data))
    return f"{key}:{sha256(call).hexdigest()}"
