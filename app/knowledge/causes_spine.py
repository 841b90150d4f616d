"""Causes in the bones and joints of the spine (dossier section 5, back-dominant column and pattern C)."""

from __future__ import annotations

from app.engine.calculate import calculation
from app.engine.conditions import all_of, any_of, named
from app.engine.facts import Quantity
from app.engine.rules import Decision
from app.knowledge.background import annular_defect_mm, preoperative_slip, wide_facetectomy
from app.knowledge.cause_rules import (
    LIKELY,
    MODIFIERS,
    POSSIBLE,
    decision_id,
    feature,
    grade_fact,
    weigh,
)
from app.knowledge.cause_thresholds import MANY_LEVELS, MOVEMENT, WIDE_DEFECT_MM
from app.knowledge.citations import (
    ALL_FAILURES,
    NO_VALID_TEST,
    REOPERATIONS,
    S17,
    UNSTABLE_COURSE,
    UNSTABLE_RATES,
)
from app.knowledge.conclusions import Cause
from app.knowledge.imaging import MOVES
from app.knowledge.pain_patterns import ABRUPT, BACK, CAME_BACK, IN_TROUBLE, SLOW, pain_pattern
from app.knowledge.sources import DOSSIER
from app.knowledge.vocabulary import disc_opened, procedure

levels_freed = Quantity(
    name="levels_freed", label="Number of operated levels", unit="levels", minimum=0, maximum=20
)


@calculation(levels_freed)
def count_levels(operated_levels: frozenset[str]) -> int:
    return len(operated_levels)


FUSED = procedure.is_("decompression_with_fusion")
BACK_PATTERN_C = DOSSIER.at("section 5 pattern C, back-dominant")

# Instability or slip (pattern C; back-dominant A and B)

INSTABILITY = "instability_or_slip"
MAY_BE_UNSTABLE = named(
    "a pattern in which instability is looked for",
    any_of(SLOW, all_of(any_of(pain_pattern.is_("never_improved"), CAME_BACK), BACK)),
)
TEST_DIVERGENCE = (
    "The limits of movement are in common use; a preprint of 2023 stresses that no test of instability has been "
    "validated. Movement beyond a limit supports instability and does not prove it."
)

INSTABILITY_DECISION = Decision(
    id=decision_id(INSTABILITY),
    title="Instability or slip after removal of a lamina",
    gives=grade_fact(INSTABILITY),
    rules=(
        weigh(
            "instability.moves",
            Cause(
                condition=INSTABILITY,
                grade=LIKELY,
                says="Flexion and extension show movement beyond the limits in common use.",
                base_rate_low=0.055,
                base_rate_high=0.055,
                literature_low=0.016,
                literature_high=0.32,
            ),
            "Pain in a fitting pattern, with movement beyond the limits on flexion and extension",
            all_of(MAY_BE_UNSTABLE, MOVES),
            MOVEMENT,
            UNSTABLE_RATES,
            UNSTABLE_COURSE,
            NO_VALID_TEST,
            dossier="section 5 C; 6.1; 3.2",
            divergence=TEST_DIVERGENCE,
        ),
        weigh(
            "instability.pattern",
            Cause(
                condition=INSTABILITY,
                grade=POSSIBLE,
                says="The pain behaves in a way that instability or a slip can explain.",
                base_rate_low=0.055,
                base_rate_high=0.055,
                literature_low=0.016,
                literature_high=0.32,
            ),
            "Slow return of pain, or back pain that did not improve, or not for long, or came back, however quickly",
            MAY_BE_UNSTABLE,
            UNSTABLE_RATES,
            UNSTABLE_COURSE,
            BACK_PATTERN_C,
            dossier="section 5 C; section 5 A; section 5 B; 3.2",
        ),
    ),
)

# After a fusion

ADJACENT = "adjacent_segment_disease"
PSEUDARTHROSIS = "pseudarthrosis"

ADJACENT_DECISION = Decision(
    id=decision_id(ADJACENT),
    title="Disease of the segment beside the one that was operated on",
    gives=grade_fact(ADJACENT),
    rules=(
        weigh(
            "adjacent-segment.slow-return",
            Cause(
                condition=ADJACENT,
                grade=POSSIBLE,
                says="Pain came back slowly after a fusion: the segment beside it may be worn.",
            ),
            "Slow return of pain after a fusion",
            all_of(SLOW, FUSED),
            S17,
            REOPERATIONS,
            BACK_PATTERN_C,
            dossier="section 5 C; 1.1 S17",
        ),
        weigh(
            "adjacent-segment.back",
            Cause(
                condition=ADJACENT,
                grade=POSSIBLE,
                says="Back pain came back slowly: a segment beside the one that was operated on may be worn.",
            ),
            "Slow return of back pain",
            all_of(SLOW, BACK),
            S17,
            REOPERATIONS,
            BACK_PATTERN_C,
            dossier="section 5 C; 1.1 S17",
        ),
    ),
)
PSEUDARTHROSIS_DECISION = Decision(
    id=decision_id(PSEUDARTHROSIS),
    title="Pseudarthrosis",
    gives=grade_fact(PSEUDARTHROSIS),
    rules=(
        weigh(
            "pseudarthrosis.fused",
            Cause(
                condition=PSEUDARTHROSIS,
                grade=POSSIBLE,
                says="Back pain came back slowly after a fusion: it may not have healed, which CT shows best once healing "
                "is due.",
            ),
            "Slow return of back pain after a fusion",
            all_of(SLOW, FUSED, BACK),
            BACK_PATTERN_C,
            DOSSIER.at("6.1 fusion"),
            dossier="section 5 C; 6.1",
        ),
    ),
)

# Discs, joints, and pain that the operation was not aimed at

BACK_SOURCES = "disc_facet_or_sacroiliac_pain"

BACK_SOURCES_DECISION = Decision(
    id=decision_id(BACK_SOURCES),
    title="Pain of a disc, a facet joint or a sacroiliac joint",
    gives=grade_fact(BACK_SOURCES),
    rules=(
        weigh(
            "back-sources.never-improved",
            Cause(
                condition=BACK_SOURCES,
                grade=POSSIBLE,
                says="Back pain did not improve, or not for long: it may come from a disc, a facet joint or a sacroiliac joint, and not from "
                "the level that was freed.",
            ),
            "Back pain that did not improve, or not for long: the operation may not have been aimed at its source",
            all_of(pain_pattern.is_("never_improved"), BACK),
            ALL_FAILURES,
            DOSSIER.at("section 5 pattern A, back-dominant"),
            dossier="section 5 A",
        ),
        weigh(
            "back-sources.slow-return",
            Cause(
                condition=BACK_SOURCES,
                grade=POSSIBLE,
                says="Back pain came back slowly: it may come from a facet joint or a sacroiliac joint.",
            ),
            "Slow return of back pain",
            all_of(SLOW, BACK),
            ALL_FAILURES,
            BACK_PATTERN_C,
            dossier="section 5 C",
        ),
    ),
)

# What opened with the disc, and what follows from moving little

ANNULUS = "failure_of_the_annulus"
DECONDITIONING = "deconditioning"

ANNULUS_DECISION = Decision(
    id=decision_id(ANNULUS),
    title="Failure of the annulus of the disc that was opened",
    gives=grade_fact(ANNULUS),
    rules=(
        weigh(
            "annulus.abrupt-return",
            Cause(
                condition=ANNULUS,
                grade=POSSIBLE,
                says="Back pain came back abruptly after a disc was opened: its annulus may have given way.",
            ),
            "Abrupt return of back pain after a disc was opened",
            all_of(ABRUPT, BACK, disc_opened.is_true()),
            ALL_FAILURES,
            DOSSIER.at("section 5 pattern B, back-dominant"),
            dossier="section 5 B",
        ),
    ),
)
DECONDITIONING_DECISION = Decision(
    id=decision_id(DECONDITIONING),
    title="Deconditioning",
    gives=grade_fact(DECONDITIONING),
    rules=(
        weigh(
            "deconditioning.slow-return",
            Cause(
                condition=DECONDITIONING,
                grade=POSSIBLE,
                says="Back pain came back slowly: muscles that have lost strength and endurance can add to it. It "
                "explains no other finding away.",
            ),
            "Slow return of back pain: loss of strength and endurance can add to it",
            all_of(SLOW, BACK),
            ALL_FAILURES,
            BACK_PATTERN_C,
            dossier="section 5 C",
        ),
    ),
)

FEATURES = (
    feature(
        "wide-defect-annulus",
        ANNULUS,
        "for",
        "The defect of the annulus was 6 mm or wider",
        all_of(IN_TROUBLE, annular_defect_mm >= WIDE_DEFECT_MM),
        *WIDE_DEFECT_MM.evidence,
        dossier="3.2; section 5 B",
    ),
    feature(
        "many-levels",
        INSTABILITY,
        "for",
        "Three or more levels were operated on",
        all_of(IN_TROUBLE, levels_freed >= MANY_LEVELS),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "slip-before",
        INSTABILITY,
        "for",
        "There was a slip of a vertebra before surgery",
        all_of(IN_TROUBLE, preoperative_slip.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "wide-facetectomy",
        INSTABILITY,
        "for",
        "A facet joint was removed widely at surgery",
        all_of(IN_TROUBLE, wide_facetectomy.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
)
SPINE_DECISIONS = (
    INSTABILITY_DECISION,
    ADJACENT_DECISION,
    PSEUDARTHROSIS_DECISION,
    BACK_SOURCES_DECISION,
    ANNULUS_DECISION,
    DECONDITIONING_DECISION,
)
