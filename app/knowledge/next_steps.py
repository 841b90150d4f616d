"""What to do next, and when to look again (dossier 1.1 S8, S19, S22; 6.3; 6.4; 11.5)."""

from __future__ import annotations

from datetime import date

from app.engine.calculate import calculation
from app.engine.conditions import Condition, all_of, any_of, named, none_of
from app.engine.facts import Day, YesNo, not_recorded, when_recorded
from app.engine.rules import Chapter, Rule
from app.knowledge.causes import (
    CONTACT_FOR_SWELLING,
    HERNIATION_DECISION,
)
from app.knowledge.circulation import EMBOLISM_QUESTIONS
from app.knowledge.citations import EARLY_FAILURES, EARLY_MASS_EFFECT, S8, S12, S16, S17, S19, S22
from app.knowledge.conclusions import (
    FOUR_WEEKS,
    SEVENTY_TWO_HOURS,
    TODAY,
    TWELVE_WEEKS,
    TWO_WEEKS,
    WEEK,
)
from app.knowledge.course import BACK_ROSE, IN_SCOPE, LEG_ROSE, trajectory
from app.knowledge.deficits import WEAKNESS, found_loss, weakness_new
from app.knowledge.imaging import NO_TARGET
from app.knowledge.infection import MENINGEAL_QUESTIONS, SEPSIS_QUESTIONS
from app.knowledge.measurements import pulses_present, saddle_sensation, spo2_percent
from app.knowledge.outcome import LOST_WITHOUT_BASELINE, PERSISTENT_PAIN, verdict
from app.knowledge.pain import (
    Readings,
    after,
    back_pain_now,
    baseline_of,
    index_pain,
    leg_pain_now,
    onset_to_plateau_days,
    pain_drop,
)
from app.knowledge.pain_patterns import NEW_SYMPTOM
from app.knowledge.questions import (
    arm_weakness,
    chest_pain,
    clear_wound_leak,
    cold_leg,
    facial_droop,
    pain_rising_24h,
    postural_headache,
    speech_disturbance,
    visual_loss,
)
from app.knowledge.recovery import MOTOR_COURSE, WEAKNESS_DECISION
from app.knowledge.safety import (
    RECURRENCE_SUSPECTED,
    SEVERE_PAIN,
    SHORT_RELIEF,
    URGENT_SURGICAL_CAUSE,
)
from app.knowledge.safety_thresholds import HAEMATOMA_DAYS, LOW_SATURATION_PERCENT, SEVERE_PAIN_POINTS
from app.knowledge.sources import (
    ACR_2021,
    DOSSIER,
    NICE_TA159,
)
from app.knowledge.step_rules import LIMITS, step
from app.knowledge.step_thresholds import PAIN_SERVICE_POINTS
from app.knowledge.thresholds import CONTACT_PAIN_POINTS, GRADUAL_DAYS, RESIDUAL_ML, SIX_WEEKS_DAYS
from app.knowledge.timeline import days_since_surgery, phase
from app.knowledge.vocabulary import CAUDA_EQUINA_ITEMS, pain_return_onset, post_void_residual_ml

scheduled_review_on = Day(name="scheduled_review_on", label="Next scheduled review")
WINDOW_OPEN = ("recovery_window_open", "window_closing")


@calculation(scheduled_review_on)
def schedule_review(
    assessed_on: date,
    six_week_day: date,
    three_month_day: date,
    six_month_day: date,
    twelve_month_day: date,
    verdict: str | None = None,
    numbness_prognosis: str | None = None,
    tingling_prognosis: str | None = None,
    weakness_prognosis: str | None = None,
) -> date | None:
    """The next visit strictly in the future: 6 weeks, 3 months, 6 months where something is open, 12 months (6.4)."""
    deficits = (numbness_prognosis, tingling_prognosis, weakness_prognosis)
    six_months_wanted = verdict in ("on_track", "insufficient_data") or any(
        each in WINDOW_OPEN for each in deficits
    )
    visits = (
        six_week_day,
        three_month_day,
        *((six_month_day,) if six_months_wanted else ()),
        twelve_month_day,
    )
    return next((visit for visit in visits if visit > assessed_on), None)


weakness_less_than_before = YesNo(
    name="weakness_less_than_before", label="Weakness less than on the record from before surgery"
)


@calculation(weakness_less_than_before)
def compare_with_weakness_before(weakness_course: Readings, surgery_date: date) -> bool | None:
    """The last record since surgery against the one from before it (11.8)."""
    later, baseline = after(weakness_course, surgery_date), baseline_of(weakness_course, surgery_date)
    return bool(later[-1].value < baseline) if later and baseline is not None else None


WEAKNESS_NOT_IMPROVING = named(
    "weakness left over from surgery that has not improved after the early phase",
    all_of(
        IN_SCOPE,
        none_of(phase.is_("early")),
        WEAKNESS_DECISION.gives.is_one_of("recovery_window_open", "window_closing", "likely_permanent"),
        none_of(
            WEAKNESS.change.is_("improving"),
            all_of(
                WEAKNESS.change.is_("single_record"),
                when_recorded(weakness_less_than_before, weakness_less_than_before.is_true()),
            ),
        ),
    ),
)
"""One record since surgery is compared with the one from before it (11.8); without either it is not known to improve."""

MRI = (
    "MRI of the lumbar spine without and with contrast, unless something stands against contrast (CT myelography where "
    "MRI is contraindicated). Abnormal early MRI is common in people who are doing well: interpret it with the symptoms."
)
CONTRAST = ACR_2021.at("variant 5", "prior lumbar surgery with new or progressive symptoms")
UNSUCCESSFUL = when_recorded(verdict, verdict.is_("unsuccessful"))
RELIEF_LOST = named(
    "relief that was lost",
    all_of(
        IN_SCOPE,
        any_of(trajectory.is_one_of("relapsed", "partial_relapse"), LOST_WITHOUT_BASELINE),
    ),
)

WORKUP = "Examine: compare the dermatome with the treated level, test power, and decide on MRI."
EARLY_FAILURE = (
    "Contact the operating surgeon with a neurological examination and a decision on MRI: a retained fragment, a "
    "haematoma or an early new herniation can be the cause."
)
SHORT_RELIEF_LATER = (
    "Contact the operating surgeon with a neurological examination and a decision on MRI: a retained fragment or a new "
    "herniation can be the cause."
)
SEVERE_EARLY_FAILURE = named(
    "severe pain that came back after short relief",
    all_of(SHORT_RELIEF, when_recorded(leg_pain_now, leg_pain_now >= CONTACT_PAIN_POINTS)),
)
KNOWN_SLOW_RETURN = named(
    "known: the pain came back slowly",
    any_of(
        when_recorded(onset_to_plateau_days, onset_to_plateau_days > GRADUAL_DAYS),
        all_of(
            not_recorded(onset_to_plateau_days),
            when_recorded(pain_return_onset, pain_return_onset.is_("gradual")),
        ),
    ),
)
SEVERE_OTHER_PAIN = named(
    "the pain that does not count rose to severe, and is not known to have come slowly",
    all_of(
        any_of(
            all_of(BACK_ROSE, when_recorded(back_pain_now, back_pain_now >= CONTACT_PAIN_POINTS)),
            all_of(LEG_ROSE, when_recorded(leg_pain_now, leg_pain_now >= CONTACT_PAIN_POINTS)),
        ),
        none_of(KNOWN_SLOW_RETURN),
    ),
)
NO_SURGERY_FIRST = none_of(
    URGENT_SURGICAL_CAUSE,
    when_recorded(HERNIATION_DECISION.gives, HERNIATION_DECISION.gives.is_("likely")),
)
KNOWN_EMERGENCY = named(
    "known: a sign that asks for more than a call",
    any_of(
        *(
            when_recorded(question, question.is_true())
            for question in (
                *CAUDA_EQUINA_ITEMS,
                clear_wound_leak,
                postural_headache,
                *EMBOLISM_QUESTIONS,
                cold_leg,
                chest_pain,
                facial_droop,
                arm_weakness,
                speech_disturbance,
                visual_loss,
                *SEPSIS_QUESTIONS,
                *MENINGEAL_QUESTIONS,
            )
        ),
        when_recorded(saddle_sensation, saddle_sensation.is_("abnormal")),
        when_recorded(post_void_residual_ml, post_void_residual_ml >= RESIDUAL_ML),
        all_of(
            when_recorded(pain_rising_24h, pain_rising_24h.is_true()),
            any_of(
                when_recorded(leg_pain_now, leg_pain_now >= SEVERE_PAIN_POINTS),
                when_recorded(back_pain_now, back_pain_now >= SEVERE_PAIN_POINTS),
            ),
        ),
        when_recorded(spo2_percent, spo2_percent < LOW_SATURATION_PERCENT),
        when_recorded(pulses_present, pulses_present.is_false()),
        when_recorded(found_loss, found_loss.is_one_of("slight", "marked")),
        all_of(when_recorded(weakness_new, weakness_new.is_true()), not_recorded(found_loss)),
    ),
)
"""Within six weeks of surgery each is a flag for now or for the same day. A question that nobody asked does not
silence the call to the surgeon."""
PAIN_WITHOUT_TARGET = named(
    "lasting pain, imaging without a target",
    all_of(
        IN_SCOPE,
        none_of(phase.is_("early")),
        NO_TARGET,
        any_of(leg_pain_now >= PAIN_SERVICE_POINTS, back_pain_now >= PAIN_SERVICE_POINTS),
    ),
)
"""The three months are those since surgery: no fact tells since when a pain has lasted."""
PAIN_SERVICE = (
    "Refer to a multidisciplinary pain service, in parallel with or after the review by the surgeon."
)
PAIN_CARE = NICE_TA159.at("pathway", "multidisciplinary care for chronic pain after surgery")


def _early_failure(suffix: str, window: Condition, action: str) -> tuple[Rule, Rule]:
    """A haematoma is named only as long as one is looked for (dossier 4.2 RF-SEH)."""
    return (
        step(
            f"early-failure.severe{suffix}",
            "Severe pain came back after relief of less than 14 days, or of unknown length",
            all_of(SEVERE_EARLY_FAILURE, window),
            action,
            EARLY_FAILURES,
            DOSSIER.at("1.2 relief interval; 11.3; 11.13"),
            urgency="same_day",
            within_days=TODAY,
            dossier="1.2 relief interval; 4.2 RF-SEH; 11.3",
        ),
        step(
            f"early-failure{suffix}",
            "Pain came back after relief of less than 14 days, or of unknown length",
            all_of(SHORT_RELIEF, window),
            action,
            EARLY_FAILURES,
            DOSSIER.at("1.2 relief interval; 11.3"),
            urgency="within_days",
            within_days=WEEK,
            dossier="1.2 relief interval; 4.2 RF-SEH; 11.3",
        ),
    )


STEPS = (
    step(
        "recurrence-surgeon.severe",
        "Suspected recurrence with pain of 8 or more: surgeon and MRI within 72 hours",
        all_of(RECURRENCE_SUSPECTED, SEVERE_PAIN),
        "Review by the spinal surgeon with a neurological examination, and " + MRI,
        S19,
        CONTRAST,
        EARLY_MASS_EFFECT,
        LIMITS,
        urgency="within_days",
        within_days=SEVENTY_TWO_HOURS,
        dossier="6.1; 6.3; 11.5",
    ),
    step(
        "recurrence-surgeon",
        "Suspected recurrence: surgeon and MRI within 14 days",
        RECURRENCE_SUSPECTED,
        "Review by the spinal surgeon with a neurological examination, and " + MRI,
        S19,
        CONTRAST,
        EARLY_MASS_EFFECT,
        LIMITS,
        urgency="within_days",
        within_days=TWO_WEEKS,
        dossier="6.1; 6.3; 11.5",
    ),
    step(
        "new-symptom-workup",
        "A deficit that is not left over from before surgery",
        NEW_SYMPTOM,
        WORKUP,
        S17,
        LIMITS,
        urgency="within_days",
        within_days=WEEK,
        dossier="1.1 S5; 1.1 S17; 11.8",
    ),
    step(
        "new-symptom-workup.severe",
        "A deficit that is not left over from before surgery, with pain of 8 or more",
        all_of(NEW_SYMPTOM, SEVERE_PAIN),
        WORKUP,
        S17,
        LIMITS,
        urgency="within_days",
        within_days=SEVENTY_TWO_HOURS,
        dossier="1.1 S5; 1.1 S17; 11.5; 11.8",
    ),
    *(
        rule
        for suffix, window, action in (
            (".first-month", days_since_surgery <= HAEMATOMA_DAYS, EARLY_FAILURE),
            ("", days_since_surgery > HAEMATOMA_DAYS, SHORT_RELIEF_LATER),
        )
        for rule in _early_failure(suffix, window, action)
    ),
    step(
        "swelling-contact",
        "Early pain as bad as before or worse, severe or rising, and no sign known that asks for more than a call",
        all_of(
            IN_SCOPE,
            days_since_surgery <= SIX_WEEKS_DAYS,
            index_pain.is_("leg"),
            pain_drop <= 0,
            CONTACT_FOR_SWELLING,
            none_of(KNOWN_EMERGENCY),
        ),
        "Contact the operating surgeon by telephone. Give safety-net advice: which symptoms mean an emergency.",
        S12,
        DOSSIER.at("1.1 S12"),
        urgency="routine",
        within_days=None,
        dossier="1.1 S12",
    ),
    step(
        "unsuccessful-surgeon",
        "No improvement at three months: surgeon and MRI decision",
        UNSUCCESSFUL,
        "Review by the operating or a spinal surgeon with a neurological examination, a screen for psychological "
        "factors, and " + MRI,
        S8,
        CONTRAST,
        EARLY_MASS_EFFECT,
        LIMITS,
        urgency="within_days",
        within_days=FOUR_WEEKS,
        dossier="1.1 S8; 6.1; 6.3",
    ),
    step(
        "lost-relief-review",
        "Relief was lost, no recurrent herniation suspected",
        all_of(
            RELIEF_LOST,
            none_of(when_recorded(HERNIATION_DECISION.gives, HERNIATION_DECISION.gives.is_("likely"))),
        ),
        "Clinician review: neurological examination, a decision on imaging and a decision on referral.",
        S8,
        S16,
        DOSSIER.at("1.2 further action; 11.4"),
        urgency="within_days",
        within_days=FOUR_WEEKS,
        dossier="1.2 further action; 11.4",
    ),
    step(
        "lost-relief-review.back",
        "Back pain rose by 2 points or more above its lowest since surgery",
        BACK_ROSE,
        "Clinician review: examine back and nerves; infection, fracture and instability are looked for first, and "
        "imaging and referral are decided on.",
        S8,
        DOSSIER.at("1.2 relapsed; 1.2 further action; section 5 patterns B and C, back-dominant"),
        urgency="within_days",
        within_days=FOUR_WEEKS,
        dossier="1.2 further action; section 5 B; section 5 C",
    ),
    step(
        "lost-relief-review.leg",
        "Leg pain rose by 2 points or more above its lowest since surgery",
        LEG_ROSE,
        "Clinician review: neurological examination with the dermatome and the power of every key muscle; a nerve root "
        "that is compressed is looked for, and imaging and referral are decided on.",
        S8,
        DOSSIER.at("1.2 further action; 11.4, read for leg pain after an operation for back pain"),
        urgency="within_days",
        within_days=FOUR_WEEKS,
        dossier="1.2 further action; 11.4",
    ),
    step(
        "lost-relief-review.severe",
        "Back or leg pain beside the pain that counts rose to 7 or more, and is not known to have come slowly",
        SEVERE_OTHER_PAIN,
        "Clinician review within a week: examine back and nerves; infection, fracture and compression of nerves are "
        "looked for first, and imaging and referral are decided on.",
        S8,
        LIMITS,
        urgency="within_days",
        within_days=WEEK,
        dossier="1.2 further action; 6.3; 11.5",
    ),
    step(
        "indeterminate-review",
        "The verdict is indeterminate: review and repeat the scores",
        when_recorded(verdict, verdict.is_("indeterminate")),
        "Clinician review with a neurological examination; repeat the pain scores and the Oswestry index, and decide on "
        "imaging and referral.",
        DOSSIER.at("1.2 further action; 8.2 V5"),
        urgency="within_days",
        within_days=FOUR_WEEKS,
        dossier="1.2 further action; 8.2 V5",
    ),
    step(
        "insufficient-data-review",
        "There is nothing to compare with before surgery: complete the record",
        when_recorded(verdict, verdict.is_("insufficient_data")),
        "Complete the record: pain scores of now and before surgery, disability, the patient's global rating of change.",
        DOSSIER.at("section 0 item 4; 6.4"),
        urgency="routine",
        within_days=FOUR_WEEKS,
        dossier="section 0 item 4; 6.4",
    ),
    step(
        "weakness-review",
        "Weakness left over from before surgery or from the operation, not improving three months after it or later",
        WEAKNESS_NOT_IMPROVING,
        "Clinician review: test the power of every key muscle, look for compression that goes on, and decide on MRI "
        "where none since surgery has answered it.",
        *MOTOR_COURSE,
        DOSSIER.at("section 5 pattern F; 11.8"),
        urgency="routine",
        within_days=None,
        dossier="section 5 F; 11.8",
    ),
    step(
        "pain-clinic",
        "Pain that persists or came back: pain service",
        all_of(PERSISTENT_PAIN.when, NO_SURGERY_FIRST),
        PAIN_SERVICE,
        S22,
        PAIN_CARE,
        LIMITS,
        urgency="routine",
        within_days=TWELVE_WEEKS,
        dossier="1.1 S22; 6.3",
    ),
    step(
        "pain-clinic.no-target",
        "Pain of 4 or more at three months or later, and imaging without a target: pain service",
        all_of(PAIN_WITHOUT_TARGET, NO_SURGERY_FIRST),
        PAIN_SERVICE,
        S22,
        PAIN_CARE,
        LIMITS,
        urgency="routine",
        within_days=TWELVE_WEEKS,
        dossier="6.3",
    ),
)

NEXT_STEPS = Chapter(
    name="next-steps", title="Next steps", steps=(schedule_review, compare_with_weakness_before, *STEPS)
)
