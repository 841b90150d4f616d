"""What to do next, and when to look again (dossier 1.1 S8, S19, S22; 6.3; 6.4; 11.5)."""

from __future__ import annotations

from datetime import date

from app.engine.calculate import calculation
from app.engine.conditions import Condition, all_of, any_of, none_of
from app.engine.evidence import Citation
from app.engine.facts import Day, when_recorded
from app.engine.rules import Chapter, Rule
from app.knowledge.causes import (
    CONTACT_FOR_SWELLING,
    HERNIATION_DECISION,
    NEW_SYMPTOM,
    ROOT_SWELLING_DECISION,
)
from app.knowledge.conclusions import Flag, NextStep
from app.knowledge.course import IN_SCOPE, trajectory
from app.knowledge.outcome import NO_RESPONSE, PERSISTENT_PAIN, verdict
from app.knowledge.pain import index_now
from app.knowledge.safety import (
    CES_1,
    CES_2_LATE,
    CES_2_LATER,
    CES_3_ALONE,
    CES_FLAGS,
    CES_SUSPECTED,
    PVR,
    RECURRENCE_SUSPECTED,
    on_record,
)
from app.knowledge.sources import (
    ACR_2021,
    BASS_2012,
    EARLY_MRI,
    GIRFT_2023,
    NICE_TA159,
    READING,
    REGISTRY_VISITS,
    SUMMIT_2021,
)
from app.knowledge.thresholds import URGENT_PAIN_POINTS
from app.knowledge.timeline import phase

TODAY, SEVENTY_TWO_HOURS, WEEK, TWO_WEEKS, FOUR_WEEKS, TWELVE_WEEKS = 0, 3, 7, 14, 28, 84
"""Days within which a step is due (dossier 6.3, 11.5)."""

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
    six_months_wanted = verdict == "on_track" or any(each in WINDOW_OPEN for each in deficits)
    visits = (
        six_week_day,
        three_month_day,
        *((six_month_day,) if six_months_wanted else ()),
        twelve_month_day,
    )
    return next((visit for visit in visits if visit > assessed_on), None)


def step(
    rule_id: str,
    title: str,
    when: Condition,
    action: str,
    *evidence: Citation,
    urgency: str,
    within_days: int | None,
    dossier: str,
    divergence: str = "",
) -> Rule:
    """One thing to do."""
    then = NextStep(code=rule_id.replace("-", "_"), action=action, urgency=urgency, within_days=within_days)
    return Rule(
        id=f"next-steps.{rule_id}",
        title=title,
        when=when,
        then=then,
        evidence=evidence,
        dossier=dossier,
        divergence=divergence,
    )


MRI = (
    "MRI of the lumbar spine without and with contrast (CT myelography where MRI is contraindicated). Abnormal early "
    "MRI is common in people who are doing well: interpret it with the symptoms."
)
EARLY_IMAGING = EARLY_MRI.at(
    "3 weeks to 6 months", "mass effect in 38 % at 3 weeks and 12 % at 3 months in people without symptoms"
)
CONTRAST = ACR_2021.at("variant 5", "prior lumbar surgery with new or progressive symptoms")
S8 = SUMMIT_2021.at("S8", "not improved about three months after: unsuccessful, further action needed")
S19 = SUMMIT_2021.at("S19", "pain that went away and came back abruptly is often a recurrent herniation")
S22 = SUMMIT_2021.at("S22", "a pain clinic can help people still in pain after back surgery")
LIMITS = READING.at("6.3; 11.5")
SEVERE = index_now >= URGENT_PAIN_POINTS
UNSUCCESSFUL = when_recorded(verdict, verdict.is_("unsuccessful"))


def ces_flag_of(tier: str) -> Condition:
    """A cauda equina flag of that tier fires."""
    return any_of(
        *(rule.when for rule in CES_FLAGS if isinstance(rule.then, Flag) and rule.then.tier == tier)
    )


STEPS = (
    step(
        "cauda-equina-emergency",
        "Cauda equina syndrome must be excluded now",
        ces_flag_of("emergency_now"),
        "Exclude cauda equina syndrome: act on the flag now, before anything else on this list.",
        GIRFT_2023.at("cauda equina items", "any new item: MRI within 4 hours of the request"),
        urgency="emergency_now",
        within_days=TODAY,
        dossier="4.2; 6.1",
    ),
    step(
        "cauda-equina-same-day",
        "Cauda equina syndrome must be considered on the same day",
        all_of(ces_flag_of("same_day"), none_of(on_record(ces_flag_of("emergency_now")))),
        "Discuss with the operating or on-call spinal team on the same day, and examine for cauda equina signs.",
        GIRFT_2023.at("cauda equina items", "isolated features are discussed on the same day"),
        READING.at("4.2 RF-CES-2; 4.2 RF-CES-3"),
        urgency="same_day",
        within_days=TODAY,
        dossier="4.2",
    ),
    step(
        "cauda-equina-examination",
        "Symptoms of both legs outside the usual window",
        all_of(
            CES_2_LATE.when,
            none_of(on_record(any_of(CES_1.when, CES_2_LATER.when, CES_3_ALONE.when, PVR.when))),
        ),
        "Examine both legs and the saddle area; ask for MRI if anything is abnormal.",
        READING.at("11.12"),
        urgency="within_days",
        within_days=WEEK,
        dossier="11.12",
    ),
    step(
        "recurrence-surgeon-urgent",
        "Suspected recurrence with pain of 8 or more: surgeon and MRI within 72 hours",
        all_of(RECURRENCE_SUSPECTED, SEVERE),
        "Review by the spinal surgeon with a neurological examination, and " + MRI,
        S19,
        CONTRAST,
        EARLY_IMAGING,
        LIMITS,
        urgency="within_days",
        within_days=SEVENTY_TWO_HOURS,
        dossier="6.1; 6.3; 11.5",
    ),
    step(
        "recurrence-surgeon",
        "Suspected recurrence: surgeon and MRI within 14 days",
        all_of(RECURRENCE_SUSPECTED, none_of(SEVERE)),
        "Review by the spinal surgeon with a neurological examination, and " + MRI,
        S19,
        CONTRAST,
        EARLY_IMAGING,
        LIMITS,
        urgency="within_days",
        within_days=TWO_WEEKS,
        dossier="6.1; 6.3; 11.5",
    ),
    step(
        "new-symptom-workup",
        "A deficit that is not left over from before surgery",
        NEW_SYMPTOM,
        "Examine: compare the dermatome with the treated level, test power, and decide on MRI.",
        SUMMIT_2021.at("S17", "stenosis may appear at another level"),
        LIMITS,
        urgency="within_days",
        within_days=WEEK,
        dossier="1.1 S5; 1.1 S17; 11.8",
    ),
    step(
        "surgeon-contact-at-six-weeks",
        "Leg pain not improved at six weeks",
        all_of(NO_RESPONSE.when, phase.is_("early")),
        "Contact the operating surgeon now rather than waiting for the three-month visit.",
        BASS_2012.at("6 weeks", "2 of the 9 not relieved at 6 weeks improved later"),
        SUMMIT_2021.at("S9", "success cannot be judged during the first three months"),
        LIMITS,
        urgency="routine",
        within_days=FOUR_WEEKS,
        dossier="1.3 (1); 11.5",
    ),
    step(
        "swelling-contact",
        "Early pain that is severe or rising",
        all_of(ROOT_SWELLING_DECISION.rules[0].when, CONTACT_FOR_SWELLING),
        "Contact the operating surgeon by telephone. Give safety-net advice: which symptoms mean an emergency.",
        SUMMIT_2021.at("S12", "pain can be temporarily worse"),
        READING.at("1.1 S12"),
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
        EARLY_IMAGING,
        LIMITS,
        urgency="within_days",
        within_days=FOUR_WEEKS,
        dossier="1.1 S8; 6.1; 6.3",
    ),
    step(
        "lost-relief-review",
        "Relief was lost, no recurrent herniation suspected",
        all_of(
            IN_SCOPE,
            trajectory.is_one_of("relapsed", "partial_relapse"),
            none_of(when_recorded(HERNIATION_DECISION.gives, HERNIATION_DECISION.gives.is_("likely"))),
        ),
        "Clinician review: neurological examination, a decision on imaging and a decision on referral.",
        SUMMIT_2021.at("S8, S16", "further action; stenosis may return"),
        READING.at("1.2 further action; 11.4"),
        urgency="within_days",
        within_days=FOUR_WEEKS,
        dossier="1.2 further action; 11.4",
    ),
    step(
        "indeterminate-review",
        "The verdict is indeterminate: review and repeat the scores",
        when_recorded(verdict, verdict.is_("indeterminate")),
        "Clinician review with a neurological examination; repeat the pain scores and the Oswestry index, and decide on "
        "imaging and referral.",
        READING.at("1.2 further action; 8.2 V5"),
        urgency="within_days",
        within_days=FOUR_WEEKS,
        dossier="1.2 further action; 8.2 V5",
    ),
    step(
        "pain-clinic",
        "Pain that persists or came back: pain service",
        all_of(PERSISTENT_PAIN.when, none_of(CES_SUSPECTED)),
        "Refer to a multidisciplinary pain service, in parallel with or after the review by the surgeon.",
        S22,
        NICE_TA159.at("pathway", "multidisciplinary care for chronic pain after surgery"),
        LIMITS,
        urgency="routine",
        within_days=TWELVE_WEEKS,
        dossier="1.1 S22; 6.3",
    ),
)
REVIEW_EVIDENCE = REGISTRY_VISITS.at("visits", "6 weeks, 3, 6 and 12 months")

NEXT_STEPS = Chapter(name="next-steps", title="Next steps", steps=(schedule_review, *STEPS))
