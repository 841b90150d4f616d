"""Thresholds that are used more than once, or that a clinician still has to sign off, each named and sourced."""

from __future__ import annotations

from app.engine.evidence import Citation, Threshold
from app.knowledge.citations import (
    ANCHOR,
    BASS_RELIEF,
    BASS_SIX_WEEKS,
    CHRONIC_PAIN,
    MUCH_BETTER,
    NO_CHANGE,
    NUMBNESS_COURSE,
    ODI_FAILURES,
    ODI_IMPORTANT,
    ODI_IS_ACCEPTABLE,
    PAIN_ACCEPTABLE,
    PAIN_FREE_SERIES,
    PAIN_IMPORTANT,
    REGISTRY_VISIT,
    RESIDUAL,
    S8,
    S9,
    S14,
    SUCCESS,
)
from app.knowledge.sources import (
    CBS_PART,
    DOSSIER,
    MHC,
    OSTELO_2008,
)


def proposed(name: str, value: float, unit: str, label: str, at: str, *beside: Citation) -> Threshold:
    """An engineering value (ENG): used, named in every answer that rests on it, listed for sign-off."""
    return Threshold(
        name=name,
        value=value,
        unit=unit,
        label=label,
        evidence=(DOSSIER.at(at), *beside),
        needs_sign_off=True,
    )


def published(name: str, value: float, unit: str, label: str, *evidence: Citation) -> Threshold:
    """A value from a publication, the first cited; where the figure was not seen in it, a clinician signs it off."""
    unseen = evidence[0].verified in (CBS_PART, MHC)
    return Threshold(name=name, value=value, unit=unit, label=label, evidence=evidence, needs_sign_off=unseen)


# Change of pain and disability (dossier 1.2, 2.2, 11.6, 11.7)

MIN_CHANGE_POINTS = published(
    "min_change_points", 2, "points", "minimal important change of pain", PAIN_IMPORTANT
)
MIN_CHANGE_PERCENT = published("min_change_percent", 30, "%", "minimal important change", PAIN_IMPORTANT)
LEAST_DROP_POINTS = proposed(
    "least_drop_points", 1, "points", "least fall that can count as improvement", "1.2 improvement"
)
NO_CHANGE_POINTS = published(
    "no_change_points",
    1.5,
    "points",
    "a fall below this is no improvement",
    NO_CHANGE,
)
FLOOR_BASELINE_POINTS = proposed(
    "floor_baseline_points", 3, "points", "baseline too low to measure improvement", "1.2 improvement; 11.6"
)
ACCEPTABLE_PAIN_POINTS = published(
    "acceptable_pain_points",
    2,
    "points",
    "acceptable pain",
    PAIN_ACCEPTABLE,
)
SUCCESS_DROP_POINTS = published(
    "success_drop_points",
    3.5,
    "points",
    "substantial fall of leg pain",
    SUCCESS,
)
ODI_CHANGE_POINTS = published(
    "odi_change_points",
    10,
    "%",
    "minimal important change of ODI",
    ODI_IMPORTANT,
)
ODI_WORSE_POINTS = proposed("odi_worse_points", -10, "%", "worsening of ODI", "11.7")
ODI_ACCEPTABLE = published(
    "odi_acceptable",
    22,
    "%",
    "acceptable disability",
    ODI_IS_ACCEPTABLE,
)
ODI_SUCCESS_POINTS = published(
    "odi_success_points",
    20,
    "%",
    "substantial fall of ODI",
    SUCCESS,
)
ODI_FAILURE_POINTS = published(
    "odi_failure_points",
    13,
    "%",
    "failure range of ODI",
    ODI_FAILURES,
)
ODI_FAILURE_PERCENT = published(
    "odi_failure_percent",
    33,
    "%",
    "failure range of ODI",
    ODI_FAILURES,
)
RATING_BETTER_GRADE = published(
    "rating_better_grade",
    3,
    "grade",
    "slightly better by global rating; the next grade is unchanged",
    ANCHOR,
)
RATING_MUCH_BETTER_GRADE = published(
    "rating_much_better_grade",
    2,
    "grade",
    "completely recovered or much better by global rating",
    MUCH_BETTER,
)
RATING_EQUIVOCAL_AT_FLOOR_GRADE = proposed(
    "rating_equivocal_at_floor_grade", 5, "grade", "no clear worsening where there is little pain", "11.6"
)
TREND_POINTS = proposed("trend_points", 1, "points", "change that counts as a trend", "11.17")
FALLING_TREND_POINTS = proposed("falling_trend_points", -1, "points", "fall that counts as a trend", "11.17")
RISE_POINTS = proposed(
    "rise_points",
    2,
    "points",
    "rise above the lowest pain since surgery that counts as a return",
    "1.2 relapsed",
    OSTELO_2008.at("consensus", "mirror of the minimal important change"),
)
WORSE_POINTS = proposed(
    "worse_points", -2, "points", "rise above baseline that counts as worse", "1.2 improvement; 11.6"
)
CONTACT_PAIN_POINTS = proposed(
    "contact_pain_points", 7, "points", "severe pain, contact advised", "1.1 S12; 11.13"
)
URGENT_PAIN_POINTS = proposed(
    "urgent_pain_points", 8, "points", "pain that shortens the limit of a flag", "4.1 T3; 11.5"
)

# Time (dossier 1.2, 11.3, 11.8, 11.12, 11.16)

STALE_AFTER_DAYS = proposed("stale_after_days", 42, "days", "a value older than this is not current", "11.16")
IMMEDIATE_RELIEF_DAYS = published(
    "immediate_relief_days",
    14,
    "days",
    "relief right after surgery",
    BASS_RELIEF,
)
SIX_WEEKS_DAYS = proposed(
    "six_weeks_days",
    42,
    "days",
    "six weeks",
    "1.1 S12; 1.3 (1); section 10 item 1",
    BASS_SIX_WEEKS,
)
RELIEF_INTERVAL_DAYS = proposed(
    "relief_interval_days", 14, "days", "relief long enough to call the return a recurrence", "1.2; 11.3"
)
ABRUPT_DAYS = proposed("abrupt_days", 7, "days", "abrupt onset", "1.2 abruptly")
GRADUAL_DAYS = proposed("gradual_days", 42, "days", "gradual beyond this", "1.2 abruptly")
BOUNDARY_DAYS = proposed(
    "boundary_tolerance_days", 14, "days", "near the edge of a time window", "1.2 approximately; 11.17"
)
PRESENT_AT_SURGERY_DAYS = proposed(
    "present_at_surgery_days",
    14,
    "days",
    "first recorded this early counts as present at surgery",
    "11.8; 11.9",
)
RECORDS_APART_DAYS = proposed(
    "records_apart_days", 42, "days", "records far enough apart to tell a change of deficit", "11.8"
)
TREND_APART_DAYS = proposed(
    "trend_apart_days", 7, "days", "records far enough apart to tell a trend of pain", "11.17"
)
WINDOW_CLOSING_MONTHS = proposed(
    "window_closing_months", 9, "months", "the recovery window is closing", "1.1 S14; 11.9"
)
JUDGEABLE_MONTHS = published(
    "judgeable_months",
    3,
    "months",
    "success can be judged",
    S8,
    S9,
    CHRONIC_PAIN,
)
RECOVERY_MONTHS = published(
    "recovery_months",
    12,
    "months",
    "recovery of numbness, tingling and weakness",
    S14,
    NUMBNESS_COURSE,
)
LEG_PAIN_PLATEAU_MONTHS = proposed(
    "leg_pain_plateau_months", 6, "months", "leg pain has reached its plateau", "3.1 expectation bands"
)
REGISTRY_VISIT_MONTHS = proposed(
    "registry_visit_months", 6, "months", "visit of the registries", "6.4", REGISTRY_VISIT
)
PAIN_FREE_MONTHS = published(
    "pain_free_months",
    6,
    "months",
    "strict research definition of a recurrence",
    PAIN_FREE_SERIES,
)

# Cauda equina (dossier 4.2, 11.12)

EARLY_BILATERAL_DAYS = proposed(
    "early_bilateral_days", 14, "days", "early bilateral symptoms, possible haematoma", "4.2 RF-CES-2"
)
BILATERAL_WINDOW_DAYS = proposed(
    "bilateral_window_days", 42, "days", "window of bilateral symptoms", "4.2 RF-CES-2; 11.12"
)
RESIDUAL_ML = published(
    "post_void_residual_ml",
    200,
    "mL",
    "post-void residual that points to cauda equina syndrome",
    RESIDUAL,
)

# Loss of power (dossier 4.2 RF-MOTOR, 11.11)

MARKED_LOSS_GRADE = proposed(
    "marked_loss_grade",
    3,
    "grade",
    "loss of power that ends at this grade or below is marked, as every drop of 2 grades does",
    "4.2 RF-MOTOR-1; 11.11",
)
PROGRESS_DAYS = proposed(
    "progress_days",
    7,
    "days",
    "weakness that has grown within this time is progressing, not stable",
    "4.2 RF-MOTOR-1; 11.11",
)
EARLY_SENSORY_DAYS = proposed(
    "early_sensory_days", 3, "days", "new numbness so early is seen on the same day", "4.2 RF-NEW-SENSORY"
)
PAIN_FREE_POINTS = proposed(
    "pain_free_points", 1, "points", "pain that counts as free of pain", "1.2 relief interval; 8.2 V10"
)
LOW_NADIR_POINTS = proposed(
    "low_nadir_points",
    2,
    "points",
    "so little pain since surgery shows relief without a score from before",
    "1.2 relapsed",
)
