"""Causes of leg pain that left and came back (dossier section 5, patterns B and C)."""

from __future__ import annotations

from datetime import date

from app.engine.calculate import calculation
from app.engine.conditions import all_of
from app.engine.facts import YesNo
from app.engine.rules import Decision
from app.knowledge.background import annular_defect_mm, diabetes, smoker
from app.knowledge.cause_rules import (
    HERNIATION,
    MODIFIERS,
    POSSIBLE,
    UNLIKELY,
    decision_id,
    feature,
    grade_fact,
    weigh,
)
from app.knowledge.cause_thresholds import FIBROSIS_MONTHS, WIDE_DEFECT_MM, YOUNGER_YEARS
from app.knowledge.citations import (
    ALL_FAILURES,
    BURTON_ARACHNOIDITIS,
    BURTON_CAUSES,
    CONTRALATERAL,
    EARLY_MASS_EFFECT,
    OTHER_REASONS,
    OTHER_SITE,
    RISKS,
    S17,
    S19,
    SCAR_AND_PAIN,
    SCAR_WITHOUT_PAIN,
)
from app.knowledge.conclusions import Cause
from app.knowledge.imaging import compression_seen, herniation_seen, scar_seen
from app.knowledge.measurements import burning_pain, cough_impulse
from app.knowledge.pain_patterns import ABRUPT_LEG, IN_TROUBLE, S17_OTHER, SLOW_LEG
from app.knowledge.sources import DOSSIER
from app.knowledge.thresholds import SIX_WEEKS_DAYS
from app.knowledge.timeline import add_months, days_since_surgery
from app.knowledge.vocabulary import age_years, indication, new_bilateral_leg_pain

return_in_scar_window = YesNo(
    name="return_in_scar_window", label="Return of leg pain while scar usually shows itself"
)


@calculation(return_in_scar_window, uses=[SIX_WEEKS_DAYS, FIBROSIS_MONTHS])
def tell_scar_window(leg_returned_on: date, six_week_day: date, surgery_date: date) -> bool:
    last = add_months(surgery_date, int(FIBROSIS_MONTHS.value))
    return six_week_day <= leg_returned_on <= last


PATTERN_B = DOSSIER.at("section 5 pattern B")
PATTERN_C = DOSSIER.at("section 5 pattern C")

# Abrupt return (pattern B)

OTHER_HERNIATION = "disc_herniation_other_level_or_side"
SYNOVIAL_CYST = "synovial_cyst"

OTHER_HERNIATION_DECISION = Decision(
    id=decision_id(OTHER_HERNIATION),
    title="Disc herniation at another level or on the other side",
    gives=grade_fact(OTHER_HERNIATION),
    rules=(
        weigh(
            "other-herniation.other-root",
            Cause(
                condition=OTHER_HERNIATION,
                grade=POSSIBLE,
                says="Abrupt return of leg pain in another dermatome or on the other side.",
                base_rate_low=0.031,
                base_rate_high=0.031,
            ),
            "Abrupt return of leg pain in another dermatome or on the other side",
            all_of(ABRUPT_LEG, S17_OTHER),
            S17,
            S19,
            OTHER_SITE,
            CONTRALATERAL,
            PATTERN_B,
            dossier="section 5 B; 3.2",
        ),
    ),
)
SYNOVIAL_CYST_DECISION = Decision(
    id=decision_id(SYNOVIAL_CYST),
    title="Synovial cyst of a facet joint",
    gives=grade_fact(SYNOVIAL_CYST),
    rules=(
        weigh(
            "synovial-cyst.abrupt-return",
            Cause(
                condition=SYNOVIAL_CYST,
                grade=POSSIBLE,
                says="A cyst of a facet joint can bring leg pain back abruptly, as a herniation does.",
            ),
            "Abrupt return of leg pain: a cyst can do so",
            ABRUPT_LEG,
            OTHER_REASONS,
            PATTERN_B,
            dossier="section 5 B",
        ),
    ),
)

# Slow return (pattern C)

FIBROSIS = "epidural_fibrosis"
ARACHNOIDITIS = "arachnoiditis"
SCAR_DIVERGENCE = (
    "One trial cohort found radicular pain 3.2 times as often with extensive scar at 6 months; other studies find no "
    "link between scar and pain. Scar on MRI alone explains nothing."
)

FIBROSIS_DECISION = Decision(
    id=decision_id(FIBROSIS),
    title="Epidural fibrosis",
    gives=grade_fact(FIBROSIS),
    rules=(
        weigh(
            "epidural-fibrosis.not-seen",
            Cause(
                condition=FIBROSIS, grade=UNLIKELY, says="MRI since surgery shows no scar around the root."
            ),
            "Slow return of leg pain, without scar on MRI since surgery",
            all_of(SLOW_LEG, days_since_surgery >= SIX_WEEKS_DAYS, scar_seen.is_("no")),
            SCAR_AND_PAIN,
            PATTERN_C,
            dossier="section 5 C",
        ),
        weigh(
            "epidural-fibrosis.slow-return",
            Cause(
                condition=FIBROSIS,
                grade=POSSIBLE,
                says="Leg pain came back slowly, six weeks or more after surgery. What MRI shows of scar goes poorly "
                "with pain.",
            ),
            "Slow return of leg pain, six weeks or more after surgery",
            all_of(SLOW_LEG, days_since_surgery >= SIX_WEEKS_DAYS),
            SCAR_AND_PAIN,
            SCAR_WITHOUT_PAIN,
            PATTERN_C,
            dossier="section 5 C; 3.2",
            divergence=SCAR_DIVERGENCE,
        ),
    ),
)
ARACHNOIDITIS_DECISION = Decision(
    id=decision_id(ARACHNOIDITIS),
    title="Arachnoiditis",
    gives=grade_fact(ARACHNOIDITIS),
    rules=(
        weigh(
            "arachnoiditis.burning-both-legs",
            Cause(
                condition=ARACHNOIDITIS,
                grade=POSSIBLE,
                says="Burning pain in both legs that came back slowly; the cauda equina flags come first.",
            ),
            "Slow return of burning pain in both legs",
            all_of(SLOW_LEG, new_bilateral_leg_pain.is_true(), burning_pain.is_true()),
            BURTON_ARACHNOIDITIS,
            PATTERN_C,
            dossier="section 5 C",
        ),
    ),
)

COLLAPSE = "foraminal_collapse"

COLLAPSE_DECISION = Decision(
    id=decision_id(COLLAPSE),
    title="Collapse of a foramen",
    gives=grade_fact(COLLAPSE),
    rules=(
        weigh(
            "foraminal-collapse.not-seen",
            Cause(
                condition=COLLAPSE,
                grade=UNLIKELY,
                says="MRI since the pain came back shows no root or sac compressed.",
            ),
            "Slow return of leg pain, without compression on MRI since it came back",
            all_of(SLOW_LEG, compression_seen.is_("no")),
            PATTERN_C,
            ALL_FAILURES,
            dossier="section 5 C",
        ),
        weigh(
            "foraminal-collapse.slow-return",
            Cause(
                condition=COLLAPSE,
                grade=POSSIBLE,
                says="Leg pain came back slowly: a foramen that lost its height can narrow the way of the root.",
            ),
            "Slow return of leg pain: the root may be narrowed in its foramen",
            SLOW_LEG,
            PATTERN_C,
            BURTON_CAUSES,
            dossier="section 5 C; 3.2",
        ),
    ),
)

FEATURES = (
    feature(
        "cough-impulse",
        HERNIATION,
        "for",
        "Coughing or straining brings on the leg pain",
        all_of(IN_TROUBLE, cough_impulse.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "herniation-on-mri",
        HERNIATION,
        "for",
        "MRI since surgery shows a disc herniation at the operated level, which early on is common in people who are well",
        all_of(IN_TROUBLE, herniation_seen.is_("yes")),
        EARLY_MASS_EFFECT,
        dossier="6.1",
    ),
    feature(
        "no-herniation-on-mri",
        HERNIATION,
        "against",
        "MRI since surgery shows no disc herniation at the operated level",
        all_of(IN_TROUBLE, herniation_seen.is_("no")),
        DOSSIER.at("6.1"),
        dossier="6.1",
    ),
    feature(
        "smoking",
        HERNIATION,
        "for",
        "Smoking raises the risk of a recurrent herniation",
        all_of(IN_TROUBLE, smoker.is_true()),
        RISKS,
        dossier="3.2; section 5 modifiers",
    ),
    feature(
        "diabetes-herniation",
        HERNIATION,
        "for",
        "Diabetes raises the risk of a recurrent herniation",
        all_of(IN_TROUBLE, diabetes.is_true()),
        RISKS,
        dossier="3.2; section 5 modifiers",
    ),
    feature(
        "wide-annular-defect",
        HERNIATION,
        "for",
        "The defect of the annulus was 6 mm or wider",
        all_of(IN_TROUBLE, annular_defect_mm >= WIDE_DEFECT_MM),
        *WIDE_DEFECT_MM.evidence,
        dossier="3.2; section 5 modifiers",
    ),
    feature(
        "younger-age",
        HERNIATION,
        "for",
        "Age below 50 raises the risk of a recurrent herniation",
        all_of(IN_TROUBLE, age_years < YOUNGER_YEARS),
        RISKS,
        MODIFIERS,
        dossier="3.2; section 5 modifiers",
    ),
    feature(
        "cyst-before",
        SYNOVIAL_CYST,
        "for",
        "A synovial cyst was the reason for the operation",
        all_of(IN_TROUBLE, indication.is_("synovial_cyst")),
        PATTERN_B,
        dossier="section 5 B",
    ),
    feature(
        "burning-fibrosis",
        FIBROSIS,
        "for",
        "The leg pain burns",
        all_of(IN_TROUBLE, burning_pain.is_true()),
        PATTERN_C,
        dossier="section 5 C",
    ),
    feature(
        "scar-on-mri",
        FIBROSIS,
        "neutral",
        "MRI since surgery shows scar around the root, which is common without pain",
        all_of(IN_TROUBLE, scar_seen.is_("yes")),
        SCAR_AND_PAIN,
        SCAR_WITHOUT_PAIN,
        dossier="section 5 C; 3.2",
        divergence=SCAR_DIVERGENCE,
    ),
    feature(
        "fibrosis-window",
        FIBROSIS,
        "for",
        "The leg pain came back between six weeks and six months after surgery, when scar usually shows itself",
        all_of(IN_TROUBLE, return_in_scar_window.is_true()),
        PATTERN_C,
        dossier="section 5 C",
    ),
)
RETURN_DECISIONS = (
    OTHER_HERNIATION_DECISION,
    SYNOVIAL_CYST_DECISION,
    FIBROSIS_DECISION,
    ARACHNOIDITIS_DECISION,
    COLLAPSE_DECISION,
)
