"""Epidural haematoma, retention on the ward, leak of cerebrospinal fluid (dossier 4.2, 11.2, 11.10, 11.13).

Outside its window a flag fires one tier lower, as a sign with unusual timing, and is never dropped.
"""

from __future__ import annotations

from app.engine.conditions import all_of, any_of, named, none_of
from app.knowledge.citations import (
    DELAYED_LEAK,
    EARLY_EVACUATION,
    HAEMATOMA_PAIN,
    HAEMATOMA_SIGNS,
    WARD_RETENTION,
)
from app.knowledge.conclusions import SEVENTY_TWO_HOURS, TODAY, WEEK
from app.knowledge.measurements import bilateral_examination, leg_power, saddle_sensation
from app.knowledge.pain import back_pain_now, leg_pain_now
from app.knowledge.questions import (
    arm_weakness,
    clear_wound_leak,
    confusion,
    drowsiness,
    facial_droop,
    pain_rising_24h,
    postural_headache,
    seizure,
    speech_disturbance,
    visual_loss,
    wound_fluctuance,
)
from app.knowledge.safety import (
    CES_1,
    NEW_MOTOR_LOSS,
    OTHER_CAUDA_EQUINA,
    SEVERE_PAIN,
    any_yes,
    flag,
)
from app.knowledge.safety_thresholds import (
    HAEMATOMA_DAYS,
    HAEMATOMA_PEAK_DAYS,
    HEADACHE_DAYS,
    SEVERE_PAIN_POINTS,
    WARD_RETENTION_DAYS,
)
from app.knowledge.sources import DOSSIER, EMERGENCY_PRACTICE
from app.knowledge.timeline import days_since_surgery
from app.knowledge.vocabulary import BILATERAL, sexual_dysfunction, still_in_hospital, urinary_retention

# Epidural haematoma: a deficit, or severe pain that is rising

DEFICIT_OF_HAEMATOMA = named(
    "a new loss of power, saddle numbness or change of bladder or bowel",
    any_of(CES_1.when, NEW_MOTOR_LOSS),
)
"""Retention on the ward is exempt here wherever it is in RF-CES-1 (dossier 11.2)."""
RISING_SEVERE_PAIN = named(
    "severe pain of back or leg that is rising",
    all_of(
        any_of(leg_pain_now >= SEVERE_PAIN_POINTS, back_pain_now >= SEVERE_PAIN_POINTS),
        pain_rising_24h.is_true(),
    ),
)
"""A missing score leaves it open, save when the question that screens for it is answered "no" (dossier 11.15)."""
HAEMATOMA_EMERGENCY = (
    "Emergency MRI now, spinal surgeon and theatre alerted: a haematoma is evacuated within hours. "
    "Whether anticoagulation is stopped or reversed follows the local protocol."
)
HAEMATOMA_READING = DOSSIER.at("4.2 RF-SEH; section 10 item 2")

SEH_DEFICIT = flag(
    "seh.deficit",
    "RF-SEH",
    "A new deficit within 30 days of surgery: possible epidural haematoma",
    all_of(days_since_surgery <= HAEMATOMA_DAYS, DEFICIT_OF_HAEMATOMA),
    HAEMATOMA_SIGNS,
    EARLY_EVACUATION,
    HAEMATOMA_READING,
    tier="emergency_now",
    first_action=HAEMATOMA_EMERGENCY,
    within_days=TODAY,
    dossier="4.2 RF-SEH; 11.2",
)
SEH_PAIN_EARLY = flag(
    "seh.pain.early",
    "RF-SEH",
    "Pain of 7 or more that is rising, within 3 days of surgery: possible epidural haematoma",
    all_of(days_since_surgery <= HAEMATOMA_PEAK_DAYS, RISING_SEVERE_PAIN),
    HAEMATOMA_PAIN,
    EARLY_EVACUATION,
    HAEMATOMA_READING,
    tier="emergency_now",
    first_action=HAEMATOMA_EMERGENCY,
    within_days=TODAY,
    dossier="4.2 RF-SEH; 11.10; 11.13",
)
SEH_PAIN = flag(
    "seh.pain",
    "RF-SEH",
    "Pain of 7 or more that is rising, within 30 days of surgery: possible epidural haematoma",
    all_of(days_since_surgery <= HAEMATOMA_DAYS, RISING_SEVERE_PAIN),
    HAEMATOMA_PAIN,
    HAEMATOMA_READING,
    tier="same_day",
    first_action="Spinal team on the same day: examine power, saddle sensation and bladder, and decide on MRI; any deficit is an emergency.",
    within_days=TODAY,
    dossier="4.2 RF-SEH; 11.10; 11.13",
)
SEH_DEFICIT_LATE = flag(
    "seh.deficit.late",
    "RF-SEH",
    "A new deficit, whenever it began: a late epidural haematoma is possible",
    DEFICIT_OF_HAEMATOMA,
    HAEMATOMA_SIGNS,
    HAEMATOMA_READING,
    tier="same_day",
    first_action="Spinal team on the same day: examine, and consider a late haematoma among the causes when MRI is decided on.",
    within_days=TODAY,
    atypical_timing=True,
    dossier="4.2 RF-SEH; 4.2 notes",
)
SEH_PAIN_LATE_SEVERE = flag(
    "seh.pain.late.severe",
    "RF-SEH",
    "Rising pain of 8 or more, whenever it began: a late epidural haematoma is possible",
    all_of(RISING_SEVERE_PAIN, SEVERE_PAIN),
    HAEMATOMA_PAIN,
    HAEMATOMA_READING,
    tier="within_days",
    first_action="Clinician within 72 hours: examine power, saddle sensation and bladder; ask for MRI if anything is abnormal.",
    within_days=SEVENTY_TWO_HOURS,
    atypical_timing=True,
    dossier="4.2 RF-SEH; 4.2 notes; 11.5",
)
SEH_PAIN_LATE = flag(
    "seh.pain.late",
    "RF-SEH",
    "Rising pain of 7 or more, whenever it began: a late epidural haematoma is possible",
    RISING_SEVERE_PAIN,
    HAEMATOMA_PAIN,
    HAEMATOMA_READING,
    tier="within_days",
    first_action="Clinician within 7 days: examine power, saddle sensation and bladder; ask for MRI if anything is abnormal.",
    within_days=WEEK,
    atypical_timing=True,
    dossier="4.2 RF-SEH; 4.2 notes; 11.5",
)

# Retention on the ward: open, not ruled out, while one of the other findings is missing; RF-CES-1 then fires

POUR = flag(
    "pour",
    "RF-POUR",
    "Retention of urine and nothing else, still in hospital and within 3 days of surgery",
    all_of(
        urinary_retention.is_true(),
        still_in_hospital.is_true(),
        days_since_surgery <= WARD_RETENTION_DAYS,
        none_of(any_yes((*OTHER_CAUDA_EQUINA, *BILATERAL, sexual_dysfunction))),
        saddle_sensation.is_("normal"),
        leg_power.is_("normal"),
        bilateral_examination.is_("normal"),
    ),
    WARD_RETENTION,
    DOSSIER.at("4.2 RF-POUR; 11.2"),
    tier="same_day",
    first_action="Neurological examination and post-void residual on the same day, both repeated; any other item makes it an emergency.",
    within_days=TODAY,
    dossier="4.2 RF-POUR; 11.2",
)

# Leak of cerebrospinal fluid, and the headache that tells of one

LEAK = named(
    "a leak of cerebrospinal fluid through or under the wound",
    any_of(
        clear_wound_leak.is_true(),
        all_of(wound_fluctuance.is_true(), postural_headache.is_true()),
    ),
)
LEAK_READING = DOSSIER.at("4.2 RF-CSF-1; 4.2 RF-CSF-2")
CSF_1 = flag(
    "csf-1",
    "RF-CSF-1",
    "A clear leak from the wound, or a fluid swelling under it with postural headache",
    LEAK,
    DELAYED_LEAK,
    LEAK_READING,
    tier="same_day",
    first_action="Surgeon on the same day, lying flat; have the fluid tested for cerebrospinal fluid, and decide on MRI.",
    within_days=TODAY,
    dossier="4.2 RF-CSF-1",
)
HEADACHE = postural_headache.is_true()
INTRACRANIAL = named(
    "drowsiness, new confusion, a seizure or a focal deficit",
    any_yes((drowsiness, confusion, seizure, facial_droop, arm_weakness, speech_disturbance, visual_loss)),
)
CSF_2_URGENT = flag(
    "csf-2.urgent",
    "RF-CSF-2",
    "Postural headache with drowsiness, new confusion, a seizure or a focal deficit, within 42 days of surgery",
    all_of(days_since_surgery <= HEADACHE_DAYS, HEADACHE, INTRACRANIAL),
    EMERGENCY_PRACTICE.at("headache", "bleeding inside the skull can follow loss of cerebrospinal fluid"),
    LEAK_READING,
    tier="emergency_now",
    first_action="Emergency department now: imaging of the head for bleeding, and the spinal surgeon informed.",
    within_days=TODAY,
    dossier="4.2 RF-CSF-2",
)
CSF_2 = flag(
    "csf-2",
    "RF-CSF-2",
    "Postural headache within 42 days of surgery",
    all_of(days_since_surgery <= HEADACHE_DAYS, HEADACHE),
    DELAYED_LEAK,
    LEAK_READING,
    tier="same_day",
    first_action="Call the surgeon on the same day; examine the wound and the nervous system.",
    within_days=TODAY,
    dossier="4.2 RF-CSF-2",
)
CSF_2_URGENT_LATE = flag(
    "csf-2.urgent.late",
    "RF-CSF-2",
    "Postural headache with drowsiness, new confusion, a seizure or a focal deficit, whenever it began",
    all_of(HEADACHE, INTRACRANIAL),
    LEAK_READING,
    tier="same_day",
    first_action="Seen on the same day: examine the nervous system, and decide on imaging of the head.",
    within_days=TODAY,
    atypical_timing=True,
    dossier="4.2 RF-CSF-2; 4.2 notes",
)
CSF_2_LATE_SEVERE = flag(
    "csf-2.late.severe",
    "RF-CSF-2",
    "Postural headache, whenever it began, with pain of 8 or more",
    all_of(HEADACHE, SEVERE_PAIN),
    LEAK_READING,
    tier="within_days",
    first_action="Clinician within 72 hours: examine the wound and the nervous system, and inform the surgeon.",
    within_days=SEVENTY_TWO_HOURS,
    atypical_timing=True,
    dossier="4.2 RF-CSF-2; 4.2 notes; 11.5",
)
CSF_2_LATE = flag(
    "csf-2.late",
    "RF-CSF-2",
    "Postural headache, whenever it began",
    HEADACHE,
    LEAK_READING,
    tier="within_days",
    first_action="Clinician within 7 days: examine the wound and the nervous system, and inform the surgeon.",
    within_days=WEEK,
    atypical_timing=True,
    dossier="4.2 RF-CSF-2; 4.2 notes",
)

HAEMATOMA_OR_LEAK = named(
    "a sign of haematoma, or of a leak of cerebrospinal fluid",
    any_of(RISING_SEVERE_PAIN, clear_wound_leak.is_true(), HEADACHE),
)
"""Any of these flags; the deficits of a haematoma are flags of their own."""

HAEMATOMA_FLAGS = (
    SEH_DEFICIT,
    SEH_PAIN_EARLY,
    SEH_PAIN,
    SEH_DEFICIT_LATE,
    SEH_PAIN_LATE_SEVERE,
    SEH_PAIN_LATE,
    POUR,
    CSF_1,
    CSF_2_URGENT,
    CSF_2,
    CSF_2_URGENT_LATE,
    CSF_2_LATE_SEVERE,
    CSF_2_LATE,
)
