"""Not knowing is never safer than knowing: the law at the level of the facts that a case gives.

Taking a known fact away never rules out a tier of a flag that stood or was open, so that
``worst_not_excluded`` never gets less urgent; and it never turns the verdict into one that reassures, save
where a rule says so in the visible word ``not_recorded`` or a measurement was screened out by answers of "no"
(dossier 11.15). The exceptions are listed below, and compared with those met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

import pytest

from app.engine.calculate import Calculation
from app.engine.conditions import ABSENT, checks
from app.engine.rules import Decision, Rule, Step
from app.engine.ruleset import conditions, reads
from app.knowledge.conclusions import Flag
from app.knowledge.outcome import VERDICT
from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.knowledge.answers import Answers
from tests.knowledge.corpus import examples
from tests.knowledge.coverage import ALWAYS_DECIDED, ALWAYS_KNOWN
from tests.knowledge.random_cases import facts_from, random_case

pytestmark = pytest.mark.proof

SEEDS = range(300)
REASSURING = {"on_track", "partial_response", "successful"}
GIVEN = {fact.name for fact in POSTOP_LUMBAR.facts}
Facts = dict[str, Any]

SEVERE = {
    "ces-2.late.severe",
    "new-sensory.severe",
    "rec-ldh.severe",
    "motor.standing.severe",
    "fracture.after-fall.soon",
    "malignancy.soon",
    "ssi.late.severe",
    "discitis.normal-tests.severe",
    "discitis.late.severe",
    "fever.severe",
    "seh.pain.late.severe",
    "csf-2.late.severe",
    "dvt.late.severe",
}
RECURRENCE = {"rec-ldh", "rec-ldh.severe"}
FEVERISH = {
    "fever",
    "fever.severe",
    "fever.late",
    "meningitis",
    "epidural-abscess",
    "discitis",
    "discitis.late",
    "sepsis",
    "sepsis.moderate",
}
MOTOR = {
    "motor-1",
    "motor-2",
    "motor.standing",
    "motor.standing.severe",
    "seh.deficit",
    "seh.deficit.late",
}
WITH_DEFICIT = {"ces-2.with-deficit", "fracture.with-deficit", "malignancy.with-deficit", "epidural-abscess"}
RULED_OUT_WITHOUT: dict[str, tuple[set[str], str]] = {
    "leg_pain": (
        {*SEVERE, "nonresp-6w"},
        "scores missing: no limit of 72 hours is known to apply (11.5); another method counts (1.2 fallback)",
    ),
    "back_pain": (
        {*SEVERE, "epidural-abscess"},
        "no limit of 72 hours is known to apply (11.5); no pain where the questions say no (11.15)",
    ),
    "indication": (
        {"nonresp-6w"},
        "indication missing: the larger pain before surgery is the index pain (11.16)",
    ),
    "global_change": ({"nonresp-6w"}, "rating not asked: the patient's word counts (1.2 fallback)"),
    "odi": ({"nonresp-6w"}, "ODI missing: the rating or the patient's word counts (1.2 fallback)"),
    "pain_return_onset": (RECURRENCE, "the word for the onset missing: the dates count (1.2 abruptly)"),
    "pain_return_onset_on": (
        {*RECURRENCE, "nonresp-6w"},
        "a date of the onset missing: the word for it counts (1.2), and the series for the relief (11.3)",
    ),
    "pain_return_plateau_on": (
        RECURRENCE,
        "a date of the onset missing: the word for it counts (1.2 abruptly)",
    ),
    "weakness": (MOTOR, "not asked: full power on a test of the last six weeks counts (11.15, 11.16)"),
    "post_void_residual_ml": (
        {"pvr", "fracture.with-ces", "malignancy.with-ces"},
        "not measured where all four screening questions are answered no (11.15)",
    ),
    "phq9_item9": (
        {"suicide"},
        "not scored where both questions on suicidal thoughts are answered no (11.15)",
    ),
    "muscle_power": (
        {*MOTOR, *WITH_DEFICIT},
        "not tested where weakness is asked about and not new (11.15)",
    ),
    "leg_power": (
        {*MOTOR, *WITH_DEFICIT},
        "not examined where weakness is asked about and not new, or power is tested (11.15)",
    ),
    "temperature_c": (
        {*FEVERISH, "discitis.late.severe"},
        "not measured where fever and rigors are answered no (11.15)",
    ),
    **dict.fromkeys(
        ("respiratory_rate_bpm", "systolic_bp_mmhg", "heart_rate_bpm"),
        ({"sepsis"}, "not measured where nothing is wrong with the whole body (11.15)"),
    ),
    "news2": (
        {"sepsis", "sepsis.moderate"},
        "not measured where nothing is wrong with the whole body (11.15)",
    ),
    "crp": (
        {"sepsis", "sepsis.moderate", "epidural-abscess"},
        "not measured where every question of infection is answered no (11.15)",
    ),
    "esr": (
        {"discitis", "discitis.untested", "discitis.late", "discitis.late.severe"},
        "not measured where C-reactive protein is normal, which is the test that counts (6.2, 11.14)",
    ),
    "saddle_sensation": (
        {
            "ces-1",
            "seh.deficit",
            "seh.deficit.late",
            "fracture.with-ces",
            "malignancy.with-ces",
            "epidural-abscess",
        },
        "not examined where saddle numbness is answered no (11.15)",
    ),
    "calf_difference_cm": (
        {"dvt", "dvt.late", "dvt.late.severe", "pe"},
        "not measured where all four questions about the leg are answered no (11.15)",
    ),
    "spo2_percent": (
        {"pe", "sepsis"},
        "not measured where the questions about the lungs and the whole body are answered no (11.15)",
    ),
    **dict.fromkeys(
        ("bilateral_leg_pain_onset_on", "pain_return_side"),
        (
            {"ces-1", "seh.deficit", "seh.deficit.late"},
            "pain in both legs is answered no, and nothing else on record speaks of it (11.2)",
        ),
    ),
    "pulses_present": ({"vasc.leg"}, "not felt for where a cold leg is answered no (11.15)"),
}
"""The tiers of flags that a fact's absence can rule out, and why."""
REASSURED_WITHOUT = {
    "leg_pain": "pain scores missing: another method counts, or the other pain if the indication is unclear",
    "back_pain": "the same for back pain",
    "indication": "indication missing: the larger pain before surgery is the index pain (11.16)",
    "global_change": "rating not asked: nothing contradicts the scores (8.0 step 6)",
    "odi": "ODI missing: the target is pain alone (2.2), and the rating or the word counts (1.2 fallback)",
}


@cache
def patients() -> tuple[Facts, ...]:
    """The facts of every case of the corpus, and of random ones."""
    return (
        *(example.facts for example in examples()),
        *(facts_from(random_case(Random(seed))) for seed in SEEDS),
    )


def each_without_one() -> Iterator[tuple[str, Answers, Answers]]:
    """Every known fact of every patient: its name, what is said with it, what is said without it."""
    for facts in patients():
        said = Answers.to(facts)
        for name in facts.keys() - ALWAYS_KNOWN:
            yield name, said, said.given({name: None})


@cache
def exceptions() -> tuple[dict[str, set[str]], set[str]]:
    """The tiers of flags that each fact's absence ruled out, and the facts whose absence reassured."""
    ruled_out: dict[str, set[str]] = {}
    reassured = set()
    for name, said, without in each_without_one():
        gone = said.not_excluded - without.not_excluded
        if gone:
            ruled_out.setdefault(name, set()).update(gone)
        if without.verdict != said.verdict and without.verdict in REASSURING:
            reassured.add(name)
    return ruled_out, reassured


def test_not_knowing_rules_out_a_flag_only_where_it_is_listed() -> None:
    assert exceptions()[0] == {name: flags for name, (flags, _) in RULED_OUT_WITHOUT.items()}


def test_not_knowing_reassures_only_where_it_is_listed() -> None:
    assert exceptions()[1] == set(REASSURED_WITHOUT)


def test_every_exception_goes_through_a_fact_that_a_rule_names_not_recorded() -> None:
    flags = [rule for rule in POSTOP_LUMBAR.rules if isinstance(rule.then, Flag)]
    verdict = [decision for decision in POSTOP_LUMBAR.decisions if decision.gives.name == "verdict"]

    assert RULED_OUT_WITHOUT.keys() <= named_not_recorded(flags)
    assert REASSURED_WITHOUT.keys() <= named_not_recorded(verdict)


def named_not_recorded(ends: Iterable[Step]) -> set[str]:
    """The given facts behind every fact that these steps, or those they rest on, name with `not_recorded`."""
    steps = {step.gives.name: step for step in POSTOP_LUMBAR.steps if not isinstance(step, Rule)}
    below = rested_on([name for end in ends for name in reads(end)], steps)
    every = [*ends, *(steps[name] for name in below if name in steps)]
    absent = [
        c.fact.name for step in every for when in conditions(step) for c in checks(when) if c.op == ABSENT
    ]
    return rested_on(absent, steps) & GIVEN


def rested_on(names: Iterable[str], steps: Mapping[str, Calculation | Decision]) -> set[str]:
    """These facts and all that they are worked out from."""
    found: set[str] = set()
    left = list(names)
    while left:
        if (name := left.pop()) not in found:
            found.add(name)
            left += reads(steps[name]) if name in steps else []
    return found


def test_what_every_answer_rests_on_is_always_decided() -> None:
    decisions = [each for each in POSTOP_LUMBAR.decisions if each.gives.name in ALWAYS_DECIDED]

    assert len(decisions) == len(ALWAYS_DECIDED)
    for facts in patients():
        assessment = Answers.to(facts).assessment
        assert [each.id for each in decisions if assessment.conclusion(each) is None] == [], facts


TURNED_BY_MORE = {
    "larger_baseline_pain": "the other pain becomes known (11.16)",
    "relief_interval": "the stated day of return becomes known (11.3)",
    "returned_on": "the stated day of return becomes known (11.3)",
    "back_returned_on": "the stated day of return becomes known (11.3)",
    "compression_seen": "the day of return becomes known, and the MRI is older (6.1)",
    "herniation_seen": "the day of return becomes known, and the MRI is older (6.1)",
    "scar_seen": "the day of return becomes known, and the MRI is older (6.1)",
    "leg_relief": "the stated day of return becomes known (11.3)",
    "leg_returned_on": "the stated day of return becomes known (11.3)",
    "power_tested": "weakness was stated after the last test (11.16)",
    "motor_loss": "weakness was stated after the last test (11.16)",
    "found_loss": "more weakness was stated after a loss that has stood (11.11)",
    "confidence": "the indication becomes known (11.16), or the ratings conflict",
    "scheduled_review_on": "a deficit or the verdict asks for the six-month visit (6.4)",
    "numbness_origin": "a day of onset becomes known (11.8)",
    "tingling_origin": "a day of onset becomes known (11.8)",
    "weakness_origin": "a day of onset becomes known (11.8)",
    "weakness_course": "power was tested lately, which tells more than weakness as felt",
}
"""The only calculations with optional inputs whose value can change when more becomes known."""


def test_calculations_with_optional_inputs_change_their_mind_only_where_it_is_listed() -> None:
    optional = [each for each in POSTOP_LUMBAR.calculations if set(each.takes) - each.needs]
    known = [Answers.to(facts).assessment.facts for facts in patients()]
    turned = {each.gives.name for each in optional if any(_turns(each, facts) for facts in known)}
    assert turned == set(TURNED_BY_MORE)


def bearing_on(ends: Iterable[Step]) -> set[str]:
    """All facts that these steps rest on."""
    steps = {step.gives.name: step for step in POSTOP_LUMBAR.steps if not isinstance(step, Rule)}
    return rested_on([name for end in ends for name in reads(end)], steps)


FLAGS = tuple(rule for rule in POSTOP_LUMBAR.rules if isinstance(rule.then, Flag))


def test_what_bears_on_the_tier_or_the_verdict_and_can_turn_says_by_what() -> None:
    bearing = bearing_on((*FLAGS, VERDICT))
    said = {each.gives.name for each in POSTOP_LUMBAR.calculations if each.turned_by}

    assert TURNED_BY_MORE.keys() & bearing <= said <= bearing


def _turns(calculation: Calculation, facts: Mapping[str, Any]) -> bool:
    full = calculation.run(facts)
    less = (calculation.run({**facts, name: None}) for name in set(calculation.takes) - calculation.needs)
    return any(value is not None and value != full for value in less)
