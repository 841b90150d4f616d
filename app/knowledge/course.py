"""The course so far: which pain counts, by which method it is judged, and where it is heading (dossier 1.2, 8.0, 11).

This chapter reads; the chapters after it conclude.
"""

from __future__ import annotations

from app.engine.conditions import Condition, all_of, any_of, named, none_of
from app.engine.evidence import Citation
from app.engine.facts import Choice, not_recorded, recorded, when_recorded
from app.engine.rules import Chapter, Decision, Rule
from app.knowledge.citations import (
    ANCHOR,
    BASS_RELIEF,
    MUCH_BETTER,
    NO_CHANGE,
    ODI_IMPORTANT,
    PAIN_IMPORTANT,
    S4,
    S10,
    S19,
)
from app.knowledge.conclusions import Interim
from app.knowledge.deficits import COURSES
from app.knowledge.pain import (
    AFTER_INDEX_PAIN,
    BACK_COURSE,
    BEFORE_INDEX_PAIN,
    FLOOR,
    IMPROVED,
    LEG_COURSE,
    back_pain_now,
    back_rise,
    global_change_now,
    index_change,
    index_pain,
    larger_baseline_pain,
    leg_pain_now,
    leg_rise,
    odi_drop,
    odi_drop_percent,
    pain_drop,
    pain_drop_percent,
    relief_before_three_months,
    relief_days,
    relief_interval,
    relief_recorded,
    rise_above_nadir,
    stated_trend_now,
)
from app.knowledge.sources import DOSSIER, WERNER_2017
from app.knowledge.thresholds import (
    ACCEPTABLE_PAIN_POINTS,
    FALLING_TREND_POINTS,
    IMMEDIATE_RELIEF_DAYS,
    MIN_CHANGE_PERCENT,
    NO_CHANGE_POINTS,
    ODI_CHANGE_POINTS,
    ODI_WORSE_POINTS,
    RATING_BETTER_GRADE,
    RATING_EQUIVOCAL_AT_FLOOR_GRADE,
    RATING_MUCH_BETTER_GRADE,
    RELIEF_INTERVAL_DAYS,
    RISE_POINTS,
    SIX_WEEKS_DAYS,
    TREND_POINTS,
    WORSE_POINTS,
)
from app.knowledge.timeline import CLOCKS
from app.knowledge.vocabulary import FREEING_OPERATIONS, LEG_INDICATIONS, indication, procedure, region


def interim(
    rule_id: str,
    title: str,
    when: Condition,
    says: str,
    *evidence: Citation,
    dossier: str,
    confidence: str = "",
) -> Rule:
    """One line of a decision on the course."""
    then = Interim(says=says, confidence=confidence)
    return Rule(id=f"course.{rule_id}", title=title, when=when, then=then, evidence=evidence, dossier=dossier)


# What the statements apply to (1.1 S4)

IN_SCOPE = named(
    "an operation that frees lumbar nerves",
    all_of(region.is_one_of("lumbar", "lumbosacral"), procedure.is_one_of(*FREEING_OPERATIONS)),
)
"""An operation that frees lumbar nerves; pure fusion and disc replacement do not (dossier 1.1 S4)."""

# Which pain is the index pain (1.2 improvement, 11.16)

INDICATION_UNCLEAR = any_of(not_recorded(indication), when_recorded(indication, indication.is_("other")))

INDEX_PAIN = Decision(
    id="course.index-pain",
    title="Which pain the operation is judged by",
    gives=index_pain,
    rules=(
        interim(
            "index-pain.leg-by-indication",
            "The operation was done for a nerve root: leg pain counts",
            when_recorded(indication, indication.is_one_of(*LEG_INDICATIONS)),
            "leg",
            S4,
            S10,
            DOSSIER.at("1.2 improvement"),
            dossier="1.2 improvement",
        ),
        interim(
            "index-pain.back-by-indication",
            "The operation was done for back pain: back pain counts",
            when_recorded(indication, indication.is_("back_pain")),
            "back",
            DOSSIER.at("1.2 improvement"),
            dossier="1.2 improvement",
        ),
        interim(
            "index-pain.back-by-baseline",
            "Indication not clear: the larger pain before surgery was back pain",
            all_of(INDICATION_UNCLEAR, when_recorded(larger_baseline_pain, larger_baseline_pain.is_("back"))),
            "back",
            DOSSIER.at("11.16"),
            dossier="11.16",
        ),
        interim(
            "index-pain.leg-by-default",
            "Indication not clear: leg pain counts",
            INDICATION_UNCLEAR,
            "leg",
            DOSSIER.at("11.16"),
            dossier="11.16",
        ),
    ),
)

# By which method it is judged (1.2 fallback, 11.6)

CONFIDENCE_BY_METHOD = {
    "nrs": "high",
    "odi": "moderate",
    "gpe": "low",
    "pass": "low",
    "stated_trend": "very_low",
}
method = Choice(name="method", label="Method of comparison", options=tuple(CONFIDENCE_BY_METHOD))
FLOOR_REACHED = when_recorded(pain_drop, FLOOR)


def compare_by(rule_id: str, title: str, when: Condition, by: str, *evidence: Citation, dossier: str) -> Rule:
    """One method of comparison, with the confidence that it carries."""
    confidence = CONFIDENCE_BY_METHOD[by]
    return interim(f"method.{rule_id}", title, when, by, *evidence, dossier=dossier, confidence=confidence)


METHOD = Decision(
    id="course.method",
    title="What the pain now is compared by",
    gives=method,
    rules=(
        compare_by(
            "rise",
            "Pain scores show a rise above baseline",
            when_recorded(pain_drop, pain_drop <= WORSE_POINTS),
            "nrs",
            DOSSIER.at("11.6"),
            dossier="11.6",
        ),
        compare_by(
            "floor-gpe",
            "Pain was too low before surgery to measure a fall: global change decides",
            all_of(FLOOR_REACHED, recorded(global_change_now)),
            "gpe",
            DOSSIER.at("11.6"),
            dossier="11.6",
        ),
        compare_by(
            "floor-pass",
            "Pain was too low before surgery to measure a fall, and global change was not asked: the acceptable state decides",
            FLOOR_REACHED,
            "pass",
            DOSSIER.at("11.6"),
            dossier="11.6",
        ),
        compare_by(
            "pain-scores",
            "Pain scores from before surgery and now",
            recorded(pain_drop),
            "nrs",
            PAIN_IMPORTANT,
            dossier="1.2 fallback",
        ),
        compare_by(
            "odi",
            "No pair of pain scores: disability scores from before surgery and now",
            recorded(odi_drop),
            "odi",
            ODI_IMPORTANT,
            dossier="1.2 fallback",
        ),
        compare_by(
            "global-change",
            "No pair of scores: the patient's global rating of change",
            recorded(global_change_now),
            "gpe",
            ANCHOR,
            dossier="1.2 fallback",
        ),
        compare_by(
            "stated-trend",
            "No scale at all: the patient's own word",
            recorded(stated_trend_now),
            "stated_trend",
            DOSSIER.at("1.2 fallback"),
            dossier="1.2 fallback",
        ),
    ),
)

# How the index pain compares with before surgery (1.2 improvement, 11.6, 11.7)

index_status = Choice(
    name="index_status",
    label="Index pain against before surgery",
    options=("improved", "equivocal", "not_improved", "worse"),
)
BY_SCORES = method.is_("nrs")
BY_ODI = method.is_("odi")
BY_GLOBAL_CHANGE = method.is_("gpe")
BY_WORD = method.is_("stated_trend")
NRS_1_2 = "1.2 improvement"

INDEX_STATUS = Decision(
    id="course.index-status",
    title="Index pain against before surgery",
    gives=index_status,
    rules=(
        interim(
            "index-status.nrs-worse",
            "Pain has risen by 2 points or more above baseline",
            all_of(BY_SCORES, pain_drop <= WORSE_POINTS),
            "worse",
            DOSSIER.at("1.2 improvement; 11.6"),
            dossier="1.2 improvement; 11.6",
        ),
        interim(
            "index-status.nrs-improved",
            "Pain has fallen by at least 2 points or 30 %, and by at least 1 point",
            all_of(BY_SCORES, IMPROVED),
            "improved",
            PAIN_IMPORTANT,
            DOSSIER.at(NRS_1_2),
            dossier=NRS_1_2,
        ),
        interim(
            "index-status.nrs-not-improved",
            "Pain has fallen by less than 1.5 points and less than 30 %",
            all_of(
                BY_SCORES,
                pain_drop < NO_CHANGE_POINTS,
                any_of(
                    pain_drop_percent < MIN_CHANGE_PERCENT,
                    not_recorded(pain_drop_percent),
                ),
            ),
            "not_improved",
            NO_CHANGE,
            PAIN_IMPORTANT,
            dossier=NRS_1_2,
        ),
        interim(
            "index-status.nrs-equivocal",
            "Pain has fallen, but between no improvement and improvement",
            BY_SCORES,
            "equivocal",
            DOSSIER.at(NRS_1_2),
            dossier=NRS_1_2,
        ),
        interim(
            "index-status.pass-acceptable",
            "Pain is acceptable now and was low before surgery",
            method.is_("pass"),
            "improved",
            DOSSIER.at("11.6"),
            dossier="11.6",
        ),
        interim(
            "index-status.odi-worse",
            "Disability has risen by 10 points or more",
            all_of(BY_ODI, odi_drop <= ODI_WORSE_POINTS),
            "worse",
            DOSSIER.at("11.7"),
            dossier="11.7",
        ),
        interim(
            "index-status.odi-improved",
            "Disability has fallen by at least 10 points or 30 %",
            all_of(
                BY_ODI,
                any_of(
                    odi_drop >= ODI_CHANGE_POINTS,
                    when_recorded(odi_drop_percent, odi_drop_percent >= MIN_CHANGE_PERCENT),
                ),
            ),
            "improved",
            ODI_IMPORTANT,
            DOSSIER.at("11.7"),
            dossier="1.2 fallback; 11.7",
        ),
        interim(
            "index-status.odi-not-improved",
            "Disability has fallen by less than 10 points and less than 30 %",
            BY_ODI,
            "not_improved",
            DOSSIER.at("11.7"),
            dossier="11.7",
        ),
        interim(
            "index-status.gpe-improved",
            "Completely recovered or much improved",
            all_of(BY_GLOBAL_CHANGE, global_change_now <= RATING_MUCH_BETTER_GRADE),
            "improved",
            MUCH_BETTER,
            dossier="1.2 fallback; 11.6",
        ),
        interim(
            "index-status.gpe-equivocal",
            "Slightly improved",
            all_of(BY_GLOBAL_CHANGE, global_change_now <= RATING_BETTER_GRADE),
            "equivocal",
            WERNER_2017.at("anchor", "global perceived effect 3"),
            dossier="1.2 fallback; 11.6",
        ),
        interim(
            "index-status.gpe-equivocal-at-floor",
            "Unchanged or slightly worse by global rating, with little pain before and now",
            all_of(BY_GLOBAL_CHANGE, FLOOR_REACHED, global_change_now <= RATING_EQUIVOCAL_AT_FLOOR_GRADE),
            "equivocal",
            DOSSIER.at("11.6"),
            dossier="11.6",
        ),
        interim(
            "index-status.gpe-not-improved",
            "Unchanged or worse by global rating",
            BY_GLOBAL_CHANGE,
            "not_improved",
            WERNER_2017.at("anchor", "global perceived effect 4 to 7"),
            dossier="1.2 fallback; 11.6",
        ),
        interim(
            "index-status.word-improved",
            "Better by the patient's own word",
            all_of(BY_WORD, stated_trend_now.is_("better")),
            "improved",
            DOSSIER.at("1.2 fallback"),
            dossier="1.2 fallback",
        ),
        interim(
            "index-status.word-same",
            "The same by the patient's own word",
            all_of(BY_WORD, stated_trend_now.is_("same")),
            "not_improved",
            DOSSIER.at("1.2 fallback"),
            dossier="1.2 fallback",
        ),
        interim(
            "index-status.word-worse",
            "Worse by the patient's own word",
            BY_WORD,
            "worse",
            DOSSIER.at("1.2 fallback"),
            dossier="1.2 fallback",
        ),
    ),
)
IS_IMPROVED = index_status.is_("improved")
NOT_BETTER = index_status.is_one_of("not_improved", "worse")

# Whether scores and global change agree (8.0 step 6, 11.7)

agreement = Choice(
    name="agreement", label="Scores against global change", options=("conflict", "agreement", "not_compared")
)
SCORED = when_recorded(method, method.is_one_of("nrs", "odi"), recorded(global_change_now))

AGREEMENT = Decision(
    id="course.agreement",
    title="Whether scores and global change agree",
    gives=agreement,
    rules=(
        interim(
            "agreement.conflict",
            "Scores say not improved and the global rating says better, or the reverse",
            all_of(
                SCORED,
                any_of(
                    all_of(NOT_BETTER, global_change_now <= RATING_BETTER_GRADE),
                    all_of(IS_IMPROVED, global_change_now > RATING_BETTER_GRADE),
                ),
            ),
            "conflict",
            DOSSIER.at("8.0 step 6; 11.7"),
            ANCHOR,
            dossier="8.0 step 6; 11.7",
        ),
        interim(
            "agreement.rise-against-rating",
            "No pain score from before surgery, the patient says better, but scores since surgery have risen by 2 points or more",
            all_of(
                not_recorded(pain_drop),
                when_recorded(method, method.is_one_of("gpe", "stated_trend"), IS_IMPROVED),
                when_recorded(rise_above_nadir, rise_above_nadir >= RISE_POINTS),
            ),
            "conflict",
            DOSSIER.at("8.0 step 6, read for a missing baseline"),
            dossier="8.0 step 6",
        ),
        interim(
            "agreement.agree",
            "Scores and global rating do not contradict each other",
            SCORED,
            "agreement",
            DOSSIER.at("8.0 step 6; 11.7"),
            dossier="8.0 step 6; 11.7",
        ),
        interim(
            "agreement.not-compared",
            "There are not two ratings to compare",
            none_of(SCORED),
            "not_compared",
            DOSSIER.at("8.0 step 6; 11.7"),
            dossier="8.0 step 6; 11.7",
        ),
    ),
)

# When relief came (1.2 right after surgery, 11.17)

relief = Choice(name="relief", label="Relief", options=("immediate", "early", "delayed", "late", "none"))

RELIEF = Decision(
    id="course.relief",
    title="When relief first came",
    gives=relief,
    rules=(
        interim(
            "relief.immediate",
            "Relief first recorded within 14 days of surgery",
            all_of(relief_recorded.is_true(), relief_days <= IMMEDIATE_RELIEF_DAYS),
            "immediate",
            S10,
            BASS_RELIEF,
            dossier="1.1 S10; 1.2 right after surgery",
        ),
        interim(
            "relief.early",
            "Relief first recorded after 14 days and up to 42 days after surgery",
            all_of(relief_recorded.is_true(), relief_days <= SIX_WEEKS_DAYS),
            "early",
            BASS_RELIEF,
            dossier="1.2 right after surgery",
        ),
        interim(
            "relief.delayed",
            "Relief first recorded after 42 days and up to the three-month anniversary",
            all_of(relief_recorded.is_true(), relief_before_three_months.is_true()),
            "delayed",
            BASS_RELIEF,
            dossier="1.2 right after surgery",
        ),
        interim(
            "relief.late",
            "Relief first recorded after the three-month anniversary",
            relief_recorded.is_true(),
            "late",
            DOSSIER.at("11.17"),
            dossier="11.17",
        ),
        interim(
            "relief.none",
            "No improvement of the index pain on record since surgery",
            relief_recorded.is_false(),
            "none",
            DOSSIER.at("1.2 right after surgery"),
            dossier="1.2 right after surgery",
        ),
    ),
)

# Where it is heading (1.2 relapsed, 11.3, 11.4, 11.17)

trajectory = Choice(
    name="trajectory",
    label="Trajectory",
    options=("relapsed", "partial_relapse", "improving", "worsening", "stable", "unknown"),
)
LOST_RELIEF = all_of(
    when_recorded(relief_interval, relief_interval >= RELIEF_INTERVAL_DAYS),
    when_recorded(rise_above_nadir, rise_above_nadir >= RISE_POINTS),
    recorded(index_status),
)
RELAPSED = named(
    "relief was lost and the pain is no longer improved", all_of(LOST_RELIEF, none_of(IS_IMPROVED))
)
PARTLY_RELAPSED = named(
    "relief was partly lost and the pain is still improved", all_of(LOST_RELIEF, IS_IMPROVED)
)

TRAJECTORY = Decision(
    id="course.trajectory",
    title="Where the index pain is heading",
    gives=trajectory,
    rules=(
        interim(
            "trajectory.relapsed",
            "Pain had improved for 14 days or more, has risen by 2 points or more, and is no longer improved",
            RELAPSED,
            "relapsed",
            S19,
            DOSSIER.at("1.2 relapsed; 11.3"),
            dossier="1.2 relapsed; 11.3",
        ),
        interim(
            "trajectory.partial-relapse",
            "Pain had improved for 14 days or more and has risen by 2 points or more, but is still improved",
            PARTLY_RELAPSED,
            "partial_relapse",
            S19,
            DOSSIER.at("1.2 relapsed; 11.4"),
            dossier="1.2 relapsed; 11.3; 11.4",
        ),
        interim(
            "trajectory.risen",
            "Pain has risen by 2 points or more above its lowest since surgery",
            when_recorded(rise_above_nadir, rise_above_nadir >= RISE_POINTS),
            "worsening",
            DOSSIER.at("11.17, read for relief too short to call it a relapse"),
            dossier="11.3; 11.17",
        ),
        interim(
            "trajectory.improving",
            "Pain has fallen by 1 point or more since the record it is compared with",
            when_recorded(index_change, index_change <= FALLING_TREND_POINTS),
            "improving",
            DOSSIER.at("11.17"),
            dossier="11.17",
        ),
        interim(
            "trajectory.worsening",
            "Pain has risen by 1 point or more since the record it is compared with",
            when_recorded(index_change, index_change >= TREND_POINTS),
            "worsening",
            DOSSIER.at("11.17"),
            dossier="11.17",
        ),
        interim(
            "trajectory.stable",
            "Pain has changed by less than 1 point since the record it is compared with",
            recorded(index_change),
            "stable",
            DOSSIER.at("11.17"),
            dossier="11.17",
        ),
        interim(
            "trajectory.unknown",
            "There are not two records of pain to compare",
            not_recorded(index_change),
            "unknown",
            DOSSIER.at("11.17"),
            dossier="11.17",
        ),
    ),
)

BACK_ROSE = named(
    "back pain rose above its lowest since surgery, beside the leg pain that counts",
    all_of(
        IN_SCOPE,
        index_pain.is_("leg"),
        when_recorded(back_rise, back_rise >= RISE_POINTS),
        when_recorded(back_pain_now, back_pain_now > ACCEPTABLE_PAIN_POINTS),
    ),
)
LEG_ROSE = named(
    "leg pain rose above its lowest since surgery, beside the back pain that counts",
    all_of(
        IN_SCOPE,
        index_pain.is_("back"),
        when_recorded(leg_rise, leg_rise >= RISE_POINTS),
        when_recorded(leg_pain_now, leg_pain_now > ACCEPTABLE_PAIN_POINTS),
    ),
)
OTHER_PAIN_ROSE = named(
    "the pain that does not count rose above its lowest since surgery", any_of(BACK_ROSE, LEG_ROSE)
)
"""Of the pain that counts, the trajectory tells; a score that was not taken says nothing of either pain."""

COURSE = Chapter(
    name="course",
    title="The course so far",
    steps=(
        *CLOCKS,
        *BEFORE_INDEX_PAIN,
        INDEX_PAIN,
        *AFTER_INDEX_PAIN,
        *LEG_COURSE,
        *BACK_COURSE,
        *COURSES,
        METHOD,
        INDEX_STATUS,
        AGREEMENT,
        RELIEF,
        TRAJECTORY,
    ),
)
