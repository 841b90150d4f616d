"""The case as JSON: what is known of one patient as of one day.

Options and bounds repeat the vocabulary's, for readers and type checkers; a test holds them equal.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.services.case_measurements import (
    Examination,
    History,
    Imaging,
    LaboratoryResult,
    Scores,
    Vitals,
)
from app.services.case_part import Part, YesNoUnknown
from app.services.case_provenance import Provenance
from app.services.case_questions import RedFlags, SymptomOnsets
from app.services.scales import Day, HalfPoints, Millimetres, MrcGrade, Percent

Severity = Literal["none", "mild", "moderate", "severe"]
Side = Literal["left", "right", "both"]
Level = Literal["T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"]
Region = Literal["lumbar", "lumbosacral", "cervical", "thoracic", "other"]
Procedure = Literal[
    "microdiscectomy",
    "discectomy",
    "laminectomy",
    "laminotomy",
    "hemilaminectomy",
    "foraminotomy",
    "facetectomy",
    "endoscopic_decompression",
    "decompression_with_fusion",
    "fusion",
    "disc_replacement",
    "other",
]
Indication = Literal[
    "disc_herniation",
    "spinal_stenosis",
    "foraminal_stenosis",
    "spondylolisthesis",
    "synovial_cyst",
    "back_pain",
    "other",
]
Muscle = Literal[
    "hip_flexion", "knee_extension", "ankle_dorsiflexion", "great_toe_extension", "ankle_plantarflexion"
]


class PriorSurgery(Part):
    """An earlier operation on the spine; kept as history, the clock runs from `surgery`."""

    date: Day = Field(description="Day of the operation, not after that of `surgery`")
    procedure: Procedure = Field(description="What was done")
    region: Region = Field(default="lumbar", description="Where; lumbar when absent")


class Surgery(Part):
    """The latest decompression of the region: time zero of every clock."""

    date: Day = Field(description="Day of the operation")
    procedure: Procedure = Field(description="What was done")
    region: Region = Field(default="lumbar", description="Where; lumbar when absent")
    levels: list[Level] | None = Field(default=None, max_length=6, description="Operated levels")
    side: Side | None = Field(default=None, description="Operated side")
    indication: Indication | None = Field(
        default=None, description="Why; decides which pain is the index pain"
    )
    disc_opened: YesNoUnknown | None = Field(
        default=None, description="Whether a disc was opened; taken as yes for discectomies when absent"
    )
    implant: YesNoUnknown | None = Field(default=None, description="Whether an implant was left in place")
    dural_tear: YesNoUnknown | None = Field(default=None, description="Whether the dura was torn")
    still_in_hospital: YesNoUnknown | None = Field(default=None, description="Whether not yet discharged")


class MusclePower(Part):
    """The power of one muscle on one side, Medical Research Council scale."""

    muscle: Muscle = Field(description="Which muscle, by its movement")
    side: Literal["left", "right"] = Field(description="Which leg")
    grade: MrcGrade = Field(
        description="MRC grade: 0, 1, 2, 3, 3.7 (for 4-), 4, 4.3 (for 4+) or 5, and nothing between"
    )


class Observation(Part):
    """What was found on one day. On or before the day of surgery it is baseline; the latest one is "now"."""

    date: Day = Field(description="The day, not after that of the assessment")
    leg_pain_nrs: HalfPoints | None = Field(
        default=None, description="Leg pain, numeric rating scale 0 to 10, average of the last week"
    )
    leg_pain_vas_mm: Millimetres | None = Field(
        default=None, description="Leg pain, visual analogue scale in mm, when no NRS was taken"
    )
    back_pain_nrs: HalfPoints | None = Field(
        default=None, description="Back pain, numeric rating scale 0 to 10, average of the last week"
    )
    back_pain_vas_mm: Millimetres | None = Field(
        default=None, description="Back pain, visual analogue scale in mm, when no NRS was taken"
    )
    odi_percent: Percent | None = Field(
        default=None,
        description="Oswestry Disability Index, in per cent of the items answered (not their sum)",
    )
    global_change: int | None = Field(
        default=None,
        ge=1,
        le=7,
        description="Global perceived change: 1 completely recovered, 7 worse than ever",
    )
    stated_trend: Literal["better", "same", "worse"] | None = Field(
        default=None, description="The patient's own word against before surgery, when no scale was used"
    )
    numbness: Severity | None = Field(default=None, description="Numbness; `none` when it was looked for")
    tingling: Severity | None = Field(default=None, description="Tingling; `none` when it was looked for")
    weakness: Severity | None = Field(
        default=None, description="Weakness as the patient tells it; `none` when it was asked for"
    )
    muscle_power: list[MusclePower] | None = Field(
        default=None, max_length=10, description="Muscles that were tested"
    )


class PainReturn(Part):
    """How pain came back after it had gone. Leave out what is not known."""

    onset_on: Day | None = Field(default=None, description="First day of the returned pain")
    plateau_on: Day | None = Field(default=None, description="Day on which it reached its full strength")
    onset: Literal["sudden", "abrupt", "subacute", "gradual"] | None = Field(
        default=None,
        description="From onset to full strength: within 24 hours, 7 days, 42 days, or more slowly",
    )
    side: Side | None = Field(default=None, description="Side of the returned pain")
    same_dermatome: YesNoUnknown | None = Field(default=None, description="In the dermatome that was treated")
    eased_by_sitting: YesNoUnknown | None = Field(
        default=None, description="Brought on by walking and eased by sitting or bending forward"
    )


Subject = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]


class Case(Part):
    """What is known of one patient as of one day. Only `subject` and `surgery` are required."""

    subject: Subject = Field(description="Opaque pseudonym; no names, no birth dates")
    assessed_on: Day | None = Field(
        default=None, description="Day of the assessment; today (UTC) when absent, always echoed"
    )
    age_years: int | None = Field(default=None, ge=0, le=120, description="Age in whole years")
    surgery: Surgery = Field(description="The operation that is judged")
    prior_surgeries: list[PriorSurgery] | None = Field(
        default=None, max_length=20, description="Earlier operations; an empty list says that there were none"
    )
    observations: list[Observation] | None = Field(
        default=None,
        max_length=200,
        description="In any order; each measure at most once a day, and one pain scale a day",
    )
    pain_return: PainReturn | None = Field(default=None, description="How pain came back, if it did")
    red_flags: RedFlags | None = Field(
        default=None, description="Questions to ask at every visit; what is not answered stays possible"
    )
    symptom_onsets: SymptomOnsets | None = Field(
        default=None, description="When symptoms began that no record from before surgery tells of"
    )
    examination: Examination | None = Field(default=None, description="Findings of the day")
    vitals: Vitals | None = Field(default=None, description="Vital signs of the day")
    labs: list[LaboratoryResult] | None = Field(
        default=None, max_length=100, description="Laboratory results, each value at most once a day"
    )
    imaging: list[Imaging] | None = Field(
        default=None, max_length=50, description="Findings of imaging, each finding at most once a day"
    )
    scores: Scores | None = Field(default=None, description="Questionnaires: scores of the day, not items")
    history: History | None = Field(
        default=None, description="Diseases, habits, and what stands against a test"
    )
    provenance: Provenance | None = Field(
        default=None, description="Where the case came from; recorded with it, and no part of the judgement"
    )
