"""The rules of the service by hand, as straight-line Python: the limit that a notation is measured against.

Nothing here is generic. What the contract always has (days, procedure, region) is never missing here, and
work that several calculations share is done once. Functions are as long as a chapter needs: a call costs what
is measured here, and values that several rules share stay in local names. Change it with the rules: the
benchmark refuses to run while the two disagree on a case.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from benchmarks.handwritten.bits import Truths
from benchmarks.handwritten.bone_and_mind import bone_and_tumour_flags, pain_and_mind_flags
from benchmarks.handwritten.causes import (
    early_causes,
    never_improved_causes,
    pain_patterns,
    returns,
    what_tells_causes_apart,
)
from benchmarks.handwritten.circulation import circulation_flags, haematoma_flags
from benchmarks.handwritten.contradictions import contradictions
from benchmarks.handwritten.course import course
from benchmarks.handwritten.infection import infection_flags
from benchmarks.handwritten.known import Facts, Known
from benchmarks.handwritten.lasting_causes import features, lasting_causes
from benchmarks.handwritten.measure import clocks_and_pains, scores_and_deficits
from benchmarks.handwritten.outcome import outcome
from benchmarks.handwritten.recovery import recovery
from benchmarks.handwritten.safety import cauda_equina_flags, root_flags
from benchmarks.handwritten.steps import care, imaging_and_tests, next_steps


class Dated(NamedTuple):
    """What the answer says besides the rules, under the names of the derived facts."""

    scheduled_review_on: date | None
    confidence: str | None
    nerve_conduction_from_day: date | None


def assess(facts: Facts) -> tuple[Truths, Truths, Dated]:
    """The truth of every rule, and the rule that decided each decision, in the order of the chapters."""
    get, k = facts.get, Known()
    index = clocks_and_pains(facts, k)
    scores_and_deficits(get, k)
    truths = (
        *index,
        *course(k),
        *cauda_equina_flags(get, k),
        *root_flags(get, k),
        *infection_flags(get, k),
        *haematoma_flags(get, k),
        *circulation_flags(get, k),
        *bone_and_tumour_flags(get, k),
        *pain_and_mind_flags(get, k),
        *contradictions(get, k),
        *outcome(k),
        *recovery(k),
        *pain_patterns(k),
    )
    what_tells_causes_apart(get, k)
    truths += (
        *returns(k),
        *early_causes(k),
        *never_improved_causes(k),
        *lasting_causes(get, k),
        *features(get, k),
        *next_steps(get, k),
        *imaging_and_tests(get, k),
        *care(k),
    )
    decided = (
        k.index_rule,
        *k.course_rules,
        k.contradiction_rule,
        k.verdict_rule,
        *k.recovery_rules,
        k.lead_rule,
        k.pattern_rule,
        k.manner_rule,
        *k.return_rules,
        *k.early_rules,
        *k.never_rules,
        *k.lasting_rules,
    )
    return truths, decided, Dated(k.review, k.confidence, k.conduction_from)
