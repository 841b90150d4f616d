"""Causes of pain that never improved, or soon was as bad as before (dossier section 5, patterns A, E and F)."""

from __future__ import annotations

from app.engine.calculate import calculation
from app.engine.conditions import AtLeast, all_of, any_of, named, none_of
from app.engine.facts import Quantity, when_recorded
from app.engine.rules import Decision
from app.knowledge.background import diabetes
from app.knowledge.bone_and_tumour import BONE_OR_TUMOUR_SUSPECTED
from app.knowledge.cause_rules import (
    LIKELY,
    MODIFIERS,
    POSSIBLE,
    UNLIKELY,
    decision_id,
    feature,
    grade_fact,
    weigh,
)
from app.knowledge.circulation import THROMBOSIS_SIGN
from app.knowledge.citations import (
    ALL_FAILURES,
    BURTON_CAUSES,
    EARLY_FAILURES,
    S5,
    S6,
    S13,
    S14,
    S15,
    S17,
)
from app.knowledge.conclusions import Cause
from app.knowledge.course import IN_SCOPE, IS_IMPROVED
from app.knowledge.deficits import NUMBNESS, TINGLING, WEAKNESS
from app.knowledge.haematoma import HAEMATOMA_OR_LEAK
from app.knowledge.imaging import NO_TARGET, compression_seen, herniation_seen
from app.knowledge.infection import INFECTION_SUSPECTED
from app.knowledge.measurements import pulses_present
from app.knowledge.pain import back_pain_now
from app.knowledge.pain_patterns import (
    BACK,
    FAILED_LEG,
    IN_TROUBLE,
    NEVER_IMPROVED_LEG,
    NEW_PATTERN,
    NEW_SYMPTOM,
    S17_OTHER,
    pain_pattern,
)
from app.knowledge.recovery import (
    DEFICIT_DECISIONS,
    GROWN,
    MOTOR_COURSE,
    PERMANENT_DIVERGENCE,
    SECOND_YEAR,
    WEAKNESS_DECISION,
    weakness_eased,
)
from app.knowledge.safety import CES_SUSPECTED_EARLY, NEW_DEFICIT, NEW_MOTOR_LOSS
from app.knowledge.sources import DOSSIER
from app.knowledge.thresholds import SIX_WEEKS_DAYS
from app.knowledge.timeline import days_since_surgery, phase
from app.knowledge.vocabulary import disc_opened, eased_by_sitting

PATTERN_A = DOSSIER.at("section 5 pattern A")
PATTERN_E = DOSSIER.at("section 5 pattern E")

# A retained part of the disc

RESIDUAL_DISC = "residual_disc_or_fragment"
FAILED_DISC = all_of(FAILED_LEG, disc_opened.is_true())

RESIDUAL_DISC_DECISION = Decision(
    id=decision_id(RESIDUAL_DISC),
    title="Residual disc or missed fragment",
    gives=grade_fact(RESIDUAL_DISC),
    rules=(
        weigh(
            "residual-disc.seen",
            Cause(
                condition=RESIDUAL_DISC,
                grade=LIKELY,
                says="MRI since surgery shows disc material at the operated level, and the leg pain did not improve, or not for long. "
                "Whether it was left behind or came early is for imaging and surgeon to tell.",
            ),
            "Leg pain that did not improve, or not for long, with disc material on MRI since surgery",
            all_of(FAILED_DISC, herniation_seen.is_("yes")),
            EARLY_FAILURES,
            PATTERN_A,
            dossier="section 5 A; section 5 E",
        ),
        weigh(
            "residual-disc.not-seen",
            Cause(
                condition=RESIDUAL_DISC,
                grade=UNLIKELY,
                says="MRI since surgery shows neither disc material at the operated level nor compression.",
            ),
            "Leg pain that did not improve, or not for long, without a target on MRI since surgery",
            all_of(FAILED_DISC, NO_TARGET),
            EARLY_FAILURES,
            PATTERN_A,
            dossier="section 5 A; section 5 E; section 5 G",
        ),
        weigh(
            "residual-disc.failed",
            Cause(
                condition=RESIDUAL_DISC,
                grade=POSSIBLE,
                says="A disc was opened and the leg pain did not improve, or not for long: disc material may have stayed behind.",
            ),
            "Leg pain that did not improve, or not for long, after a disc was opened",
            FAILED_DISC,
            EARLY_FAILURES,
            PATTERN_A,
            PATTERN_E,
            dossier="section 5 A; section 5 E",
        ),
    ),
)

# Not freed enough, or not at the right place

INADEQUATE = "inadequate_decompression"
WRONG_PLACE = "wrong_level_or_side"

INADEQUATE_DECISION = Decision(
    id=decision_id(INADEQUATE),
    title="Inadequate decompression",
    gives=grade_fact(INADEQUATE),
    rules=(
        weigh(
            "inadequate-decompression.seen",
            Cause(
                condition=INADEQUATE,
                grade=LIKELY,
                says="MRI since surgery shows compression without a disc herniation, and the leg pain did not improve, or not for long.",
            ),
            "Leg pain that did not improve, or not for long, with compression but no herniation on MRI since surgery",
            all_of(NEVER_IMPROVED_LEG, compression_seen.is_("yes"), herniation_seen.is_("no")),
            EARLY_FAILURES,
            BURTON_CAUSES,
            PATTERN_A,
            dossier="section 5 A; 3.2",
        ),
        weigh(
            "inadequate-decompression.not-seen",
            Cause(
                condition=INADEQUATE,
                grade=UNLIKELY,
                says="MRI since surgery shows no root or sac compressed.",
            ),
            "Leg pain that did not improve, or not for long, without compression on MRI since surgery",
            all_of(NEVER_IMPROVED_LEG, compression_seen.is_("no")),
            EARLY_FAILURES,
            PATTERN_A,
            dossier="section 5 A; section 5 G",
        ),
        weigh(
            "inadequate-decompression.failed",
            Cause(
                condition=INADEQUATE,
                grade=POSSIBLE,
                says="The leg pain did not improve, or not for long: a lateral recess, a foramen or a far lateral root may not be free.",
            ),
            "Leg pain that did not improve, or not for long: the root may not be free",
            NEVER_IMPROVED_LEG,
            EARLY_FAILURES,
            BURTON_CAUSES,
            PATTERN_A,
            dossier="section 5 A; 3.2",
        ),
    ),
)
WRONG_PLACE_DECISION = Decision(
    id=decision_id(WRONG_PLACE),
    title="Wrong level or wrong side",
    gives=grade_fact(WRONG_PLACE),
    rules=(
        weigh(
            "wrong-place.not-seen",
            Cause(
                condition=WRONG_PLACE,
                grade=UNLIKELY,
                says="MRI since surgery shows no root or sac compressed at any level.",
            ),
            "Leg pain that did not improve, or not for long, without compression on MRI since surgery: not another level",
            all_of(NEVER_IMPROVED_LEG, compression_seen.is_("no")),
            PATTERN_A,
            ALL_FAILURES,
            dossier="section 5 A; section 5 G",
        ),
        weigh(
            "wrong-place.failed",
            Cause(
                condition=WRONG_PLACE,
                grade=POSSIBLE,
                says="Compare the operated level and side with the symptoms and the imaging from before surgery.",
            ),
            "Leg pain that did not improve, or not for long: level and side are to be checked",
            NEVER_IMPROVED_LEG,
            PATTERN_A,
            ALL_FAILURES,
            dossier="section 5 A; 3.2",
        ),
    ),
)

# The root itself (patterns A and F)

ROOT_INJURY = "root_injury"
LEFT_OVER = ("recovery_window_open", "window_closing", "late_recovery_in_progress")


def _any_deficit(label: str, *statuses: str) -> AtLeast:
    each = (when_recorded(d.gives, d.gives.is_one_of(*statuses)) for d in DEFICIT_DECISIONS)
    return named(label, all_of(IN_SCOPE, IS_IMPROVED, any_of(*each)))


FEELING_GROWN = any_of(
    *(when_recorded(GROWN[each.name], GROWN[each.name].is_true()) for each in (NUMBNESS, TINGLING))
)
"""A healing root does not explain what gets worse; weakness that has grown is lost power."""

ROOT_INJURY_DECISION = Decision(
    id=decision_id(ROOT_INJURY),
    title="Injury of the root",
    gives=grade_fact(ROOT_INJURY),
    rules=(
        weigh(
            "root-injury.permanent",
            Cause(
                condition=ROOT_INJURY,
                grade=LIKELY,
                says="The pain is relieved, and a deficit from before or at surgery has outlasted its window of recovery.",
            ),
            "Pain relieved, a deficit from before or at surgery that has outlasted its window of recovery",
            _any_deficit("pain relieved, a deficit left that is likely permanent", "likely_permanent"),
            S5,
            S15,
            SECOND_YEAR,
            dossier="section 5 F; 1.1 S15",
            divergence=PERMANENT_DIVERGENCE,
        ),
        weigh(
            "root-injury.recovering",
            Cause(
                condition=ROOT_INJURY,
                grade=POSSIBLE,
                says="The pain is relieved and a deficit from before or at surgery goes on: roots recover slowly.",
            ),
            "Pain relieved, a deficit from before or at surgery goes on",
            all_of(
                _any_deficit("pain relieved, a deficit from before or at surgery goes on", *LEFT_OVER),
                none_of(NEW_MOTOR_LOSS, FEELING_GROWN),
            ),
            S6,
            S13,
            S14,
            *MOTOR_COURSE,
            dossier="section 5 F; 1.1 S13; 1.1 S14",
        ),
        weigh(
            "root-injury.failed",
            Cause(
                condition=ROOT_INJURY,
                grade=POSSIBLE,
                says="The leg pain did not improve, or not for long: the root may have been injured before or at surgery.",
            ),
            "Leg pain that did not improve, or not for long: the root may be injured",
            NEVER_IMPROVED_LEG,
            S5,
            EARLY_FAILURES,
            PATTERN_A,
            dossier="section 5 A",
        ),
    ),
)

# Diseases that resemble a root's (patterns A and D)

OUTSIDE_SPINE = "disease_outside_the_spine"

OUTSIDE_SPINE_DECISION = Decision(
    id=decision_id(OUTSIDE_SPINE),
    title="Disease outside the spine",
    gives=grade_fact(OUTSIDE_SPINE),
    rules=(
        weigh(
            "outside-spine.resembles",
            Cause(
                condition=OUTSIDE_SPINE,
                grade=POSSIBLE,
                says="Disease of a hip, a knee or a sacroiliac joint, narrowed arteries and disease of peripheral nerves (the "
                "peroneal nerve, diabetes) can resemble a root: examine joints, pulses and nerves.",
            ),
            "Leg pain that did not improve, or not for long, or came back in another place, or a new deficit",
            any_of(NEVER_IMPROVED_LEG, NEW_PATTERN, NEW_SYMPTOM),
            ALL_FAILURES,
            S17,
            DOSSIER.at("section 5 patterns A and D"),
            dossier="section 5 A; section 5 D",
        ),
    ),
)

# The back: the operation was aimed elsewhere, or the wound and the muscles hurt (patterns A and E)

NOT_AIMED_AT = "pain_not_from_the_treated_level"
WOUND_PAIN = "wound_or_muscle_pain"
back_over_baseline = Quantity(
    name="back_over_baseline",
    label="Back pain now above that before surgery",
    unit="points",
    minimum=-10,
    maximum=10,
)


@calculation(back_over_baseline)
def compare_back(back_pain_now: float, back_pain_baseline: float) -> float:
    return round(back_pain_now - back_pain_baseline, 4)


NOT_AIMED_AT_DECISION = Decision(
    id=decision_id(NOT_AIMED_AT),
    title="Pain that does not come from the level that was treated",
    gives=grade_fact(NOT_AIMED_AT),
    rules=(
        weigh(
            "not-aimed-at.never-improved",
            Cause(
                condition=NOT_AIMED_AT,
                grade=POSSIBLE,
                says="Back pain did not improve, or not for long: the narrowing that was treated may not have been its source. Go back to "
                "what the operation was meant to relieve.",
            ),
            "Back pain that did not improve, or not for long: the indication is to be looked at again",
            all_of(pain_pattern.is_("never_improved"), BACK),
            ALL_FAILURES,
            DOSSIER.at("section 5 pattern A, back-dominant"),
            dossier="section 5 A",
        ),
    ),
)
WOUND_PAIN_DECISION = Decision(
    id=decision_id(WOUND_PAIN),
    title="Pain of the wound and of the muscles of the back",
    gives=grade_fact(WOUND_PAIN),
    rules=(
        weigh(
            "wound-pain.early",
            Cause(
                condition=WOUND_PAIN,
                grade=POSSIBLE,
                says="Back pain as bad as before or worse in the first six weeks can come from the wound and the muscles. "
                "Offered only where no red flag fires; if the pain goes on rising, look again.",
            ),
            "Within six weeks back pain leads and is as bad as before or worse, and no flag fires",
            all_of(
                IN_SCOPE,
                days_since_surgery <= SIX_WEEKS_DAYS,
                BACK,
                back_pain_now > 0,
                back_over_baseline >= 0,
                none_of(
                    CES_SUSPECTED_EARLY,
                    NEW_DEFICIT,
                    INFECTION_SUSPECTED,
                    HAEMATOMA_OR_LEAK,
                    THROMBOSIS_SIGN,
                    BONE_OR_TUMOUR_SUSPECTED,
                ),
            ),
            EARLY_FAILURES,
            DOSSIER.at("section 5 pattern E, back-dominant"),
            dossier="section 5 E",
        ),
    ),
)

FEATURES = (
    feature(
        "power-not-improving",
        ROOT_INJURY,
        "neutral",
        "Weakness has not improved three months after surgery: look for compression that goes on",
        all_of(
            when_recorded(
                WEAKNESS_DECISION.gives,
                WEAKNESS_DECISION.gives.is_one_of(*LEFT_OVER, "new_symptom_needs_workup"),
                WEAKNESS.origin.is_("at_surgery"),
            ),
            phase.is_("judgeable"),
            any_of(
                WEAKNESS.change.is_one_of("unchanged", "worse"),
                when_recorded(weakness_eased, weakness_eased.is_false()),
            ),
        ),
        *MOTOR_COURSE,
        DOSSIER.at("section 5 pattern F"),
        dossier="section 5 F",
    ),
    feature(
        "pulses-absent",
        OUTSIDE_SPINE,
        "for",
        "A foot pulse is missing",
        all_of(IN_TROUBLE, pulses_present.is_false()),
        DOSSIER.at("section 5 pattern D"),
        dossier="section 5 D",
    ),
    feature(
        "diabetes-nerves",
        OUTSIDE_SPINE,
        "for",
        "Diabetes, which can damage peripheral nerves",
        all_of(IN_TROUBLE, diabetes.is_true()),
        PATTERN_A,
        dossier="section 5 A",
    ),
    feature(
        "eased-by-sitting-not-vascular",
        OUTSIDE_SPINE,
        "against",
        "Sitting or bending forward eases the leg pain that walking brings on, as in stenosis",
        all_of(IN_TROUBLE, eased_by_sitting.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "other-place-wrong-level",
        WRONG_PLACE,
        "for",
        "The pain is in another dermatome or on the other side",
        all_of(pain_pattern.is_("never_improved"), S17_OTHER),
        PATTERN_A,
        dossier="section 5 A; section 5 modifiers",
    ),
)
NEVER_IMPROVED_DECISIONS = (
    RESIDUAL_DISC_DECISION,
    INADEQUATE_DECISION,
    WRONG_PLACE_DECISION,
    ROOT_INJURY_DECISION,
    OUTSIDE_SPINE_DECISION,
    NOT_AIMED_AT_DECISION,
    WOUND_PAIN_DECISION,
)
