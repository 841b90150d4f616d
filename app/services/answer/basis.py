"""What the answer rests on: rules that hold or stay open, values that await sign-off, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.engine.calculate import Calculation
from app.engine.conditions import checks
from app.engine.describe import words
from app.engine.evidence import Citation, Threshold
from app.engine.rules import Decision, Rule
from app.engine.ruleset import Ruleset, conditions
from app.engine.truth import Truth
from app.knowledge.sources import ENG
from app.services.answer.told import Told

TRUTH_WORDS = {Truth.TRUE: "holds", Truth.UNKNOWN: "open", Truth.FALSE: "ruled_out"}


@dataclass(frozen=True, slots=True)
class Basis:
    """What never changes for one rule of a ruleset: its text, and the values that await sign-off."""

    rule: Rule
    text: dict[str, Any]
    readings: tuple[Citation, ...]
    values: tuple[Threshold, ...]


def bases(ruleset: Ruleset) -> dict[str, Basis]:
    """The basis of every rule, worked out once."""
    behind = _values_behind_facts(ruleset)
    return {rule.id: _basis(rule, behind) for rule in ruleset.rules}


def listed(told: Told, ruleset: Ruleset) -> Iterator[tuple[Rule, Truth]]:
    """The rules that count: single rules that hold or are open; of a decision, the one that decided and
    those open before it."""
    for step in ruleset.steps:
        match step:
            case Rule() if told.truths[step.id] is not Truth.FALSE:
                yield step, told.truths[step.id]
            case Decision():
                yield from _listed_of(told, step)


def _listed_of(told: Told, decision: Decision) -> Iterator[tuple[Rule, Truth]]:
    for rule in decision.rules:
        truth = told.truths[rule.id]
        if truth is not Truth.FALSE:
            yield rule, truth
        if truth is Truth.TRUE:
            return


def findings_part(rules: Iterable[tuple[Rule, Truth]], known: dict[str, Basis]) -> list[dict[str, Any]]:
    """Id, title, words, truth and evidence of each rule that counts."""
    return [{**known[rule.id].text, "truth": TRUTH_WORDS[truth]} for rule, truth in rules]


def assumptions_part(rules: Iterable[tuple[Rule, Truth]], known: dict[str, Basis]) -> list[dict[str, Any]]:
    """The engineering values and readings (ENG) that were used and await clinical sign-off."""
    values: dict[str, Threshold] = {}
    readings: dict[str, list[str]] = {}
    for rule, _ in rules:
        basis = known[rule.id]
        values.update((value.name, value) for value in basis.values)
        for citation in basis.readings:
            readings.setdefault(citation.place, []).append(rule.id)
    named = [_value(value) for value in values.values()]
    return named + [{"kind": "reading", "dossier": place, "rules": ids} for place, ids in readings.items()]


def sources_part(rules: Iterable[tuple[Rule, Truth]]) -> list[dict[str, Any]]:
    """Every source cited by the findings, once."""
    cited = {citation.source.id: citation.source for rule, _ in rules for citation in rule.evidence}
    return [
        {"id": s.id, "title": s.title, "kind": s.kind, "year": s.year, "url": s.url or None}
        for s in cited.values()
    ]


def _value(value: Threshold) -> dict[str, Any]:
    return {
        "kind": "value",
        "name": value.name,
        "value": value.value,
        "unit": value.unit,
        "label": value.label,
        "dossier": value.evidence[0].place,
    }


def _basis(rule: Rule, behind: dict[str, frozenset[Threshold]]) -> Basis:
    values = {check.threshold for check in checks(rule.when) if check.threshold}
    for check in checks(rule.when):
        values |= behind.get(check.fact.name, frozenset())
    waiting = sorted((value for value in values if value.needs_sign_off), key=lambda value: value.name)
    text = {
        "rule": rule.id,
        "title": rule.title,
        "words": words(rule.when),
        "dossier": rule.dossier,
        "divergence": rule.divergence or None,
        "evidence": [{"source": each.source.id, "place": each.place} for each in rule.evidence],
    }
    readings = tuple(citation for citation in rule.evidence if citation.verified == ENG)
    return Basis(rule, text, readings, tuple(waiting))


def _values_behind_facts(ruleset: Ruleset) -> dict[str, frozenset[Threshold]]:
    """For each derived fact, the thresholds that its step, and the steps before it, rest on."""
    behind: dict[str, frozenset[Threshold]] = {}
    for step in ruleset.steps:
        if isinstance(step, Calculation):
            inherited = [behind.get(name, frozenset()) for name in step.takes]
            behind[step.gives.name] = frozenset(step.uses).union(*inherited)
        elif isinstance(step, Decision):
            asked = [check for when in conditions(step) for check in checks(when)]
            own = frozenset(check.threshold for check in asked if check.threshold)
            behind[step.gives.name] = own.union(*(behind.get(each.fact.name, frozenset()) for each in asked))
    return behind
