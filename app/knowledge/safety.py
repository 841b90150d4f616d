"""Red flags (dossier section 4, 11.2-11.15): every flag always runs, and an unanswered question is never "no".

This file holds the cauda equina flags, those of lost power and feeling and the two of the first source; the files
beside it hold the others, ruleset.py puts all into one chapter, and NOT_COVERED lists what none looks for.
"""

from __future__ import annotations

from app.engine.conditions import AtLeast, Check, Condition, Fact, all_of, any_of, named, none_of
from app.engine.evidence import Citation
from app.engine.facts import YesNo, not_recorded, recorded, when_recorded
from app.engine.rules import Chapter, Rule
from app.knowledge.citations import BASS_SIX_WEEKS, LEBOW_SYMPTOMATIC, RESIDUAL, S9, S19
from app.knowledge.conclusions import FOUR_WEEKS, SEVENTY_TWO_HOURS, TODAY, WEEK, Flag
from app.knowledge.course import IN_SCOPE, NOT_BETTER, trajectory
from app.knowledge.deficits import (
    NUMBNESS,
    TINGLING,
    bilateral_onset_days_ago,
    found_loss,
    motor_loss,
    numbness_new,
    power_tested,
    tingling_new,
    weakness_new,
    weakness_progressing,
)
from app.knowledge.measurements import bilateral_examination, leg_power, saddle_sensation
from app.knowledge.pain import (
    back_pain_now,
    index_pain,
    leg_pain_now,
    leg_recorded_relief,
    leg_relief,
    leg_relief_recorded,
    leg_rise,
    leg_stated_relief,
    onset_to_plateau_days,
)
from app.knowledge.safety_thresholds import WARD_RETENTION_DAYS
from app.knowledge.sources import (
    DOSSIER,
    GIRFT_2023,
    GRAFTIEAUX_1997,
    JENSEN_2004,
    MHC,
    NICE_CKS_2018,
)
from app.knowledge.thresholds import (
    ABRUPT_DAYS,
    BILATERAL_WINDOW_DAYS,
    EARLY_BILATERAL_DAYS,
    EARLY_SENSORY_DAYS,
    RELIEF_INTERVAL_DAYS,
    RESIDUAL_ML,
    RISE_POINTS,
    SIX_WEEKS_DAYS,
    URGENT_PAIN_POINTS,
)
from app.knowledge.timeline import days_since_surgery
from app.knowledge.vocabulary import (
    BILATERAL,
    CAUDA_EQUINA,
    bilateral_leg_pain_onset_on,
    disc_opened,
    eased_by_sitting,
    new_bilateral_leg_numbness,
    new_bilateral_leg_pain,
    pain_return_onset,
    pain_return_side,
    post_void_residual_ml,
    saddle_numbness,
    sexual_dysfunction,
    still_in_hospital,
    urinary_difficulty,
    urinary_incontinence,
    urinary_retention,
)

NOT_COVERED = (
    "drowsiness or a seizure without a postural headache",
    "severe abdominal pain without a collapse, and a collapse without it",
    "a tumour in a patient without a past cancer",
    "inflammatory disease of the spine",
    "compression of the spinal cord above the lumbar spine",
    "infection of other organs, save by fever and signs of sepsis",
    "harm from medicines, or from stopping them",
)
"""What no flag looks for; every answer says so. Every red flag of the dossier's table (4.2) is built."""


def any_yes(questions: tuple[YesNo, ...]) -> AtLeast:
    """One of the questions is answered yes."""
    return any_of(*(question.is_true() for question in questions))


def unless_screened_out(measured: Fact, finding: Condition, screens: Condition) -> AtLeast:
    """A finding of a measurement: a missing measurement leaves it open, save when all that screens for it is "no".

    A measurement that was taken always counts (dossier 11.15).
    """
    return all_of(finding, any_of(recorded(measured), screens))


def flag(
    rule_id: str,
    code: str,
    title: str,
    when: Condition,
    *evidence: Citation,
    tier: str,
    first_action: str,
    dossier: str,
    within_days: int,
    atypical_timing: bool = False,
) -> Rule:
    """One tier of one flag."""
    then = Flag(
        code=code,
        tier=tier,
        first_action=first_action,
        within_days=within_days,
        atypical_timing=atypical_timing,
    )
    return Rule(id=f"safety.{rule_id}", title=title, when=when, then=then, evidence=evidence, dossier=dossier)


EMERGENCY_ACTION = (
    "Emergency department with MRI round the clock: MRI as soon as possible and within 4 hours of the request, "
    "spinal surgeon now, nil by mouth; bladder scan only if it delays nothing."
)
SAME_DAY_ACTION = (
    "Discuss with the operating or on-call spinal team on the same day; examine for cauda equina signs."
)
CES_PATHWAY = GIRFT_2023.at("cauda equina items", "any new item: MRI within 4 hours of the request")
CES_AFTER_SURGERY = JENSEN_2004.at("post-operative", "an emergency; explore if progressive")

SEVERE_PAIN = named(
    "severe pain that shortens the limit",
    any_of(
        when_recorded(leg_pain_now, leg_pain_now >= URGENT_PAIN_POINTS),
        when_recorded(back_pain_now, back_pain_now >= URGENT_PAIN_POINTS),
    ),
)

# Retention on the ward (dossier 11.2): exempt only while all that could make it more is known to be normal.

OTHER_CAUDA_EQUINA = tuple(item for item in CAUDA_EQUINA if item is not urinary_retention)
EXAMINED = (saddle_sensation, leg_power, bilateral_examination)
"""What an examination must have found normal."""
WARD_RETENTION_EXEMPT = named(
    "early on the ward, with everything else known normal",
    all_of(
        when_recorded(still_in_hospital, still_in_hospital.is_true()),
        days_since_surgery <= WARD_RETENTION_DAYS,
        *(recorded(item) for item in OTHER_CAUDA_EQUINA),
        *(when_recorded(item, item.is_false()) for item in (*BILATERAL, sexual_dysfunction)),
        not_recorded(bilateral_leg_pain_onset_on),
        none_of(when_recorded(pain_return_side, pain_return_side.is_("both"))),
        *(when_recorded(each, each.is_("normal")) for each in EXAMINED),
    ),
)
"""Never open: what is missing makes it FALSE, so that a question not asked exempts nobody. Pain in both legs that
the record tells of elsewhere speaks against the "no" about it.

The other items of RF-CES-1 need only be answered here: a yes to one of them is an emergency by itself.
"""
NEW_IN_ONE_LEG = any_yes((numbness_new, tingling_new))
"""Beside retention it is another item; new weakness is one by RF-SEH. Not known, it leaves the emergency open."""
ABNORMAL_SADDLE = unless_screened_out(
    saddle_sensation, saddle_sensation.is_("abnormal"), saddle_numbness.is_true()
)
"""Found on examination, it counts whatever was answered (dossier 11.15)."""

CES_1 = flag(
    "ces-1",
    "RF-CES-1",
    "A new or worse cauda equina symptom since surgery",
    any_of(
        any_yes(OTHER_CAUDA_EQUINA),
        all_of(urinary_retention.is_true(), any_of(none_of(WARD_RETENTION_EXEMPT), NEW_IN_ONE_LEG)),
        ABNORMAL_SADDLE,
    ),
    CES_PATHWAY,
    CES_AFTER_SURGERY,
    DOSSIER.at("4.2 RF-CES-1: any change since surgery counts, without the limit of 14 days; 11.2; 11.15"),
    tier="emergency_now",
    first_action=EMERGENCY_ACTION,
    within_days=TODAY,
    dossier="4.2 RF-CES-1; 11.2; 11.15",
)
CAUDA_EQUINA_CHANGE = any_of(any_yes(CAUDA_EQUINA), ABNORMAL_SADDLE)
"""The same with retention on the ward, which is no emergency by itself but never a sign that all is well."""

# Bilateral symptoms; claudication that came back slowly and is eased by sitting is exempt (pattern C).
SLOW_CLAUDICATION = all_of(
    days_since_surgery > BILATERAL_WINDOW_DAYS,
    when_recorded(pain_return_onset, pain_return_onset.is_("gradual")),
    when_recorded(eased_by_sitting, eased_by_sitting.is_true()),
)
"""Both must be on record, and slow means later than 42 days: a question not asked exempts nobody."""
BILATERAL_PAIN = all_of(new_bilateral_leg_pain.is_true(), none_of(SLOW_CLAUDICATION))
NEW_BILATERAL = named(
    "new pain or numbness of both legs", any_of(BILATERAL_PAIN, new_bilateral_leg_numbness.is_true())
)
FOUND_WEAK = unless_screened_out(leg_power, leg_power.is_("abnormal"), weakness_new.is_true())
"""Found on examination, and not graded: whether it is new, and how much, is open (dossier 11.11, 11.15)."""


def tested_loss(*losses: str) -> Condition:
    """A loss of power that a test shows, or may show; not tested is "no" only when weakness is neither new nor found."""
    screens = any_of(weakness_new.is_true(), FOUND_WEAK)
    shown = any_of(found_loss.is_one_of(*losses), motor_loss.is_one_of(*losses))
    return unless_screened_out(power_tested, shown, screens)


NEW_DEFICIT = named(
    "a new deficit",
    any_of(
        numbness_new.is_true(),
        tingling_new.is_true(),
        weakness_new.is_true(),
        tested_loss("standing", "slight", "marked"),
    ),
)
RECENT_BILATERAL = named(
    "recent new pain or numbness of both legs",
    any_of(
        all_of(
            BILATERAL_PAIN,
            any_of(
                days_since_surgery <= BILATERAL_WINDOW_DAYS,
                bilateral_onset_days_ago <= BILATERAL_WINDOW_DAYS,
                not_recorded(bilateral_leg_pain_onset_on),
            ),
        ),
        new_bilateral_leg_numbness.is_true(),
    ),
)
"""Pain without a day of onset counts as recent, and so does numbness, which has no day of its own."""
BILATERAL_EVIDENCE = (
    NICE_CKS_2018.at("red flags", "bilateral sciatica"),
    GRAFTIEAUX_1997.at("title", "haematoma warning after disc surgery"),
)

CES_2_EARLY = flag(
    "ces-2.early",
    "RF-CES-2",
    "New pain or numbness of both legs within 14 days of surgery",
    all_of(any_yes(BILATERAL), days_since_surgery <= EARLY_BILATERAL_DAYS),
    *BILATERAL_EVIDENCE,
    DOSSIER.at("4.2 RF-CES-2; section 10 item 2"),
    tier="emergency_now",
    first_action=EMERGENCY_ACTION,
    within_days=TODAY,
    dossier="4.2 RF-CES-2",
)
CES_2_WITH_DEFICIT = flag(
    "ces-2.with-deficit",
    "RF-CES-2",
    "New pain or numbness of both legs together with another new neurological symptom",
    all_of(
        RECENT_BILATERAL,
        any_of(any_yes((*CAUDA_EQUINA, sexual_dysfunction)), NEW_DEFICIT),
    ),
    *BILATERAL_EVIDENCE,
    DOSSIER.at("4.2 RF-CES-2; 11.12"),
    tier="emergency_now",
    first_action=EMERGENCY_ACTION,
    within_days=TODAY,
    dossier="4.2 RF-CES-2; 11.12",
)
CES_2_LATER = flag(
    "ces-2.later",
    "RF-CES-2",
    "New pain or numbness of both legs that began in the last 42 days, or on a day not known",
    RECENT_BILATERAL,
    *BILATERAL_EVIDENCE,
    DOSSIER.at("4.2 RF-CES-2"),
    tier="same_day",
    first_action=SAME_DAY_ACTION,
    within_days=TODAY,
    dossier="4.2 RF-CES-2",
)
CES_2_LATE = flag(
    "ces-2.late",
    "RF-CES-2",
    "New pain or numbness of both legs, whenever it began",
    NEW_BILATERAL,
    *BILATERAL_EVIDENCE,
    DOSSIER.at("11.12; 4.1 T3"),
    tier="within_days",
    first_action="Clinician within 7 days: examine both legs and the saddle area; ask for MRI if anything is abnormal.",
    within_days=WEEK,
    atypical_timing=True,
    dossier="11.12",
)
CES_2_LATE_SEVERE = flag(
    "ces-2.late.severe",
    "RF-CES-2",
    "New pain or numbness of both legs, whenever it began, with pain of 8 or more",
    all_of(NEW_BILATERAL, SEVERE_PAIN),
    *BILATERAL_EVIDENCE,
    DOSSIER.at("11.12; 4.1 T3; 11.5"),
    tier="within_days",
    first_action="Clinician within 72 hours: examine both legs and the saddle area; ask for MRI if anything is abnormal.",
    within_days=SEVENTY_TWO_HOURS,
    atypical_timing=True,
    dossier="11.5; 11.12",
)
CES_3_ALONE = flag(
    "ces-3.alone",
    "RF-CES-3",
    "New sexual dysfunction since surgery",
    sexual_dysfunction.is_true(),
    GIRFT_2023.at(
        "sexual dysfunction", "alone with low back pain it is unlikely to be cauda equina syndrome"
    ),
    DOSSIER.at("4.2 RF-CES-3"),
    tier="same_day",
    first_action=SAME_DAY_ACTION,
    within_days=TODAY,
    dossier="4.2 RF-CES-3",
)
CES_3_WITH_OTHERS = flag(
    "ces-3.with-others",
    "RF-CES-3",
    "New sexual dysfunction together with another cauda equina item",
    all_of(sexual_dysfunction.is_true(), any_yes((*CAUDA_EQUINA, *BILATERAL))),
    CES_PATHWAY,
    DOSSIER.at("4.2 RF-CES-3"),
    tier="emergency_now",
    first_action=EMERGENCY_ACTION,
    within_days=TODAY,
    dossier="4.2 RF-CES-3",
)
PVR = flag(
    "pvr",
    "RF-PVR",
    "Post-void residual of 200 mL or more",
    unless_screened_out(
        post_void_residual_ml,
        post_void_residual_ml >= RESIDUAL_ML,
        any_yes((urinary_difficulty, urinary_retention, urinary_incontinence, saddle_numbness)),
    ),
    RESIDUAL,
    tier="emergency_now",
    first_action=EMERGENCY_ACTION
    + " A residual below 200 mL would not exclude it; above 600 mL catheterise.",
    within_days=TODAY,
    dossier="4.2 RF-PVR; 11.15",
)
CES_FLAGS = (
    CES_1,
    CES_2_EARLY,
    CES_2_WITH_DEFICIT,
    CES_2_LATER,
    CES_2_LATE,
    CES_2_LATE_SEVERE,
    CES_3_ALONE,
    CES_3_WITH_OTHERS,
    PVR,
)
CES_SUSPECTED = named(
    "a cauda equina flag",
    any_of(CAUDA_EQUINA_CHANGE, CES_2_LATE.when, CES_3_ALONE.when, PVR.when),
)
"""Any cauda equina flag: the other tiers of a flag ask for more than the one named here."""
CES_SUSPECTED_EARLY = named(
    "a cauda equina flag, no claudication exempt",
    any_of(CAUDA_EQUINA_CHANGE, any_yes(BILATERAL), CES_3_ALONE.when, PVR.when),
)
"""The same while no claudication is exempt yet."""

# Loss of power and of feeling in one leg (dossier 4.2 RF-MOTOR, RF-NEW-SENSORY; 11.9, 11.11)

DEFICIT_EVIDENCE = (
    NICE_CKS_2018.at("severe or progressive deficit", "urgent referral is standard", MHC),
    DOSSIER.at("4.2 RF-MOTOR-1; 4.2 RF-MOTOR-2; 11.11"),
)
UNTESTED_WEAKNESS = all_of(weakness_new.is_true(), not_recorded(found_loss))
TESTED_MARKED_LOSS = tested_loss("marked")
PROGRESSING_WEAKNESS = all_of(weakness_progressing.is_true(), not_recorded(motor_loss))
"""What has grown is new or worse: the records that tell the one tell the other."""

MOTOR_1 = flag(
    "motor-1",
    "RF-MOTOR-1",
    "A muscle has fallen to MRC 3 or below, or by 2 grades or more, since surgery, or weakness is growing within days",
    any_of(TESTED_MARKED_LOSS, PROGRESSING_WEAKNESS),
    *DEFICIT_EVIDENCE,
    tier="emergency_now",
    first_action="Emergency MRI and spinal surgeon now.",
    within_days=TODAY,
    dossier="4.2 RF-MOTOR-1; 11.11",
)
MOTOR_2 = flag(
    "motor-2",
    "RF-MOTOR-2",
    "A muscle has lost a grade since surgery, or new or worse weakness was stated and not tested in full",
    any_of(tested_loss("slight"), UNTESTED_WEAKNESS),
    *DEFICIT_EVIDENCE,
    tier="same_day",
    first_action="Test the power of every key muscle; call the surgeon on the same day; MRI within 48 hours.",
    within_days=TODAY,
    dossier="4.2 RF-MOTOR-2; 11.11; 11.15",
)
MOTOR_STANDING_SEVERE = flag(
    "motor.standing.severe",
    "RF-MOTOR-2",
    "A loss of power since surgery that has stood for more than 42 days without falling further, with pain of 8 or more",
    all_of(tested_loss("standing"), SEVERE_PAIN),
    *DEFICIT_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action="Clinician within 72 hours: ask whether the loss of power was investigated.",
    within_days=SEVENTY_TWO_HOURS,
    atypical_timing=True,
    dossier="11.5; 11.11",
)
MOTOR_STANDING = flag(
    "motor.standing",
    "RF-MOTOR-2",
    "A loss of power since surgery that has stood on record for more than 42 days without falling further",
    tested_loss("standing"),
    *DEFICIT_EVIDENCE,
    tier="within_days",
    first_action="Clinician within 7 days: ask whether the loss of power was investigated.",
    within_days=WEEK,
    atypical_timing=True,
    dossier="11.11",
)
NEW_MOTOR_LOSS = named(
    "new or worse loss of power", any_of(tested_loss("slight", "marked"), UNTESTED_WEAKNESS)
)
"""RF-MOTOR-1 or RF-MOTOR-2: what has stood for long is left out (dossier 11.11)."""
NEW_SENSORY_LOSS = named(
    "new numbness or tingling",
    any_of(
        all_of(numbness_new.is_true(), NUMBNESS.present.is_true()),
        all_of(tingling_new.is_true(), TINGLING.present.is_true()),
    ),
)
SENSORY_EVIDENCE = DOSSIER.at("4.2 RF-NEW-SENSORY; 11.9")
SENSORY_EARLY = flag(
    "new-sensory.early",
    "RF-NEW-SENSORY",
    "Numbness or tingling that was not there before, within 3 days of surgery",
    all_of(NEW_SENSORY_LOSS, days_since_surgery <= EARLY_SENSORY_DAYS),
    SENSORY_EVIDENCE,
    tier="same_day",
    first_action="Examine on the same day: compare the dermatome with the treated level, and decide on MRI.",
    within_days=TODAY,
    dossier="4.2 RF-NEW-SENSORY",
)
SENSORY_SEVERE = flag(
    "new-sensory.severe",
    "RF-NEW-SENSORY",
    "Numbness or tingling that was not there before, with pain of 8 or more",
    all_of(NEW_SENSORY_LOSS, SEVERE_PAIN),
    SENSORY_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action="Clinician within 72 hours: examine, compare the dermatome with the treated level, decide on MRI.",
    within_days=SEVENTY_TWO_HOURS,
    dossier="4.2 RF-NEW-SENSORY; 11.5",
)
SENSORY = flag(
    "new-sensory",
    "RF-NEW-SENSORY",
    "Numbness or tingling that was not there before",
    NEW_SENSORY_LOSS,
    SENSORY_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action="Clinician within 7 days: examine, compare the dermatome with the treated level, decide on MRI.",
    within_days=WEEK,
    dossier="4.2 RF-NEW-SENSORY; 11.9",
)
DEFICIT_FLAGS = (
    MOTOR_1,
    MOTOR_2,
    MOTOR_STANDING_SEVERE,
    MOTOR_STANDING,
    SENSORY_EARLY,
    SENSORY_SEVERE,
    SENSORY,
)
DEFICIT_SUSPECTED = named(
    "a flag of lost power or feeling",
    any_of(TESTED_MARKED_LOSS, MOTOR_2.when, MOTOR_STANDING.when, SENSORY.when),
)
"""Any of them: weakness that is progressing comes with RF-MOTOR-2, and the other tiers ask for more."""
URGENT_SURGICAL_CAUSE = named(
    "an urgent surgical cause", any_of(CES_SUSPECTED, TESTED_MARKED_LOSS, MOTOR_2.when)
)

# The first source's own flags. Either way of telling is enough, so that an answer not given cannot lower the flag.


def told_by_either(word: Check, days: Check) -> AtLeast:
    """The patient's word or the dates say so; open only while neither was given (dossier 1.2: accept the choice)."""
    alone = any_of(recorded(word.fact), not_recorded(days.fact))
    return any_of(when_recorded(days.fact, days), all_of(word, alone))


ABRUPT_RETURN = named(
    "abrupt return",
    told_by_either(pain_return_onset.is_one_of("sudden", "abrupt"), onset_to_plateau_days <= ABRUPT_DAYS),
)
PAIN_RETURNED = named(
    "leg pain came back after improvement",
    all_of(IN_SCOPE, leg_relief_recorded.is_true(), leg_rise >= RISE_POINTS),
)
LONG_RELIEF = named(
    "relief long enough to call it a recurrence",
    any_of(leg_stated_relief >= RELIEF_INTERVAL_DAYS, leg_recorded_relief >= RELIEF_INTERVAL_DAYS),
)
SHORT_RELIEF = named(
    "leg pain came back after relief that was short or of unknown length",
    all_of(PAIN_RETURNED, none_of(when_recorded(leg_relief, leg_relief >= RELIEF_INTERVAL_DAYS))),
)
RECURRENCE_SUSPECTED = named(
    "suspected recurrent disc herniation",
    all_of(disc_opened.is_true(), PAIN_RETURNED, LONG_RELIEF, ABRUPT_RETURN),
)
RECURRENCE_EVIDENCE = (
    S19,
    LEBOW_SYMPTOMATIC,
    DOSSIER.at("4.2 RF-REC-LDH; 11.3; 11.5"),
)

REC_LDH_SEVERE = flag(
    "rec-ldh.severe",
    "RF-REC-LDH",
    "Suspected recurrent disc herniation with pain of 8 or more",
    all_of(RECURRENCE_SUSPECTED, SEVERE_PAIN),
    *RECURRENCE_EVIDENCE,
    tier="within_days",
    first_action="Clinician within 72 hours: neurological examination; spinal surgeon and MRI within 72 hours.",
    within_days=SEVENTY_TWO_HOURS,
    dossier="4.2 RF-REC-LDH; 11.5",
)
REC_LDH = flag(
    "rec-ldh",
    "RF-REC-LDH",
    "Suspected recurrent disc herniation",
    RECURRENCE_SUSPECTED,
    *RECURRENCE_EVIDENCE,
    tier="within_days",
    first_action="Clinician within 7 days: neurological examination; spinal surgeon and MRI within 14 days.",
    within_days=WEEK,
    dossier="4.2 RF-REC-LDH; 11.5",
)
NO_RESPONSE_AT_SIX_WEEKS = named(
    "leg pain not improved when the early watch ends",
    all_of(IN_SCOPE, days_since_surgery >= SIX_WEEKS_DAYS, index_pain.is_("leg"), NOT_BETTER),
)
NONRESP_6W = flag(
    "nonresp-6w",
    "RF-NONRESP-6W",
    "Leg pain not improved six weeks or more after surgery",
    all_of(NO_RESPONSE_AT_SIX_WEEKS, none_of(trajectory.is_("relapsed"))),
    BASS_SIX_WEEKS,
    S9,
    DOSSIER.at("4.2 RF-NONRESP-6W; 11.5"),
    tier="routine",
    first_action="Contact the operating surgeon within 4 weeks.",
    within_days=FOUR_WEEKS,
    dossier="4.2 RF-NONRESP-6W; 1.3 (1); 11.5",
)

SAFETY = Chapter(
    name="safety",
    title="Safety",
    steps=(*CES_FLAGS, *DEFICIT_FLAGS, REC_LDH_SEVERE, REC_LDH, NONRESP_6W),
)
