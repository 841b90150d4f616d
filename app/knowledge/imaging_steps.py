"""Imaging and nerve conduction: what stands against a test, and when it makes sense (dossier 6.1, 6.2)."""

from __future__ import annotations

from datetime import date, timedelta

from app.engine.calculate import calculation
from app.engine.conditions import all_of, any_of, named
from app.engine.facts import Day, YesNo, when_recorded
from app.engine.rules import Chapter
from app.knowledge.background import contrast_allergy, egfr, mri_contraindicated, pregnant
from app.knowledge.causes import HERNIATION_DECISION
from app.knowledge.citations import CONTRAST_TIMING, NERVE_CONDUCTION_TIMING
from app.knowledge.conclusions import TODAY
from app.knowledge.course import IN_SCOPE
from app.knowledge.deficits import weakness_new
from app.knowledge.outcome import verdict
from app.knowledge.recovery import WEAKNESS_DECISION
from app.knowledge.safety import CES_1, CES_2_EARLY, CES_2_WITH_DEFICIT, MOTOR_1, PVR
from app.knowledge.sources import AAPMR_EMG, ACR_2021, ACR_CONTRAST, CBS
from app.knowledge.step_rules import step
from app.knowledge.thresholds import published
from app.knowledge.timeline import add_months

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


EMERGENCY_MRI = named(
    "an emergency MRI",
    any_of(CES_1.when, CES_2_EARLY.when, CES_2_WITH_DEFICIT.when, MOTOR_1.when, PVR.when),
)
PLANNED_MRI = named(
    "a planned MRI",
    any_of(HERNIATION_DECISION.gives.is_("likely"), when_recorded(verdict, verdict.is_("unsuccessful"))),
)
ALTERNATIVE = "CT myelography in place of MRI, or CT with or without contrast where that is not possible"
MRI_IMPOSSIBLE = ACR_2021.at("alternatives", "CT myelography where MRI is not possible")

IMAGING_STEPS = (
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
        "no-mri",
        "MRI is called for and contraindicated",
        all_of(PLANNED_MRI, mri_contraindicated.is_true()),
        f"{ALTERNATIVE}.",
        MRI_IMPOSSIBLE,
        urgency="routine",
        within_days=None,
        dossier="6.1",
    ),
    step(
        "contrast-checks",
        "Something stands against contrast for the MRI that is called for",
        all_of(
            PLANNED_MRI,
            contrast_preferred.is_true(),
            any_of(contrast_allergy.is_true(), pregnant.is_true(), egfr < LOW_EGFR),
        ),
        "Decide on contrast with the radiologist: an allergy, a pregnancy or a filtration rate below 30 stands "
        "against it or limits the agents. MRI without contrast is the fallback.",
        ACR_CONTRAST.at("checks", "allergy, pregnancy, filtration rate below 30"),
        urgency="routine",
        within_days=None,
        dossier="6.1 gadolinium checks",
    ),
    step(
        "contrast-optional",
        "MRI is called for later than 18 months after surgery",
        all_of(PLANNED_MRI, contrast_preferred.is_false()),
        "Contrast is optional for this MRI: it adds confidence mainly in the first 18 months after surgery.",
        CONTRAST_TIMING,
        urgency="routine",
        within_days=None,
        dossier="6.1",
    ),
    step(
        "nerve-conduction",
        "New weakness, or weakness that is likely to stay",
        all_of(
            IN_SCOPE,
            any_of(
                weakness_new.is_true(),
                when_recorded(
                    WEAKNESS_DECISION.gives,
                    WEAKNESS_DECISION.gives.is_one_of("new_symptom_needs_workup", "likely_permanent"),
                ),
            ),
        ),
        "Consider electromyography and nerve conduction to tell a root from a peroneal nerve, a plexus or a "
        "neuropathy, 21 days or more after the weakness began. Paraspinal muscles are unreliable after surgery. Not "
        "for pain alone, and never in place of an urgent examination.",
        AAPMR_EMG.at("use", "root against peroneal nerve, plexus or neuropathy", CBS),
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
    steps=(prefer_contrast, work_out_nerve_conduction_day, *IMAGING_STEPS),
)
