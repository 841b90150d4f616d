"""Defects of seven kinds, each planted in a small sound ruleset: the proofs find it and show a patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.engine.conditions import Condition, all_of, none_of
from app.engine.facts import Choice, not_recorded, recorded, when_recorded
from app.engine.rules import Chapter, Decision, Rule
from app.engine.ruleset import Ruleset
from app.knowledge.conclusions import Flag, Verdict
from app.knowledge.safety import unless_screened_out
from app.knowledge.sources import DOSSIER
from app.knowledge.timeline import count_days, days_since_surgery
from app.knowledge.vocabulary import (
    assessed_on,
    eased_by_sitting,
    indication,
    post_void_residual_ml,
    saddle_numbness,
    surgery_date,
    urinary_retention,
)
from tests.proofs.laws import Defect, Prover
from tests.proofs.unknown import unsafe

pytestmark = pytest.mark.proof

verdict = Choice(name="verdict", label="Verdict", options=("insufficient_data", "unsuccessful", "on_track"))
RESIDUAL_ML = post_void_residual_ml >= 200
GIVEN = (
    assessed_on,
    surgery_date,
    indication,
    eased_by_sitting,
    saddle_numbness,
    urinary_retention,
    post_void_residual_ml,
)


def flag(rule_id: str, tier: str, when: Condition) -> Rule:
    then = Flag(code=rule_id, tier=tier, first_action="Look.", within_days=0)
    return Rule(id=rule_id, title=rule_id, when=when, then=then, evidence=(DOSSIER.at("x"),), dossier="x")


def judge(rule_id: str, status: str, when: Condition) -> Rule:
    then = Verdict(status=status, says=status)
    return Rule(id=rule_id, title=rule_id, when=when, then=then, evidence=(DOSSIER.at("x"),), dossier="x")


RETENTION = flag("retention", "emergency_now", urinary_retention.is_true())
SADDLE = flag("saddle", "same_day", saddle_numbness.is_true())
RESIDUAL = flag(
    "residual",
    "emergency_now",
    unless_screened_out(post_void_residual_ml, RESIDUAL_ML, urinary_retention.is_true()),
)
NO_WORD = judge("no-word", "insufficient_data", not_recorded(eased_by_sitting))
BACK = judge("back", "unsuccessful", eased_by_sitting.is_false())
BACK_IF_SAID = judge("back", "unsuccessful", when_recorded(eased_by_sitting, eased_by_sitting.is_false()))
WELL = judge("well", "on_track", eased_by_sitting.is_true())
FLAGS = (RETENTION, SADDLE, RESIDUAL)
RULES = (NO_WORD, BACK, WELL)


def ruleset(flags: tuple[Rule, ...] = FLAGS, rules: tuple[Rule, ...] = RULES) -> Ruleset:
    """The sound ruleset, or one with a defect in its flags or in its verdict."""
    decision = Decision(id="judged", title="Judged", gives=verdict, rules=rules)
    chapter = Chapter(name="all", title="All", steps=(count_days, *flags, decision))
    return Ruleset(name="small", version="1", facts=GIVEN, chapters=(chapter,))


def defects(changed: Ruleset) -> Iterator[Defect]:
    prover = Prover(changed)
    yield from prover.incomplete({"verdict"})
    yield from prover.dead()
    yield from prover.contradicting()
    yield from unsafe(prover)


def the_only(changed: Ruleset, kind: str, rule: str) -> Defect:
    """The planted defect, which is found, and no other of its kind."""
    found = [defect for defect in defects(changed) if defect.kind == kind]
    assert [defect.rule for defect in found] == [rule]
    return found[0]


def test_the_sound_ruleset_has_no_defect() -> None:
    assert [str(defect) for defect in defects(ruleset())] == []


def test_an_incomplete_decision_is_found() -> None:
    defect = the_only(ruleset(rules=(NO_WORD, WELL)), "incomplete decision", "judged")

    assert defect.witness.case["pain_return"]["eased_by_sitting"] == "no"


def test_an_unreachable_rule_is_found_with_what_excludes_it() -> None:
    never = all_of(days_since_surgery > 42, urinary_retention.is_true(), days_since_surgery <= 14)
    defect = the_only(ruleset(flags=(*FLAGS, flag("never", "same_day", never))), "unreachable rule", "never")

    assert defect.witness.no_patient == (
        "Days since surgery above 42 days",
        "Days since surgery at most 14 days",
    )


def test_a_shadowed_rule_is_found_with_a_patient_whom_another_rule_takes() -> None:
    late = judge("late", "unsuccessful", all_of(eased_by_sitting.is_true(), days_since_surgery > 365))
    defect = the_only(ruleset(rules=(NO_WORD, BACK, WELL, late)), "shadowed rule", "late")

    assert defect.how == "by well"
    assert defect.witness.case["pain_return"]["eased_by_sitting"] == "yes"
    assert defect.witness.worked_out["days_since_surgery"] > 365


def test_contradicting_rules_are_found_with_a_patient_of_both() -> None:
    opposite = judge("unwell", "unsuccessful", all_of(recorded(eased_by_sitting), none_of(BACK.when)))
    defect = the_only(ruleset(rules=(NO_WORD, BACK, WELL, opposite)), "contradicting rules", "well")

    assert defect.how == "and unwell"
    assert defect.witness.case["pain_return"]["eased_by_sitting"] == "yes"


def test_unknown_read_as_no_in_a_flag_is_found() -> None:
    careless = replace(RETENTION, when=when_recorded(urinary_retention, urinary_retention.is_true()))
    sound = replace(RESIDUAL, when=RESIDUAL_ML)
    defect = the_only(
        ruleset(flags=(careless, SADDLE, sound)), "unknown lowers worst_not_excluded", "retention"
    )

    assert defect.witness.turned_unknown == "urinary_retention"
    assert defect.witness.case["red_flags"]["urinary_retention"] == "yes"


def test_an_exception_lost_with_a_no_is_found() -> None:
    """A flag that holds because of a "no" is open without it: the tier falls with an answer of "no"."""
    exempt = replace(SADDLE, when=all_of(saddle_numbness.is_true(), eased_by_sitting.is_false()))
    defect = the_only(ruleset(flags=(RETENTION, exempt, RESIDUAL)), "unknown lowers the tier", "saddle")

    assert defect.witness.turned_unknown == "eased_by_sitting"


def test_unknown_lowering_worst_not_excluded_is_found_where_no_question_screens() -> None:
    """A measurement may be screened out by answers of "no", never by the clock."""
    careless = replace(
        RESIDUAL, when=unless_screened_out(post_void_residual_ml, RESIDUAL_ML, days_since_surgery <= 14)
    )
    defect = the_only(
        ruleset(flags=(RETENTION, SADDLE, careless)), "unknown lowers worst_not_excluded", "residual"
    )

    assert defect.witness.turned_unknown == "post_void_residual_ml"
    assert defect.witness.case["examination"]["post_void_residual_ml"] >= 200


def test_unknown_improving_the_verdict_is_found() -> None:
    lenient = judge("lenient", "on_track", none_of(BACK_IF_SAID.when))
    defect = the_only(ruleset(rules=(BACK_IF_SAID, lenient)), "unknown improves the verdict", "on_track")

    assert defect.witness.turned_unknown == "eased_by_sitting"
    assert defect.witness.case["pain_return"]["eased_by_sitting"] == "no"
