"""Causes to exclude first, weighed beside their flags (dossier section 5 A, B, E; 4.2; 11.13; 11.14)."""

from __future__ import annotations

from app.engine.conditions import all_of, any_of, named, none_of
from app.engine.rules import Decision
from app.knowledge.background import (
    anticoagulant,
    diabetes,
    immunosuppressed,
    osteoporosis,
    steroids,
    wide_facetectomy,
)
from app.knowledge.cause_rules import (
    LIKELY,
    POSSIBLE,
    UNLIKELY,
    decision_id,
    feature,
    grade_fact,
    weigh,
)
from app.knowledge.citations import DISCITIS_RATE, EARLY_FAILURES, HAEMATOMA_RATES
from app.knowledge.conclusions import Cause
from app.knowledge.course import IN_SCOPE
from app.knowledge.infection import INFLAMMATION
from app.knowledge.laboratory import crp_finding
from app.knowledge.measurements import calf_difference_cm
from app.knowledge.pain_patterns import IN_TROUBLE
from app.knowledge.questions import (
    calf_swelling,
    calf_tenderness,
    collateral_veins,
    focal_back_pain,
    new_back_pain,
    pain_rising_24h,
    pitting_oedema,
    rest_back_pain,
    trauma,
)
from app.knowledge.safety import NEW_DEFICIT, any_yes, unless_screened_out
from app.knowledge.safety_thresholds import (
    CALF_DIFFERENCE_CM,
    CRP_RAISED_MG_L,
    DISCITIS_FROM_DAYS,
    DISCITIS_TO_DAYS,
    ESR_RAISED_MM_H,
    HAEMATOMA_DAYS,
    OLD_AGE_YEARS,
    THROMBOSIS_DAYS,
)
from app.knowledge.sources import DOSSIER
from app.knowledge.timeline import days_since_surgery
from app.knowledge.vocabulary import CAUDA_EQUINA, age_years

# Epidural haematoma: early, or late up to the end of its window

HAEMATOMA = "epidural_haematoma"
HAEMATOMA_SIGNS = named(
    "signs that an epidural haematoma gives",
    any_of(any_yes(CAUDA_EQUINA), NEW_DEFICIT, pain_rising_24h.is_true()),
)

HAEMATOMA_DECISION = Decision(
    id=decision_id(HAEMATOMA),
    title="Epidural haematoma",
    gives=grade_fact(HAEMATOMA),
    rules=(
        weigh(
            "haematoma.early",
            Cause(
                condition=HAEMATOMA,
                grade=POSSIBLE,
                says="Within 30 days of surgery a haematoma can bring pain or a deficit on; what the flags ask for comes first.",
                base_rate_low=0.0016,
                base_rate_high=0.0027,
                literature_low=0.0016,
                literature_high=0.023,
            ),
            "Within 30 days: a neurological sign, rising pain, or pain that was not relieved or came back",
            all_of(
                IN_SCOPE,
                days_since_surgery <= HAEMATOMA_DAYS,
                any_of(HAEMATOMA_SIGNS, IN_TROUBLE),
            ),
            *HAEMATOMA_DAYS.evidence,
            *HAEMATOMA_RATES,
            EARLY_FAILURES,
            dossier="section 5 A; section 5 B; section 5 E; 4.2 RF-SEH",
        ),
    ),
)

# Discitis (11.14: the pattern with normal tests is unlikely, not excluded)

DISCITIS = "discitis"
DISCITIS_PATTERN = named(
    "severe back pain at rest or at night",
    all_of(IN_SCOPE, rest_back_pain.is_true(), days_since_surgery >= DISCITIS_FROM_DAYS),
)
INFLAMED = named("signs of inflammation", any_of(*INFLAMMATION))
"""As for the flag: a measured temperature counts, a second rise of CRP before day 14 counts, an old normal value not."""
NORMAL_TESTS = named(
    "normal CRP and no sign of inflammation", all_of(crp_finding.is_("normal"), none_of(INFLAMED))
)

DISCITIS_DECISION = Decision(
    id=decision_id(DISCITIS),
    title="Discitis",
    gives=grade_fact(DISCITIS),
    rules=(
        weigh(
            "discitis.inflamed",
            Cause(
                condition=DISCITIS,
                grade=LIKELY,
                says="Severe back pain at rest or at night, with fever, sweats or raised values.",
                base_rate_low=0.002,
                base_rate_high=0.04,
            ),
            "Severe back pain at rest or at night, with signs of inflammation",
            all_of(DISCITIS_PATTERN, INFLAMED),
            *ESR_RAISED_MM_H.evidence,
            *CRP_RAISED_MG_L.evidence,
            DISCITIS_RATE,
            dossier="section 5 B; 4.2 RF-DISCITIS; 3.2",
        ),
        weigh(
            "discitis.normal-tests",
            Cause(
                condition=DISCITIS,
                grade=UNLIKELY,
                says="Severe back pain at rest or at night, with normal tests: unlikely, not excluded.",
                base_rate_low=0.002,
                base_rate_high=0.04,
            ),
            "Severe back pain at rest or at night, with a normal CRP from day 14 on and no sign of inflammation",
            all_of(DISCITIS_PATTERN, NORMAL_TESTS),
            *CRP_RAISED_MG_L.evidence,
            DOSSIER.at("11.14; 6.2"),
            dossier="11.14; 6.2",
        ),
        weigh(
            "discitis.rest-pain",
            Cause(
                condition=DISCITIS,
                grade=POSSIBLE,
                says="Severe back pain at rest or at night: tests of inflammation tell more.",
                base_rate_low=0.002,
                base_rate_high=0.04,
            ),
            "Severe back pain at rest or at night from day 10 on",
            DISCITIS_PATTERN,
            *DISCITIS_FROM_DAYS.evidence,
            DISCITIS_RATE,
            dossier="section 5 B; 4.2 RF-DISCITIS; 3.2",
        ),
    ),
)

# Fracture, and thrombosis as a mimic of leg pain

FRACTURE = "fracture"
THROMBOSIS = "deep_vein_thrombosis"

BACK_SIGNS = any_of(focal_back_pain.is_true(), trauma.is_true())

FRACTURE_DECISION = Decision(
    id=decision_id(FRACTURE),
    title="Fracture",
    gives=grade_fact(FRACTURE),
    rules=(
        weigh(
            "fracture.new-back-pain",
            Cause(
                condition=FRACTURE,
                grade=POSSIBLE,
                says="Sudden pain at one place of the back, or back pain after a fall: a vertebra, or a facet joint or pars "
                "weakened by the operation, may be broken.",
            ),
            "Sudden pain at one place of the back, or new back pain after a fall or an injury",
            any_of(
                focal_back_pain.is_true(),
                all_of(trauma.is_true(), new_back_pain.is_true()),
            ),
            *OLD_AGE_YEARS.evidence,
            DOSSIER.at("11.13; section 5 pattern B"),
            dossier="section 5 B; 4.2 RF-FRACTURE; 11.13",
        ),
    ),
)
THROMBOSIS_DECISION = Decision(
    id=decision_id(THROMBOSIS),
    title="Deep vein thrombosis",
    gives=grade_fact(THROMBOSIS),
    rules=(
        weigh(
            "thrombosis.leg-signs",
            Cause(
                condition=THROMBOSIS,
                grade=POSSIBLE,
                says="A swollen or tender leg within 12 weeks of surgery: do not take its pain for a herniation.",
            ),
            "Within 12 weeks: a swollen or tender leg",
            all_of(
                days_since_surgery <= THROMBOSIS_DAYS,
                any_of(
                    any_yes((calf_swelling, calf_tenderness, pitting_oedema, collateral_veins)),
                    unless_screened_out(
                        calf_difference_cm,
                        calf_difference_cm >= CALF_DIFFERENCE_CM,
                        any_yes((calf_swelling,)),
                    ),
                ),
            ),
            *CALF_DIFFERENCE_CM.evidence,
            *THROMBOSIS_DAYS.evidence,
            DOSSIER.at("section 5 pattern B"),
            dossier="section 5 B; 4.2 RF-DVT",
        ),
    ),
)

FEATURES = (
    feature(
        "anticoagulation",
        HAEMATOMA,
        "for",
        "The patient takes an anticoagulant",
        all_of(days_since_surgery <= HAEMATOMA_DAYS, anticoagulant.is_true()),
        DOSSIER.at("4.2 RF-SEH"),
        dossier="4.2 RF-SEH",
    ),
    feature(
        "rising-pain",
        HAEMATOMA,
        "for",
        "The pain rose within a day",
        pain_rising_24h.is_true(),
        DOSSIER.at("4.2 RF-SEH"),
        dossier="4.2 RF-SEH",
    ),
    feature(
        "discitis-window",
        DISCITIS,
        "for",
        "The time since surgery is that in which discitis shows itself",
        all_of(DISCITIS_PATTERN, days_since_surgery <= DISCITIS_TO_DAYS),
        *DISCITIS_TO_DAYS.evidence,
        dossier="4.2 RF-DISCITIS",
    ),
    feature(
        "weak-defence",
        DISCITIS,
        "for",
        "Diabetes or a suppressed immune system",
        all_of(DISCITIS_PATTERN, any_of(diabetes.is_true(), immunosuppressed.is_true())),
        DOSSIER.at("4.2 RF-DISCITIS"),
        dossier="4.2 RF-DISCITIS",
    ),
    feature(
        "fragile-bone",
        FRACTURE,
        "for",
        "Age of 70 or more, osteoporosis or long-term steroids",
        all_of(
            BACK_SIGNS,
            any_of(age_years >= OLD_AGE_YEARS, osteoporosis.is_true(), steroids.is_true()),
        ),
        *OLD_AGE_YEARS.evidence,
        dossier="4.2 RF-FRACTURE; 11.13",
    ),
    feature(
        "facet-fracture",
        FRACTURE,
        "for",
        "A facet joint was removed widely: think of the pars and the facet",
        all_of(BACK_SIGNS, wide_facetectomy.is_true()),
        DOSSIER.at("4.2 RF-FRACTURE"),
        dossier="4.2 RF-FRACTURE",
    ),
)
FIRST_DECISIONS = (HAEMATOMA_DECISION, DISCITIS_DECISION, FRACTURE_DECISION, THROMBOSIS_DECISION)
