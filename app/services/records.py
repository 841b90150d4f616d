"""Read what was recorded, and trace it."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from app.audit.archive import Archive, Cursor, Page, Search
from app.audit.records import Record
from app.services.answer.trace import trace_part
from app.services.case import Case
from app.services.errors import NotRecorded, RulesetNotRunnable
from app.services.facts import facts_of
from app.services.rulesets import Rulesets, Runner

Found = TypeVar("Found")


class Records:
    """Everything that is asked of the stored assessments of a tenant. What is another's is not there."""

    def __init__(self, rulesets: Rulesets, archive: Archive) -> None:
        self._rulesets = rulesets
        self._archive = archive

    def answer(self, tenant: str, record_id: UUID) -> bytes:
        """The stored bytes, with the receipt."""
        return known(self._archive.answer(tenant, record_id))

    def case(self, tenant: str, record_id: UUID) -> bytes:
        """The case as it was stored."""
        return known(self._archive.get(tenant, record_id)).case_json

    def corrected_by(self, tenant: str, record_id: UUID) -> UUID | None:
        """The newest record that corrects this one."""
        return self._archive.corrected_by(tenant, record_id)

    def search(self, tenant: str, wanted: Search, after: Cursor | None, limit: int) -> Page:
        """Stored assessments, newest first."""
        return self._archive.search(tenant, wanted, after, limit)

    def trace(self, tenant: str, record_id: UUID) -> dict[str, Any]:
        """Every rule of the stored ruleset for the stored case."""
        record = known(self._archive.get(tenant, record_id))
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

    def _runner(self, record: Record) -> Runner:
        runner = self._rulesets.stored(record.ruleset_digest, self._archive)
        if runner is None:
            raise RulesetNotRunnable
        return runner


def known(found: Found | None) -> Found:
    """What was found; NotRecorded where there is nothing."""
    if found is None:
        raise NotRecorded("There is no such assessment in the record.")
    return found
