"""A ruleset as canonical JSON: the text that the digest covers and that is stored with every record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from app.engine.calculate import Calculation
from app.engine.conditions import ABSENT, AtLeast, Check, Condition, Fact, Not, checks
from app.engine.evidence import Citation, Source, Threshold
from app.engine.facts import Series
from app.engine.rules import Chapter, Decision, Rule, Step
from app.engine.ruleset import Ruleset


def canonical(ruleset: Ruleset) -> bytes:
    """The one text of a ruleset, equal in every process and Python version."""
    return dump(ruleset_json(ruleset)).encode()


def digest(ruleset: Ruleset) -> str:
    """The digest of the ruleset's canonical text."""
    return digest_of(canonical(ruleset))


def digest_of(text: bytes) -> str:
    """SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()


def dump(value: Any) -> str:
    """JSON with sorted names and no spare space."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def ruleset_json(ruleset: Ruleset) -> dict[str, Any]:
    """The ruleset as plain values; facts, sources and thresholds stand once and are named elsewhere."""
    facts = {fact.name: fact for fact in (*ruleset.facts, *ruleset.derived)}
    return {
        "name": ruleset.name,
        "version": ruleset.version,
        "given": [fact.name for fact in ruleset.facts],
        "facts": {name: _fact_json(fact) for name, fact in facts.items()},
        "sources": {c.source.id: _source_json(c.source) for c in citations_of(ruleset)},
        "thresholds": {each.name: _threshold_json(each) for each in thresholds_of(ruleset)},
        "chapters": [_chapter_json(chapter) for chapter in ruleset.chapters],
    }


def thresholds_of(ruleset: Ruleset) -> Iterable[Threshold]:
    """The named values that rules and calculations use, in order of first use."""
    found: dict[str, Threshold] = {}
    for calculation in ruleset.calculations:
        found.update((each.name, each) for each in calculation.uses)
    for rule in ruleset.rules:
        found.update((c.threshold.name, c.threshold) for c in checks(rule.when) if c.threshold)
    return found.values()


def citations_of(ruleset: Ruleset) -> Iterator[Citation]:
    """What the rules cite, and the named values that they use."""
    for rule in ruleset.rules:
        yield from rule.evidence
    for threshold in thresholds_of(ruleset):
        yield from threshold.evidence


def condition_json(condition: Condition) -> dict[str, Any]:
    """The tree as plain values: ``{fact, op, value}``, ``{at_least, of, label}`` or ``{not}``."""
    match condition:
        case Check(fact, op, value, threshold):
            shown = sorted(value) if isinstance(value, frozenset) else value
            named = {"threshold": threshold.name} if threshold else {}
            return {"fact": fact.name, "op": op, **({} if op == ABSENT else {"value": shown}), **named}
        case AtLeast(k, of, label):
            labelled = {"label": label} if label else {}
            return {"at_least": k, "of": [condition_json(part) for part in of], **labelled}
        case Not(of):
            return {"not": condition_json(of)}
    raise TypeError(f"Not a condition: {condition!r}")


def calculation_json(calculation: Calculation) -> dict[str, Any]:
    """What the ruleset's text says of a calculation: its name, what it reads and its edition."""
    return {
        "gives": calculation.gives.name,
        "takes": list(calculation.takes),
        "needs": sorted(calculation.needs),
        "uses": [each.name for each in calculation.uses],
        "edition": calculation.edition,
    }


def _chapter_json(chapter: Chapter) -> dict[str, Any]:
    return {
        "name": chapter.name,
        "title": chapter.title,
        "steps": [_step_json(step) for step in chapter.steps],
    }


def _step_json(step: Step) -> dict[str, Any]:
    match step:
        case Calculation():
            return calculation_json(step)
        case Decision():
            rules = [_rule_json(rule) for rule in step.rules]
            return {"id": step.id, "title": step.title, "gives": step.gives.name, "rules": rules}
        case Rule():
            return _rule_json(step)


def _rule_json(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "when": condition_json(rule.when),
        "then": {"kind": rule.then.kind, **_plain_fields(rule.then)},
        "evidence": [_citation_json(citation) for citation in rule.evidence],
        "dossier": rule.dossier,
        "divergence": rule.divergence,
        "since": rule.since.isoformat() if rule.since else None,
        "until": rule.until.isoformat() if rule.until else None,
    }


def _source_json(source: Source) -> dict[str, Any]:
    """Without a day of review where it has none: texts from before such days keep their digest."""
    plain = _plain_fields(source)
    review_by = plain.pop("review_by")
    return plain if review_by is None else {**plain, "review_by": review_by.isoformat()}


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {**_plain_fields(citation), "source": citation.source.id}


def _threshold_json(threshold: Threshold) -> dict[str, Any]:
    return {**_plain_fields(threshold), "evidence": [_citation_json(each) for each in threshold.evidence]}


def _fact_json(fact: Fact) -> dict[str, Any]:
    nested = {"of": _fact_json(fact.of)} if isinstance(fact, Series) else {}
    return {"kind": type(fact).__name__, **_plain_fields(fact), **nested}


def _plain_fields(thing: Any) -> dict[str, Any]:
    return {field.name: _thawed(getattr(thing, field.name)) for field in fields(thing)}


def _thawed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
