"""Assess a case, and record the answer before it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from app.audit.archive import Archive
from app.audit.recorder import Recorder
from app.audit.records import Actor, Event, Record, Recording, Stored
from app.engine.assess import Assessment
from app.services.answer.writer import Answer
from app.services.case import Case
from app.services.errors import CaseProblem, CaseRefused, NotRecorded
from app.services.facts import facts_of
from app.services.rule_tally import RuleTally
from app.services.rulesets import Rulesets, Runner, save
from app.services.timeline import refuse_impossible
from app.version import VERSION

ROUTE = b"POST /v1/assessments\n"
"""What the fingerprint of a request covers besides the case."""


REPLAY = {"what": "replay"}
REFUSED = {"what": "refused"}
ANOTHER_SUBJECT = "A correction is of the same subject. Record what is of another one by itself."


@dataclass(frozen=True, slots=True)
class Assessed:
    """One case, assessed: by which rules, for and on which day, with what result."""

    subject: str
    runner: Runner
    assessed_on: date
    made_on: date
    assessment: Assessment

    def answer(self, **head: Any) -> Answer:
        """The answer; the id and the time of its record come first, when it is recorded."""
        return self.runner.writer.write(self.assessment, self.made_on, **head, subject=self.subject)


class Made(NamedTuple):
    """An assessment with the record that it would be."""

    assessed: Assessed
    record: Record


class Assessments:
    """The use case behind POST /v1/assessments. The clock and the ids come from outside."""

    def __init__(
        self,
        rulesets: Rulesets,
        recorder: Recorder,
        archive: Archive,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        saved: Runner | None = None,
        tally: RuleTally | None = None,
    ) -> None:
        self._rulesets = rulesets
        self._recorder = recorder
        self._archive = archive
        self._clock = clock
        self._new_id = new_id
        self._tally = tally or RuleTally()
        self._saved = {saved.digest} if saved else set[str]()

    def preview(self, case: Case) -> bytes:
        """Assess and record nothing."""
        return assess(case, self._clock(), self._rulesets).answer().text

    async def record(self, case: Case, actor: Actor, key: str | None = None) -> Stored:
        """Assess, store, and return the stored answer; under a key used before, the answer of that time."""
        return await self._keep(self._made(case), actor, key, ROUTE)

    async def record_unless(
        self, worthless: Callable[[Record], bool], case: Case, actor: Actor, key: str | None = None
    ) -> Stored | None:
        """The same, unless the record would be *worthless* to who asks: None then, and no record."""
        made = self._made(case)
        if worthless(made.record):
            return None
        return await self._keep(made, actor, key, ROUTE)

    async def correct(self, corrected: UUID, case: Case, actor: Actor, key: str | None = None) -> Stored:
        """The same, correcting an earlier record of the subject, which stays as it is. Raises NotRecorded."""
        record = await asyncio.to_thread(self._archive.get, actor.tenant, corrected)
        if record is None:
            await self._note(actor, corrected, REFUSED)
            raise NotRecorded("There is no such assessment in the record.")
        if record.subject != case.subject:
            await self._note(actor, corrected, REFUSED)
            raise CaseRefused([CaseProblem("/subject", "another_subject", ANOTHER_SUBJECT)])
        return await self._keep(self._made(case, corrected), actor, key, route_of_correction(corrected))

    def _made(self, case: Case, corrects: UUID | None = None) -> Made:
        now = self._clock()
        assessed = assess(case, now, self._rulesets)
        return Made(assessed, self._written(case, assessed, now, corrects))

    async def _keep(self, made: Made, actor: Actor, key: str | None, route: bytes) -> Stored:
        await self._save_ruleset(made.assessed.runner)
        request = route + made.record.case_json
        stored = await self._recorder.record(Recording(made.record, actor, request, key))
        if stored.replayed:  # what was stored is read again
            await self._note(actor, stored.record_id, REPLAY)
        else:
            self._tally.add(made.assessed.assessment)
        return stored

    async def _note(self, actor: Actor, record_id: UUID, what: Mapping[str, str]) -> None:
        """In the log of the caller: what was told of a record without a new one."""
        await self._recorder.log(Event(self._new_id(), self._clock(), actor, "read", (record_id,), what))

    async def _save_ruleset(self, runner: Runner) -> None:
        """Store a ruleset before the first record that refers to it; once for each, off the event loop."""
        if runner.digest not in self._saved:
            await asyncio.to_thread(save, runner, self._archive)
            self._saved.add(runner.digest)

    def _written(self, case: Case, assessed: Assessed, now: datetime, corrects: UUID | None) -> Record:
        record_id, case_json = self._new_id(), case_text(case)
        answer = assessed.answer(**record_head(record_id, now, corrects))
        return Record(
            id=record_id,
            created_at=now,
            subject=case.subject,
            assessed_on=assessed.assessed_on,
            verdict=answer.verdict,
            tier=answer.tier,
            worst_not_excluded=answer.worst_not_excluded,
            ruleset_digest=assessed.runner.digest,
            engine_version=VERSION,
            case_json=case_json,
            facts_json=facts_text(assessed.assessment),
            answer=answer.text,
            truths=assessed.assessment.truths,
            corrects=corrects,
        )


def assess(case: Case, now: datetime, rulesets: Rulesets) -> Assessed:
    """Case, facts, assessment. Raises CaseRefused for a case that cannot be true."""
    today = day_made(now)
    assessed_on = case.assessed_on or today
    refuse_impossible(case, assessed_on, now)
    runner = rulesets.at(assessed_on)
    facts = facts_of(case, assessed_on)
    return Assessed(case.subject, runner, assessed_on, today, runner.assessor.assess(facts))


def case_text(case: Case) -> bytes:
    """The case as it is stored: what was given, in the order of the contract."""
    return case.model_dump_json(exclude_none=True).encode()


def facts_text(assessment: Assessment) -> bytes:
    """Every fact that is known as JSON: those given, and the single values derived from them."""
    known = {name: value for name, value in assessment.facts.items() if value is not None}
    for name in assessment.program.derived_series.intersection(known):
        del known[name]
    for name in assessment.program.codes.intersection(known):
        known[name] = sorted(known[name])
    for name in assessment.program.given_series.intersection(known):
        known[name] = list(map(tuple, known[name]))  # bare tuples are written several times as fast
    return to_json(known)


def day_made(at: datetime) -> date:
    """The day on which an answer is made: of the clock, and later of the time on record."""
    return at.astimezone(UTC).date()


def route_of_correction(corrected: UUID) -> bytes:
    """What the fingerprint of a correction covers besides the case."""
    return b"POST /v1/assessments/%s/corrections\n" % str(corrected).encode()


def record_head(record_id: UUID, created_at: datetime, corrects: UUID | None = None) -> dict[str, Any]:
    """The members that an answer begins with once it is recorded."""
    head: dict[str, Any] = {"id": str(record_id), "created_at": created_at.astimezone(UTC)}
    return head if corrects is None else {**head, "corrects": str(corrects)}
