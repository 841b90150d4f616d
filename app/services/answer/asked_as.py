"""How worked-out facts are asked for: by the question of another fact, or only when all else is there."""

from app.knowledge.pain import (
    back_pain_baseline,
    back_pain_now,
    index_baseline,
    index_now,
    leg_pain_baseline,
    leg_pain_now,
)
from app.knowledge.vocabulary import back_pain, leg_pain

PAINS = {
    leg_pain.name: (leg_pain_baseline.name, leg_pain_now.name),
    back_pain.name: (back_pain_baseline.name, back_pain_now.name),
}
INDEX_PAIN = {
    index_baseline.name: {"leg": leg_pain_baseline.name, "back": back_pain_baseline.name},
    index_now.name: {"leg": leg_pain_now.name, "back": back_pain_now.name},
}
READINGS = {"leg": leg_pain.name, "back": back_pain.name}
"""What the index pain is read from, by which pain it is."""
TOLD_BY_IMAGING = {
    "compression_seen": "mri_compression",
    "herniation_seen": "mri_recurrent_herniation",
    "scar_seen": "mri_epidural_fibrosis",
    "translation_seen": "flexion_extension_translation_mm",
    "angulation_seen": "flexion_extension_angulation_deg",
}
"""Imaging from before surgery, or before the pain came back, leaves these missing: newer is asked for."""
TOLD_BY_A_TEST = dict.fromkeys(("power_tested", "found_loss"), "motor_loss")
"""A test of power tells both, whenever the weakness began."""
ASKED_AS = {
    **TOLD_BY_IMAGING,
    **TOLD_BY_A_TEST,
    "relief_recorded": "first_relief_on",
    "leg_relief_recorded": "leg_first_relief_on",
    "nadir": "index_now",
    "leg_nadir": "leg_pain_now",
    "back_nadir": "back_pain_now",
    "weakness_less_than_before": "weakness_change",
    "weakness_eased": "weakness_change",
    **{f"{name}_grown": f"{name}_change" for name in ("numbness", "tingling", "weakness")},
}
"""Worked-out facts that another question tells."""
FURTHER_RECORDS = frozenset(
    {
        *("first_relief_on", "leg_first_relief_on", "returned_on", "leg_returned_on", "rising_twice"),
        *("leg_pain_change", "back_pain_change", "index_change", "pain_drop_percent", "odi_drop_percent"),
        *("numbness_change", "tingling_change", "weakness_change", "back_pain_was_less", "back_first_low_on"),
    }
)
"""Asked for only where all that they are worked out from is given: one more record would tell them."""
