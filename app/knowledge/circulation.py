"""Thrombosis, embolism, vessels, heart, brain and sight after surgery (dossier 4.2, 11.13, 11.15)."""

from __future__ import annotations

from app.engine.conditions import all_of, any_of, named
from app.engine.facts import when_recorded
from app.knowledge.citations import EMBOLISM_COURSE, THROMBOSIS_COURSE
from app.knowledge.conclusions import SEVENTY_TWO_HOURS, TODAY, WEEK
from app.knowledge.measurements import calf_difference_cm, heart_rate_bpm, pulses_present, spo2_percent
from app.knowledge.questions import (
    abdominal_pain,
    arm_weakness,
    breathlessness,
    calf_swelling,
    calf_tenderness,
    chest_pain,
    cold_leg,
    collapse,
    collateral_veins,
    facial_droop,
    haemoptysis,
    pitting_oedema,
    pleuritic_pain,
    speech_disturbance,
    syncope,
    visual_loss,
)
from app.knowledge.safety import SEVERE_PAIN, any_yes, flag, unless_screened_out
from app.knowledge.safety_thresholds import (
    CALF_DIFFERENCE_CM,
    COLLAPSE_DAYS,
    FAST_HEART_RATE,
    LOW_SATURATION_PERCENT,
    THROMBOSIS_DAYS,
    VISION_DAYS,
)
from app.knowledge.sources import DOSSIER, EMERGENCY_PRACTICE, WELLS
from app.knowledge.timeline import days_since_surgery

# Deep vein thrombosis of one leg

THROMBOSIS_QUESTIONS = (calf_swelling, calf_tenderness, pitting_oedema, collateral_veins)
THROMBOSIS_SIGN = named(
    "a sign of deep vein thrombosis in one leg",
    any_of(
        any_yes(THROMBOSIS_QUESTIONS),
        unless_screened_out(
            calf_difference_cm, calf_difference_cm >= CALF_DIFFERENCE_CM, any_yes(THROMBOSIS_QUESTIONS)
        ),
    ),
)
THROMBOSIS_ON_RECORD = named(
    "a sign of deep vein thrombosis in one leg, on record",
    any_of(
        *(when_recorded(question, question.is_true()) for question in THROMBOSIS_QUESTIONS),
        when_recorded(calf_difference_cm, calf_difference_cm >= CALF_DIFFERENCE_CM),
    ),
)
"""The same for the causes, which do not wait for a question about the calf (dossier 8.2 V18)."""
THROMBOSIS_READING = DOSSIER.at("4.2 RF-DVT")
SURGEON_FIRST = "Inform the operating surgeon before any anticoagulation, because of the risk of a haematoma."

DVT = flag(
    "dvt",
    "RF-DVT",
    "A sign of deep vein thrombosis in one leg within 84 days of surgery",
    all_of(days_since_surgery <= THROMBOSIS_DAYS, THROMBOSIS_SIGN),
    WELLS.at("leg", "swelling, tenderness, oedema, collateral veins; recent major surgery counts as well"),
    THROMBOSIS_COURSE,
    THROMBOSIS_READING,
    tier="same_day",
    first_action=f"{SURGEON_FIRST} Ultrasound of the leg within 4 hours, else interim treatment by local protocol.",
    within_days=TODAY,
    dossier="4.2 RF-DVT",
)
DVT_LATE_SEVERE = flag(
    "dvt.late.severe",
    "RF-DVT",
    "A sign of deep vein thrombosis in one leg, whenever it began, with pain of 8 or more",
    all_of(THROMBOSIS_SIGN, SEVERE_PAIN),
    THROMBOSIS_READING,
    tier="within_days",
    first_action=f"Clinician within 72 hours, with ultrasound of the leg. {SURGEON_FIRST}",
    within_days=SEVENTY_TWO_HOURS,
    atypical_timing=True,
    dossier="4.2 RF-DVT; 4.2 notes; 11.5",
)
DVT_LATE = flag(
    "dvt.late",
    "RF-DVT",
    "A sign of deep vein thrombosis in one leg, whenever it began",
    THROMBOSIS_SIGN,
    THROMBOSIS_READING,
    tier="within_days",
    first_action=f"Clinician within 7 days, with ultrasound of the leg. {SURGEON_FIRST}",
    within_days=WEEK,
    atypical_timing=True,
    dossier="4.2 RF-DVT; 4.2 notes",
)

# Pulmonary embolism keeps its tier at any time. A fast pulse alone is no sign; beside a thrombosis it is one.

EMBOLISM_QUESTIONS = (breathlessness, pleuritic_pain, haemoptysis, syncope)
EMBOLISM_SIGN = named(
    "a sign of pulmonary embolism",
    any_of(
        any_yes(EMBOLISM_QUESTIONS),
        unless_screened_out(spo2_percent, spo2_percent < LOW_SATURATION_PERCENT, any_yes(EMBOLISM_QUESTIONS)),
    ),
)
PE = flag(
    "pe",
    "RF-PE",
    "A sign of pulmonary embolism, or a fast pulse with a sign of thrombosis",
    any_of(EMBOLISM_SIGN, all_of(heart_rate_bpm > FAST_HEART_RATE, THROMBOSIS_SIGN)),
    WELLS.at("lungs", "surgery in the last 4 weeks, a fast pulse and signs in a leg add up"),
    EMBOLISM_COURSE,
    EMERGENCY_PRACTICE.at("embolism", "sudden breathlessness, pleuritic pain, haemoptysis, syncope"),
    DOSSIER.at("4.2 RF-PE; 11.13"),
    tier="emergency_now",
    first_action=f"Ambulance, emergency department, CT pulmonary angiogram. {SURGEON_FIRST}",
    within_days=TODAY,
    dossier="4.2 RF-PE; 11.13; 11.15",
)

# Vessels of the leg and of the abdomen

VASC_LEG = flag(
    "vasc.leg",
    "RF-VASC",
    "A cold or pale leg, or a foot without pulses",
    any_of(
        cold_leg.is_true(),
        unless_screened_out(pulses_present, pulses_present.is_false(), cold_leg.is_true()),
    ),
    EMERGENCY_PRACTICE.at("leg", "a cold, pale, pulseless leg is an emergency"),
    DOSSIER.at("4.2 RF-VASC; 11.15"),
    tier="emergency_now",
    first_action="Emergency department and vascular surgeon now; examine the pulses of both legs.",
    within_days=TODAY,
    dossier="4.2 RF-VASC; 11.15",
)
ABDOMINAL_BLEEDING = all_of(abdominal_pain.is_true(), collapse.is_true())
VASC_ABDOMEN = flag(
    "vasc.abdomen",
    "RF-VASC",
    "Severe abdominal pain with collapse within 7 days of surgery",
    all_of(days_since_surgery <= COLLAPSE_DAYS, ABDOMINAL_BLEEDING),
    EMERGENCY_PRACTICE.at("abdomen", "pain with collapse after surgery can be an injured vessel"),
    DOSSIER.at("4.2 RF-VASC"),
    tier="emergency_now",
    first_action="Ambulance, emergency department, vascular surgeon: suspect a vessel injured at surgery.",
    within_days=TODAY,
    dossier="4.2 RF-VASC",
)
VASC_ABDOMEN_LATE = flag(
    "vasc.abdomen.late",
    "RF-VASC",
    "Severe abdominal pain with collapse, whenever it began",
    ABDOMINAL_BLEEDING,
    DOSSIER.at("4.2 RF-VASC; 4.2 notes"),
    tier="same_day",
    first_action="Seen in hospital on the same day: examine the abdomen and the circulation.",
    within_days=TODAY,
    atypical_timing=True,
    dossier="4.2 RF-VASC; 4.2 notes",
)

# Heart, brain and sight

CARDIAC = flag(
    "cardiac",
    "RF-CARDIAC",
    "Chest pain",
    chest_pain.is_true(),
    EMERGENCY_PRACTICE.at("heart", "chest pain is an emergency"),
    DOSSIER.at("4.2 RF-CARDIAC/STROKE"),
    tier="emergency_now",
    first_action="Ambulance now; tell the crew of the operation on the spine and its day.",
    within_days=TODAY,
    dossier="4.2 RF-CARDIAC/STROKE",
)
STROKE = flag(
    "stroke",
    "RF-STROKE",
    "Drooping of the face, weakness of an arm or disturbed speech",
    any_yes((facial_droop, arm_weakness, speech_disturbance)),
    EMERGENCY_PRACTICE.at("brain", "face, arm or speech newly affected is an emergency"),
    DOSSIER.at("4.2 RF-CARDIAC/STROKE"),
    tier="emergency_now",
    first_action="Ambulance now; tell the crew of the operation on the spine and its day.",
    within_days=TODAY,
    dossier="4.2 RF-CARDIAC/STROKE",
)
VISION = flag(
    "vision",
    "RF-VISION",
    "Loss of vision within 7 days of surgery",
    all_of(days_since_surgery <= VISION_DAYS, visual_loss.is_true()),
    EMERGENCY_PRACTICE.at("sight", "loss of vision after surgery lying prone is an emergency"),
    DOSSIER.at("4.2 RF-VISION"),
    tier="emergency_now",
    first_action="Ophthalmologist now; the surgeon and the anaesthetist are informed.",
    within_days=TODAY,
    dossier="4.2 RF-VISION",
)
VISION_LATE = flag(
    "vision.late",
    "RF-VISION",
    "Loss of vision, whenever it began",
    visual_loss.is_true(),
    DOSSIER.at("4.2 RF-VISION; 4.2 notes"),
    tier="same_day",
    first_action="Ophthalmologist on the same day; look for causes other than the operation.",
    within_days=TODAY,
    atypical_timing=True,
    dossier="4.2 RF-VISION; 4.2 notes",
)

CIRCULATION_SUSPECTED = named(
    "a sign of thrombosis, embolism, or of a vessel, heart, brain or eye in danger",
    any_of(
        THROMBOSIS_SIGN,
        EMBOLISM_SIGN,
        VASC_LEG.when,
        ABDOMINAL_BLEEDING,
        CARDIAC.when,
        STROKE.when,
        VISION_LATE.when,
    ),
)
"""Any of these flags: the other tiers of a flag ask for more than the one named here."""

CIRCULATION_FLAGS = (
    DVT,
    DVT_LATE_SEVERE,
    DVT_LATE,
    PE,
    VASC_LEG,
    VASC_ABDOMEN,
    VASC_ABDOMEN_LATE,
    CARDIAC,
    STROKE,
    VISION,
    VISION_LATE,
)
