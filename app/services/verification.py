"""Three things apart: is the record intact, is it in its place in the log, is its result the same again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from app.audit.errors import RecordDamaged, RecordErased
from app.audit.meta import Members, read_meta
from app.audit.opening import Opener, flaws_of
from app.audit.records import RECORDS, Record
from app.audit.signed_log import signed_leaf
from app.audit.store import Store
from app.engine.assess import Assessment
from app.services.assessments import day_made, facts_text, record_head
from app.services.case import Case
from app.services.errors import NotRecorded, RulesetNotRunnable
from app.services.facts import facts_of
from app.services.records import known
from app.services.rulesets import Rulesets, Runner
from app.transparency.receipt import ProofRefused, Receipt, answer_digest, check_receipt

Flaws = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What is wrong with the record, with its place in the log, and with its result."""

    index: int | None
    record_flaws: Flaws
    log_flaws: Flaws
    execution_flaws: Flaws
    not_run: str | None

    @property
    def passed(self) -> bool:
        """The record is intact and in its place, and gave the same result."""
        return not (self.record_flaws or self.log_flaws or self.execution_flaws or self.not_run)

    def content(self, record_id: UUID) -> dict[str, Any]:
        """The answer of the verify route."""
        return {
            "id": str(record_id),
            "record": {"intact": not self.record_flaws, "flaws": list(self.record_flaws)},
            "log": {
                "proved": not self.log_flaws,
                "index": self.index,
                "flaws": list(self.log_flaws),
            },
            "execution": {
                "same": None if self.not_run else not self.execution_flaws,
                "flaws": list(self.execution_flaws),
                "not_run": self.not_run,
            },
        }


class Verifier:
    """Verifies one record of a tenant at a time."""

    def __init__(self, rulesets: Rulesets, store: Store) -> None:
        self._rulesets = rulesets
        self._archive = store.archive
        self._log = store.log
        self._vault = store.vault
        self._opener = Opener(store.database.reader, store.vault)

    def verify(self, tenant: str, record_id: UUID) -> Verification:
        """Raises NotRecorded where the tenant has no such record."""
        try:
            row = known(self._archive.entry(tenant, record_id))
        except RecordDamaged as damage:
            flaws = tuple(f"{column}_unreadable" for column in damage.columns)
            return Verification(None, flaws, (), (), "record_unreadable")
        if row["kind"] not in RECORDS:
            raise NotRecorded("There is no such assessment in the record.")
        log_flaws = tuple(self._place_flaws(row))
        flaws = tuple(f"{column}_altered" for column in flaws_of(row))
        try:
            record = self._opener.record(row)
        except RecordDamaged as damage:
            altered = (*flaws, *(f"{column}_altered" for column in damage.columns))
            return Verification(row["idx"], tuple(dict.fromkeys(altered)), log_flaws, (), "record_unreadable")
        except RecordErased:
            return Verification(row["idx"], flaws, log_flaws, (), "record_erased")
        return self._with_result(record, row["idx"], (*flaws, *self._flaws(row, record)), log_flaws)

    def _with_result(self, record: Record, index: int, flaws: Flaws, log_flaws: Flaws) -> Verification:
        try:
            case = Case.model_validate_json(record.case_json)
        except ValidationError:
            return Verification(index, (*flaws, "case_unreadable"), log_flaws, (), "case_unreadable")
        try:
            runner = self._rulesets.stored(record.ruleset_digest, self._archive)
        except RulesetNotRunnable:
            runner = None
        if runner is None:
            return Verification(index, flaws, log_flaws, (), "ruleset_not_runnable")
        return Verification(index, flaws, log_flaws, tuple(_execution_flaws(record, case, runner)), None)

    def _flaws(self, row: Mapping[str, Any], record: Record) -> Flaws:
        """What does not fit together among the parts of the record, and the leaf that was made of it."""
        ruleset = self._archive.ruleset(record.ruleset_digest)
        leaf = read_meta(row["meta"])
        parts = {
            "ruleset_altered": ruleset is not None and sha256(ruleset).hexdigest() == record.ruleset_digest,
            "answer_altered": _answer_fits(record) and self._answer_is_in_the_leaf(row, leaf, record),
            "index_altered": leaf.get("assessed_on") == record.assessed_on.isoformat(),
        }
        return tuple(flaw for flaw, sound in parts.items() if not sound)

    def _answer_is_in_the_leaf(self, row: Mapping[str, Any], leaf: Members, record: Record) -> bool:
        return bool(leaf.get("answer") == answer_digest(self._opener.salt(row), record.answer))

    def _place_flaws(self, row: Mapping[str, Any]) -> list[str]:
        """Whether the leaf is in the tree that was signed: in that of its receipt, and in that of now.

        One that was and is no more stands beside leaves that were altered or taken away.
        """
        try:
            receipt = Receipt.from_json(row["receipt"])
            flaws = [
                f"receipt_{each}" for each in check_receipt(receipt, self._vault.verifier_keys, row["meta"])
            ]
            if receipt.index != row["idx"]:
                flaws.append("receipt_of_another_leaf")
        except ProofRefused:
            flaws = ["receipt_unreadable"]
        if not self._is_in_the_head(row):
            flaws.append("not_in_the_log" if flaws else "log_altered")
        return flaws

    def _is_in_the_head(self, row: Mapping[str, Any]) -> bool:
        leaf = signed_leaf(self._log, self._vault, row["tenant"], row["idx"])
        return leaf is not None and (leaf.meta, leaf.leaf_hash) == (row["meta"], row["leaf_hash"])


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
    head = record_head(record.id, record.created_at, record.corrects)
    try:
        return runner.writer.write(
            assessment, day_made(record.created_at), **head, subject=record.subject
        ).text
    except OverflowError:
        return None  # a day at the end of the calendar, where nothing falls due any more
