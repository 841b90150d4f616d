"""What is known of the calculations without looking inside: relations between the facts that they give.

The solver takes these for granted; test_lemmas.py holds each against the real calculations. A lemma speaks
only where all its facts are there. `holds` is called with the solver's constants and with real values alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import z3

from tests.proofs.encoding import Patient, Word


@dataclass(frozen=True)
class Lemma:
    """Where all the facts are there, this holds of their values."""

    says: str
    facts: tuple[str, ...]
    holds: Callable[..., Any]


@dataclass(frozen=True)
class Present:
    """Where these facts are there (and this holds of their values), so are those."""

    says: str
    facts: tuple[str, ...]
    gives: tuple[str, ...]
    where: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Kept:
    """To turn the given fact unknown leaves the derived one known, or at least never changes it."""

    says: str
    fact: str
    given: str
    known: bool


class Option:
    """A choice, to be compared with an option by name."""

    def __init__(self, word: Word) -> None:
        self._word = word

    def __eq__(self, option: object) -> Any:
        return self._word.is_(option)

    __hash__ = None  # type: ignore[assignment]  # compared only


def implies(one: Any, other: Any) -> Any:
    return z3.Implies(one, other) if z3.is_expr(one) or z3.is_expr(other) else (not one or bool(other))


def both(one: Any, other: Any) -> Any:
    return z3.And(one, other) if z3.is_expr(one) or z3.is_expr(other) else (one and other)


def same(one: Any, other: Any) -> Any:
    return one == other


SHORTEST_THREE_MONTHS, LONGEST_THREE_MONTHS = 89, 92
SHORTEST_YEAR, LONGEST_YEAR = 365, 366
ROUNDED = 0.001
"""Percentages are rounded to four places."""


def _percent(drop: Any, percent: Any, baseline: Any, at: float) -> Any:
    """On which side of a threshold a percentage falls, without a product of two unknowns."""
    return both(
        implies(percent >= at, drop * 100 >= (at - ROUNDED) * baseline),
        implies(drop * 100 >= at * baseline, percent >= at - ROUNDED),
    )


LOSSES = ("none", "standing", "slight", "marked")


def _found_is_worst(loss: str, found: Any, worst: Any) -> Any:
    return both(implies(worst == loss, found == loss), implies(found == loss, worst == loss))


LEMMAS: tuple[Lemma | Present, ...] = (
    Lemma(
        "days since surgery are counted from surgery to the assessment",
        ("days_since_surgery", "assessed_on", "surgery_date"),
        lambda days, assessed, surgery: days == assessed - surgery,
    ),
    Lemma(
        "days since the onset in both legs are counted to the assessment",
        ("bilateral_onset_days_ago", "assessed_on", "bilateral_leg_pain_onset_on"),
        lambda days, assessed, onset: days == assessed - onset,
    ),
    Lemma(
        "three months have 89 to 92 days",
        ("phase", "days_since_surgery"),
        lambda phase, days: both(
            implies(days < SHORTEST_THREE_MONTHS, phase == "early"),
            implies(phase == "early", days < LONGEST_THREE_MONTHS),
        ),
    ),
    Lemma(
        "the late phase begins on the day after a year, and no sooner",
        ("phase", "days_since_surgery"),
        lambda phase, days: both(
            implies(phase == "late", days > SHORTEST_YEAR), implies(days > LONGEST_YEAR, phase == "late")
        ),
    ),
    Lemma(
        "the twelve-month anniversary is reached after a year",
        ("one_year_reached", "days_since_surgery"),
        lambda reached, days: both(
            implies(reached, days >= SHORTEST_YEAR), implies(days >= LONGEST_YEAR, reached)
        ),
    ),
    Lemma(
        "the late phase has reached the anniversary, the early one has not",
        ("phase", "one_year_reached"),
        lambda phase, reached: both(
            implies(phase == "late", reached), implies(phase == "early", same(reached, False))
        ),
    ),
    Lemma(
        "the window of deficits is closed in the late phase alone",
        ("phase", "recovery_window"),
        lambda phase, window: both(
            same(phase == "late", window == "closed"), implies(phase == "early", window == "open")
        ),
    ),
    Lemma(
        "the window of leg pain is open in the early phase alone",
        ("phase", "leg_pain_window"),
        lambda phase, window: both(
            implies(phase == "early", window == "open"), implies(phase == "late", window == "closed")
        ),
    ),
    Lemma(
        "the fall of the index pain is the pain before less the pain now",
        ("pain_drop", "index_baseline", "index_now"),
        lambda drop, baseline, now: both(drop <= baseline - now + ROUNDED, drop >= baseline - now - ROUNDED),
    ),
    *(
        Lemma(
            f"the fall of the index pain reaches {at} % where it reaches that part of the baseline",
            ("pain_drop", "pain_drop_percent", "index_baseline"),
            lambda drop, percent, baseline, at=at: _percent(drop, percent, baseline, at),
        )
        for at in (30,)
    ),
    Lemma(
        "the pain now is at least the lowest since surgery",
        ("rise_above_nadir", "index_now", "nadir"),
        lambda rise, now, nadir: both(
            rise >= 0, both(rise <= now - nadir + ROUNDED, rise >= now - nadir - ROUNDED)
        ),
    ),
    Lemma("a pain never falls below its lowest", ("leg_rise",), lambda rise: rise >= 0),
    Lemma(
        "relief before three months is relief in fewer days",
        ("relief_before_three_months", "relief_days"),
        lambda before, days: both(
            implies(days <= SHORTEST_THREE_MONTHS, before), implies(before, days <= LONGEST_THREE_MONTHS)
        ),
    ),
    Lemma("relief comes after surgery", ("relief_days",), lambda days: days > 0),
    Lemma(
        "relief of the leg pain is counted to the stated day of return, where there is one",
        ("leg_relief", "leg_stated_relief"),
        lambda relief, stated: relief == stated,
    ),
    *(
        Present(
            f"the index pain has the readings of the {site} pain and no others",
            ("index_pain", one),
            (other,),
            lambda index, _readings, site=site: index == site,
        )
        for site in ("leg", "back")
        for one, other in ((f"{site}_pain", "index_readings"), ("index_readings", f"{site}_pain"))
    ),
    *(
        Lemma(
            f"the index pain {when} is the {site} pain {when}",
            ("index_pain", f"index_{name}", f"{site}_pain_{name}"),
            lambda index, one, other, site=site: implies(index == site, one == other),
        )
        for site in ("leg", "back")
        for name, when in (("now", "now"), ("baseline", "before surgery"))
    ),
    *(
        Present(
            f"the index pain {when} is known where the {site} pain {when} is, and only there",
            ("index_pain", one),
            (other,),
            lambda index, _points, site=site: index == site,
        )
        for site in ("leg", "back")
        for name, when in (("now", "now"), ("baseline", "before surgery"))
        for one, other in (
            (f"index_{name}", f"{site}_pain_{name}"),
            (f"{site}_pain_{name}", f"index_{name}"),
        )
    ),
    Present(
        "where relief is on record, so is how long it was",
        ("leg_relief_recorded",),
        ("leg_recorded_relief", "leg_relief"),
        lambda recorded: recorded,
    ),
    Present(
        "back pain can be the larger one only where it was recorded",
        ("larger_baseline_pain",),
        ("back_pain_baseline",),
        lambda larger: larger == "back",
    ),
    Present(
        "a fall in per cent is known wherever there was pain before",
        ("pain_drop", "index_baseline"),
        ("pain_drop_percent",),
        lambda _drop, baseline: baseline > 0,
    ),
    Present(
        "relief on record has a day, and lasted until its last record",
        ("leg_recorded_relief",),
        ("leg_relief", "leg_relief_recorded"),
    ),
    Present(
        "no second rise of CRP is told before day 14 alone, and until then no sedimentation rate is raised",
        ("crp_finding",),
        ("esr_raised",),
        lambda crp: crp == "no_second_rise",
    ),
    Present(
        "a loss is known only from a test that tells the power of now", ("motor_loss",), ("power_tested",)
    ),
    Present("a loss that was found was found by a test", ("found_loss",), ("power_tested",)),
    Present(
        "a marked loss is the worst, whatever the other muscles",
        ("found_loss",),
        ("motor_loss",),
        lambda found: found == "marked",
    ),
    Present("what is told of every muscle is what was found", ("motor_loss",), ("found_loss",)),
    Present(
        "where no loss was found, it is told of every muscle",
        ("found_loss",),
        ("motor_loss",),
        lambda found: found == "none",
    ),
    *(
        Lemma(
            f"where every muscle is told of, the worst that was found is the worst: {loss}",
            ("found_loss", "motor_loss"),
            partial(_found_is_worst, loss),
        )
        for loss in LOSSES
    ),
    Present(
        "a rise above the lowest is known only where relief can be told",
        ("leg_stated_relief",),
        ("leg_relief",),
    ),
    Present(
        "the interval of relief has a first day of relief",
        ("relief_interval",),
        ("relief_recorded", "relief_days"),
    ),
    Present("a pain now and a lowest give the rise", ("index_now",), ("nadir", "rise_above_nadir")),
    Present("a leg pain now has a lowest", ("leg_pain_now",), ("leg_rise",)),
    Present("a back pain now has a lowest", ("back_pain_now",), ("back_rise",)),
    Lemma(
        "weakness that is gone has not become worse",
        ("weakness_present", "weakness_change"),
        lambda present, change: implies(change == "worse", present),
    ),
    Present("a pain now and one before can be compared", ("index_now", "index_baseline"), ("index_change",)),
)
"""Every relation that a proof rests on; a ruleset without one of its facts does without the lemma."""

KEPT = (
    Kept(
        "a test that tells the power of now does so whatever was said of the onset",
        "power_tested",
        "weakness_onset_on",
        known=True,
    ),
    *(
        Kept(
            f"not to know the onset leaves a {loss} as it is, or open", loss, "weakness_onset_on", known=False
        )
        for loss in ("motor_loss", "found_loss")
    ),
)
"""What a fact turned unknown leaves in place; test_lemmas.py holds the real calculations to it."""


def assumed(patient: Patient, lemmas: tuple[Lemma | Present, ...]) -> Iterator[Any]:
    """The lemmas as formulas about one patient."""
    for lemma in lemmas:
        if not {*lemma.facts, *(lemma.gives if isinstance(lemma, Present) else ())} <= patient.words.keys():
            continue
        words = [patient.words[name] for name in lemma.facts]
        known = z3.And([word.known for word in words])
        if isinstance(lemma, Present):
            if lemma.where:
                known = z3.And(known, lemma.where(*map(_side, words)))
            yield z3.Implies(known, z3.And([patient.words[name].known for name in lemma.gives]))
        else:
            yield z3.Implies(known, lemma.holds(*map(_side, words)))


def _side(word: Word) -> Any:
    return Option(word) if hasattr(word.fact, "options") else word.value


def broken(lemma: Lemma | Present, facts: Mapping[str, Any]) -> bool:
    """Whether the real calculations contradict the lemma for these facts."""
    values = [facts.get(name) for name in lemma.facts]
    if any(value is None for value in values):
        return False
    if isinstance(lemma, Present):
        if lemma.where and not lemma.where(*values):
            return False
        return any(facts.get(name) is None for name in lemma.gives)
    return not lemma.holds(*(each.toordinal() if isinstance(each, date) else each for each in values))
