"""Thresholds of the safety chapters, each named and sourced (dossier 4.1, 4.2, 11.2, 11.13)."""

from __future__ import annotations

from app.knowledge.citations import (
    CRP_AFTER_SURGERY,
    CRP_DAY_5,
    DISCITIS_INTERVAL,
    ESR_TWO_WEEKS,
    HAEMATOMA_PAIN,
    NEWS2_BANDS,
    SEPSIS_SIGNS,
    WOUND_TIMING,
    WOUND_WINDOW,
)
from app.knowledge.sources import EMERGENCY_PRACTICE, IFOMPT_2020, PHQ_9, SEH_TIMING_2019, WELLS
from app.knowledge.thresholds import proposed, published

# Epidural haematoma, and retention on the ward

HAEMATOMA_DAYS = published(
    "haematoma_days",
    30,
    "days",
    "window of epidural haematoma",
    SEH_TIMING_2019.at("timing", "54 % within 5 days, the tail to 30 days"),
)
HAEMATOMA_PEAK_DAYS = proposed(
    "haematoma_peak_days",
    3,
    "days",
    "peak of epidural haematoma",
    "4.2 RF-SEH; section 10 item 2",
    EMERGENCY_PRACTICE.at("epidural haematoma", "peak within 72 hours"),
)
SEVERE_PAIN_POINTS = proposed(
    "severe_pain_points", 7, "points", "severe pain", "4.2 RF-SEH; 11.13", HAEMATOMA_PAIN
)
WARD_RETENTION_DAYS = proposed(
    "ward_retention_days", 3, "days", "retention this early can be that of the ward", "4.2 RF-POUR; 11.2"
)

# Infection (dossier 4.2, 11.13)

FEVER_C = proposed("fever_c", 38.0, "°C", "fever", "4.2 RF-SSI; 11.13")
WOUND_DAYS = published("wound_days", 30, "days", "window of wound infection", WOUND_WINDOW, WOUND_TIMING)
WOUND_IMPLANT_DAYS = published(
    "wound_implant_days", 90, "days", "window of wound infection with an implant", WOUND_WINDOW
)
NEWS2_HIGH = published("news2_high", 7, "points", "high risk of sepsis", NEWS2_BANDS)
NEWS2_MODERATE = published("news2_moderate", 5, "points", "moderate risk of sepsis", NEWS2_BANDS)
SEPSIS_RESPIRATORY_RATE = published(
    "sepsis_respiratory_rate", 25, "per minute", "breathing that fast points to sepsis", SEPSIS_SIGNS
)
SEPSIS_SYSTOLIC_MMHG = published(
    "sepsis_systolic_mmhg", 90, "mmHg", "pressure that low points to sepsis", SEPSIS_SIGNS
)
SEPSIS_HEART_RATE = published(
    "sepsis_heart_rate", 130, "per minute", "a pulse faster than this points to sepsis", SEPSIS_SIGNS
)
LOW_SATURATION_PERCENT = published(
    "low_saturation_percent", 92, "%", "saturation below this is an emergency", SEPSIS_SIGNS
)
DISCITIS_FROM_DAYS = proposed(
    "discitis_from_days", 10, "days", "discitis begins", "4.2 RF-DISCITIS", DISCITIS_INTERVAL
)
DISCITIS_TO_DAYS = proposed(
    "discitis_to_days", 90, "days", "window of discitis", "4.2 RF-DISCITIS", DISCITIS_INTERVAL
)
INFLAMMATION_FROM_DAYS = published(
    "inflammation_from_days",
    14,
    "days",
    "from then on raised values are no longer due to the operation",
    CRP_AFTER_SURGERY,
)
CRP_PEAK_DAYS = published(
    "crp_peak_days", 3, "days", "by then C-reactive protein has passed its peak", CRP_AFTER_SURGERY
)
SECOND_RISE_FROM_DAYS = proposed(
    "second_rise_from_days",
    5,
    "days",
    "a second rise after this day is not due to the operation",
    "4.2 RF-DISCITIS; 11.13",
    CRP_DAY_5,
)
CRP_RAISED_MG_L = published("crp_raised_mg_l", 10, "mg/L", "raised", CRP_AFTER_SURGERY)
ESR_RAISED_MM_H = published("esr_raised_mm_h", 50, "mm/h", "raised", ESR_TWO_WEEKS)

# Thrombosis and embolism

THROMBOSIS_DAYS = published(
    "thrombosis_days",
    84,
    "days",
    "window of thrombosis after surgery",
    WELLS.at("items", "major surgery within 12 weeks"),
)
CALF_DIFFERENCE_CM = published(
    "calf_difference_cm_limit", 3, "cm", "one calf larger than the other", WELLS.at("items", "3 cm or more")
)
FAST_HEART_RATE = published(
    "fast_heart_rate", 100, "per minute", "a fast pulse", WELLS.at("items", "above 100 per minute")
)

# Leak, vessels, bone, pain and mind

HEADACHE_DAYS = proposed("headache_days", 42, "days", "window of a postural headache", "4.2 RF-CSF-2")
COLLAPSE_DAYS = proposed("collapse_days", 7, "days", "window of a vessel injured at surgery", "4.2 RF-VASC")
VISION_DAYS = proposed("vision_days", 7, "days", "window of visual loss after surgery", "4.2 RF-VISION")
OLD_AGE_YEARS = proposed(
    "old_age_years",
    70,
    "years",
    "age at which bone breaks easily",
    "4.2 RF-FRACTURE; 11.13",
    IFOMPT_2020.at("fracture", "older age is a risk factor"),
)
PAIN_UNCONTROLLED_DAYS = proposed(
    "pain_uncontrolled_days",
    14,
    "days",
    "uncontrolled pain so early is seen on the same day",
    "4.2 RF-PAIN-UNCONTROLLED",
)
UNCONTROLLED_PAIN_POINTS = proposed(
    "uncontrolled_pain_points",
    8,
    "points",
    "pain that counts as not controlled",
    "4.2 RF-PAIN-UNCONTROLLED",
)
ITEM_9_POINTS = published(
    "item_9_points",
    1,
    "points",
    "any thought of death or self-harm",
    PHQ_9.at("item 9", "1 or more asks for an assessment of the risk of suicide"),
)
