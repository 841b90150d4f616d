"""Red flags of bone and tumour: fracture and malignancy (dossier 4.2 RF-FRACTURE, RF-MALIGNANCY; 11.13)."""

from __future__ import annotations

from app.engine.conditions import all_of, any_of, named
from app.knowledge.background import cancer_history, osteoporosis, steroids
from app.knowledge.conclusions import SEVENTY_TWO_HOURS, TODAY, WEEK
from app.knowledge.pain import back_pain_now
from app.knowledge.questions import (
    focal_back_pain,
    new_back_pain,
    night_pain,
    progressive_pain,
    rest_back_pain,
    trauma,
    weight_loss,
)
from app.knowledge.safety import CES_SUSPECTED, EMERGENCY_ACTION, NEW_DEFICIT, SEVERE_PAIN, any_yes, flag
from app.knowledge.safety_thresholds import OLD_AGE_YEARS, SEVERE_PAIN_POINTS
from app.knowledge.sources import ACR_TRAUMA, DOSSIER, IFOMPT_2020, NICE_NG234
from app.knowledge.vocabulary import age_years

NEW_PAIN_OF_THE_BACK = (new_back_pain, focal_back_pain, rest_back_pain)
"""Pain that began suddenly at one place since surgery is new by any reading; so is severe pain, new or growing, at rest."""

# Fracture: a fall, or bone that breaks easily

AFTER_FALL = named("new back pain after a fall", all_of(trauma.is_true(), any_yes(NEW_PAIN_OF_THE_BACK)))
FRAGILE_BONE = named(
    "bone that breaks easily",
    any_of(age_years >= OLD_AGE_YEARS, osteoporosis.is_true(), steroids.is_true()),
)
FRAGILE_AND_SEVERE = named(
    "sudden severe focal back pain where bone breaks easily",
    all_of(focal_back_pain.is_true(), FRAGILE_BONE, back_pain_now >= SEVERE_PAIN_POINTS),
)
FRACTURE_SUSPECTED = named("a suspected fracture", any_of(AFTER_FALL, FRAGILE_AND_SEVERE))
FRACTURE_EVIDENCE = (
    ACR_TRAUMA.at("variant", "low-velocity trauma: imaging"),
    IFOMPT_2020.at("fracture", "age, osteoporosis, steroids and trauma raise the suspicion of a fracture"),
    DOSSIER.at("4.2 RF-FRACTURE; 11.13"),
)
FRACTURE_IMAGING = (
    "radiograph or CT of the lumbar spine, and a decision on MRI; after a wide laminectomy look at the pars and the "
    "facets."
)

FRACTURE_WITH_CES = flag(
    "fracture.with-ces",
    "RF-FRACTURE",
    "A suspected fracture together with a cauda equina flag",
    all_of(FRACTURE_SUSPECTED, CES_SUSPECTED),
    *FRACTURE_EVIDENCE,
    tier="emergency_now",
    first_action=EMERGENCY_ACTION + " CT of the lumbar spine if it delays nothing.",
    within_days=TODAY,
    dossier="4.2 RF-FRACTURE",
)
FRACTURE_WITH_DEFICIT = flag(
    "fracture.with-deficit",
    "RF-FRACTURE",
    "New back pain after a fall or another injury, together with a new deficit",
    all_of(AFTER_FALL, NEW_DEFICIT),
    *FRACTURE_EVIDENCE,
    tier="same_day",
    first_action="Spinal team on the same day: neurological examination, CT and MRI of the lumbar spine.",
    within_days=TODAY,
    dossier="4.2 RF-FRACTURE",
)
FRACTURE_AFTER_FALL_SEVERE = flag(
    "fracture.after-fall.severe",
    "RF-FRACTURE",
    "New back pain after a fall or another injury, with back pain of 7 or more",
    all_of(AFTER_FALL, back_pain_now >= SEVERE_PAIN_POINTS),
    *FRACTURE_EVIDENCE,
    tier="same_day",
    first_action="Examine on the same day: " + FRACTURE_IMAGING,
    within_days=TODAY,
    dossier="4.2 RF-FRACTURE; 11.13",
)
FRACTURE_FRAGILE = flag(
    "fracture.fragile",
    "RF-FRACTURE",
    "Sudden pain of 7 or more at one place of the back, where age is 70 or more, or with osteoporosis or long-term steroids",
    FRAGILE_AND_SEVERE,
    *FRACTURE_EVIDENCE,
    tier="same_day",
    first_action="Examine on the same day: " + FRACTURE_IMAGING,
    within_days=TODAY,
    dossier="4.2 RF-FRACTURE; 11.13",
)
FRACTURE_AFTER_FALL_SOON = flag(
    "fracture.after-fall.soon",
    "RF-FRACTURE",
    "New back pain after a fall or another injury, with back or leg pain of 8 or more",
    all_of(AFTER_FALL, SEVERE_PAIN),
    *FRACTURE_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action="Clinician within 72 hours: examine the spine, " + FRACTURE_IMAGING,
    within_days=SEVENTY_TWO_HOURS,
    dossier="4.2 RF-FRACTURE; 11.5",
)
FRACTURE_AFTER_FALL = flag(
    "fracture.after-fall",
    "RF-FRACTURE",
    "New back pain after a fall or another injury",
    AFTER_FALL,
    *FRACTURE_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action="Clinician within 7 days: examine the spine, " + FRACTURE_IMAGING,
    within_days=WEEK,
    dossier="4.2 RF-FRACTURE; 11.13",
)

# Malignancy: a past cancer and pain or weight loss since surgery

MALIGNANCY_SUSPECTED = named(
    "a past cancer with new, progressive or night pain or weight loss",
    all_of(
        cancer_history.is_true(),
        any_yes((*NEW_PAIN_OF_THE_BACK, progressive_pain, night_pain, weight_loss)),
    ),
)
MALIGNANCY_EVIDENCE = (
    IFOMPT_2020.at(
        "malignancy", "past cancer, progressive or night pain and weight loss raise the suspicion"
    ),
    NICE_NG234.at("suspected cord compression", "MRI within 24 hours"),
    DOSSIER.at("4.2 RF-MALIGNANCY"),
)
WHOLE_SPINE = "MRI of the whole spine"

MALIGNANCY_WITH_CES = flag(
    "malignancy.with-ces",
    "RF-MALIGNANCY",
    "A past cancer with new pain or weight loss, together with a cauda equina flag",
    all_of(MALIGNANCY_SUSPECTED, CES_SUSPECTED),
    *MALIGNANCY_EVIDENCE,
    tier="emergency_now",
    first_action=EMERGENCY_ACTION + f" {WHOLE_SPINE}.",
    within_days=TODAY,
    dossier="4.2 RF-MALIGNANCY",
)
MALIGNANCY_WITH_DEFICIT = flag(
    "malignancy.with-deficit",
    "RF-MALIGNANCY",
    "A past cancer with new pain or weight loss, together with a new deficit",
    all_of(MALIGNANCY_SUSPECTED, NEW_DEFICIT),
    *MALIGNANCY_EVIDENCE,
    tier="same_day",
    first_action="Spinal team on the same day: compression by a metastasis is not excluded; "
    f"{WHOLE_SPINE} within 24 hours.",
    within_days=TODAY,
    dossier="4.2 RF-MALIGNANCY",
)
MALIGNANCY_SOON = flag(
    "malignancy.soon",
    "RF-MALIGNANCY",
    "A past cancer with new pain or weight loss, with back or leg pain of 8 or more",
    all_of(MALIGNANCY_SUSPECTED, SEVERE_PAIN),
    *MALIGNANCY_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action=f"Clinician within 72 hours: neurological examination, and {WHOLE_SPINE}.",
    within_days=SEVENTY_TWO_HOURS,
    dossier="4.2 RF-MALIGNANCY; 11.5",
)
MALIGNANCY = flag(
    "malignancy",
    "RF-MALIGNANCY",
    "A past cancer with new, progressive or night pain or weight loss",
    MALIGNANCY_SUSPECTED,
    *MALIGNANCY_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action=f"Clinician within 7 days: neurological examination, and {WHOLE_SPINE}.",
    within_days=WEEK,
    dossier="4.2 RF-MALIGNANCY",
)

BONE_AND_TUMOUR_FLAGS = (
    FRACTURE_WITH_CES,
    FRACTURE_WITH_DEFICIT,
    FRACTURE_AFTER_FALL_SEVERE,
    FRACTURE_FRAGILE,
    FRACTURE_AFTER_FALL_SOON,
    FRACTURE_AFTER_FALL,
    MALIGNANCY_WITH_CES,
    MALIGNANCY_WITH_DEFICIT,
    MALIGNANCY_SOON,
    MALIGNANCY,
)
BONE_OR_TUMOUR_SUSPECTED = named("a flag of bone or tumour", any_of(FRACTURE_SUSPECTED, MALIGNANCY_SUSPECTED))
"""Any of them: the others ask for more."""
