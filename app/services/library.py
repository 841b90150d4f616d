"""The rules as something to read: rulesets, rules in words, sources, vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from typing import Any

from app.audit.archive import Archive
from app.engine.canonical import citations_of, condition_json, thresholds_of
from app.engine.conditions import Fact
from app.engine.describe import outline
from app.engine.evidence import Source, Threshold
from app.engine.facts import Choice, Codes, Day, Quantity, Series, YesNo
from app.engine.rules import Rule
from app.engine.ruleset import Ruleset
from app.knowledge.milestones import MILESTONES
from app.knowledge.published_thresholds import PUBLISHED_THRESHOLDS, PublishedThreshold
from app.knowledge.vocabulary import pain_converted, prior_operations
from app.services.answer.told import cite
from app.services.errors import NotInTheRules
from app.services.facts import POINTERS
from app.services.rulesets import Rulesets, Runner

WORKED_OUT = (pain_converted, prior_operations)
"""Facts that are read off the case and cannot be given by themselves."""
YES_NO = ("yes", "no", "unknown")
KINDS = {
    YesNo: "yes_no",
    Quantity: "quantity",
    Choice: "choice",
    Codes: "codes",
    Day: "day",
    Series: "series",
}


class Library:
    """What can be read about the rules, for the current version and every stored one."""

    def __init__(self, rulesets: Rulesets, current: Runner, archive: Archive) -> None:
        self._rulesets = rulesets
        self._current = current
        self._archive = archive

    def rulesets(self) -> list[dict[str, Any]]:
        """Every version, the current one first."""
        older = (
            {
                "name": self._current.ruleset.name,
                "version": each.version,
                "digest": each.digest,
                "current": False,
            }
            for each in self._archive.rulesets()
            if each.digest != self._current.digest
        )
        return [_in_short(self._current, current=True), *older]

    def ruleset(self, version: str) -> dict[str, Any]:
        """A version in full, by version or digest; NotInTheRules where there is none."""
        runner = self._runner(version)
        return {
            **_in_short(runner, current=runner.digest == self._current.digest),
            "rules": [rule_in_full(rule, chapter) for chapter, rule in _with_chapter(runner.ruleset)],
            "thresholds": [_threshold(each) for each in thresholds_of(runner.ruleset)],
        }

    def rule(self, version: str, rule_id: str) -> dict[str, Any]:
        """One rule; NotInTheRules where the version has none of that id."""
        for chapter, rule in _with_chapter(self._runner(version).ruleset):
            if rule.id == rule_id:
                return rule_in_full(rule, chapter)
        raise NotInTheRules

    def evidence(self) -> dict[str, list[dict[str, Any]]]:
        """Every source that the current rules and the table of published cut-offs cite, and that table."""
        cited = {each.evidence.source.id: each.evidence.source for each in PUBLISHED_THRESHOLDS}
        sources = {**sources_of(self._current.ruleset), **cited}
        return {
            "items": [{**asdict(source), "url": source.url or None} for source in sources.values()],
            "thresholds": [_published(each) for each in PUBLISHED_THRESHOLDS],
        }

    def vocabulary(self) -> list[dict[str, Any]]:
        """Every fact that a case can give."""
        return [fact_in_full(fact) for fact in self._current.ruleset.facts if fact not in WORKED_OUT]

    def _runner(self, version: str) -> Runner:
        if version in (self._current.ruleset.version, self._current.digest):
            return self._current
        known = (each.digest for each in self._archive.rulesets() if version in (each.version, each.digest))
        runner = self._rulesets.stored(next(known, ""), self._archive)
        if runner is None:
            raise NotInTheRules
        return runner


def rule_in_full(rule: Rule, chapter: str) -> dict[str, Any]:
    """A rule in words and as data."""
    return {
        "id": rule.id,
        "title": rule.title,
        "chapter": chapter,
        "outline": ["  " * depth + text for depth, text in outline(rule.when)],
        "condition": condition_json(rule.when),
        "conclusion": {"kind": rule.then.kind, **asdict(rule.then)},  # type: ignore[call-overload] # dataclasses all
        "evidence": [cite(each) for each in rule.evidence],
        "divergence": rule.divergence or None,
        "dossier": rule.dossier,
        "in_force_since": rule.since,
        "in_force_until": rule.until,
    }


def sources_of(ruleset: Ruleset) -> dict[str, Source]:
    """Every source that a rule or a threshold cites, by id."""
    cited = chain(citations_of(ruleset), (milestone.evidence for milestone in MILESTONES))
    return {citation.source.id: citation.source for citation in cited}


def fact_in_full(fact: Fact) -> dict[str, Any]:
    """A fact with its kind, unit, range and options; those of a series are its readings'."""
    read = fact.of if isinstance(fact, Series) else fact
    quantity = read if isinstance(read, Quantity) else None
    return {
        "name": fact.name,
        "label": fact.label,
        "question": fact.question or None,
        "kind": KINDS[type(fact)],
        "unit": quantity.unit if quantity else None,
        "minimum": quantity.minimum if quantity else None,
        "maximum": quantity.maximum if quantity else None,
        "options": list(_options(read)) or None,
        "pointer": POINTERS[fact.name],
    }


def _options(fact: Fact) -> tuple[str, ...]:
    if isinstance(fact, YesNo):
        return YES_NO
    return fact.options if isinstance(fact, Choice | Codes) else ()


def _in_short(runner: Runner, *, current: bool) -> dict[str, Any]:
    ruleset = runner.ruleset
    return {"name": ruleset.name, "version": ruleset.version, "digest": runner.digest, "current": current}


def _with_chapter(ruleset: Ruleset) -> Iterator[tuple[str, Rule]]:
    for chapter in ruleset.chapters:
        for rule in chapter.rules:
            yield chapter.name, rule


def _published(cut_off: PublishedThreshold) -> dict[str, Any]:
    return {
        "instrument": cut_off.instrument,
        "decides": cut_off.decides,
        "threshold": cut_off.threshold,
        "population": cut_off.population,
        "evidence": cite(cut_off.evidence),
        "used_as": [each.name for each in cut_off.used_as],
    }


def _threshold(threshold: Threshold) -> dict[str, Any]:
    return {
        "name": threshold.name,
        "value": threshold.value,
        "unit": threshold.unit,
        "label": threshold.label,
        "needs_sign_off": threshold.needs_sign_off,
        "evidence": [cite(each) for each in threshold.evidence],
    }
