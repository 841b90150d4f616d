"""Read what was recorded, trace it, and verify it by running it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from app.audit.archive import Archive, Cursor, Page, Search
from app.audit.errors import RecordDamaged
from app.audit.records import Record
from app.engine.assess import Assessment
from app.services.answer.trace import trace_part
from app.services.assessments import ROUTE, day_made, facts_text, record_head
from app.services.case import Case
from app.services.errors import NotRecorded, RulesetNotRunnable
from app.services.facts import facts_of
from app.services.rulesets import Rulesets, Runner

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Verification:
    """Two separate answers: is the record intact in itself, and does it give the same result again."""

    record_flaws: tuple[str, ...]
    execution_flaws: tuple[str, ...]
    not_run: str | None

    @property
    def passed(self) -> bool:
        """The record is intact and gave the same result."""
        return not (self.record_flaws or self.execution_flaws or self.not_run)

    def content(self, record_id: UUID) -> dict[str, Any]:
        """The answer of the verify route."""
        return {
            "id": str(record_id),
            "record": {"intact": not self.record_flaws, "flaws": list(self.record_flaws)},
            "execution": {
                "same": None if self.not_run else not self.execution_flaws,
                "flaws": list(self.execution_flaws),
                "not_run": self.not_run,
            },
        }


class Records:
    """Everything that is asked of stored assessments."""

    def __init__(self, rulesets: Rulesets, archive: Archive) -> None:
        self._rulesets = rulesets
        self._archive = archive

    def answer(self, record_id: UUID) -> bytes:
        """The stored bytes."""
        return _known(self._archive.answer(record_id))

    def case(self, record_id: UUID) -> bytes:
        """The case as it was stored."""
        return _known(self._archive.case(record_id))

    def search(self, wanted: Search, after: Cursor | None, limit: int) -> Page:
        """Stored assessments, newest first."""
        return self._archive.search(wanted, after, limit)

    def trace(self, record_id: UUID) -> dict[str, Any]:
        """Every rule of the stored ruleset for the stored case."""
        record = _known(self._archive.get(record_id))
        runner = self._runner(record)
        try:
            case = Case.model_validate_json(record.case_json)
        except ValidationError as error:
            raise RulesetNotRunnable from error
        assessment = runner.assessor.assess(facts_of(case, record.assessed_on))
        return {
            "id": str(record_id),
            "ruleset_digest": record.ruleset_digest,
            "rules": trace_part(assessment),
        }

    def verify(self, record_id: UUID) -> Verification:
        """Check the record against itself, and run it again under its own ruleset."""
        try:
            record = _known(self._archive.get(record_id))
        except RecordDamaged as damage:
            flaws = tuple(f"{column}_unreadable" for column in damage.columns)
            return Verification(flaws, (), "record_unreadable")
        record_flaws = tuple(_record_flaws(record, self._archive))
        try:
            case = Case.model_validate_json(record.case_json)
        except ValidationError:
            return Verification((*record_flaws, "case_unreadable"), (), "case_unreadable")
        try:
            return Verification(
                record_flaws, tuple(_execution_flaws(record, case, self._runner(record))), None
            )
        except RulesetNotRunnable:
            return Verification(record_flaws, (), "ruleset_not_runnable")

    def _runner(self, record: Record) -> Runner:
        runner = self._rulesets.stored(record.ruleset_digest, self._archive)
        if runner is None:
            raise RulesetNotRunnable
        return runner


def _known(found: Found | None) -> Found:
    if found is None:
        raise NotRecorded("There is no such assessment in the record.")
    return found


def _record_flaws(record: Record, archive: Archive) -> list[str]:
    """What does not fit together among the columns of the record."""
    flaws = []
    ruleset = archive.ruleset(record.ruleset_digest)
    if ruleset is None or sha256(ruleset).hexdigest() != record.ruleset_digest:
        flaws.append("ruleset_altered")
    if sha256(ROUTE + record.case_json).digest() != record.fingerprint:
        flaws.append("case_altered")
    if not _answer_fits(record):
        flaws.append("answer_altered")
    return flaws


def _answer_fits(record: Record) -> bool:
    try:
        answer = json.loads(record.answer)
        return bool(
            answer["id"] == str(record.id)
            and answer["subject"] == record.subject
            and datetime.fromisoformat(answer["created_at"]) == record.created_at
            and answer["assessed_on"] == record.assessed_on.isoformat()
            and answer["ruleset"]["digest"] == record.ruleset_digest
            and answer["verdict"]["status"] == record.verdict
            and answer["safety"]["tier"] == record.tier
            and answer["safety"]["worst_not_excluded"] == record.worst_not_excluded
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _execution_flaws(record: Record, case: Case, runner: Runner) -> list[str]:
    """What differs when the stored case is run again under the stored ruleset."""
    assessment = runner.assessor.assess(facts_of(case, record.assessed_on))
    again = {
        "subject": case.subject == record.subject,
        "ruleset": runner.digest == record.ruleset_digest,
        "facts": facts_text(assessment) == record.facts_json,
        "truths": assessment.truths == record.truths,
        "answer": _written_again(record, assessment, runner) == record.answer,
    }
    return [f"{part}_differs" for part, same in again.items() if not same]


def _written_again(record: Record, assessment: Assessment, runner: Runner) -> bytes | None:
    head = record_head(record.id, record.created_at)
    try:
        return runner.writer.write(
            assessment, day_made(record.created_at), **head, subject=record.subject
        ).text
    except OverflowError:
        return None  # the day was altered to one at the end of the calendar, where nothing falls due any more
