"""Conditions as lists: a part with a name, or that another rule asks alone, is linked and not repeated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.engine.conditions import AtLeast, Check, Condition, Not, checks, parts
from app.engine.describe import outline
from app.engine.facts import YesNo
from app.engine.rules import Rule
from app.engine.ruleset import Ruleset
from app.services.book.markdown import anchor, nested, page, section, text
from app.services.book.places import CONDITIONS, INDEX, Places, places_in

LONG = 4
"""So many questions, asked alike by another rule, are called by its title instead of being repeated."""
INTRO = (
    "Conditions that several rules share, defined once. In the chapters they are called by their names; "
    "a name that is followed by *yes* has to hold."
)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one ruleset's conditions."""

    places: Places
    named: Mapping[Condition, str]
    alone: Mapping[Condition, Rule]

    def listed(self, condition: Condition) -> str:
        """The condition as a nested list, its root written out."""
        return nested((depth, text(line)) for depth, line in outline(self._inside(condition)))

    def _inside(self, condition: Condition) -> Condition:
        match condition:
            case AtLeast(k, of, label):
                return AtLeast(k, tuple(map(self._called, of)), label)
            case Not(of):
                return Not(self._called(of))
        return condition

    def _called(self, condition: Condition) -> Condition:
        if isinstance(condition, AtLeast) and condition.label:
            return _holds(f"[{condition.label}]({CONDITIONS}#{self.named[condition]})")
        if rule := self.alone.get(condition):
            return _holds(self.places.rule(rule, rule.title))
        return self._inside(condition)


def wording_of(ruleset: Ruleset) -> Wording:
    """How the conditions of a ruleset are worded."""
    alone: dict[Condition, Rule] = {}
    for rule in ruleset.rules:
        if len(list(checks(rule.when))) >= LONG:
            alone.setdefault(rule.when, rule)
    return Wording(places_in(ruleset), _anchors(named_in(ruleset)), alone)


def conditions_page(ruleset: Ruleset) -> str:
    """Every condition that has a name, with what it asks and the rules that ask it."""
    wording = wording_of(ruleset)
    found = named_in(ruleset)
    entries = [_entry(each, found[each], wording) for each in sorted(found, key=wording.named.__getitem__)]
    return page("# Named conditions", f"[All chapters]({INDEX})", INTRO, *entries)


def named_in(ruleset: Ruleset) -> dict[AtLeast, list[Rule]]:
    """The named conditions, each with the rules it is part of."""
    found: dict[AtLeast, list[Rule]] = {}
    for rule in ruleset.rules:
        for part in dict.fromkeys(parts(rule.when)):
            if isinstance(part, AtLeast) and part.label:
                found.setdefault(part, []).append(rule)
    return found


def _anchors(named: Iterable[AtLeast]) -> dict[Condition, str]:
    """An anchor for each: its name, numbered from the second condition that bears it."""
    bearers: Counter[str] = Counter()
    places: dict[Condition, str] = {}
    for condition in named:
        name = "".join(letter if letter.isalnum() else "-" for letter in condition.label.lower())
        bearers[name] += 1
        places[condition] = name if bearers[name] == 1 else f"{name}-{bearers[name]}"
    return places


def _entry(condition: AtLeast, rules: list[Rule], wording: Wording) -> str:
    return section(
        anchor(wording.named[condition]),
        f"## {text(condition.label[:1].upper() + condition.label[1:])}",
        wording.listed(replace(condition, label="")),
        f"Part of: {wording.places.rules(rules)}",
    )


def _holds(link: str) -> Check:
    return Check(YesNo(name="condition", label=link), "is", True)
