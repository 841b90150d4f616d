"""Verdict, trajectory, symptoms and labels of an answer as OpenAPI publishes them."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.shapes import (
    Code,
    Confidence,
    Days,
    Divergence,
    Evidence,
    FactName,
    Pointer,
    Points,
    PrognosisStatus,
    RuleId,
    Says,
    Shape,
    Text,
    VerdictStatus,
)


class Remark(Shape):
    """Something to know beside a verdict or a cause, and where its sources pull apart."""

    code: Code = Field(description="The remark, for programs; the same in every ruleset that makes it")
    says: Says
    rule: RuleId
    divergence: Divergence
    evidence: Evidence


class VerdictAnswer(Shape):
    """The outcome of the operation so far."""

    status: VerdictStatus = Field(description="The verdict")
    says: Says
    rule: RuleId
    evidence: Evidence
    divergence: Divergence
    judgeable_from: datetime.date | None = Field(
        description="The three-month anniversary of the operation, from which success or failure can be "
        "judged. Null out of scope"
    )
    method: Literal["nrs", "odi", "gpe", "pass", "stated_trend"] | None = Field(
        description="What now and before surgery are compared by: `nrs` pain scores; `odi` Oswestry scores; "
        "`gpe` the patient's global rating; `pass` an acceptable state, where pain was too low before "
        "surgery to measure a fall; `stated_trend` the patient's own word. Null when there is nothing to "
        "compare"
    )
    index_pain: Literal["leg", "back"] = Field(
        description="The pain that the operation is judged by: by the indication, else the larger one "
        "before surgery, else leg pain"
    )
    comparison: Literal["improved", "equivocal", "not_improved", "worse"] | None = Field(
        description="Now against before surgery, by `method`; `equivocal` is between no improvement and "
        "improvement. Null when `method` is"
    )
    confidence: Confidence | None = Field(
        description="How far the comparison can be trusted: by its method, a step lower where the "
        "indication leaves open which pain counts, and lower where `contradictions` are about pain. "
        "Null when `method` is"
    )
    at_target: bool | None = Field(
        description="Pain is acceptable or much less, and so is disability where it was measured. Null out "
        "of scope, and without an index pain of the last 42 days"
    )
    conflict: bool = Field(
        description="Scores say the reverse of the patient's own rating or word. Whatever else contradicts "
        "itself stands under `contradictions` alone, and leaves this false"
    )
    boundary_note: Text | None = Field(
        description="Says that the three- or twelve-month anniversary, at which the verdict can change, is "
        "at most 14 days away. Null otherwise, and out of scope"
    )
    expected_course: Literal["continue_to_improve"] | None = Field(
        description="What is expected of relief that came within three months and was not lost. Null where "
        "nothing of the kind can be said"
    )
    new_problem: bool | None = Field(
        description="A symptom is new or has come back. Null while numbness, tingling or weakness cannot be "
        "told"
    )
    further_action_required: bool | None = Field(
        description="At least a review, an examination and decisions on imaging and referral are needed. "
        "Null while an unanswered question leaves it open"
    )
    notes: Annotated[list[Remark], Field(max_length=40)] = Field(
        description="What else a clinician should know; none of it changes the verdict"
    )


class ContradictingFact(Shape):
    """One of the facts that contradict each other."""

    fact: FactName
    label: Text = Field(description="What it is, in words")
    pointer: Pointer = Field(
        description="Where in the case it is given, or what it is worked out from: a JSON pointer (RFC 6901)"
    )
    seen: Text = Field(description="What is on record, with its unit; yes and no as words, days as ISO dates")


class ContradictionAnswer(Shape):
    """What is on record and cannot all be right. It is told, and nothing is settled by it."""

    code: Code = Field(description="The contradiction, for programs")
    says: Says
    rule: RuleId
    facts: Annotated[list[ContradictingFact], Field(min_length=2, max_length=5)] = Field(
        description="The facts that contradict each other, each with its place and what it says"
    )
    evidence: Evidence


class Trajectory(Shape):
    """Where the index pain is heading, and when relief came and went. Pain in points of 0 to 10."""

    status: Literal["relapsed", "partial_relapse", "improving", "worsening", "stable", "unknown"] = Field(
        description="`relapsed`: relief of 14 days or more was lost; `partial_relapse`: partly lost, still "
        "better than before surgery; `worsening` and `improving`: a change by a point or more since the "
        "record that the latest is compared with, or a rise by two above the lowest; `stable`: less than "
        "that; `unknown`: there are not two records to compare"
    )
    baseline: Points | None = Field(
        description="The latest index pain on or before the day of surgery. Null when none is on record"
    )
    baseline_on: datetime.date | None = Field(description="Day of the baseline. Null when there is none")
    now: Points | None = Field(
        description="The latest index pain since surgery. Null when there is none, or the latest is older "
        "than 42 days"
    )
    latest: Points | None = Field(
        description="The latest index pain since surgery, however old. Null when none is on record"
    )
    latest_on: datetime.date | None = Field(description="Day of the latest. Null when there is none")
    lowest: Points | None = Field(
        description="The lowest index pain since surgery. Null when none is on record"
    )
    converted_from_vas: bool = Field(
        description="Some pain of the case was given in mm of a visual analogue scale, and divided by ten"
    )
    relief: Literal["immediate", "early", "delayed", "late", "none"] | None = Field(
        description="When improvement is first on record: within 14 days of surgery, within 42 days, up to "
        "the three-month anniversary, later, or never. Null where that cannot be told: no record, no "
        "baseline, or one too low to measure a fall"
    )
    first_relief_on: datetime.date | None = Field(
        description="Day of the first record of improvement. Null when there is none"
    )
    relief_interval_days: Days | None = Field(
        description="Days from the first record of improvement to the stated return of pain, or else to the "
        "last record of improvement. Null without relief"
    )
    returned_on: datetime.date | None = Field(
        description="Day on which pain came back, as stated or else first recorded. Null unless pain came "
        "back: two points or more above its lowest"
    )


class SymptomAnswer(Shape):
    """One symptom: now, before surgery, and what is to be expected."""

    symptom: Literal["leg_pain", "back_pain", "numbness", "tingling", "weakness"] = Field(
        description="Which symptom; each stands here once, in this order"
    )
    now: Text | None = Field(
        description="The latest record since surgery: pain as `3/10`, else a severity. Null when there is "
        "none of the last 42 days"
    )
    baseline: Text | None = Field(
        description="The latest record on or before the day of surgery, in the same form. Null when there "
        "is none"
    )
    weakest_mrc_grade: Annotated[float, Field(ge=0, le=5)] | None = Field(
        description="Of weakness: the grade of the weakest muscle when power was last tested since surgery "
        "(3.7 stands for 4-, 4.3 for 4+). Null of other symptoms, and when that was not in the last 42 days"
    )
    prognosis: PrognosisStatus = Field(description="What is to be expected")
    says: Says
    confidence: Confidence | None = Field(
        description="How far the prognosis can be trusted. Null while no rule tells it"
    )
    window_closes_on: datetime.date = Field(
        description="Last day on which recovery is usual: the six-month anniversary of surgery for leg pain, "
        "the twelve-month one for the others; told whether the symptom is there or not"
    )
    rule: RuleId | None = Field(description="The rule that tells the prognosis. Null while none does")
    divergence: Divergence
    evidence: Evidence


class LabelAnswer(Shape):
    """A term for the category; never a cause."""

    code: Code = Field(description="The label, for programs")
    term: Text = Field(description="The term to use")
    synonyms: Annotated[list[Text], Field(max_length=10)] = Field(
        description="Other and older terms for the same"
    )
    says: Says
    rule: RuleId
    evidence: Evidence
