"""Every fact that a case can give, once: label, question, unit, range. Ranges: dossier 2.1."""

from __future__ import annotations

from app.engine.facts import Choice, Codes, Day, Quantity, Series, YesNo
from app.knowledge.background import BACKGROUND
from app.knowledge.measurements import MEASUREMENTS, white_cells
from app.knowledge.questions import (
    QUESTIONS,
)

# The operation (dossier 1.1 S4, 1.2 "time zero")

assessed_on = Day(name="assessed_on", label="Day of the assessment")
surgery_date = Day(name="surgery_date", label="Day of the latest decompression")
FREEING_OPERATIONS = (
    "microdiscectomy",
    "discectomy",
    "laminectomy",
    "laminotomy",
    "hemilaminectomy",
    "foraminotomy",
    "facetectomy",
    "endoscopic_decompression",
    "decompression_with_fusion",
)
procedure = Choice(
    name="procedure",
    label="Procedure",
    options=(*FREEING_OPERATIONS, "fusion", "disc_replacement", "other"),
)
region = Choice(
    name="region",
    label="Region of the operation",
    options=("lumbar", "lumbosacral", "cervical", "thoracic", "other"),
)
LEG_INDICATIONS = (
    "disc_herniation",
    "spinal_stenosis",
    "foraminal_stenosis",
    "spondylolisthesis",
    "synovial_cyst",
)
indication = Choice(
    name="indication",
    label="Indication for surgery",
    question="What was the indication for surgery?",
    options=(*LEG_INDICATIONS, "back_pain", "other"),
)
disc_opened = YesNo(
    name="disc_opened",
    label="Disc opened at surgery",
    question="Was a disc opened at surgery?",
)
SIDES = ("left", "right", "both")
operated_side = Choice(
    name="operated_side",
    label="Operated side",
    question="Which side was operated on?",
    options=SIDES,
)
still_in_hospital = YesNo(
    name="still_in_hospital",
    label="Still in hospital after the operation",
    question="Is the patient still in hospital after the operation?",
)

# The course: dated series (dossier 2.1)

SEVERITIES = ("none", "mild", "moderate", "severe")


def _points(name: str, label: str) -> Quantity:
    return Quantity(name=name, label=label, unit="points", minimum=0, maximum=10)


def _severity(name: str, label: str) -> Series:
    of = Choice(name=f"{name}_severity", label=label, options=SEVERITIES)
    question = (
        f"How severe is the {label.lower()} now (none, mild, moderate, severe), and what was it before?"
    )
    return Series(name=name, label=label, question=question, of=of)


leg_pain = Series(
    name="leg_pain",
    label="Leg pain",
    question="What is the leg pain now (0 to 10, average of the last week), and what was it before surgery?",
    of=_points("leg_pain_points", "Leg pain"),
)
back_pain = Series(
    name="back_pain",
    label="Back pain",
    question="What is the back pain now (0 to 10, average of the last week), and what was it before surgery?",
    of=_points("back_pain_points", "Back pain"),
)
odi = Series(
    name="odi",
    label="Oswestry Disability Index",
    question="What is the Oswestry Disability Index now, and what was it before surgery?",
    of=Quantity(name="odi_score", label="Oswestry Disability Index", unit="%", minimum=0, maximum=100),
)
global_change = Series(
    name="global_change",
    label="Global perceived change",
    question="How does the patient rate the change since surgery (1 completely recovered to 7 worse than ever)?",
    of=Quantity(
        name="global_change_grade",
        label="Global perceived change (1 completely recovered, 7 worse than ever)",
        unit="grade",
        minimum=1,
        maximum=7,
    ),
)
stated_trend = Series(
    name="stated_trend",
    label="Stated trend",
    question="Does the patient say that the pain is better, the same or worse than before surgery?",
    of=Choice(name="stated_trend_answer", label="Stated trend", options=("better", "same", "worse")),
)
numbness = _severity("numbness", "Numbness")
tingling = _severity("tingling", "Tingling")
weakness = _severity("weakness", "Weakness")

MUSCLES = (
    "hip_flexion",
    "knee_extension",
    "ankle_dorsiflexion",
    "great_toe_extension",
    "ankle_plantarflexion",
)
MRC_GRADES = (0, 1, 2, 3, 3.7, 4, 4.3, 5)
"""4- and 4+ are recorded as 3.7 and 4.3, for trends only (dossier 2.1)."""
muscle_power = Series(
    name="muscle_power",
    label="Muscle power",
    question="What is the power of the key muscles of each leg now (MRC grade), and what was it before surgery?",
    of=Quantity(name="mrc_grade", label="MRC grade", unit="grade", minimum=0, maximum=5),
    sites=tuple(f"{muscle}.{side}" for muscle in MUSCLES for side in ("left", "right")),
)
pain_converted = YesNo(
    name="pain_converted",
    label="Some pain scores converted from a visual analogue scale in millimetres",
)

# The return of pain (dossier 1.2 "abruptly", 11.10)

pain_return_onset_on = Day(
    name="pain_return_onset_on",
    label="Day on which the pain came back",
    question="On which day did the pain come back?",
)
pain_return_plateau_on = Day(
    name="pain_return_plateau_on",
    label="Day on which the returned pain reached its full strength",
    question="On which day did the returned pain reach its full strength?",
)
pain_return_onset = Choice(
    name="pain_return_onset",
    label="Onset of the returned pain",
    question="How did the pain come back: sudden (within 24 hours), abrupt (within 7 days), subacute, gradual?",
    options=("sudden", "abrupt", "subacute", "gradual"),
)
pain_return_side = Choice(
    name="pain_return_side",
    label="Side of the returned pain",
    question="On which side did the pain come back?",
    options=SIDES,
)
same_dermatome = YesNo(
    name="same_dermatome",
    label="Returned pain in the dermatome that was treated",
    question="Is the returned pain in the same dermatome as before surgery?",
)
eased_by_sitting = YesNo(
    name="eased_by_sitting",
    label="Leg pain brought on by walking and eased by sitting or bending forward",
    question="Does walking bring the leg pain on, and does sitting or bending forward ease it?",
)

# Cauda equina questions: each asks for something NEW OR WORSE SINCE SURGERY (dossier 4.2, 11.10)


def _ask(name: str, label: str, question: str) -> YesNo:
    return YesNo(name=name, label=f"New or worse since surgery: {label}", question=question)


urinary_difficulty = _ask(
    "urinary_difficulty",
    "difficulty in starting or feeling the flow of urine",
    "Since surgery, is there new or worse difficulty in starting or feeling the flow of urine?",
)
urinary_retention = _ask(
    "urinary_retention",
    "painless retention of urine",
    "Since surgery, is there new or worse inability to pass urine, with or without the feeling of a full bladder?",
)
urinary_incontinence = _ask(
    "urinary_incontinence",
    "overflow or incontinence of urine",
    "Since surgery, is there new or worse leaking of urine?",
)
saddle_numbness = _ask(
    "saddle_numbness",
    "numbness or tingling of the saddle, perianal or genital area",
    "Since surgery, is there new or worse numbness or tingling between the legs, around the anus or the genitals?",
)
rectal_sensation_loss = _ask(
    "rectal_sensation_loss",
    "loss of the feeling of rectal fullness",
    "Since surgery, is the feeling of a full rectum newly lost or reduced?",
)
faecal_incontinence = _ask(
    "faecal_incontinence",
    "faecal incontinence",
    "Since surgery, is there new or worse loss of control of the bowels?",
)
bilateral_leg_weakness = _ask(
    "bilateral_leg_weakness",
    "severe or progressive weakness of both legs",
    "Since surgery, is there new severe or progressive weakness of both legs?",
)
new_bilateral_leg_pain = _ask(
    "new_bilateral_leg_pain",
    "radicular pain in both legs",
    "Since surgery, is there new radiating pain in both legs?",
)
new_bilateral_leg_numbness = _ask(
    "new_bilateral_leg_numbness",
    "radicular numbness in both legs",
    "Since surgery, is there new numbness in both legs?",
)
sexual_dysfunction = _ask(
    "sexual_dysfunction",
    "sexual dysfunction",
    "Since surgery, is there new loss of sexual function?",
)
CAUDA_EQUINA = (
    urinary_difficulty,
    urinary_retention,
    urinary_incontinence,
    saddle_numbness,
    rectal_sensation_loss,
    faecal_incontinence,
    bilateral_leg_weakness,
)
BILATERAL = (new_bilateral_leg_pain, new_bilateral_leg_numbness)
CAUDA_EQUINA_ITEMS = (*CAUDA_EQUINA, *BILATERAL, sexual_dysfunction)
"""Every item of RF-CES-1, -2 and -3: the safety part is complete when all are answered (dossier 11.15)."""
RED_FLAGS = (*CAUDA_EQUINA_ITEMS, *QUESTIONS)

post_void_residual_ml = Quantity(
    name="post_void_residual_ml",
    label="Post-void residual",
    question="What is the post-void residual on bladder scan, in mL?",
    unit="mL",
    minimum=0,
    maximum=5000,
)
straight_leg_raise = Choice(
    name="straight_leg_raise",
    label="Straight leg raise",
    question="Is the straight leg raise positive or negative?",
    options=("positive", "negative"),
)

# When a symptom began, where no record from before surgery can tell (dossier 11.8, 11.10)


def _onset(symptom: str) -> Day:
    label = symptom.replace("_", " ")
    return Day(
        name=f"{symptom}_onset_on",
        label=f"First day of {label}",
        question=f"On which day did the {label} begin?",
    )


numbness_onset_on = _onset("numbness")
tingling_onset_on = _onset("tingling")
weakness_onset_on = _onset("weakness")
bilateral_leg_pain_onset_on = _onset("bilateral_leg_pain")
SYMPTOM_ONSETS = (numbness_onset_on, tingling_onset_on, weakness_onset_on, bilateral_leg_pain_onset_on)

age_years = Quantity(
    name="age_years", label="Age", question="How old is the patient?", unit="years", minimum=0, maximum=120
)

# The patient, and the circumstances of the operation

LEVELS = ("T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1")
operated_levels = Codes(
    name="operated_levels",
    label="Operated levels",
    question="Which levels were operated on?",
    options=LEVELS,
)
implant = YesNo(
    name="implant",
    label="Implant left in place",
    question="Was an implant left in place at surgery?",
)
dural_tear = YesNo(name="dural_tear", label="Dural tear at surgery")
prior_operations = Quantity(
    name="prior_operations", label="Earlier spinal operations", unit="operations", minimum=0, maximum=20
)
GIVEN = (
    assessed_on,
    surgery_date,
    procedure,
    region,
    indication,
    disc_opened,
    operated_side,
    leg_pain,
    back_pain,
    odi,
    global_change,
    stated_trend,
    numbness,
    tingling,
    weakness,
    muscle_power,
    pain_return_onset_on,
    pain_return_plateau_on,
    pain_return_onset,
    pain_return_side,
    same_dermatome,
    eased_by_sitting,
    *RED_FLAGS,
    post_void_residual_ml,
    straight_leg_raise,
    *SYMPTOM_ONSETS,
    age_years,
    operated_levels,
    implant,
    dural_tear,
    still_in_hospital,
    prior_operations,
    pain_converted,
    *MEASUREMENTS,
    *BACKGROUND,
)
"""All that a case can give. Facts that are worked out are declared beside their calculations."""
RECORDED_ONLY = (dural_tear, prior_operations, pain_converted, white_cells)
"""Kept with the record, read by no rule of this ruleset."""
