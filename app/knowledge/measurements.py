"""What is measured, tested or imaged, with unit and valid range (dossier 2.1, 4.2, 6.1, 6.2)."""

from __future__ import annotations

from app.engine.facts import Choice, Quantity, Series, YesNo


def _measured(
    name: str, label: str, unit: str, minimum: float, maximum: float, question: str = ""
) -> Quantity:
    return Quantity(
        name=name,
        label=label,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        question=question or f"{label}, in {unit}?",
    )


# Vital signs on the day of the assessment

temperature_c = _measured("temperature_c", "Body temperature", "°C", 25, 45)
heart_rate_bpm = _measured("heart_rate_bpm", "Heart rate", "per minute", 0, 300)
respiratory_rate_bpm = _measured("respiratory_rate_bpm", "Respiratory rate", "per minute", 0, 100)
systolic_bp_mmhg = _measured("systolic_bp_mmhg", "Systolic blood pressure", "mmHg", 0, 300)
spo2_percent = _measured("spo2_percent", "Oxygen saturation", "%", 0, 100)
news2 = _measured("news2", "National Early Warning Score 2", "points", 0, 20)
VITALS = (temperature_c, heart_rate_bpm, respiratory_rate_bpm, systolic_bp_mmhg, spo2_percent, news2)

# Laboratory, dated: the day of the sample decides what it means (4.2 RF-DISCITIS, 11.13)


def _laboratory(name: str, label: str, unit: str, maximum: float) -> Series:
    of = Quantity(name=f"{name}_value", label=label, unit=unit, minimum=0, maximum=maximum)
    return Series(name=name, label=label, question=f"{label} since surgery, with the days, in {unit}?", of=of)


crp = _laboratory("crp", "C-reactive protein", "mg/L", 1000)
esr = _laboratory("esr", "Erythrocyte sedimentation rate", "mm/h", 200)
white_cells = _laboratory("white_cells", "White cell count", "10⁹/L", 500)
LABORATORY = (crp, esr, white_cells)

# Examination on the day of the assessment

NORMAL = ("normal", "abnormal")
saddle_sensation = Choice(
    name="saddle_sensation",
    label="Saddle sensation on examination",
    question="Is the sensation of the saddle area normal on examination?",
    options=NORMAL,
)
leg_power = Choice(
    name="leg_power",
    label="Power of both legs on examination",
    question="Is the power of both legs normal on examination?",
    options=NORMAL,
)
bilateral_examination = Choice(
    name="bilateral_examination",
    label="Reflexes and sensation of both legs on examination",
    question="Are reflexes and sensation of both legs normal on examination?",
    options=NORMAL,
)
pulses_present = YesNo(
    name="pulses_present", label="Foot pulses present", question="Are the pulses of both feet present?"
)
calf_difference_cm = _measured(
    "calf_difference_cm",
    "Difference of the calves' circumferences",
    "cm",
    0,
    30,
    "By how many cm is one calf larger than the other?",
)
cough_impulse = YesNo(
    name="cough_impulse",
    label="Leg pain on coughing or straining",
    question="Does coughing or straining bring on the leg pain?",
)
burning_pain = YesNo(
    name="burning_pain", label="Burning leg pain", question="Does the leg pain burn, without a pause?"
)
EXAMINATION = (
    saddle_sensation,
    leg_power,
    bilateral_examination,
    pulses_present,
    calf_difference_cm,
    cough_impulse,
    burning_pain,
)

# Imaging, dated: a finding since surgery counts, the latest first

MRI = "Does an MRI since surgery, and since the pain came back where it did,"


def _imaged(name: str, label: str, question: str) -> Series:
    of = Choice(name=f"{name}_finding", label=label, options=("yes", "no"))
    return Series(name=name, label=label, question=question, of=of)


def _imaged_size(name: str, label: str, unit: str, maximum: float) -> Series:
    of = Quantity(name=f"{name}_value", label=label, unit=unit, minimum=0, maximum=maximum)
    return Series(name=name, label=label, question=f"What is the {label.lower()}, in {unit}?", of=of)


mri_compression = _imaged(
    "mri_compression",
    "MRI: a nerve root or the sac is compressed",
    f"{MRI} show that a nerve root or the sac is compressed?",
)
mri_recurrent_herniation = _imaged(
    "mri_recurrent_herniation",
    "MRI: disc herniation at the operated level",
    f"{MRI} show a disc herniation at the operated level?",
)
mri_epidural_fibrosis = _imaged(
    "mri_epidural_fibrosis",
    "MRI: epidural scar around the root",
    f"{MRI} show epidural scar around the root?",
)
flexion_extension_translation_mm = _imaged_size(
    "flexion_extension_translation_mm", "Translation on flexion and extension", "mm", 50
)
flexion_extension_angulation_deg = _imaged_size(
    "flexion_extension_angulation_deg", "Angulation on flexion and extension", "degrees", 90
)
IMAGING = (
    mri_compression,
    mri_recurrent_herniation,
    mri_epidural_fibrosis,
    flexion_extension_translation_mm,
    flexion_extension_angulation_deg,
)

# Questionnaires: the score, never the text of the items (2.1)


def _score(name: str, label: str, minimum: float, maximum: float) -> Quantity:
    return _measured(name, label, "points", minimum, maximum, f"What is the {label} score?")


dn4 = _score("dn4", "DN4", 0, 10)
paindetect = _score("paindetect", "painDETECT", -1, 38)
phq9 = _score("phq9", "PHQ-9", 0, 27)
phq9_item9 = _score("phq9_item9", "PHQ-9 item 9", 0, 3)
pain_catastrophizing = _score("pain_catastrophizing", "Pain Catastrophizing Scale", 0, 52)
start_back = _score("start_back", "STarT Back total", 0, 9)
start_back_psychosocial = _score("start_back_psychosocial", "STarT Back psychosocial", 0, 5)
SCORES = (dn4, paindetect, phq9, phq9_item9, pain_catastrophizing, start_back, start_back_psychosocial)

MEASUREMENTS = (*VITALS, *LABORATORY, *EXAMINATION, *IMAGING, *SCORES)
