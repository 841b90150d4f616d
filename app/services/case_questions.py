"""The questions of the case that are answered yes, no or unknown, and the days on which symptoms began."""

from __future__ import annotations

from pydantic import Field

from app.services.case_part import Part, YesNoUnknown
from app.services.scales import Day


class RedFlags(Part):
    """Each asks for something new or worse since surgery. Absent and `unknown` both mean: not answered."""

    urinary_difficulty: YesNoUnknown | None = Field(
        default=None, description="Difficulty in starting or feeling the flow of urine"
    )
    urinary_retention: YesNoUnknown | None = Field(default=None, description="Painless retention of urine")
    urinary_incontinence: YesNoUnknown | None = Field(
        default=None, description="Overflow or incontinence of urine"
    )
    saddle_numbness: YesNoUnknown | None = Field(
        default=None, description="Numbness or tingling of the saddle, perianal or genital area"
    )
    rectal_sensation_loss: YesNoUnknown | None = Field(
        default=None, description="Loss of the feeling of rectal fullness"
    )
    faecal_incontinence: YesNoUnknown | None = Field(default=None, description="Faecal incontinence")
    bilateral_leg_weakness: YesNoUnknown | None = Field(
        default=None, description="Severe or progressive weakness of both legs"
    )
    new_bilateral_leg_pain: YesNoUnknown | None = Field(
        default=None, description="Radicular pain in both legs"
    )
    new_bilateral_leg_numbness: YesNoUnknown | None = Field(
        default=None, description="Radicular numbness in both legs"
    )
    sexual_dysfunction: YesNoUnknown | None = Field(default=None, description="Sexual dysfunction")
    fever: YesNoUnknown | None = Field(default=None, description="Fever")
    rigors: YesNoUnknown | None = Field(default=None, description="Rigors")
    night_sweats: YesNoUnknown | None = Field(default=None, description="Night sweats")
    wound_discharge: YesNoUnknown | None = Field(
        default=None, description="Purulent discharge from the wound"
    )
    wound_opening: YesNoUnknown | None = Field(default=None, description="Opening of the wound")
    wound_redness: YesNoUnknown | None = Field(
        default=None, description="Spreading redness, heat or swelling of the wound"
    )
    wound_pain_increasing: YesNoUnknown | None = Field(
        default=None, description="Increasing pain of the wound"
    )
    rest_back_pain: YesNoUnknown | None = Field(
        default=None, description="Severe back pain at rest or at night"
    )
    neck_stiffness: YesNoUnknown | None = Field(default=None, description="Stiffness of the neck")
    photophobia: YesNoUnknown | None = Field(default=None, description="Intolerance of light")
    confusion: YesNoUnknown | None = Field(default=None, description="Confusion")
    mottled_skin: YesNoUnknown | None = Field(default=None, description="Mottled or ashen skin")
    no_urine_18h: YesNoUnknown | None = Field(default=None, description="No urine for 18 hours")
    drowsiness: YesNoUnknown | None = Field(default=None, description="Drowsiness")
    seizure: YesNoUnknown | None = Field(default=None, description="A seizure")
    facial_droop: YesNoUnknown | None = Field(default=None, description="Drooping of the face")
    arm_weakness: YesNoUnknown | None = Field(default=None, description="Weakness of an arm")
    speech_disturbance: YesNoUnknown | None = Field(default=None, description="Disturbed speech")
    visual_loss: YesNoUnknown | None = Field(default=None, description="Loss of vision")
    clear_wound_leak: YesNoUnknown | None = Field(
        default=None, description="Clear or watery leak from the wound"
    )
    wound_fluctuance: YesNoUnknown | None = Field(
        default=None, description="Fluctuant swelling under the wound"
    )
    postural_headache: YesNoUnknown | None = Field(
        default=None, description="Headache that is worse upright and eases lying down"
    )
    calf_swelling: YesNoUnknown | None = Field(default=None, description="Swelling of one leg")
    calf_tenderness: YesNoUnknown | None = Field(default=None, description="Tenderness of a calf")
    pitting_oedema: YesNoUnknown | None = Field(default=None, description="Pitting oedema of one leg")
    collateral_veins: YesNoUnknown | None = Field(
        default=None, description="Dilated superficial veins of one leg"
    )
    breathlessness: YesNoUnknown | None = Field(default=None, description="Sudden breathlessness")
    pleuritic_pain: YesNoUnknown | None = Field(default=None, description="Chest pain on breathing in")
    haemoptysis: YesNoUnknown | None = Field(default=None, description="Coughing up of blood")
    syncope: YesNoUnknown | None = Field(default=None, description="Loss of consciousness")
    chest_pain: YesNoUnknown | None = Field(default=None, description="Chest pain")
    cold_leg: YesNoUnknown | None = Field(default=None, description="A cold or pale leg")
    abdominal_pain: YesNoUnknown | None = Field(default=None, description="Severe abdominal pain")
    collapse: YesNoUnknown | None = Field(default=None, description="Collapse")
    trauma: YesNoUnknown | None = Field(default=None, description="A fall or an injury")
    focal_back_pain: YesNoUnknown | None = Field(
        default=None, description="Sudden pain at one place in the midline of the back"
    )
    new_back_pain: YesNoUnknown | None = Field(default=None, description="Back pain")
    progressive_pain: YesNoUnknown | None = Field(default=None, description="Pain that grows steadily")
    night_pain: YesNoUnknown | None = Field(default=None, description="Pain that wakes at night")
    weight_loss: YesNoUnknown | None = Field(default=None, description="Weight loss without a reason")
    pain_rising_24h: YesNoUnknown | None = Field(
        default=None, description="Pain of back or leg that rose by 2 points or more within 24 hours"
    )
    pain_despite_analgesia: YesNoUnknown | None = Field(
        default=None, description="Severe pain despite the prescribed pain relief"
    )
    suicidal_ideation: YesNoUnknown | None = Field(default=None, description="Thoughts of ending one's life")
    suicidal_plan: YesNoUnknown | None = Field(default=None, description="A plan or intent to end one's life")


class SymptomOnsets(Part):
    """The first day of a symptom, for when no record from before surgery can tell."""

    numbness: Day | None = Field(default=None, description="First day of numbness")
    tingling: Day | None = Field(default=None, description="First day of tingling")
    weakness: Day | None = Field(default=None, description="First day of weakness")
    bilateral_leg_pain: Day | None = Field(default=None, description="First day of pain in both legs")
