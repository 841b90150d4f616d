"""The use case behind a call of CDS Hooks: at most one card, and a record behind every assessment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from app.audit.recorder import Recorder
from app.audit.records import Actor, Event, Record, Stored
from app.hooks.call_back import CallBack
from app.interop.asked import TwoPatients
from app.interop.cds.cards import (
    OUT_OF_SCOPE,
    assessment_card,
    cannot_assess_card,
    response,
    says_nothing,
)
from app.interop.cds.discovery import Service, discovery, queries
from app.interop.cds.prefetch import complete_types, notes_of, parts_of, resources_in
from app.interop.cds.request import Call
from app.interop.code_book import CodeBook
from app.interop.notes import Note
from app.interop.reading import Draft, draft_from
from app.services.assessments import Assessments, case_text
from app.services.case import Case
from app.services.errors import CaseRefused
from app.services.rulesets import Rulesets

CHANNEL = "cds-hooks"
CANNOT_TELL = "cannot_tell"
CONTRADICTORY = Note(
    "error", "business-rule", "The days on record contradict each other: nothing can be worked out from them."
)


class ServerNotAllowed(Exception):
    """The call names a FHIR server that is not on the list."""


@dataclass(frozen=True, slots=True)
class Requester:
    """On whose behalf a call is answered, and the address under which they reach this service."""

    actor: Actor
    public_url: str


class HookAnswers:
    """Answers calls. The clock and the ids come from outside."""

    def __init__(
        self,
        assessments: Assessments,
        recorder: Recorder,
        rulesets: Rulesets,
        call_back: CallBack,
        book: CodeBook,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._assessments = assessments
        self._recorder = recorder
        self._rulesets = rulesets
        self._call_back = call_back
        self._book = book
        self._clock = clock
        self._new_id = new_id

    def services(self) -> dict[str, Any]:
        """What is offered, with the rules of today."""
        runner = self._rulesets.at(self._clock().astimezone(UTC).date())
        return discovery(runner.ruleset.name, runner.ruleset.version, runner.digest)

    async def answer(self, service: Service, call: Call, requester: Requester) -> dict[str, Any]:
        """The answer to a call. Raises ServerNotAllowed and TwoPatients, and what recording raises."""
        if not self._call_back.may_name(call.server):
            raise ServerNotAllowed
        parts = parts_of({**call.prefetch, **await self._fetched(call)})
        resources, complete = resources_in(parts), complete_types(parts)
        draft = self._draft(service, call, resources, complete)
        if draft.holds_another:
            raise TwoPatients
        if draft.is_deceased:
            return response(None)
        notes = (*notes_of(parts), *draft.notes)
        may_be_silent = "Procedure" in complete  # else an operation may be among those that were not sent
        if draft.finding == "operation":
            return await self._assessed(service, call, requester, draft, notes, may_be_silent)
        if draft.finding == "no_operation" and may_be_silent:
            return response(None)
        return await self._abstained(service, call, requester, notes)

    async def _fetched(self, call: Call) -> dict[str, Any]:
        """What the EHR's server says to the keys that the call left out."""
        absent = {key: query for key, query in queries(call.patient).items() if key not in call.prefetch}
        if (
            not absent
            or call.server is None
            or call.token is None
            or not self._call_back.may_ask(call.server)
        ):
            return {}
        return await self._call_back.fetch(call.server, call.token, absent)

    def _draft(
        self, service: Service, call: Call, resources: Sequence[Any], complete: frozenset[str]
    ) -> Draft:
        now = self._clock().astimezone(UTC)
        return draft_from(
            resources,
            subject=call.patient,
            now=now,
            assessed_on=now.date(),
            book=self._book,
            channel=CHANNEL,
            service=service.id,
            request=str(call.instance),
            encounter=None if call.encounter is None else f"Encounter/{call.encounter}",
            complete=complete,
            server=call.server,
        )

    async def _assessed(
        self,
        service: Service,
        call: Call,
        requester: Requester,
        draft: Draft,
        notes: Sequence[Note],
        may_be_silent: bool,
    ) -> dict[str, Any]:
        case = Case.model_validate_json(to_json(draft.case))
        try:
            stored = await self._recorded(
                service, call, requester.actor, case, notes if may_be_silent else None
            )
        except CaseRefused:
            return await self._abstained(service, call, requester, [CONTRADICTORY, *notes])
        if stored is None:
            return response(None)
        answer = from_json(stored.answer)
        card = assessment_card(
            answer, notes, public_url=requester.public_url, patient=call.patient, encounter=call.encounter
        )
        return response(card, answer)

    async def _recorded(
        self, service: Service, call: Call, actor: Actor, case: Case, notes: Sequence[Note] | None
    ) -> Stored | None:
        """The record; for a repeated call with the same data, the first one.

        None where nothing is said beside these notes; without notes something always is.
        """
        key = f"{service.id}:{call.instance}:{sha256(case_text(case)).hexdigest()}"
        if notes is None:
            return await self._assessments.record(case, actor, key)

        def is_silent(record: Record) -> bool:
            return record.verdict == OUT_OF_SCOPE and says_nothing(from_json(record.answer), notes)

        return await self._assessments.record_unless(is_silent, case, actor, key)

    async def _abstained(
        self, service: Service, call: Call, requester: Requester, notes: Sequence[Note]
    ) -> dict[str, Any]:
        """The card that says what is missing; the log says that it was given, once where it says the same."""
        detail = {"what": CANNOT_TELL, "service": service.id}
        said = sha256(to_json((call.patient, notes))).hexdigest()
        key = f"{service.id}:{call.instance}:{said}"
        event = Event(self._new_id(), self._clock(), requester.actor, "abstain", (), detail, key)
        event_id = await self._recorder.log(event)
        return response(cannot_assess_card(event_id, notes, requester.public_url))
