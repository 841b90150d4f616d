"""The rulesets at hand: the one in force on a day, and the stored ones that old records were made under."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from threading import Lock

from app.audit.archive import Archive
from app.engine.assess import Assessor
from app.engine.canonical import canonical, digest_of
from app.engine.errors import RulesetUnreadable
from app.engine.load import ruleset_from_json
from app.engine.ruleset import Ruleset
from app.knowledge.conclusions import CONCLUSIONS
from app.services.answer.writer import AnswerWriter
from app.services.errors import RulesetNotRunnable


@dataclass(frozen=True, slots=True)
class Runner:
    """A ruleset ready to run: compiled, with the writer of its answers."""

    ruleset: Ruleset
    text: bytes
    digest: str
    assessor: Assessor
    writer: AnswerWriter


def runner_of(ruleset: Ruleset) -> Runner:
    """Compile a ruleset; some 50 ms, so keep what it gives."""
    text = canonical(ruleset)
    digest = digest_of(text)
    return Runner(ruleset, text, digest, Assessor(ruleset), AnswerWriter(ruleset, digest))


class Rulesets:
    """Keeps every ruleset that was compiled, by digest. Safe to share between threads."""

    def __init__(self, current: Ruleset) -> None:
        self.current = current
        self._by_period: dict[int, Runner] = {}
        self._by_digest: dict[str, Runner] = {}
        self._compiling = Lock()

    def at(self, day: date) -> Runner:
        """The rules in force for an assessment on that day."""
        period = bisect_right(self.current.change_days, day)
        if period not in self._by_period:
            with self._compiling:
                if period not in self._by_period:
                    self._by_period[period] = self._keep(runner_of(self.current.at(day)))
        return self._by_period[period]

    def stored(self, wanted: str, archive: Archive) -> Runner | None:
        """The ruleset of that digest, loaded back; RulesetNotRunnable where it cannot run here."""
        if wanted not in self._by_digest:
            if (text := archive.ruleset(wanted)) is None or digest_of(text) != wanted:
                return None
            with self._compiling:
                if wanted not in self._by_digest:
                    self._keep(runner_of(self._loaded(text)))
        return self._by_digest.get(wanted)

    def _loaded(self, text: bytes) -> Ruleset:
        try:
            return ruleset_from_json(text, self.current.calculations, CONCLUSIONS)
        except RulesetUnreadable as error:
            raise RulesetNotRunnable from error

    def _keep(self, runner: Runner) -> Runner:
        return self._by_digest.setdefault(runner.digest, runner)


def save(runner: Runner, archive: Archive) -> None:
    """Store a ruleset before any record refers to it."""
    archive.save_ruleset(runner.digest, runner.ruleset.version, runner.text)
