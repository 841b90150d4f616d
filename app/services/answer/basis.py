"""What the answer rests on: rules that hold or stay open, values that await sign-off, sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, TypeAlias

from pydantic_core import to_json

from app.engine.calculate import Calculation
from app.engine.canonical import thresholds_of
from app.engine.conditions import checks
from app.engine.describe import words
from app.engine.evidence import Source, Threshold
from app.engine.explain import TRUTHS
from app.engine.rules import Decision, Rule
from app.engine.ruleset import Ruleset, conditions
from app.engine.truth import Truth
from app.knowledge.milestones import MILESTONES
from app.knowledge.sources import ENG
from app.knowledge.upkeep import UPKEEP
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import HOLDS, Told

READING = Template({"kind": "reading", "dossier": HOLE, "rules": HOLE})
TRUTH_WORDS = {Truth.TRUE: "holds", Truth.UNKNOWN: "open", Truth.FALSE: "ruled_out"}
Json = dict[str, Any]
Counted: TypeAlias = "tuple[Basis, int]"
"""A rule that counts in a case, by its basis, and the value of its truth."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What never changes for one rule of a ruleset, as JSON text; ``findings`` by the value of truth.

    ``values`` and ``readings`` await sign-off; ``named`` is the id of the rule, with its title.
    """

    rule: Rule
    decision: str | None
    findings: tuple[bytes, ...]
    values: tuple[bytes, ...]
    readings: tuple[bytes, ...]
    named: bytes
    sources: tuple[bytes, ...]


class Bases:
    """The basis of every rule of a ruleset, written once: it makes up most of an answer and never changes."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._decision = {rule.id: step.id for step in ruleset.decisions for rule in step.rules}
        own = {each.source.id: each.source for rule in ruleset.rules for each in rule.evidence}
        of_milestones = [own.get(source.id, source) for source in (e.evidence.source for e in MILESTONES)]
        self._sources = {source.id: to_json(_source(source)) for source in (*of_milestones, *own.values())}
        self._of_milestones = [self._sources[source.id] for source in of_milestones]
        self._reviewed = {self._sources[each.id]: each for each in (*of_milestones, *own.values())}
        self._first_review = min((s.review_by for s in self._reviewed.values() if s.review_by), default=None)
        self._upkeep = [to_json(_value(each)) for each in UPKEEP]
        behind = _values_behind_facts(ruleset)
        used = {rule.id: _values_used(rule, behind) for rule in ruleset.rules}
        sections = {name: rule.dossier for rule in reversed(ruleset.rules) for name in used[rule.id]}
        self._values = {
            each.name: to_json(_value(each, sections.get(each.name, "")))
            for each in thresholds_of(ruleset)
            if each.needs_sign_off
        }
        self._bases = [self._basis(rule, used[rule.id]) for rule in ruleset.rules]

    def _basis(self, rule: Rule, used: frozenset[str]) -> Basis:
        return Basis(
            rule=rule,
            decision=self._decision.get(rule.id),
            findings=tuple(to_json(_finding(rule, TRUTH_WORDS[truth])) for truth in TRUTHS),
            values=tuple(value for name, value in self._values.items() if name in used),
            readings=tuple(to_json(each.place) for each in rule.evidence if each.verified == ENG),
            named=to_json({"rule": rule.id, "title": rule.title}),
            sources=tuple(self._sources[each.source.id] for each in rule.evidence),
        )

    def listed(self, told: Told) -> list[Counted]:
        """Single rules that hold or are open, of decisions those up to the deciding one, with truths."""
        counted: list[Counted] = []
        decided: set[str] = set()
        for basis, value in zip(self._bases, told.truths, strict=True):
            if not value or basis.decision in decided:
                continue
            counted.append((basis, value))
            if basis.decision and value == HOLDS:
                decided.add(basis.decision)
        return counted

    def cited(self, counted: list[Counted]) -> list[bytes]:
        """Every source that the rules and the milestones cite, each once."""
        cited = chain.from_iterable([basis.sources for basis, _ in counted])
        return list(dict.fromkeys(chain(cited, self._of_milestones)))

    def overdue(self, cited: list[bytes], made_on: date) -> list[bytes]:
        """Those of them that should have been looked at again before the answer was made."""
        if self._first_review is None or made_on <= self._first_review:
            return []
        sources = [self._reviewed[text] for text in cited if self._reviewed[text].overdue(made_on)]
        return [to_json({"source": source.id, "review_by": source.review_by}) for source in sources]

    def assumptions(self, counted: list[Counted], overdue: list[bytes]) -> bytes:
        """The values and readings (ENG) that were used and await clinical sign-off, as a JSON list."""
        values = chain.from_iterable([basis.values for basis, _ in counted])
        read: dict[bytes, list[bytes]] = {}
        for basis, _ in counted:
            for place in basis.readings:
                read.setdefault(place, []).append(basis.named)
        readings = [READING.fill(place, json_list(rules)) for place, rules in read.items()]
        return json_list([*dict.fromkeys(chain(values, self._upkeep if overdue else ())), *readings])


def findings_part(counted: list[Counted]) -> bytes:
    """Id, title, words, truth and evidence of each rule that counts, as a JSON list."""
    return json_list([basis.findings[value] for basis, value in counted])


def _finding(rule: Rule, truth: str) -> Json:
    return {
        "rule": rule.id,
        "title": rule.title,
        "words": words(rule.when),
        "evidence": [{"source": each.source.id, "place": each.place} for each in rule.evidence],
        "truth": truth,
    }


def _source(source: Source) -> Json:
    return {
        "id": source.id,
        "title": source.title,
        "kind": source.kind,
        "year": source.year,
        "url": source.url or None,
        "review_by": source.review_by,
    }


def _value(value: Threshold, of_its_rule: str = "") -> Json:
    """A value with its section of the dossier; one taken from a source has that of its first rule."""
    own = value.evidence[0]
    return {
        "kind": "value",
        "name": value.name,
        "value": value.value,
        "unit": value.unit,
        "label": value.label,
        "dossier": own.place if own.verified == ENG or not of_its_rule else of_its_rule,
    }


def _values_used(rule: Rule, behind: dict[str, frozenset[str]]) -> frozenset[str]:
    """The names of the thresholds that a rule rests on, those of the facts that it reads among them."""
    own = frozenset(check.threshold.name for check in checks(rule.when) if check.threshold)
    return own.union(*(behind.get(check.fact.name, frozenset()) for check in checks(rule.when)))


def _values_behind_facts(ruleset: Ruleset) -> dict[str, frozenset[str]]:
    """For each derived fact, the names of the thresholds that its step, and the steps before it, rest on."""
    behind: dict[str, frozenset[str]] = {}
    for step in ruleset.steps:
        if isinstance(step, Calculation):
            inherited = (behind.get(name, frozenset()) for name in step.takes)
            behind[step.gives.name] = frozenset(each.name for each in step.uses).union(*inherited)
        elif isinstance(step, Decision):
            asked = [check for when in conditions(step) for check in checks(when)]
            own = frozenset(check.threshold.name for check in asked if check.threshold)
            behind[step.gives.name] = own.union(*(behind.get(each.fact.name, frozenset()) for each in asked))
    return behind
