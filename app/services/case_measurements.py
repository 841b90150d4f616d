"""What was measured, tested, imaged or known from before. Bounds repeat the vocabulary's, held by a test."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.services.case_part import Part, YesNoUnknown
from app.services.scales import (
    CalfCentimetres,
    CellsPerNanolitre,
    Celsius,
    Day,
    DefectMillimetres,
    Degrees,
    FiltrationRate,
    MilligramsPerLitre,
    Millilitres,
    MillimetresPerHour,
    Percent,
    SlipMillimetres,
)

Normal = Literal["normal", "abnormal"]


class Vitals(Part):
    """Vital signs on the day of the assessment."""

    temperature_c: Celsius | None = Field(default=None, description="Body temperature, °C")
    heart_rate_bpm: int | None = Field(default=None, ge=0, le=300, description="Heart rate, per minute")
    respiratory_rate_bpm: int | None = Field(
        default=None, ge=0, le=100, description="Respiratory rate, per minute"
    )
    systolic_bp_mmhg: int | None = Field(
        default=None, ge=0, le=300, description="Systolic blood pressure, mmHg"
    )
    spo2_percent: Percent | None = Field(default=None, description="Oxygen saturation, %")
    news2: int | None = Field(
        default=None, ge=0, le=20, description="National Early Warning Score 2, 0 to 20"
    )


class LaboratoryResult(Part):
    """Values of one day. The day of the sample decides what a value means."""

    date: Day = Field(description="Day of the sample, not after that of the assessment")
    crp_mg_l: MilligramsPerLitre | None = Field(default=None, description="C-reactive protein, mg/L")
    esr_mm_h: MillimetresPerHour | None = Field(
        default=None, description="Erythrocyte sedimentation rate, mm/h"
    )
    white_cells_10e9_l: CellsPerNanolitre | None = Field(default=None, description="White cell count, 10⁹/L")


class Examination(Part):
    """What was found or measured on the day of the assessment."""

    straight_leg_raise: Literal["positive", "negative"] | None = Field(
        default=None, description="Whether raising the straight leg brings on leg pain"
    )
    post_void_residual_ml: Millilitres | None = Field(
        default=None, description="Bladder scan after voiding, mL; 200 or more is a red flag"
    )
    saddle_sensation: Normal | None = Field(default=None, description="Sensation of the saddle area")
    leg_power: Normal | None = Field(default=None, description="Power of both legs")
    bilateral_examination: Normal | None = Field(
        default=None, description="Reflexes and sensation of both legs"
    )
    pulses_present: YesNoUnknown | None = Field(
        default=None, description="Whether the pulses of both feet are there"
    )
    calf_difference_cm: CalfCentimetres | None = Field(
        default=None, description="By how much one calf is larger than the other, cm"
    )
    cough_impulse: YesNoUnknown | None = Field(
        default=None, description="Whether coughing or straining brings on the leg pain"
    )
    burning_pain: YesNoUnknown | None = Field(default=None, description="Whether the leg pain burns")


class Imaging(Part):
    """What imaging on one day showed. Findings since surgery count, the latest of each first."""

    date: Day = Field(description="Day of the examination, not after that of the assessment")
    mri_compression: YesNoUnknown | None = Field(
        default=None, description="MRI: a nerve root or the sac is compressed"
    )
    mri_recurrent_herniation: YesNoUnknown | None = Field(
        default=None, description="MRI: disc herniation at the operated level"
    )
    mri_epidural_fibrosis: YesNoUnknown | None = Field(
        default=None, description="MRI: epidural scar around the root"
    )
    flexion_extension_translation_mm: SlipMillimetres | None = Field(
        default=None, description="Translation on flexion and extension, mm"
    )
    flexion_extension_angulation_deg: Degrees | None = Field(
        default=None, description="Angulation on flexion and extension, degrees"
    )


class Scores(Part):
    """Questionnaires on the day of the assessment: the score, never the text of the items."""

    dn4: int | None = Field(
        default=None,
        ge=0,
        le=10,
        description="DN4 of all ten items, 0 to 10 (not the interview of seven); 4 or more is neuropathic",
    )
    paindetect: int | None = Field(
        default=None, ge=-1, le=38, description="painDETECT, -1 to 38; 19 or more is likely neuropathic"
    )
    phq9: int | None = Field(default=None, ge=0, le=27, description="PHQ-9, 0 to 27; 10 or more is moderate")
    phq9_item9: int | None = Field(
        default=None, ge=0, le=3, description="PHQ-9 item 9, 0 to 3; 1 or more is a red flag"
    )
    pain_catastrophizing: int | None = Field(
        default=None, ge=0, le=52, description="Pain Catastrophizing Scale, 0 to 52; 30 or more is relevant"
    )
    start_back: int | None = Field(default=None, ge=0, le=9, description="STarT Back total, 0 to 9")
    start_back_psychosocial: int | None = Field(
        default=None, ge=0, le=5, description="STarT Back psychosocial subscore, 0 to 5"
    )


class History(Part):
    """What is known from before. Absent and `unknown` both mean: not answered."""

    diabetes: YesNoUnknown | None = Field(default=None, description="Diabetes")
    smoker: YesNoUnknown | None = Field(default=None, description="Smoker")
    immunosuppressed: YesNoUnknown | None = Field(default=None, description="Immunosuppression")
    osteoporosis: YesNoUnknown | None = Field(default=None, description="Osteoporosis")
    steroids: YesNoUnknown | None = Field(default=None, description="Long-term steroids")
    anticoagulant: YesNoUnknown | None = Field(default=None, description="Anticoagulation")
    cancer_history: YesNoUnknown | None = Field(default=None, description="Past cancer")
    preoperative_slip: YesNoUnknown | None = Field(
        default=None, description="Slip of a vertebra before surgery"
    )
    wide_facetectomy: YesNoUnknown | None = Field(default=None, description="Wide removal of a facet joint")
    mri_contraindicated: YesNoUnknown | None = Field(default=None, description="MRI contraindicated")
    contrast_allergy: YesNoUnknown | None = Field(default=None, description="Allergy to MRI contrast")
    pregnant: YesNoUnknown | None = Field(default=None, description="Pregnancy")
    egfr: FiltrationRate | None = Field(
        default=None, description="Estimated glomerular filtration rate, mL/min/1.73 m²"
    )
    annular_defect_mm: DefectMillimetres | None = Field(
        default=None, description="Width of the annular defect at surgery, mm"
    )
