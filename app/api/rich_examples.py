"""Example cases that use most of what a case can say, for the docs page; each is posted by a test."""

from __future__ import annotations

from typing import Any

from app.knowledge.vocabulary import MUSCLES
from app.services.case_questions import RedFlags

Json = dict[str, Any]
SURGERY: Json = {
    "date": "2025-03-03",
    "procedure": "microdiscectomy",
    "levels": ["L4-L5"],
    "side": "left",
    "indication": "disc_herniation",
    "implant": "no",
    "dural_tear": "no",
    "still_in_hospital": "no",
}
BEFORE: Json = {"date": "2025-03-02", "leg_pain_nrs": 8, "back_pain_nrs": 4, "odi_percent": 46}
NO_DEFICIT: Json = {"numbness": "none", "tingling": "none", "weakness": "none"}
NOTHING_ELSE = dict.fromkeys(RedFlags.model_fields, "no")


def _power(left_dorsiflexion: float, left_great_toe: float) -> list[Json]:
    """Every key muscle of both legs; all but the two are of full power."""
    grades = {
        ("ankle_dorsiflexion", "left"): left_dorsiflexion,
        ("great_toe_extension", "left"): left_great_toe,
    }
    return [
        {"muscle": muscle, "side": side, "grade": grades.get((muscle, side), 5)}
        for muscle in MUSCLES
        for side in ("left", "right")
    ]


INFECTION: Json = {
    "subject": "example-infection",
    "assessed_on": "2025-03-15",
    "age_years": 58,
    "surgery": SURGERY,
    "observations": [
        {**BEFORE, **NO_DEFICIT},
        {"date": "2025-03-15", "leg_pain_nrs": 3, "back_pain_nrs": 5, **NO_DEFICIT},
    ],
    "red_flags": NOTHING_ELSE | {"fever": "yes", "wound_discharge": "yes", "wound_redness": "yes"},
    "vitals": {
        "temperature_c": 38.4,
        "heart_rate_bpm": 96,
        "respiratory_rate_bpm": 18,
        "systolic_bp_mmhg": 124,
        "spo2_percent": 97,
        "news2": 2,
    },
    "labs": [
        {"date": "2025-03-05", "crp_mg_l": 62},
        {"date": "2025-03-15", "crp_mg_l": 118, "esr_mm_h": 71, "white_cells_10e9_l": 13.2},
    ],
    "examination": {"saddle_sensation": "normal", "leg_power": "normal", "bilateral_examination": "normal"},
    "history": {"diabetes": "yes", "immunosuppressed": "no", "steroids": "no", "cancer_history": "no"},
}
LOSS_OF_POWER: Json = {
    "subject": "example-power",
    "assessed_on": "2025-04-14",
    "age_years": 44,
    "surgery": SURGERY,
    "observations": [
        {**BEFORE, "numbness": "mild", "tingling": "none", "muscle_power": _power(4.3, 4)},
        {"date": "2025-03-17", "leg_pain_nrs": 2, "muscle_power": _power(5, 4.3)},
        {"date": "2025-04-14", "leg_pain_nrs": 5, "numbness": "moderate", "muscle_power": _power(3, 3)},
    ],
    "red_flags": NOTHING_ELSE,
    "symptom_onsets": {"weakness": "2025-04-12"},
    "examination": {
        "straight_leg_raise": "positive",
        "post_void_residual_ml": 40,
        "saddle_sensation": "normal",
        "bilateral_examination": "normal",
        "pulses_present": "yes",
    },
    "history": {"mri_contraindicated": "no", "anticoagulant": "no", "egfr": 82},
}
CONTRADICTION: Json = {
    "subject": "example-contradiction",
    "assessed_on": "2025-07-01",
    "age_years": 51,
    "surgery": SURGERY,
    "observations": [
        {**BEFORE, **NO_DEFICIT},
        {"date": "2025-04-14", "leg_pain_nrs": 7, "odi_percent": 44},
        {"date": "2025-07-01", "leg_pain_nrs": 8, "odi_percent": 45, "global_change": 2, **NO_DEFICIT},
    ],
    "red_flags": NOTHING_ELSE,
    "imaging": [
        {"date": "2025-06-20", "mri_compression": "no", "mri_recurrent_herniation": "no"},
        {"date": "2025-06-24", "mri_epidural_fibrosis": "yes", "flexion_extension_translation_mm": 1.5},
    ],
    "scores": {
        "dn4": 5,
        "paindetect": 20,
        "phq9": 11,
        "phq9_item9": 0,
        "pain_catastrophizing": 31,
        "start_back": 5,
        "start_back_psychosocial": 4,
    },
    "history": {"smoker": "yes", "diabetes": "no", "pregnant": "no"},
}
RICH_CASES: dict[str, Json] = {
    "wound_infection": {
        "summary": "V15: pus, redness and fever on day twelve, with vital signs and blood tests: same day",
        "value": INFECTION,
    },
    "loss_of_power": {
        "summary": "Six weeks after surgery two muscles have lost power since it was last tested: emergency",
        "value": LOSS_OF_POWER,
    },
    "contradicting_ratings": {
        "summary": "Scores as before surgery, but rated much better; with imaging and questionnaires",
        "value": CONTRADICTION,
    },
}
