"""The questions of the safety chapter (dossier section 4). Each asks for something NEW OR WORSE SINCE SURGERY."""

from __future__ import annotations

from app.engine.facts import YesNo


def _ask(name: str, label: str, question: str) -> YesNo:
    return YesNo(
        name=name, label=f"New or worse since surgery: {label}", question=f"Since surgery, {question}?"
    )


# Wound and infection (4.2 RF-SSI, RF-DISCITIS, RF-EPIDURAL-ABSCESS, RF-MENINGITIS; 11.13)

fever = _ask("fever", "fever", "has there been a fever, measured or felt")
rigors = _ask("rigors", "rigors", "have there been shaking chills")
night_sweats = _ask("night_sweats", "night sweats", "have there been drenching sweats at night")
wound_discharge = _ask(
    "wound_discharge", "purulent discharge from the wound", "does pus or cloudy fluid come from the wound"
)
wound_opening = _ask("wound_opening", "opening of the wound", "has the wound opened")
wound_redness = _ask(
    "wound_redness",
    "spreading redness, heat or swelling of the wound",
    "is there spreading redness, heat or swelling around the wound",
)
wound_pain_increasing = _ask(
    "wound_pain_increasing", "increasing pain of the wound", "is the pain of the wound itself increasing"
)
rest_back_pain = _ask(
    "rest_back_pain",
    "severe back pain at rest or at night",
    "is there new or increasing severe back pain at rest or at night",
)
neck_stiffness = _ask("neck_stiffness", "stiffness of the neck", "is the neck newly stiff")
photophobia = _ask("photophobia", "intolerance of light", "does light newly hurt the eyes")

# Sepsis and the brain (4.2 RF-SEPSIS, RF-MENINGITIS, RF-CSF-2, RF-CARDIAC/STROKE, RF-VISION)

confusion = _ask("confusion", "confusion", "is there new confusion")
mottled_skin = _ask("mottled_skin", "mottled or ashen skin", "is the skin mottled or ashen")
no_urine_18h = _ask("no_urine_18h", "no urine for 18 hours", "has no urine been passed for 18 hours")
drowsiness = _ask("drowsiness", "drowsiness", "is there new drowsiness")
seizure = _ask("seizure", "a seizure", "has there been a seizure")
facial_droop = _ask("facial_droop", "drooping of the face", "does one side of the face newly droop")
arm_weakness = _ask("arm_weakness", "weakness of an arm", "is an arm newly weak")
speech_disturbance = _ask("speech_disturbance", "disturbed speech", "is the speech newly disturbed")
visual_loss = _ask("visual_loss", "loss of vision", "has vision been lost in one or both eyes")

# Leak of cerebrospinal fluid (4.2 RF-CSF-1, RF-CSF-2)

clear_wound_leak = _ask(
    "clear_wound_leak", "clear or watery leak from the wound", "does clear, watery fluid come from the wound"
)
wound_fluctuance = _ask(
    "wound_fluctuance",
    "fluctuant swelling under the wound",
    "is there a soft, fluid swelling under the wound",
)
postural_headache = _ask(
    "postural_headache",
    "headache that is worse upright and eases lying down",
    "is there a headache that is worse upright and eases lying down",
)

# Thrombosis and embolism (4.2 RF-DVT, RF-PE)

calf_swelling = _ask("calf_swelling", "swelling of one leg", "is one leg newly swollen")
calf_tenderness = _ask("calf_tenderness", "tenderness of a calf", "is one calf newly tender")
pitting_oedema = _ask(
    "pitting_oedema", "pitting oedema of one leg", "does pressure leave a dent in the skin of one leg"
)
collateral_veins = _ask(
    "collateral_veins",
    "dilated superficial veins of one leg",
    "are superficial veins of one leg newly dilated",
)
breathlessness = _ask("breathlessness", "sudden breathlessness", "has there been sudden breathlessness")
pleuritic_pain = _ask(
    "pleuritic_pain", "chest pain on breathing in", "is there chest pain that is worse on breathing in"
)
haemoptysis = _ask("haemoptysis", "coughing up of blood", "has blood been coughed up")
syncope = _ask("syncope", "loss of consciousness", "has there been a loss of consciousness")

# Heart and vessels (4.2 RF-VASC, RF-CARDIAC/STROKE)

chest_pain = _ask("chest_pain", "chest pain", "is there chest pain")
cold_leg = _ask("cold_leg", "a cold or pale leg", "is a leg newly cold or pale")
abdominal_pain = _ask("abdominal_pain", "severe abdominal pain", "is there severe abdominal pain")
collapse = _ask("collapse", "collapse", "has there been a collapse")

# Bone and tumour (4.2 RF-FRACTURE, RF-MALIGNANCY)

trauma = _ask("trauma", "a fall or an injury", "has there been a fall or another injury")
focal_back_pain = _ask(
    "focal_back_pain",
    "sudden pain at one place in the midline of the back",
    "has pain begun suddenly at one place in the midline of the back",
)
new_back_pain = _ask("new_back_pain", "back pain", "is there back pain that was not there before")
progressive_pain = _ask(
    "progressive_pain", "pain that grows steadily", "has pain been growing steadily without letting up"
)
night_pain = _ask("night_pain", "pain that wakes at night", "does pain wake the patient at night")
weight_loss = _ask(
    "weight_loss", "weight loss without a reason", "has there been weight loss without a reason"
)

# Pain and mind (4.2 RF-SEH, RF-PAIN-UNCONTROLLED, RF-SUICIDE)

pain_rising_24h = _ask(
    "pain_rising_24h",
    "pain of back or leg that rose by 2 points or more within 24 hours",
    "has the pain of back or leg risen by 2 points or more within 24 hours",
)
pain_despite_analgesia = _ask(
    "pain_despite_analgesia",
    "severe pain despite the prescribed pain relief",
    "is the pain severe despite the prescribed pain relief",
)
suicidal_ideation = _ask(
    "suicidal_ideation", "thoughts of ending one's life", "have there been thoughts of ending one's life"
)
suicidal_plan = _ask(
    "suicidal_plan", "a plan or intent to end one's life", "is there a plan or an intent to end one's life"
)

INFECTION_QUESTIONS = (
    fever,
    rigors,
    night_sweats,
    wound_discharge,
    wound_opening,
    wound_redness,
    wound_pain_increasing,
    rest_back_pain,
    neck_stiffness,
    photophobia,
    confusion,
    mottled_skin,
    no_urine_18h,
)
BRAIN_QUESTIONS = (
    drowsiness,
    seizure,
    facial_droop,
    arm_weakness,
    speech_disturbance,
    visual_loss,
    clear_wound_leak,
    wound_fluctuance,
    postural_headache,
)
CIRCULATION_QUESTIONS = (
    calf_swelling,
    calf_tenderness,
    pitting_oedema,
    collateral_veins,
    breathlessness,
    pleuritic_pain,
    haemoptysis,
    syncope,
    chest_pain,
    cold_leg,
    abdominal_pain,
    collapse,
)
OTHER_QUESTIONS = (
    trauma,
    focal_back_pain,
    new_back_pain,
    progressive_pain,
    night_pain,
    weight_loss,
    pain_rising_24h,
    pain_despite_analgesia,
    suicidal_ideation,
    suicidal_plan,
)
QUESTIONS = (*INFECTION_QUESTIONS, *BRAIN_QUESTIONS, *CIRCULATION_QUESTIONS, *OTHER_QUESTIONS)
