"""Load a stored ruleset back, so that an old record can be run under the rules of its day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import index
from typing import Any

from app.engine.calculate import Calculation
from app.engine.canonical import calculation_json
from app.engine.conditions import AtLeast, Check, Condition, Fact, Not
from app.engine.errors import CalculationChanged, RulesetUnreadable
from app.engine.evidence import Citation, Source, Threshold
from app.engine.facts import Choice, Codes, Day, Quantity, Series, YesNo
from app.engine.rules import Chapter, Conclusion, Decision, Rule, Step
from app.engine.ruleset import Ruleset

FACT_KINDS: dict[str, type[Fact]] = {
    kind.__name__: kind for kind in (Quantity, YesNo, Choice, Codes, Day, Series)
}


def ruleset_from_json(
    text: bytes,
    calculations: Iterable[Calculation],
    conclusions: Iterable[type[Conclusion]],
) -> Ruleset:
    """Load a stored ruleset. Calculations are code, bound by name; the edition must match."""
    try:
        return _Reader(json.loads(text), calculations, conclusions).ruleset()
    except RulesetUnreadable:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise RulesetUnreadable(f"The stored ruleset names something unknown here: {error}") from error


@dataclass(slots=True)
class _Reader:
    """Turns plain values back into the objects they were written from."""

    plain: dict[str, Any]
    calculations: Mapping[str, Calculation]
    conclusions: Mapping[str, type[Conclusion]]
    facts: dict[str, Fact]
    sources: dict[str, Source]
    thresholds: dict[str, Threshold]

    def __init__(
        self,
        plain: dict[str, Any],
        calculations: Iterable[Calculation],
        conclusions: Iterable[type[Conclusion]],
    ) -> None:
        self.plain = plain
        self.calculations = {each.gives.name: each for each in calculations}
        self.conclusions = {each.kind: each for each in conclusions}
        self.facts = {name: _fact(each) for name, each in plain["facts"].items()}
        self.sources = {name: _source(each) for name, each in plain["sources"].items()}
        self.thresholds = {name: self._threshold(each) for name, each in plain["thresholds"].items()}

    def ruleset(self) -> Ruleset:
        return Ruleset(
            name=self.plain["name"],
            version=self.plain["version"],
            facts=tuple(self.facts[name] for name in self.plain["given"]),
            chapters=tuple(self._chapter(chapter) for chapter in self.plain["chapters"]),
        )

    def _chapter(self, plain: dict[str, Any]) -> Chapter:
        return Chapter(name=plain["name"], title=plain["title"], steps=tuple(map(self._step, plain["steps"])))

    def _step(self, plain: dict[str, Any]) -> Step:
        if "takes" in plain:
            return self._calculation(plain)
        if "rules" in plain:
            gives = self.facts[plain["gives"]]
            if not isinstance(gives, Choice):
                raise RulesetUnreadable(f"Decision {plain['id']} does not give a choice")
            rules = tuple(map(self._rule, plain["rules"]))
            return Decision(id=plain["id"], title=plain["title"], gives=gives, rules=rules)
        return self._rule(plain)

    def _calculation(self, plain: dict[str, Any]) -> Calculation:
        known = self.calculations[plain["gives"]]
        uses = tuple(self.thresholds[name] for name in plain["uses"])
        values = [each.value for each in uses]
        if calculation_json(known) != plain or [each.value for each in known.uses] != values:
            raise CalculationChanged(f"The calculation of {plain['gives']} is not the stored edition")
        return replace(known, gives=self.facts[plain["gives"]], uses=uses)

    def _rule(self, plain: dict[str, Any]) -> Rule:
        days = {name: date.fromisoformat(plain[name]) for name in ("since", "until") if plain[name]}
        then = dict(plain["then"])
        conclusion = self.conclusions[then.pop("kind")]
        return Rule(
            id=plain["id"],
            title=plain["title"],
            when=self._condition(plain["when"]),
            then=conclusion(**{name: _frozen(value) for name, value in then.items()}),
            evidence=tuple(map(self._citation, plain["evidence"])),
            dossier=plain["dossier"],
            divergence=plain["divergence"],
            **days,
        )

    def _condition(self, plain: dict[str, Any]) -> Condition:
        if "not" in plain:
            return Not(self._condition(plain["not"]))
        if "of" in plain:
            parts = tuple(map(self._condition, plain["of"]))
            return AtLeast(index(plain["at_least"]), parts, plain.get("label", ""))
        threshold = self.thresholds[plain["threshold"]] if "threshold" in plain else None
        value = plain.get("value")
        shown = frozenset(value) if isinstance(value, list) else value
        return Check(
            self.facts[plain["fact"]], plain["op"], threshold.value if threshold else shown, threshold
        )

    def _threshold(self, plain: dict[str, Any]) -> Threshold:
        return Threshold(**{**plain, "evidence": tuple(map(self._citation, plain["evidence"]))})

    def _citation(self, plain: dict[str, Any]) -> Citation:
        return Citation(**{**plain, "source": self.sources[plain["source"]]})


def _source(plain: dict[str, Any]) -> Source:
    review_by = plain.get("review_by")
    return Source(**{**plain, "review_by": date.fromisoformat(review_by) if review_by else None})


def _fact(plain: dict[str, Any]) -> Fact:
    values = {name: _frozen(value) for name, value in plain.items() if name != "kind"}
    if "of" in values:
        values["of"] = _fact(plain["of"])
    return FACT_KINDS[plain["kind"]](**values)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
