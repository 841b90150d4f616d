"""Imaging and nerve conduction: what stands against a test, and when it makes sense (dossier 6.1, 6.2)."""

from __future__ import annotations

from datetime import date, timedelta

from app.engine.calculate import calculation
from app.engine.conditions import all_of, any_of, named, none_of
from app.engine.facts import Day, YesNo, when_recorded
from app.engine.rules import Chapter
from app.knowledge.background import (
    contrast_allergy,
    egfr,
    mri_contraindicated,
    pregnant,
    preoperative_slip,
)
from app.knowledge.bone_and_tumour import (
    FRACTURE_AFTER_FALL_SEVERE,
    FRACTURE_FRAGILE,
    FRACTURE_SUSPECTED,
    FRACTURE_WITH_CES,
    FRACTURE_WITH_DEFICIT,
    MALIGNANCY_SUSPECTED,
    MALIGNANCY_WITH_CES,
    MALIGNANCY_WITH_DEFICIT,
)
from app.knowledge.cause_thresholds import MOVEMENT
from app.knowledge.causes import HERNIATION_DECISION
from app.knowledge.causes_spine import FUSED, MAY_BE_UNSTABLE, TEST_DIVERGENCE
from app.knowledge.citations import (
    CONTRAST_TIMING,
    NERVE_CONDUCTION_TIMING,
    NO_VALID_TEST,
    SCAR_OR_DISC,
    UNSTABLE_COURSE,
    WHITE_PANJABI,
    WITHOUT_CONTRAST,
)
from app.knowledge.conclusions import FOUR_WEEKS, TODAY
from app.knowledge.course import IN_SCOPE
from app.knowledge.deficits import found_loss, numbness_new, tingling_new, weakness_new
from app.knowledge.haematoma import CSF_1, SEH_DEFICIT, SEH_PAIN, SEH_PAIN_EARLY
from app.knowledge.infection import (
    BACK_PAIN,
    DISCITIS,
    DISCITIS_ATYPICAL,
    EPIDURAL_ABSCESS,
    FEVER_OR_RAISED_CRP,
    SUSPECTED_INFECTION,
)
from app.knowledge.laboratory_steps import LABORATORY_STEPS, find_inflammation_day
from app.knowledge.next_steps import (
    CONTRAST,
    RELIEF_LOST,
    SEVERE_EARLY_FAILURE,
    UNSUCCESSFUL,
    WEAKNESS_NOT_IMPROVING,
)
from app.knowledge.pain_patterns import BACK, IN_TROUBLE, NEW_SYMPTOM, SLOW
from app.knowledge.recovery import WEAKNESS_DECISION
from app.knowledge.safety import (
    CAUDA_EQUINA_CHANGE,
    CES_1,
    CES_2_EARLY,
    CES_2_LATER,
    CES_2_WITH_DEFICIT,
    CES_3_WITH_OTHERS,
    DEFICIT_SUSPECTED,
    MOTOR_1,
    MOTOR_2,
    PVR,
    RECURRENCE_SUSPECTED,
    SENSORY_EARLY,
    SHORT_RELIEF,
    URGENT_SURGICAL_CAUSE,
    any_yes,
)
from app.knowledge.sources import AAPMR_EMG, ACR_2021, ACR_CONTRAST, CBS, DOSSIER, FUSION_IMAGING
from app.knowledge.step_rules import LIMITS, step
from app.knowledge.thresholds import published
from app.knowledge.timeline import add_months, one_year_reached
from app.knowledge.vocabulary import new_bilateral_leg_numbness

CONTRAST_MONTHS = published(
    "contrast_months",
    18,
    "months",
    "contrast adds confidence",
    CONTRAST_TIMING,
)
LOW_EGFR = published(
    "low_egfr",
    30,
    "mL/min/1.73 m²",
    "kidney function that stands against some contrast agents",
    ACR_CONTRAST.at("kidney", "below 30 avoid group I and III agents; group II with caution"),
)
EMG_DAYS = published(
    "emg_days",
    21,
    "days",
    "nerve conduction shows a new loss",
    NERVE_CONDUCTION_TIMING,
)

contrast_preferred = YesNo(name="contrast_preferred", label="MRI with contrast preferred")
nerve_conduction_from_day = Day(
    name="nerve_conduction_from_day", label="First day on which nerve conduction shows a new loss of power"
)


@calculation(contrast_preferred, uses=(CONTRAST_MONTHS,))
def prefer_contrast(surgery_date: date, assessed_on: date) -> bool:
    """Up to the 18-month anniversary (6.1)."""
    return assessed_on <= add_months(surgery_date, int(CONTRAST_MONTHS.value))


@calculation(nerve_conduction_from_day, uses=(EMG_DAYS,))
def work_out_nerve_conduction_day(weakness_onset_on: date) -> date:
    """Three weeks after the weakness began (6.2)."""
    return weakness_onset_on + timedelta(days=EMG_DAYS.value)


# Which MRI is called for, by the flags and steps that ask for one or for a decision on one

EMERGENCY_MRI = named(
    "an emergency MRI",
    any_of(
        CES_1.when,
        CES_2_EARLY.when,
        CES_2_WITH_DEFICIT.when,
        CES_3_WITH_OTHERS.when,
        PVR.when,
        MOTOR_1.when,
        SEH_DEFICIT.when,
        SEH_PAIN_EARLY.when,
        EPIDURAL_ABSCESS.when,
        FRACTURE_WITH_CES.when,
        MALIGNANCY_WITH_CES.when,
    ),
)
SAME_DAY_MRI = named(
    "an MRI that is decided on the same day",
    any_of(
        MOTOR_2.when,
        CES_2_LATER.when,
        SENSORY_EARLY.when,
        SEH_PAIN.when,
        CSF_1.when,
        DISCITIS.when,
        FRACTURE_WITH_DEFICIT.when,
        FRACTURE_AFTER_FALL_SEVERE.when,
        FRACTURE_FRAGILE.when,
        MALIGNANCY_WITH_DEFICIT.when,
        SEVERE_EARLY_FAILURE,
    ),
)
SCAR_OR_DISC_MRI = named(
    "an MRI of new or lasting symptoms",
    any_of(
        RECURRENCE_SUSPECTED,
        UNSUCCESSFUL,
        NEW_SYMPTOM,
        SHORT_RELIEF,
        RELIEF_LOST,
        DEFICIT_SUSPECTED,
        WEAKNESS_NOT_IMPROVING,
    ),
)
"""What the radiological criteria call prior surgery with new or progressive symptoms."""
RETURN_MRI = named(
    "an MRI of pain that came back or lasts",
    any_of(
        when_recorded(HERNIATION_DECISION.gives, HERNIATION_DECISION.gives.is_("likely")),
        UNSUCCESSFUL,
        RELIEF_LOST,
    ),
)
"""The part of them that asks whether scar or a disc is there."""
INFECTION_MRI = named(
    "an MRI of a spinal infection",
    any_of(
        DISCITIS_ATYPICAL,
        all_of(
            FEVER_OR_RAISED_CRP,
            BACK_PAIN,
            any_of(
                CAUDA_EQUINA_CHANGE,
                any_yes((numbness_new, tingling_new, weakness_new, new_bilateral_leg_numbness)),
            ),
        ),
    ),
)
"""An abscess with a loss of power that was tested comes with the flag of that."""
PLANNED_MRI = named(
    "a planned MRI",
    any_of(SCAR_OR_DISC_MRI, DISCITIS_ATYPICAL, FRACTURE_SUSPECTED, MALIGNANCY_SUSPECTED),
)
"""An abscess in the canal is an emergency, and never planned."""
CONTRAST_MRI = named("an MRI with contrast", any_of(SCAR_OR_DISC_MRI, INFECTION_MRI))
"""Later than 18 months contrast is optional, and what stands against it is told all the same."""
MRI_IS_POSSIBLE = none_of(when_recorded(mri_contraindicated, mri_contraindicated.is_true()))
"""Nothing known stands against it."""
INFECTION_OR_TUMOUR = any_of(SUSPECTED_INFECTION, MALIGNANCY_SUSPECTED)
WHOLE_SPINE = DOSSIER.at("6.1 emergency MRI: whole spine if infection or malignancy")
ALTERNATIVE = "CT myelography in place of MRI, or CT with or without contrast where that is not possible"
MRI_IMPOSSIBLE = ACR_2021.at("alternatives", "CT myelography where MRI is not possible")

# Mechanical pain of the back (6.1): pain at rest, a sign of infection here, is not mechanical, and moving the spine to
# its limits is unsafe while a fracture, a tumour, an infection or an urgent surgical cause is not ruled out

SLIP_SUSPECTED = named(
    "a slip or an instability is suspected",
    any_of(all_of(SLOW, BACK), all_of(MAY_BE_UNSTABLE, preoperative_slip.is_true())),
)
SAFE_TO_BEND = none_of(FRACTURE_SUSPECTED, MALIGNANCY_SUSPECTED, SUSPECTED_INFECTION, URGENT_SURGICAL_CAUSE)

MRI_REPLACED = (
    step(
        "no-mri.emergency",
        "An emergency MRI is called for and MRI is contraindicated",
        all_of(EMERGENCY_MRI, mri_contraindicated.is_true()),
        f"Emergency: {ALTERNATIVE}, within the same limit.",
        MRI_IMPOSSIBLE,
        urgency="emergency_now",
        within_days=TODAY,
        dossier="6.1",
    ),
    step(
        "no-mri.same-day",
        "MRI is decided on the same day and contraindicated",
        all_of(SAME_DAY_MRI, mri_contraindicated.is_true()),
        f"Decide on the same day: {ALTERNATIVE}, within the same limit.",
        MRI_IMPOSSIBLE,
        urgency="same_day",
        within_days=TODAY,
        dossier="6.1",
    ),
    step(
        "no-mri",
        "MRI is called for and contraindicated",
        all_of(PLANNED_MRI, mri_contraindicated.is_true()),
        f"{ALTERNATIVE}, within the limit of the MRI.",
        MRI_IMPOSSIBLE,
        urgency="routine",
        within_days=None,
        dossier="6.1",
    ),
    step(
        "whole-spine.emergency",
        "An emergency MRI is called for, and an infection or a malignancy is suspected",
        all_of(EMERGENCY_MRI, INFECTION_OR_TUMOUR),
        "Emergency: MRI of the whole spine, not of the lumbar spine alone.",
        WHOLE_SPINE,
        urgency="emergency_now",
        within_days=TODAY,
        dossier="6.1",
    ),
    step(
        "whole-spine",
        "A cauda equina flag or a new loss of power, and an infection or a malignancy is suspected",
        all_of(URGENT_SURGICAL_CAUSE, INFECTION_OR_TUMOUR),
        "Ask for MRI of the whole spine, not of the lumbar spine alone.",
        WHOLE_SPINE,
        urgency="same_day",
        within_days=TODAY,
        dossier="6.1",
    ),
)
CONTRAST_STEPS = (
    step(
        "contrast-checks",
        "Something stands against contrast for the MRI that is called for",
        all_of(
            CONTRAST_MRI,
            any_of(contrast_allergy.is_true(), pregnant.is_true(), egfr < LOW_EGFR),
        ),
        "Decide on contrast with the radiologist: an allergy or a pregnancy stands against it; with a filtration rate "
        "below 30 avoid agents of groups I and III, and use group II with caution. MRI without contrast is the "
        "fallback. The decision delays no emergency MRI.",
        ACR_CONTRAST.at("checks", "allergy, pregnancy, filtration rate below 30"),
        urgency="routine",
        within_days=None,
        dossier="6.1 gadolinium checks",
    ),
    step(
        "contrast-preferred",
        "MRI of pain that came back or lasts is called for within 18 months of surgery",
        all_of(RETURN_MRI, contrast_preferred.is_true(), MRI_IS_POSSIBLE),
        "Contrast is preferred for this MRI unless something stands against it, with T1 images early after it: scar "
        "takes contrast up throughout, a disc not at all or at its rim alone.",
        CONTRAST,
        CONTRAST_TIMING,
        SCAR_OR_DISC,
        DOSSIER.at("6.1: T1 images within 10 minutes of contrast"),
        urgency="routine",
        within_days=None,
        dossier="6.1",
    ),
    step(
        "contrast-optional",
        "MRI of pain that came back or lasts is called for later than 18 months after surgery",
        all_of(RETURN_MRI, contrast_preferred.is_false(), MRI_IS_POSSIBLE),
        "Contrast is optional for this MRI unless something stands against it: it adds confidence mainly in the first "
        "18 months after surgery. Where a spinal infection is suspected it is asked for.",
        CONTRAST_TIMING,
        WITHOUT_CONTRAST,
        urgency="routine",
        within_days=None,
        dossier="6.1",
    ),
)
OTHER_IMAGING = (
    step(
        "flexion-extension",
        "Back pain that came back slowly, or a pattern of instability with a slip from before surgery",
        all_of(SLIP_SUSPECTED, SAFE_TO_BEND),
        "Standing radiograph with flexion and extension, where there is none since the pain came; exclude a pregnancy "
        "first. The limits of movement in common use stand with the evidence; no test is validated.",
        MOVEMENT,
        WHITE_PANJABI,
        UNSTABLE_COURSE,
        NO_VALID_TEST,
        LIMITS,
        urgency="routine",
        within_days=FOUR_WEEKS,
        dossier="6.1",
        divergence=TEST_DIVERGENCE,
    ),
    step(
        "fusion-ct",
        "Pain that came back or never improved, a year or more after a fusion",
        all_of(FUSED, IN_TROUBLE, one_year_reached.is_true()),
        "CT of the fusion for pseudarthrosis and for loosening or breakage of an implant; exclude a pregnancy first.",
        FUSION_IMAGING.at("12 months", "CT for pseudarthrosis and hardware from 12 months on"),
        LIMITS,
        urgency="routine",
        within_days=FOUR_WEEKS,
        dossier="6.1 fusion",
    ),
)
NERVE_STEPS = (
    step(
        "nerve-conduction",
        "New weakness, or weakness that does not improve or is likely to stay",
        all_of(
            IN_SCOPE,
            any_of(
                weakness_new.is_true(),
                when_recorded(found_loss, found_loss.is_one_of("standing", "slight", "marked")),
                WEAKNESS_DECISION.gives.is_one_of("new_symptom_needs_workup", "likely_permanent"),
                WEAKNESS_NOT_IMPROVING,
            ),
        ),
        "Consider electromyography and nerve conduction to tell a root from a peroneal nerve, a plexus or a "
        "neuropathy, 21 days or more after the weakness began. Sensory potentials are normal in root lesions; "
        "paraspinal muscles are unreliable after surgery. Not for pain alone, and never in place of an urgent "
        "examination.",
        AAPMR_EMG.at(
            "use",
            "root against peroneal nerve, plexus or neuropathy; sensory potentials normal in root lesions",
            CBS,
        ),
        NERVE_CONDUCTION_TIMING,
        urgency="routine",
        within_days=None,
        dossier="6.2",
        not_before=nerve_conduction_from_day,
    ),
)
IMAGING = Chapter(
    name="imaging",
    title="Imaging and tests",
    steps=(
        prefer_contrast,
        work_out_nerve_conduction_day,
        find_inflammation_day,
        *MRI_REPLACED,
        *CONTRAST_STEPS,
        *OTHER_IMAGING,
        *LABORATORY_STEPS,
        *NERVE_STEPS,
    ),
)
