"""Red flags of pain that the prescribed relief does not control, and of suicidal thoughts (dossier 4.2, 11.15)."""

from __future__ import annotations

from app.engine.conditions import all_of, any_of, named
from app.knowledge.conclusions import SEVENTY_TWO_HOURS, TODAY
from app.knowledge.measurements import phq9_item9
from app.knowledge.pain import back_pain_now, leg_pain_now
from app.knowledge.questions import pain_despite_analgesia, suicidal_ideation, suicidal_plan
from app.knowledge.safety import any_yes, flag, unless_screened_out
from app.knowledge.safety_thresholds import (
    ITEM_9_POINTS,
    PAIN_UNCONTROLLED_DAYS,
    UNCONTROLLED_PAIN_POINTS,
)
from app.knowledge.sources import DOSSIER, EMERGENCY_PRACTICE
from app.knowledge.timeline import days_since_surgery

UNCONTROLLED_PAIN = named(
    "severe pain despite the prescribed relief",
    all_of(
        pain_despite_analgesia.is_true(),
        any_of(leg_pain_now >= UNCONTROLLED_PAIN_POINTS, back_pain_now >= UNCONTROLLED_PAIN_POINTS),
    ),
)
UNCONTROLLED_EVIDENCE = DOSSIER.at("4.2 RF-PAIN-UNCONTROLLED; 11.5")

PAIN_UNCONTROLLED_EARLY = flag(
    "pain-uncontrolled.early",
    "RF-PAIN-UNCONTROLLED",
    "Pain of 8 or more despite the prescribed pain relief, within 14 days of surgery",
    all_of(UNCONTROLLED_PAIN, days_since_surgery <= PAIN_UNCONTROLLED_DAYS),
    UNCONTROLLED_EVIDENCE,
    tier="same_day",
    first_action="Contact the operating surgeon on the same day, and review the pain relief.",
    within_days=TODAY,
    dossier="4.2 RF-PAIN-UNCONTROLLED",
)
PAIN_UNCONTROLLED = flag(
    "pain-uncontrolled",
    "RF-PAIN-UNCONTROLLED",
    "Pain of 8 or more despite the prescribed pain relief",
    UNCONTROLLED_PAIN,
    UNCONTROLLED_EVIDENCE,
    tier="within_days",
    first_action="Clinician within 72 hours: review the pain relief, and contact the operating surgeon.",
    within_days=SEVENTY_TWO_HOURS,
    dossier="4.2 RF-PAIN-UNCONTROLLED; 11.5",
)

# A score of item 9 counts whatever was answered; not scored is no "no" unless both questions were answered "no"

SUICIDAL_THOUGHTS = named(
    "suicidal thoughts",
    any_of(
        suicidal_ideation.is_true(),
        unless_screened_out(
            phq9_item9, phq9_item9 >= ITEM_9_POINTS, any_yes((suicidal_ideation, suicidal_plan))
        ),
    ),
)
SUICIDE_EVIDENCE = (
    EMERGENCY_PRACTICE.at("suicidal thoughts", "a plan or an intent is an emergency"),
    DOSSIER.at("4.2 RF-SUICIDE; 11.15"),
)
SUICIDE_PLAN = flag(
    "suicide.plan",
    "RF-SUICIDE",
    "A plan or an intent to end one's life",
    suicidal_plan.is_true(),
    *SUICIDE_EVIDENCE,
    tier="emergency_now",
    first_action="Emergency mental-health assessment now, by the local pathway; do not leave the patient alone.",
    within_days=TODAY,
    dossier="4.2 RF-SUICIDE",
)
SUICIDE = flag(
    "suicide",
    "RF-SUICIDE",
    "Thoughts of ending one's life, stated or by item 9 of the PHQ-9",
    SUICIDAL_THOUGHTS,
    *SUICIDE_EVIDENCE,
    tier="same_day",
    first_action="Assess the risk of suicide on the same day, by the local mental-health pathway; ask for a plan or an intent.",
    within_days=TODAY,
    dossier="4.2 RF-SUICIDE; 11.15",
)

PAIN_AND_MIND_FLAGS = (PAIN_UNCONTROLLED_EARLY, PAIN_UNCONTROLLED, SUICIDE_PLAN, SUICIDE)
PAIN_OR_MIND_SUSPECTED = named(
    "a flag of pain or mind", any_of(UNCONTROLLED_PAIN, suicidal_plan.is_true(), SUICIDAL_THOUGHTS)
)
"""Any of them."""
