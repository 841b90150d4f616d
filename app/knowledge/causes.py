"""Candidate causes, graded in words only: here those that the first source names (dossier 1.1 S11, S12, S16-S21).

A grade comes from the time pattern; features speak for or against it beside the grade.
"""

from __future__ import annotations

from app.engine.conditions import all_of, any_of, named, none_of
from app.engine.facts import when_recorded
from app.engine.rules import Chapter, Decision
from app.knowledge import (
    causes_excluded_first,
    causes_lasting,
    causes_never_improved,
    causes_return,
    causes_spine,
)
from app.knowledge.cause_rules import (
    HERNIATION,
    LIKELY,
    MODIFIERS,
    POSSIBLE,
    STENOSIS_OTHER,
    STENOSIS_SAME,
    UNLIKELY,
    decision_id,
    feature,
    grade_fact,
    weigh,
)
from app.knowledge.circulation import THROMBOSIS_ON_RECORD, THROMBOSIS_SIGN
from app.knowledge.citations import (
    EARLY_FAILURES,
    LEBOW_SYMPTOMATIC,
    PAIN_FREE_SERIES,
    REOPERATIONS,
    S6,
    S11,
    S12,
    S16,
    S17,
    S18,
    S19,
    S20,
    S21,
)
from app.knowledge.conclusions import Cause
from app.knowledge.course import IN_SCOPE, IS_IMPROVED
from app.knowledge.haematoma import RISING_SEVERE_PAIN
from app.knowledge.imaging import IMAGING_STEPS, compression_seen
from app.knowledge.infection import INFECTION_SUSPECTED
from app.knowledge.pain import (
    index_now,
    index_pain,
    pain_drop,
    pain_free_six_months,
    relief_recorded,
    return_in_typical_window,
    rising_twice,
)
from app.knowledge.pain_patterns import (
    DATED_LONG_RELIEF,
    DEGENERATIVE,
    GRADUAL_RETURN,
    IN_TROUBLE,
    NEVER_IMPROVED,
    NEW_SYMPTOM,
    NO_RETURN,
    NO_RETURN_SCORED,
    PATTERN_STEPS,
    S17_OTHER,
)
from app.knowledge.safety import (
    ABRUPT_RETURN,
    CES_SUSPECTED,
    CES_SUSPECTED_EARLY,
    NEW_DEFICIT,
    PAIN_RETURNED,
)
from app.knowledge.sources import (
    BASS_2012,
    DOSSIER,
    FINNISH_2007,
    LEBOW_2011,
    MARISCAL_2022,
    RLDH_REVIEWS,
)
from app.knowledge.thresholds import CONTACT_PAIN_POINTS, SIX_WEEKS_DAYS
from app.knowledge.timeline import days_since_surgery, phase
from app.knowledge.vocabulary import disc_opened, eased_by_sitting, same_dermatome, straight_leg_raise

HERNIATION_ELSEWHERE = "new_or_recurrent_disc_herniation"
DELAYED_ROOT = "delayed_root_recovery"
ROOT_SWELLING = "postoperative_root_swelling"

# Recurrent disc herniation (S19-S21, 11.3)

HERNIATION_RATES = (
    S20,
    RLDH_REVIEWS.at("rates", "5 to 15 % and 5 to 18 % in reviews"),
    LEBOW_SYMPTOMATIC,
)
TIMING_DIVERGENCE = (
    "The first source puts recurrence mostly in the first three months. Serial imaging found all radiographic recurrences at a mean of 11.8 months, a "
    "five-year cohort found recurrences spread evenly, and a review reports them 1 to 5 years out: the time since "
    "surgery supports a recurrence but never excludes one."
)
LATE_RECURRENCES = (
    LEBOW_2011.at("2 years", "all radiographic recurrences at a mean of 11.8 ± 8.3 months"),
    FINNISH_2007.at("5 years", "recurrences spread evenly over 5 years"),
    MARISCAL_2022.at("review", "recurrences reported 1 to 5 years out"),
)


def _herniation(grade: str, says: str, condition: str = HERNIATION) -> Cause:
    return Cause(
        condition=condition,
        grade=grade,
        says=says,
        base_rate_low=0.05,
        base_rate_high=0.10,
        literature_low=0.05,
        literature_high=0.18,
    )


RETURN_NOT_SCORED = (
    "No score of the pain that counts shows a return, but a return was stated or the back pain rose: find out which "
    "pain it is."
)

HERNIATION_DECISION = Decision(
    id=decision_id(HERNIATION),
    title="Recurrent disc herniation",
    gives=grade_fact(HERNIATION),
    rules=(
        weigh(
            "recurrent-herniation.thrombosis-sign",
            _herniation(
                POSSIBLE,
                "The leg shows a sign of thrombosis, which can mimic it: exclude one before a recurrence is named.",
            ),
            "Pain that came back after disc surgery, in a patient with a sign of thrombosis",
            all_of(disc_opened.is_true(), PAIN_RETURNED, THROMBOSIS_ON_RECORD),
            DOSSIER.at("section 5 pattern B; 8.2 V18"),
            dossier="section 5 B; 8.2 V18",
        ),
        weigh(
            "recurrent-herniation.suspected",
            _herniation(
                LIKELY, "Suspected: relief of 14 days or more after disc surgery, then an abrupt return."
            ),
            "Pain that left after disc surgery and came back abruptly: suspect a new herniation",
            all_of(disc_opened.is_true(), PAIN_RETURNED, DATED_LONG_RELIEF, ABRUPT_RETURN),
            S19,
            *HERNIATION_RATES,
            DOSSIER.at("11.3"),
            dossier="1.1 S19; 1.1 S20; 11.3",
        ),
        weigh(
            "recurrent-herniation.no-disc-opened",
            _herniation(
                POSSIBLE,
                "No disc was opened: a herniation would be new, or at another level.",
                HERNIATION_ELSEWHERE,
            ),
            "Abrupt return of pain after surgery that opened no disc",
            all_of(disc_opened.is_false(), PAIN_RETURNED, ABRUPT_RETURN),
            S19,
            DOSSIER.at("1.1 S19"),
            dossier="1.1 S19",
        ),
        weigh(
            "recurrent-herniation.short-relief",
            _herniation(
                POSSIBLE, "The relief was short or of unknown length: early failure is as plausible."
            ),
            "Abrupt return of pain after short relief",
            all_of(PAIN_RETURNED, ABRUPT_RETURN, none_of(DATED_LONG_RELIEF)),
            S19,
            DOSSIER.at("11.3"),
            EARLY_FAILURES,
            dossier="11.3",
        ),
        weigh(
            "recurrent-herniation.gradual-return",
            _herniation(
                UNLIKELY, "The pain came back gradually; other causes are more usual in this pattern."
            ),
            "Gradual return of pain",
            all_of(PAIN_RETURNED, GRADUAL_RETURN),
            DOSSIER.at("section 5 pattern C"),
            *LATE_RECURRENCES,
            dossier="section 5 C",
        ),
        weigh(
            "recurrent-herniation.return",
            _herniation(
                POSSIBLE,
                "The pain came back within weeks; or how quickly, or whether a disc was opened, is not on record.",
            ),
            "Return of pain within weeks, or with its speed or the opening of a disc not on record",
            PAIN_RETURNED,
            S19,
            DOSSIER.at("1.1 S19; 1.2 abruptly"),
            dossier="1.1 S19; 1.2 abruptly; section 5",
        ),
        weigh(
            "recurrent-herniation.never-improved",
            _herniation(
                POSSIBLE, "The pain never improved: an early herniation is one of the causes of this pattern."
            ),
            "Pain that never improved after disc surgery",
            all_of(disc_opened.is_true(), NEVER_IMPROVED),
            EARLY_FAILURES,
            DOSSIER.at("section 5 pattern A"),
            dossier="section 5 A",
        ),
        weigh(
            "recurrent-herniation.no-return",
            _herniation(UNLIKELY, "The pain has improved and has not come back."),
            "Improved, and no return of pain",
            all_of(NO_RETURN, IS_IMPROVED),
            S19,
            DOSSIER.at("section 5"),
            dossier="1.1 S19; section 5",
        ),
        weigh(
            "recurrent-herniation.return-not-scored",
            _herniation(UNLIKELY, RETURN_NOT_SCORED),
            "Improved, and no score of that pain shows the return that was stated, or back pain rose instead",
            all_of(NO_RETURN_SCORED, IS_IMPROVED),
            S19,
            DOSSIER.at("section 0 item 4; section 5"),
            dossier="1.1 S19; section 0 item 4; section 5",
        ),
    ),
)

# Stenosis again, at the same or at another level (S16-S18)

PATTERN_C = DOSSIER.at("section 5 pattern C")


def _stenosis(condition: str, grade: str, says: str) -> Cause:
    return Cause(condition=condition, grade=grade, says=says)


SLOW_LOSS = named(
    "gradual loss of long relief after surgery for a degenerative narrowing",
    all_of(PAIN_RETURNED, DATED_LONG_RELIEF, GRADUAL_RETURN, DEGENERATIVE),
)

STENOSIS_SAME_DECISION = Decision(
    id=decision_id(STENOSIS_SAME),
    title="Recurrent stenosis at the operated level",
    gives=grade_fact(STENOSIS_SAME),
    rules=(
        weigh(
            "stenosis-same-level.gradual-return",
            _stenosis(
                STENOSIS_SAME, LIKELY, "Gradual return in the treated dermatome after stenosis surgery."
            ),
            "Gradual return in the treated dermatome, operated on for a degenerative narrowing",
            all_of(SLOW_LOSS, same_dermatome.is_true()),
            S16,
            S18,
            REOPERATIONS,
            PATTERN_C,
            dossier="1.1 S16; 1.1 S18; section 5 C",
        ),
        weigh(
            "stenosis-same-level.return",
            _stenosis(STENOSIS_SAME, POSSIBLE, "Pain came back, or a new deficit appeared, after surgery."),
            "Return of pain, or a new deficit",
            any_of(PAIN_RETURNED, NEW_SYMPTOM),
            S16,
            REOPERATIONS,
            PATTERN_C,
            dossier="1.1 S16; section 5 C",
        ),
        weigh(
            "stenosis-same-level.never-improved",
            _stenosis(STENOSIS_SAME, POSSIBLE, "The pain never improved: narrowing may have remained."),
            "Pain that never improved after surgery for a degenerative narrowing",
            all_of(DEGENERATIVE, NEVER_IMPROVED),
            S18,
            EARLY_FAILURES,
            DOSSIER.at("section 5 pattern A"),
            dossier="1.1 S18; section 5 A",
        ),
        weigh(
            "stenosis-same-level.no-return",
            _stenosis(STENOSIS_SAME, UNLIKELY, "The pain has improved and has not come back."),
            "Improved, no return of pain and no new deficit",
            all_of(NO_RETURN, IS_IMPROVED),
            S16,
            DOSSIER.at("section 5"),
            dossier="1.1 S16; section 5",
        ),
        weigh(
            "stenosis-same-level.return-not-scored",
            _stenosis(STENOSIS_SAME, UNLIKELY, RETURN_NOT_SCORED),
            "Improved, no new deficit, and no score of that pain shows the return that was stated, or back pain rose instead",
            all_of(NO_RETURN_SCORED, IS_IMPROVED),
            S16,
            DOSSIER.at("section 0 item 4; section 5"),
            dossier="1.1 S16; section 0 item 4; section 5",
        ),
    ),
)
STENOSIS_OTHER_DECISION = Decision(
    id=decision_id(STENOSIS_OTHER),
    title="Stenosis at an adjacent or another level",
    gives=grade_fact(STENOSIS_OTHER),
    rules=(
        weigh(
            "stenosis-other-level.other-root",
            _stenosis(STENOSIS_OTHER, LIKELY, "Gradual return in another dermatome or on the other side."),
            "Gradual return in another dermatome or on the other side, operated on for a degenerative narrowing",
            all_of(SLOW_LOSS, S17_OTHER),
            S17,
            S18,
            REOPERATIONS,
            PATTERN_C,
            dossier="1.1 S17; 1.1 S18; section 5 C and D",
        ),
        weigh(
            "stenosis-other-level.return",
            _stenosis(STENOSIS_OTHER, POSSIBLE, "Pain came back, or a new deficit appeared, after surgery."),
            "Return of pain, or a new deficit",
            any_of(PAIN_RETURNED, NEW_SYMPTOM),
            S17,
            REOPERATIONS,
            PATTERN_C,
            dossier="1.1 S17; section 5 C and D",
        ),
        weigh(
            "stenosis-other-level.no-return",
            _stenosis(STENOSIS_OTHER, UNLIKELY, "The pain has improved and has not come back."),
            "Improved, no return of pain and no new deficit",
            all_of(NO_RETURN, IS_IMPROVED),
            S17,
            DOSSIER.at("section 5"),
            dossier="1.1 S17; section 5",
        ),
        weigh(
            "stenosis-other-level.return-not-scored",
            _stenosis(STENOSIS_OTHER, UNLIKELY, RETURN_NOT_SCORED),
            "Improved, no new deficit, and no score of that pain shows the return that was stated, or back pain rose instead",
            all_of(NO_RETURN_SCORED, IS_IMPROVED),
            S17,
            DOSSIER.at("section 0 item 4; section 5"),
            dossier="1.1 S17; section 0 item 4; section 5",
        ),
    ),
)

# Benign explanations, offered only when the questions on the cauda equina, on infection, on rising pain and on
# thrombosis are answered "no" (S11, S12)


DELAYED_ROOT_DECISION = Decision(
    id=decision_id(DELAYED_ROOT),
    title="Delayed recovery of the root",
    gives=grade_fact(DELAYED_ROOT),
    rules=(
        weigh(
            "delayed-root-recovery.early",
            Cause(
                condition=DELAYED_ROOT,
                grade=POSSIBLE,
                says="In 10 to 20 % leg pain lasts until the root begins to heal.",
                base_rate_low=0.10,
                base_rate_high=0.20,
            ),
            "Leg pain not yet relieved within three months, no flag of cauda equina or infection, no new deficit",
            all_of(
                IN_SCOPE,
                phase.is_("early"),
                index_pain.is_("leg"),
                relief_recorded.is_false(),
                none_of(CES_SUSPECTED, NEW_DEFICIT, INFECTION_SUSPECTED, RISING_SEVERE_PAIN, THROMBOSIS_SIGN),
            ),
            S6,
            S11,
            BASS_2012.at("weeks 1-2 and 6", "19 % not relieved at 1 to 2 weeks, 9 % at 6 weeks"),
            dossier="1.1 S11",
        ),
    ),
)
ROOT_SWELLING_DECISION = Decision(
    id=decision_id(ROOT_SWELLING),
    title="Swelling of the root after surgery",
    gives=grade_fact(ROOT_SWELLING),
    rules=(
        weigh(
            "root-swelling.early",
            Cause(
                condition=ROOT_SWELLING,
                grade=POSSIBLE,
                says="Work around the root causes swelling: pain can be worse for a while.",
            ),
            "Leg pain as bad as before or worse within six weeks, never relieved or slowly back, no deficit, no flag",
            all_of(
                IN_SCOPE,
                days_since_surgery <= SIX_WEEKS_DAYS,
                index_pain.is_("leg"),
                pain_drop <= 0,
                any_of(relief_recorded.is_false(), GRADUAL_RETURN),
                none_of(
                    CES_SUSPECTED_EARLY, NEW_DEFICIT, INFECTION_SUSPECTED, RISING_SEVERE_PAIN, THROMBOSIS_SIGN
                ),
            ),
            S12,
            EARLY_FAILURES,
            DOSSIER.at("1.1 S12"),
            dossier="1.1 S12",
        ),
    ),
)

# Features beside the grades (section 5 modifiers)

NOTHING_COMPRESSED = all_of(IN_TROUBLE, compression_seen.is_("no"))
WEIGHED = named("pain with a pattern, or a new deficit", any_of(IN_TROUBLE, NEW_SYMPTOM))
"""Of a patient who is well it is not asked where the pain is, or what eases it."""

FEATURES = (
    feature(
        "typical-window",
        HERNIATION,
        "for",
        "The pain came back within three months of surgery",
        all_of(PAIN_RETURNED, return_in_typical_window.is_true()),
        S21,
        *LATE_RECURRENCES,
        dossier="1.1 S21; 1.3 (4)",
        divergence=TIMING_DIVERGENCE,
    ),
    feature(
        "atypical-but-compatible",
        HERNIATION,
        "neutral",
        "The pain came back later than three months after surgery, which does not lower the suspicion",
        all_of(PAIN_RETURNED, return_in_typical_window.is_false()),
        S21,
        *LATE_RECURRENCES,
        dossier="1.1 S21; 1.3 (4)",
        divergence=TIMING_DIVERGENCE,
    ),
    feature(
        "strict-research-definition",
        HERNIATION,
        "for",
        "Six months or more free of pain before the return: the strict research definition of a recurrence is met",
        all_of(
            PAIN_RETURNED,
            pain_free_six_months.is_true(),
            none_of(when_recorded(same_dermatome, same_dermatome.is_false())),
        ),
        PAIN_FREE_SERIES,
        dossier="1.2 relief interval",
    ),
    feature(
        "straight-leg-raise",
        HERNIATION,
        "for",
        "The straight leg raise is positive",
        all_of(WEIGHED, straight_leg_raise.is_("positive")),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "same-dermatome-herniation",
        HERNIATION,
        "for",
        "The pain is in the dermatome that was treated",
        all_of(WEIGHED, same_dermatome.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "eased-by-sitting",
        STENOSIS_SAME,
        "for",
        "Walking brings the leg pain on, and sitting or bending forward eases it",
        all_of(WEIGHED, eased_by_sitting.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "eased-by-sitting-other-level",
        STENOSIS_OTHER,
        "for",
        "Walking brings the leg pain on, and sitting or bending forward eases it",
        all_of(WEIGHED, eased_by_sitting.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "degenerative-indication",
        STENOSIS_SAME,
        "for",
        "The operation was done for a degenerative narrowing or slip, which may go on",
        DEGENERATIVE,
        S18,
        REOPERATIONS,
        dossier="1.1 S18",
    ),
    feature(
        "degenerative-indication-other-level",
        STENOSIS_OTHER,
        "for",
        "The operation was done for a degenerative narrowing or slip, which may go on",
        DEGENERATIVE,
        S18,
        REOPERATIONS,
        dossier="1.1 S18",
    ),
    feature(
        "same-dermatome",
        STENOSIS_OTHER,
        "against",
        "The pain is in the dermatome that was treated",
        all_of(WEIGHED, same_dermatome.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "same-dermatome-same-level",
        STENOSIS_SAME,
        "for",
        "The pain is in the dermatome that was treated",
        all_of(WEIGHED, same_dermatome.is_true()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "no-compression-same-level",
        STENOSIS_SAME,
        "against",
        "MRI since the pain came back shows no root or sac compressed",
        NOTHING_COMPRESSED,
        DOSSIER.at("6.1"),
        dossier="6.1",
    ),
    feature(
        "no-compression-other-level",
        STENOSIS_OTHER,
        "against",
        "MRI since the pain came back shows no root or sac compressed",
        NOTHING_COMPRESSED,
        DOSSIER.at("6.1"),
        dossier="6.1",
    ),
    feature(
        "no-disc-opened",
        HERNIATION,
        "against",
        "No disc was opened: that makes a recurrent herniation less likely, and does not exclude one",
        all_of(IN_TROUBLE, disc_opened.is_false()),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "other-root-herniation",
        HERNIATION,
        "against",
        "The pain is in another dermatome or on the other side: a herniation at another level or on the other side",
        all_of(WEIGHED, S17_OTHER),
        MODIFIERS,
        dossier="section 5 B; section 5 modifiers",
    ),
    feature(
        "other-root-same-level",
        STENOSIS_SAME,
        "against",
        "The pain is in another dermatome or on the other side",
        all_of(WEIGHED, S17_OTHER),
        MODIFIERS,
        dossier="section 5 modifiers",
    ),
    feature(
        "other-root",
        STENOSIS_OTHER,
        "for",
        "The pain is in another dermatome or on the other side",
        all_of(WEIGHED, S17_OTHER),
        S17,
        MODIFIERS,
        dossier="1.1 S17; section 5 modifiers",
    ),
)

CONTACT_FOR_SWELLING = named(
    "severe or rising pain", any_of(index_now >= CONTACT_PAIN_POINTS, rising_twice.is_true())
)
"""Severe pain, or pain that rises twice running: contact the surgeon (dossier 1.1 S12)."""

CAUSES_NOT_COVERED = (
    "failure of an implant",
    "a tumour, an infection of the wound or an abscess: red flags look for them",
    "a leak of cerebrospinal fluid: red flags look for it",
    "a nerve fascicle caught in a tear of the dura",
)
"""What this ruleset does not weigh as a cause; every answer says so. Each cause of the dossier's section 5 is weighed."""

CAUSE_DECISIONS = (
    HERNIATION_DECISION,
    STENOSIS_SAME_DECISION,
    STENOSIS_OTHER_DECISION,
    DELAYED_ROOT_DECISION,
    ROOT_SWELLING_DECISION,
    *causes_excluded_first.FIRST_DECISIONS,
    *causes_never_improved.NEVER_IMPROVED_DECISIONS,
    *causes_return.RETURN_DECISIONS,
    *causes_spine.SPINE_DECISIONS,
    *causes_lasting.LASTING_DECISIONS,
)
CAUSES = Chapter(
    name="causes",
    title="Causes",
    steps=(
        *PATTERN_STEPS,
        *IMAGING_STEPS,
        causes_never_improved.compare_back,
        causes_return.tell_scar_window,
        causes_spine.count_levels,
        *CAUSE_DECISIONS,
        *FEATURES,
        *causes_excluded_first.FEATURES,
        *causes_never_improved.FEATURES,
        *causes_return.FEATURES,
        *causes_spine.FEATURES,
        *causes_lasting.FEATURES,
        causes_lasting.CHRONIC_SURGICAL_PAIN_LABEL,
    ),
)
