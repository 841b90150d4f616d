"""The verdict (dossier 8.0 as amended by 11.1), with the notes that belong beside it."""

from __future__ import annotations

from app.engine.calculate import calculation
from app.engine.conditions import Condition, all_of, any_of, named, none_of
from app.engine.evidence import Citation
from app.engine.facts import Choice, not_recorded, when_recorded
from app.engine.rules import Chapter, Decision, Rule
from app.knowledge.bone_and_tumour import BONE_OR_TUMOUR_SUSPECTED
from app.knowledge.circulation import CIRCULATION_SUSPECTED
from app.knowledge.citations import (
    ANCHOR,
    BASS_RELIEF,
    BASS_SIX_WEEKS,
    CHRONIC_PAIN,
    LEBOW_SYMPTOMATIC,
    NO_CHANGE,
    ODI_FAILURES,
    ODI_IS_ACCEPTABLE,
    PAIN_ACCEPTABLE,
    S1,
    S2,
    S4,
    S5,
    S6,
    S7,
    S8,
    S9,
    S10,
    S19,
    SUCCESS,
)
from app.knowledge.conclusions import Label, Note, Verdict
from app.knowledge.course import (
    CONFIDENCE_BY_METHOD,
    IN_SCOPE,
    IS_IMPROVED,
    NOT_BETTER,
    OTHER_PAIN_ROSE,
    PARTLY_RELAPSED,
    RELAPSED,
    agreement,
    index_status,
    method,
    relief,
    trajectory,
)
from app.knowledge.haematoma import HAEMATOMA_OR_LEAK
from app.knowledge.infection import INFECTION_TO_ACT_ON
from app.knowledge.pain import (
    index_baseline,
    index_now,
    index_pain,
    nadir,
    odi_drop,
    odi_drop_percent,
    odi_now,
    pain_drop,
    rise_above_nadir,
)
from app.knowledge.pain_and_mind import PAIN_OR_MIND_SUSPECTED
from app.knowledge.safety import (
    CES_SUSPECTED,
    DEFICIT_SUSPECTED,
    NO_RESPONSE_AT_SIX_WEEKS,
    RECURRENCE_SUSPECTED,
    SHORT_RELIEF,
)
from app.knowledge.sources import (
    CHRISTELIS_2021,
    DOSSIER,
    GEERE_2025,
    NEUROSURG_FOCUS_2015,
    OBA_2017,
    SEBAALY_2018,
)
from app.knowledge.thresholds import (
    ACCEPTABLE_PAIN_POINTS,
    BOUNDARY_DAYS,
    LOW_NADIR_POINTS,
    ODI_ACCEPTABLE,
    ODI_FAILURE_PERCENT,
    ODI_FAILURE_POINTS,
    ODI_SUCCESS_POINTS,
    RISE_POINTS,
    SUCCESS_DROP_POINTS,
)
from app.knowledge.timeline import days_to_boundary, one_year_reached, phase

CONFIDENCES = ("high", "moderate", "low", "very_low")
confidence = Choice(name="confidence", label="Confidence in the comparison", options=CONFIDENCES)
verdict = Choice(
    name="verdict",
    label="Verdict",
    options=(
        "out_of_scope",
        "insufficient_data",
        "too_early_to_judge",
        "relapsed",
        "indeterminate",
        "unsuccessful",
        "successful",
        "partial_response",
        "on_track",
    ),
)


@calculation(confidence)
def rate_confidence(method: str, indication: str | None = None, pain_contradiction: str | None = None) -> str:
    """By the method; a step lower where the indication leaves open which pain counts, or records where it is.

    Low at most where records contradict each other on how strong the pain is.
    """
    step = CONFIDENCES.index(CONFIDENCE_BY_METHOD[method])
    step += (indication in (None, "other")) + (pain_contradiction == "of_place")
    if pain_contradiction == "of_degree":
        step = max(step, CONFIDENCES.index("low"))
    return CONFIDENCES[min(step, len(CONFIDENCES) - 1)]


# The verdict

AT_TARGET = named(
    "pain at target, and disability where it was measured",
    all_of(
        when_recorded(
            index_now,
            any_of(
                index_now <= ACCEPTABLE_PAIN_POINTS,
                when_recorded(pain_drop, pain_drop >= SUCCESS_DROP_POINTS),
            ),
        ),
        any_of(
            not_recorded(odi_now),
            odi_now <= ODI_ACCEPTABLE,
            when_recorded(odi_drop, odi_drop >= ODI_SUCCESS_POINTS),
        ),
    ),
)
"""Pain acceptable or substantially less, and so is disability where it was measured (dossier 2.2 default set)."""
LOST_WITHOUT_BASELINE = named(
    "pain came back after little pain, with no score from before surgery",
    all_of(
        IN_SCOPE,
        not_recorded(index_baseline),
        when_recorded(rise_above_nadir, rise_above_nadir >= RISE_POINTS),
        nadir <= LOW_NADIR_POINTS,
    ),
)
TARGET_EVIDENCE = (
    PAIN_ACCEPTABLE,
    SUCCESS,
    ODI_IS_ACCEPTABLE,
)
EARLY_RELIEF_DIVERGENCE = (
    "The first source defers judgement to three months; a prospective series found 91 % of leg pain relieved by week "
    "6, and only 2 of the 9 patients not relieved by then improved later."
)
LATE_WORSENING = "Three-month and twelve-month status correlate (r = 0.71), but about 13 % get clinically worse after month 3."
S7_EVIDENCE = (
    S7,
    NEUROSURG_FOCUS_2015.at("n=593", "three- and twelve-month EQ-5D correlate, r = 0.71"),
    GEERE_2025.at("n=1096+364", "about 13 % worsen meaningfully after month 3"),
)


def judge(
    rule_id: str,
    status: str,
    title: str,
    when: Condition,
    says: str,
    *evidence: Citation,
    dossier: str,
    divergence: str = "",
) -> Rule:
    """One line of the verdict."""
    return Rule(
        id=f"outcome.verdict.{rule_id}",
        title=title,
        when=when,
        then=Verdict(status=status, says=says),
        evidence=evidence,
        dossier=dossier,
        divergence=divergence,
    )


VERDICT = Decision(
    id="outcome.verdict",
    title="The outcome of the operation so far",
    gives=verdict,
    rules=(
        judge(
            "out-of-scope",
            "out_of_scope",
            "Not a decompression of the lumbar spine",
            none_of(IN_SCOPE),
            "These statements apply to operations that free lumbar nerves. Safety was assessed; the outcome was not.",
            S4,
            DOSSIER.at("1.1 S4"),
            dossier="1.1 S4; 8.0 step 2",
        ),
        judge(
            "too-early",
            "too_early_to_judge",
            "Before the three-month anniversary",
            phase.is_("early"),
            "Healing and inflammation are not finished: success or failure cannot be judged before the three-month "
            "anniversary. This says nothing about safety.",
            S9,
            CHRONIC_PAIN,
            BASS_RELIEF,
            dossier="1.1 S9; 11.1",
            divergence=EARLY_RELIEF_DIVERGENCE,
        ),
        judge(
            "insufficient-data",
            "insufficient_data",
            "Nothing to compare with before surgery",
            not_recorded(method),
            "There is no pair of pain or disability scores, no global rating and no stated trend: no verdict.",
            DOSSIER.at("section 0 item 4; 11.1"),
            dossier="section 0 item 4; 11.1",
        ),
        judge(
            "relapsed",
            "relapsed",
            "Relief of 14 days or more was lost",
            RELAPSED,
            "The pain had improved and has come back. Further action is needed.",
            S19,
            LEBOW_SYMPTOMATIC,
            DOSSIER.at("1.2 relapsed; 11.3"),
            dossier="1.2 relapsed; 11.1; 11.3",
        ),
        judge(
            "conflict",
            "indeterminate",
            "Scores and the global rating contradict each other",
            agreement.is_("conflict"),
            "The scores and the patient's global rating contradict each other. Further action is needed: review and "
            "repeat both.",
            DOSSIER.at("8.0 step 6; 11.1"),
            ANCHOR,
            dossier="8.0 steps 6 and 8; 11.1",
        ),
        judge(
            "equivocal",
            "indeterminate",
            "The change is between no improvement and improvement",
            index_status.is_("equivocal"),
            "The change lies between no improvement and improvement. Further action is needed: review and repeat the "
            "scores.",
            DOSSIER.at("8.0 step 8; 11.1"),
            NO_CHANGE,
            dossier="8.0 step 8; 11.1",
        ),
        judge(
            "unsuccessful",
            "unsuccessful",
            "Not improved at or after the three-month anniversary",
            NOT_BETTER,
            "The pain the operation was done for has not improved three months or more after it. Further action is "
            "needed.",
            S8,
            CHRONIC_PAIN,
            NO_CHANGE,
            dossier="1.1 S8",
        ),
        judge(
            "successful",
            "successful",
            "Improved and at target from the twelve-month anniversary on",
            all_of(IS_IMPROVED, one_year_reached.is_true(), AT_TARGET),
            "Improved and at target a year or more after surgery.",
            S7,
            *TARGET_EVIDENCE,
            dossier="2.2 default set; 11.1",
        ),
        judge(
            "partial-response",
            "partial_response",
            "Improved, target not shown, from the twelve-month anniversary on",
            all_of(IS_IMPROVED, one_year_reached.is_true()),
            "Improved a year or more after surgery, but the target is not reached or not on record.",
            S7,
            *TARGET_EVIDENCE,
            dossier="2.2 default set; 11.1",
        ),
        judge(
            "on-track",
            "on_track",
            "Improved between the three-month and the twelve-month anniversary",
            IS_IMPROVED,
            "Improved: recovery is on track and should go on.",
            *S7_EVIDENCE,
            dossier="1.1 S7",
            divergence=LATE_WORSENING,
        ),
    ),
)

# Notes beside the verdict


def note(
    code: str,
    title: str,
    when: Condition,
    says: str,
    *evidence: Citation,
    dossier: str,
    divergence: str = "",
) -> Rule:
    """Something to know beside the verdict."""
    return Rule(
        id=f"outcome.note.{code.replace('_', '-')}",
        title=title,
        when=when,
        then=Note(code=code, says=says),
        evidence=evidence,
        dossier=dossier,
        divergence=divergence,
    )


ROOTS_NEED_TIME = note(
    "roots_need_time",
    "Nerve roots need time to heal",
    all_of(IN_SCOPE, phase.is_("early")),
    "The roots were compressed and partly injured before surgery, and need time to heal even though the compressing "
    "cause is gone.",
    S5,
    S6,
    OBA_2017.at("n=139", "numbness falls early, then reaches a plateau; pain falls within weeks"),
    dossier="1.1 S5; 1.1 S6",
)
CONTINUE_TO_IMPROVE = note(
    "continue_to_improve",
    "Improvement within three months is expected to go on",
    all_of(
        IN_SCOPE,
        none_of(phase.is_("late"), CES_SUSPECTED),
        relief.is_one_of("immediate", "early", "delayed"),
        rise_above_nadir < RISE_POINTS,
        IS_IMPROVED,
    ),
    "Improvement was recorded within three months and has not been lost: it is expected to go on.",
    *S7_EVIDENCE,
    dossier="1.1 S7",
    divergence=LATE_WORSENING,
)
NO_IMMEDIATE_RELIEF = note(
    "no_immediate_relief",
    "No relief right after surgery is not yet a failure",
    all_of(IN_SCOPE, phase.is_("early"), index_pain.is_("leg"), relief.is_("none")),
    "Leg pain is usually relieved straight away; where it is not, that is not a failure, but a reason to watch it for "
    "six weeks, and to contact the surgeon if it has not improved by then.",
    S10,
    BASS_RELIEF,
    dossier="1.1 S10",
)
NO_RESPONSE = note(
    "no_response_at_6_weeks",
    "Watch: leg pain not improved at six weeks or later",
    all_of(NO_RESPONSE_AT_SIX_WEEKS, none_of(trajectory.is_("relapsed"))),
    "The pain has not improved six weeks or more after surgery: contact the surgeon now rather than waiting for three "
    "months. Severe pain or any deficit is a reason for earlier imaging.",
    S9,
    BASS_SIX_WEEKS,
    dossier="1.3 (1)",
    divergence=EARLY_RELIEF_DIVERGENCE,
)
NEAR_BOUNDARY = note(
    "near_boundary",
    "The day is within 14 days of an anniversary that changes the verdict",
    all_of(IN_SCOPE, days_to_boundary <= BOUNDARY_DAYS),
    "The day of the assessment is near an anniversary at which the verdict changes.",
    DOSSIER.at("1.2 approximately; 11.17"),
    S8,
    dossier="1.2 approximately; 11.17",
)
ODI_FAILURE = note(
    "odi_failure_range",
    "Second opinion from disability: in the failure range at twelve months",
    all_of(
        IN_SCOPE,
        one_year_reached.is_true(),
        odi_drop < ODI_FAILURE_POINTS,
        odi_drop_percent < ODI_FAILURE_PERCENT,
    ),
    "Disability has changed by less than 13 points and less than 33 %, the failure range of a registry at twelve "
    "months. It stands beside the verdict and does not change it.",
    ODI_FAILURES,
    dossier="2.2 failure; 11.7",
)

# The label of the category (1.1 S1, S2; 6.5)

PERSISTENT_PAIN = Rule(
    id="outcome.label.psps-2",
    title="Pain that persists or came back three months or more after spinal surgery",
    when=all_of(
        IN_SCOPE,
        none_of(phase.is_("early")),
        any_of(verdict.is_one_of("unsuccessful", "relapsed"), PARTLY_RELAPSED),
        none_of(AT_TARGET),
    ),
    then=Label(
        code="psps_type_2",
        term="Persistent spinal pain syndrome type 2",
        synonyms=("Failed back surgery syndrome (deprecated)",),
        says="A category for pain after spinal surgery, not a cause: weigh the causes beside it, and those that are not named here.",
    ),
    evidence=(
        S1,
        S2,
        CHRISTELIS_2021.at("terms", "persistent spinal pain syndrome type 2 replaces the older term"),
        SEBAALY_2018.at("review", "an umbrella of many causes"),
        CHRONIC_PAIN,
    ),
    dossier="1.1 S1; 1.1 S2; 6.5",
)

# Facts of the verdict that stand beside its status

TARGET_REACHED = note(
    "at_target",
    "Pain is acceptable or substantially less, and so is disability where it was measured",
    all_of(IN_SCOPE, AT_TARGET),
    "Pain at or below 2, or down by 3.5 points or more; where disability was measured, at or below 22 %, or down by "
    "20 points or more.",
    *TARGET_EVIDENCE,
    dossier="2.2 default set",
)
FURTHER_ACTION = note(
    "further_action_required",
    "The verdict, a lost relief or a flag calls for further action",
    any_of(
        all_of(IN_SCOPE, verdict.is_one_of("unsuccessful", "relapsed", "indeterminate")),
        all_of(IN_SCOPE, trajectory.is_one_of("relapsed", "partial_relapse")),
        CES_SUSPECTED,
        DEFICIT_SUSPECTED,
        BONE_OR_TUMOUR_SUSPECTED,
        PAIN_OR_MIND_SUSPECTED,
        HAEMATOMA_OR_LEAK,
        CIRCULATION_SUSPECTED,
        INFECTION_TO_ACT_ON,
        RECURRENCE_SUSPECTED,
        SHORT_RELIEF,
        OTHER_PAIN_ROSE,
        LOST_WITHOUT_BASELINE,
    ),
    "At least: clinician review, neurological examination, a decision on imaging and a decision on referral.",
    S8,
    DOSSIER.at("1.2 further action; 11.4; 11.17"),
    dossier="1.2 further action; 11.4; 11.17",
)

OUTCOME = Chapter(
    name="outcome",
    title="Outcome",
    steps=(
        rate_confidence,
        VERDICT,
        ROOTS_NEED_TIME,
        CONTINUE_TO_IMPROVE,
        NO_IMMEDIATE_RELIEF,
        NO_RESPONSE,
        NEAR_BOUNDARY,
        ODI_FAILURE,
        PERSISTENT_PAIN,
        TARGET_REACHED,
        FURTHER_ACTION,
    ),
)
