"""Laboratory tests where an infection is suspected, and how their values are read by the day (dossier 6.2, 4.2)."""

from __future__ import annotations

from datetime import date, timedelta

from app.engine.calculate import calculation
from app.engine.conditions import all_of, any_of, named, none_of
from app.engine.facts import Day
from app.knowledge.citations import CRP_AFTER_SURGERY, CRP_DAY_5, ESR_TWO_WEEKS
from app.knowledge.conclusions import SEVENTY_TWO_HOURS, TODAY, WEEK
from app.knowledge.infection import (
    DISCITIS,
    DISCITIS_LATE,
    DISCITIS_LATE_SEVERE,
    DISCITIS_PAIN_ALONE,
    DISCITIS_UNTESTED,
    EPIDURAL_ABSCESS,
    FEVER,
    FEVER_LATE,
    FEVER_SEVERE,
    FEVER_WITH_RIGORS,
    MENINGITIS,
    NIGHT_SWEATS,
    NORMAL_TESTS,
    SEPSIS,
    SEPSIS_MODERATE,
    SIX_WEEKS,
    SSI,
    SSI_LATE,
    SSI_LATE_SEVERE,
    SUSPECTED_INFECTION,
)
from app.knowledge.safety_thresholds import INFLAMMATION_FROM_DAYS
from app.knowledge.sources import DOSSIER
from app.knowledge.step_rules import step
from app.knowledge.timeline import days_since_surgery

inflammation_from_day = Day(
    name="inflammation_from_day",
    label="First day on which a raised laboratory value speaks by itself",
)


@calculation(inflammation_from_day, uses=[INFLAMMATION_FROM_DAYS])
def find_inflammation_day(surgery_date: date) -> date:
    """Day 14: before it the operation itself raises the values (4.2)."""
    return surgery_date + timedelta(days=INFLAMMATION_FROM_DAYS.value)


TESTS = (
    "C-reactive protein first, with the sedimentation rate and a full blood count; where sepsis, discitis, an abscess or "
    "a wound infection is suspected, or with fever, cultures too, before antibiotics while the patient is stable. The "
    "operation itself raises these values: before day 14 only a second rise of "
    "C-reactive protein after day 5 counts, and a sedimentation rate above 50 mm/h counts from day 14 on, though it can "
    "stay raised for long. Normal C-reactive protein from day 14 on without fever makes discitis unlikely, not "
    "impossible."
)
EVIDENCE = (CRP_AFTER_SURGERY, CRP_DAY_5, ESR_TWO_WEEKS, DOSSIER.at("6.2 labs; 4.2; 11.13"))

LABORATORY_STEPS = (
    step(
        "laboratory.same-day",
        "An infection flag for the same day or for now: laboratory tests",
        named(
            "an infection flag for the same day or for now",
            any_of(
                SEPSIS.when,
                SEPSIS_MODERATE.when,
                SSI.when,
                EPIDURAL_ABSCESS.when,
                MENINGITIS.when,
                DISCITIS.when,
                FEVER_WITH_RIGORS.when,
            ),
        ),
        TESTS,
        *EVIDENCE,
        urgency="same_day",
        within_days=TODAY,
        dossier="6.2; 4.2",
    ),
    step(
        "laboratory.soon",
        "An infection flag for 72 hours: laboratory tests",
        named(
            "an infection flag that cannot wait for the week",
            any_of(
                SSI_LATE_SEVERE.when, DISCITIS_UNTESTED.when, DISCITIS_LATE_SEVERE.when, FEVER_SEVERE.when
            ),
        ),
        TESTS,
        *EVIDENCE,
        urgency="within_days",
        within_days=SEVENTY_TWO_HOURS,
        dossier="6.2; 4.2 RF-DISCITIS; 11.5",
    ),
    step(
        "laboratory.week",
        "An infection flag for 7 days: laboratory tests",
        named(
            "an infection flag of the week",
            any_of(SSI_LATE.when, DISCITIS_LATE.when, FEVER.when),
        ),
        TESTS,
        *EVIDENCE,
        urgency="within_days",
        within_days=WEEK,
        dossier="6.2; 4.2; 11.13",
    ),
    step(
        "laboratory",
        "A routine infection flag: laboratory tests",
        named(
            "a routine infection flag, without normal tests on record where it is for pain alone",
            any_of(
                all_of(DISCITIS_PAIN_ALONE.when, none_of(NORMAL_TESTS)), FEVER_LATE.when, NIGHT_SWEATS.when
            ),
        ),
        TESTS,
        *EVIDENCE,
        urgency="routine",
        within_days=SIX_WEEKS,
        dossier="6.2; 4.2 RF-DISCITIS; 11.13",
    ),
    step(
        "laboratory-repeat",
        "An infection is suspected before day 14",
        all_of(SUSPECTED_INFECTION, days_since_surgery < INFLAMMATION_FROM_DAYS),
        "Repeat C-reactive protein and the sedimentation rate from day 14 on: a single value before it is no evidence. "
        "What is urgent waits for no value.",
        *EVIDENCE,
        urgency="routine",
        within_days=None,
        dossier="6.2; 4.2 RF-DISCITIS; 11.13",
        not_before=inflammation_from_day,
    ),
)
