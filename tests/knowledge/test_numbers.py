"""A number in a text is the number that decides.

Texts are written to be read: they say "six weeks" where a threshold holds 42 days. So every figure in them,
in digits or in words, is held against the values in use: of the rule itself, of the calculations behind its
facts, and of its own conclusion. A rule that asks for no threshold takes what its decision left over, so
the values of the rules before it count there. Evidence and divergence quote publications, and are not
looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pytest

from app.engine.calculate import Calculation
from app.engine.canonical import thresholds_of
from app.engine.conditions import AtLeast, Fact, checks, parts
from app.engine.evidence import Threshold
from app.engine.facts import Quantity, Series
from app.engine.rules import Conclusion, Decision, Rule, Step
from app.engine.ruleset import reads
from app.knowledge.conclusions import NextStep
from app.knowledge.milestones import MILESTONES
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.safety_thresholds import (
    ESR_RAISED_MM_H,
    INFLAMMATION_FROM_DAYS,
    SECOND_RISE_FROM_DAYS,
)
from app.knowledge.thresholds import (
    ABRUPT_DAYS,
    IMMEDIATE_RELIEF_DAYS,
    JUDGEABLE_MONTHS,
    RECOVERY_MONTHS,
    REGISTRY_VISIT_MONTHS,
    RISE_POINTS,
    SIX_WEEKS_DAYS,
)

UNITS = {
    "hour": (1 / 24, "days"),
    "day": (1, "days"),
    "week": (7, "days"),
    "month": (1, "months"),
    "year": (12, "months"),
    "point": (1, "points"),
    "grade": (1, "grade"),
    "mL": (1, "mL"),
    "%": (1, "%"),
}
"""How much of the unit of a threshold each unit of a text is."""
WORDS = {
    word: number
    for number, word in enumerate(
        ["a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
DIGITS = rf"(?<![\w.])(?P<digits>\d+(?:\.\d+)?)(?:[ -](?P<unit>{'|'.join(UNITS)})s?)?"
IN_WORDS = rf"\b(?P<word>{'|'.join(WORDS)})[ -](?P<of>{'|'.join(UNITS)})s?\b"
FIGURE = re.compile(f"{DIGITS}|{IN_WORDS}", re.IGNORECASE)
NAME = re.compile(r"PHQ-9|\bitem 9\b|Early Warning Score 2|10⁹/L", re.IGNORECASE)
"""Figures that belong to a name or a unit."""
PLACE = re.compile(r"\([^()]*\d+\.\d+[^()]*\)")
"""A place in the dossier, in the docstring of a calculation."""

ALSO_OF: dict[str, tuple[Threshold, ...]] = {
    "course.relief.early": (IMMEDIATE_RELIEF_DAYS,),
    "outcome.note.no-immediate-relief": (SIX_WEEKS_DAYS,),
    "outcome.note.no-response-at-6-weeks": (JUDGEABLE_MONTHS,),
    "next-steps.unsuccessful-surgeon": (JUDGEABLE_MONTHS,),
    "next-steps.laboratory": (INFLAMMATION_FROM_DAYS, SECOND_RISE_FROM_DAYS, ESR_RAISED_MM_H),
    "next-steps.deficit-care": (REGISTRY_VISIT_MONTHS, RECOVERY_MONTHS),
    "pain_return_onset": (ABRUPT_DAYS,),
    "pain_rising_24h": (RISE_POINTS,),
}
"""Rules and facts that speak of a threshold which other rules decide by."""
NOTHING_DECIDES_BY = {
    "4 hours": "how soon the pathways want the MRI of an emergency, and the ultrasound of a leg",
    "48 hours": "how soon the MRI that the surgeon is called about on the same day",
    "600 mL": "what to do about a scan that was made already",
    "2 grades": "from full power such a drop ends at the grade that decides",
    "18 hours": "what the question of no urine asks for",
    "24 hours": "what the word sudden means to the one who answers",
    "a day": "any day",
    "a grade": "any loss",
}
"""Figures that stand in a text and in no rule, and what they are."""


class Figure(NamedTuple):
    """A number as a text shows it, and in the unit of thresholds; without a unit where none is shown."""

    text: str
    value: float
    unit: str

    def is_of(self, value: float, unit: str) -> bool:
        """Points of the Oswestry index are per cent; a fall is a negative rise."""
        units = {"points": ("points", "%"), "": (unit,)}.get(self.unit, (self.unit,))
        return unit in units and abs(value) == pytest.approx(self.value)


Value = tuple[float, str]
STEPS: dict[str, Step] = {step.gives.name: step for step in POSTOP_LUMBAR.steps if not isinstance(step, Rule)}


def figures(text: str) -> Iterator[Figure]:
    for found in FIGURE.finditer(text):
        number = float(found["digits"]) if found["digits"] else WORDS[found["word"].lower()]
        scale, unit = UNITS.get(found["unit"] or found["of"] or "", (1, ""))
        yield Figure(found[0], number * scale, unit)


def shown() -> Iterator[tuple[str, list[str], list[Value]]]:
    """Everything that is read: its name, its texts, and the values that its figures may be."""
    for rule, tried in rules_after_others():
        deciding = [rule] if asked([rule]) else tried
        first_day = rule.then.not_before if isinstance(rule.then, NextStep) else ""
        names = [*(name for each in deciding for name in reads(each)), first_day]
        used = [*asked(deciding), *behind(filter(None, names))]
        yield rule.id, [rule.title, *sentences(rule.then)], [*values(used), *concluded(rule.then)]
    for fact in (*POSTOP_LUMBAR.facts, *POSTOP_LUMBAR.derived):
        step = STEPS.get(fact.name)
        told = [step.work_out.__doc__ or ""] if isinstance(step, Calculation) else []
        yield fact.name, [fact.label, fact.question, *told], [*values(behind([fact.name])), *bounds(fact)]
    for threshold in thresholds_of(POSTOP_LUMBAR):
        yield threshold.name, [threshold.label], list(values([threshold]))
    for milestone in MILESTONES:
        yield milestone.code, [milestone.says], list(values(behind([milestone.on.name])))


def rules_after_others() -> Iterator[tuple[Rule, Sequence[Rule]]]:
    """Every rule, with those of its decision up to it."""
    for step in POSTOP_LUMBAR.steps:
        rules = step.rules if isinstance(step, Decision) else (step,) if isinstance(step, Rule) else ()
        yield from ((rule, rules[: place + 1]) for place, rule in enumerate(rules))


def asked(rules: Iterable[Rule]) -> list[Threshold]:
    return [check.threshold for rule in rules for check in checks(rule.when) if check.threshold]


def behind(names: Iterable[str]) -> Iterator[Threshold]:
    """The thresholds of the calculations behind these facts, as far as the decisions that they rest on."""
    left, seen = list(names), set[str]()
    while left:
        step = STEPS.get(name := left.pop())
        if isinstance(step, Calculation) and name not in seen:
            yield from step.uses
            left += reads(step)
        seen.add(name)


def values(thresholds: Iterable[Threshold]) -> Iterator[Value]:
    return ((each.value, each.unit) for each in thresholds)


def sentences(then: Conclusion) -> list[str]:
    return [getattr(then, name) for name in ("says", "first_action", "action") if hasattr(then, name)]


def concluded(then: Conclusion) -> Iterator[Value]:
    if (days := getattr(then, "within_days", None)) is not None:
        yield days, "days"
    for name in ("base_rate_low", "base_rate_high"):
        if (rate := getattr(then, name, None)) is not None:
            yield rate * 100, "%"


def bounds(fact: Fact) -> Iterator[Value]:
    read = fact.of if isinstance(fact, Series) else fact
    if isinstance(read, Quantity):
        yield from ((read.minimum, ""), (read.maximum, ""))


def test_every_figure_in_a_text_is_a_value_in_use() -> None:
    other = {
        (name, figure.text)
        for name, texts, known in shown()
        for text in texts
        for figure in figures(NAME.sub("", PLACE.sub("", text)))
        if not any(figure.is_of(*value) for value in [*known, *values(ALSO_OF.get(name, ()))])
    }

    assert {(name, text) for name, text in other if text not in NOTHING_DECIDES_BY} == set()
    assert NOTHING_DECIDES_BY.keys() == {text for _, text in other}


def test_the_name_of_a_condition_shows_no_figure_because_the_conditions_below_it_do() -> None:
    labels = {
        part.label for rule in POSTOP_LUMBAR.rules for part in parts(rule.when) if isinstance(part, AtLeast)
    }

    assert {label for label in labels if list(figures(label))} == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("less than 1.5 points and 30 %", [(1.5, "points"), (30, "%")]),
        ("Six weeks, within 72 hours", [(42, "days"), (3, "days")]),
        ("the three-month anniversary, after a year", [(3, "months"), (12, "months")]),
        ("MRC 3 or below, 200 mL", [(3, ""), (200, "mL")]),
        ("a record, two records, S8", []),
    ],
)
def test_figures_are_found_in_digits_and_in_words(text: str, found: list[Value]) -> None:
    assert [(figure.value, figure.unit) for figure in figures(text)] == found
