"""What an assessment says, read for the tests in one place: by the names that the cases' expectations use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import compress
from operator import itemgetter
from typing import Any

from app.engine.assess import Assessment, Assessor
from app.engine.explain import TRUTHS
from app.engine.rules import Rule
from app.engine.truth import Truth
from app.knowledge.conclusions import (
    NO_TIER,
    TIERS,
    Cause,
    Contradiction,
    Feature,
    Flag,
    Label,
    NextStep,
    Note,
    Prognosis,
)
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS
from tests.knowledge.again import Again

ASSESSOR = Assessor(POSTOP_LUMBAR)
AGAIN = Again(ASSESSOR)
URGENCY = (*TIERS, NO_TIER)
"""Most urgent first: a higher place is less urgent."""
RULES = POSTOP_LUMBAR.rules
PLACE = {rule.id: place for place, rule in enumerate(RULES)}
"""Where a rule stands among the rules, and its value among their values."""
FLAG_PLACES = tuple((rule.then, PLACE[rule.id]) for rule in RULES if isinstance(rule.then, Flag))
FLAG_NAMES = tuple((RULES[place].id.removeprefix("safety."), place) for _, place in FLAG_PLACES)
VALUES_OF_TIER = {
    tier: itemgetter(*(place for flag, place in FLAG_PLACES if flag.tier == tier)) for tier in TIERS
}
"""Picks the values of a tier's flags."""
IN_DECISIONS = frozenset(rule.id for decision in POSTOP_LUMBAR.decisions for rule in decision.rules)
IN_COMPANY = {
    "pain_rising_24h": "with severe pain (4.2 RF-SEH)",
    "wound_fluctuance": "with postural headache (4.2 RF-CSF-1)",
    "drowsiness": "with postural headache (4.2 RF-CSF-2)",
    "seizure": "with postural headache (4.2 RF-CSF-2)",
    "abdominal_pain": "with collapse (4.2 RF-VASC)",
    "collapse": "with abdominal pain (4.2 RF-VASC)",
    "trauma": "with new back pain (4.2 RF-FRACTURE)",
    "focal_back_pain": "with age, osteoporosis or steroids, and severe pain (4.2 RF-FRACTURE)",
    "new_back_pain": "with a fall (4.2 RF-FRACTURE)",
    "progressive_pain": "with past cancer (4.2 RF-MALIGNANCY)",
    "night_pain": "with past cancer (4.2 RF-MALIGNANCY)",
    "weight_loss": "with past cancer (4.2 RF-MALIGNANCY)",
    "pain_despite_analgesia": "with severe pain (4.2 RF-PAIN-UNCONTROLLED)",
}
"""Questions whose "yes" is a flag only together with something else."""
TRUTH_WORDS = {Truth.TRUE: "holds", Truth.FALSE: "ruled_out", Truth.UNKNOWN: "open"}


def most_urgent(tiers: Iterable[str]) -> str:
    return min(tiers, key=URGENCY.index, default=NO_TIER)


class Answers:
    """One assessment, in the words of the expectations: read from its facts, truths and decisions alone."""

    facts: Mapping[str, Any]
    values: Sequence[int]
    """The value of the truth of every rule, in the order of the rules."""
    decided: Mapping[str, int]

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.facts, self.decided = assessment.facts, assessment.decided
        self.values = assessment.rule_values()

    @classmethod
    def to(cls, facts: dict[str, Any]) -> Answers:
        return cls(ASSESSOR.assess(facts))

    def given(self, changed: Mapping[str, Any]) -> Answers:
        """What is said with these given facts changed and all others as they were; None leaves a fact out."""
        return Answers(AGAIN.assess(self.assessment, changed))

    def fact(self, name: str) -> Any:
        return self.facts.get(name)

    # Safety

    @cached_property
    def not_excluded(self) -> frozenset[str]:
        """The tiers of flags that hold or are open, by the names of their rules."""
        ruled_out = Truth.FALSE.value
        return frozenset(name for name, place in FLAG_NAMES if self.values[place] != ruled_out)

    def flags_that(self, *truths: Truth) -> list[Flag]:
        wanted = {truth.value for truth in truths}
        return [flag for flag, place in FLAG_PLACES if self.values[place] in wanted]

    @cached_property
    def tier(self) -> str:
        holds = Truth.TRUE.value
        return next((tier for tier in TIERS if holds in VALUES_OF_TIER[tier](self.values)), NO_TIER)

    @cached_property
    def worst_not_excluded(self) -> str:
        return next((tier for tier in TIERS if any(VALUES_OF_TIER[tier](self.values))), NO_TIER)

    @property
    def complete(self) -> bool:
        return all(self.fact(item.name) is not None for item in CAUDA_EQUINA_ITEMS)

    @property
    def flags(self) -> dict[str, str]:
        """Each flag that fired, at its most urgent tier."""
        fired = self.flags_that(Truth.TRUE)
        return {each.code: most_urgent(f.tier for f in fired if f.code == each.code) for each in fired}

    # Verdict and course

    @property
    def verdict(self) -> Any:
        return self.fact("verdict")

    @property
    def conflict(self) -> bool:
        return bool(self.fact("agreement") == "conflict")

    # What stands: rules that hold, and what decisions came to

    @cached_property
    def standing(self) -> list[tuple[str, Any]]:
        """Rule id and conclusion of every rule outside decisions that holds, and of every decision."""
        holding = compress(RULES, (value == Truth.TRUE.value for value in self.values))
        rules = [(rule.id, rule.then) for rule in holding if rule.id not in IN_DECISIONS]
        chosen = ((each, self.decided[each.id]) for each in POSTOP_LUMBAR.decisions)
        return rules + [(each.id, each.rules[place].then) for each, place in chosen if place >= 0]

    def conclusions(self, kind: type) -> list[Any]:
        return [then for _, then in self.standing if isinstance(then, kind)]

    @property
    def notes(self) -> list[str]:
        return [note.code for note in self.conclusions(Note)]

    @property
    def contradictions(self) -> list[str]:
        return [each.code for each in self.conclusions(Contradiction)]

    @property
    def labels(self) -> list[str]:
        return [label.code for label in self.conclusions(Label)]

    @property
    def steps(self) -> dict[str, date | None]:
        """Each step that a flag or a rule calls for, with the earliest day on which it is due."""
        limits = [(flag.code, flag.within_days) for flag in self.flags_that(Truth.TRUE)]
        limits += [(step.code, step.within_days) for step in self.conclusions(NextStep)]
        due: dict[str, date | None] = {}
        for code, within_days in limits:
            due[code] = min(filter(None, (due.get(code), self._due(within_days))), default=None)
        return due

    @property
    def causes(self) -> dict[str, str]:
        return {cause.condition: cause.grade for cause in self.conclusions(Cause)}

    @property
    def features(self) -> list[str]:
        return [feature.code for feature in self.conclusions(Feature)]

    def _prognoses(self) -> dict[str, Prognosis]:
        return {
            name.removeprefix("recovery."): then
            for name, then in self.standing
            if isinstance(then, Prognosis)
        }

    @property
    def prognosis(self) -> dict[str, str]:
        return {symptom: then.status for symptom, then in self._prognoses().items()}

    @property
    def prognosis_confidence(self) -> dict[str, str]:
        return {symptom: then.confidence for symptom, then in self._prognoses().items()}

    # Days

    @property
    def next_review_on(self) -> date | None:
        """The earliest of the schedule and every limit that a flag or a step sets (dossier 11.5)."""
        limits = [flag.within_days for flag in self.flags_that(Truth.TRUE)]
        days = [self.fact("scheduled_review_on"), *map(self._due, limits), *self.steps.values()]
        return min((day for day in days if day is not None), default=None)

    def _due(self, within_days: int | None) -> date | None:
        return None if within_days is None else self.fact("assessed_on") + timedelta(days=within_days)

    # Rules

    def truth_of(self, rule: Rule) -> str:
        return TRUTH_WORDS[TRUTHS[self.values[PLACE[rule.id]]]]


PLAIN: dict[str, Callable[[Answers], Any]] = {
    "verdict": lambda said: said.verdict,
    "method": lambda said: said.fact("method"),
    "confidence": lambda said: said.fact("confidence"),
    "conflict": lambda said: said.conflict,
    "at_target": lambda said: "at_target" in said.notes,
    "further_action_required": lambda said: "further_action_required" in said.notes,
    "boundary_note": lambda said: "near_boundary" in said.notes,
    "trajectory": lambda said: said.fact("trajectory"),
    "relief": lambda said: said.fact("relief"),
    "tier": lambda said: said.tier,
    "worst_not_excluded": lambda said: said.worst_not_excluded,
    "complete": lambda said: said.complete,
    "flags": lambda said: said.flags,
    "contradictions": lambda said: said.contradictions,
    "labels": lambda said: said.labels,
    "scheduled_review_on": lambda said: said.fact("scheduled_review_on"),
    "next_review_on": lambda said: said.next_review_on,
}
"""Expectations that name the whole of what is said."""
CHOSEN: dict[str, Callable[[Answers], dict[str, Any]]] = {
    "facts": lambda said: dict(said.facts),
    "prognosis": lambda said: said.prognosis,
    "prognosis_confidence": lambda said: said.prognosis_confidence,
    "causes": lambda said: said.causes,
    "steps": lambda said: said.steps,
}
"""Expectations that name some members; null stands for "not said"."""
PRESENT: dict[str, Callable[[Answers], list[str]]] = {
    "notes": lambda said: said.notes,
    "features": lambda said: said.features,
}
"""Expectations that list what is said; with `no_` before the name, what is not."""


def differences(said: Answers, expect: dict[str, Any]) -> dict[str, Any]:
    """What was said where something else was expected, by the expectation's name."""
    found = {name: _difference(said, name, wanted) for name, wanted in expect.items()}
    return {name: difference for name, difference in found.items() if difference is not None}


def _difference(said: Answers, name: str, wanted: Any) -> Any:
    if name in PLAIN:
        seen = PLAIN[name](said)
        return None if seen == wanted else f"{seen!r}, not {wanted!r}"
    if name in CHOSEN:
        every = CHOSEN[name](said)
        return {each: every.get(each) for each in wanted if every.get(each) != wanted[each]} or None
    if name in TRUTH_WORDS.values():
        return {each: seen for each in wanted if (seen := _truth(said, each)) != name} or None
    listed = PRESENT[name.removeprefix("no_")](said)
    return [each for each in wanted if (each in listed) == name.startswith("no_")] or None


def _truth(said: Answers, rule_id: str) -> str:
    rule = POSTOP_LUMBAR.rule(rule_id)
    assert rule, f"No rule {rule_id}"
    return said.truth_of(rule)
