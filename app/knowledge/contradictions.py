"""What is on record and contradicts itself: told with both facts, and never settled in silence (dossier 8.0 step 6, 11.15).

A contradiction takes two facts that are both on record: a missing one contradicts nothing. No flag and no verdict
reads this chapter, so that a contradiction can neither lower a tier nor turn a verdict; where it is about pain, it
lowers the confidence of the comparison. Not a contradiction: foot pulses that are present beside a cold leg, or new
pain in both legs after an operation on one side.
"""

from __future__ import annotations

from datetime import date

from app.engine.calculate import calculated, calculation
from app.engine.conditions import Condition, Fact, all_of, any_of, named, none_of
from app.engine.evidence import Citation
from app.engine.facts import Choice, Day, Quantity, YesNo, recorded, when_recorded
from app.engine.rules import Chapter, Decision, Rule
from app.knowledge.citations import ANCHOR, RESIDUAL
from app.knowledge.conclusions import Contradiction, Interim
from app.knowledge.course import IS_IMPROVED, NOT_BETTER, agreement, index_status, method
from app.knowledge.deficits import (
    NUMBNESS,
    TINGLING,
    WEAKNESS,
    found_loss,
    shown_before_onset,
    stated_weakness_course,
    weakness_new,
)
from app.knowledge.measurements import (
    calf_difference_cm,
    leg_power,
    phq9,
    phq9_item9,
    saddle_sensation,
    spo2_percent,
    start_back,
    start_back_psychosocial,
    temperature_c,
)
from app.knowledge.pain import (
    back_pain_now,
    global_change_now,
    leg_pain_now,
    now_of,
    odi_drop,
    onset_to_plateau_days,
    pain_drop,
    rise_above_nadir,
    stated_trend_now,
)
from app.knowledge.questions import (
    breathlessness,
    calf_swelling,
    fever,
    pain_despite_analgesia,
    suicidal_ideation,
    suicidal_plan,
)
from app.knowledge.safety_thresholds import (
    CALF_DIFFERENCE_CM,
    FEVER_C,
    ITEM_9_POINTS,
    LOW_SATURATION_PERCENT,
)
from app.knowledge.sources import DOSSIER
from app.knowledge.thresholds import (
    ABRUPT_DAYS,
    ACCEPTABLE_PAIN_POINTS,
    GRADUAL_DAYS,
    RATING_BETTER_GRADE,
    RESIDUAL_ML,
    STALE_AFTER_DAYS,
    proposed,
)
from app.knowledge.vocabulary import (
    SEVERITIES,
    bilateral_leg_pain_onset_on,
    bilateral_leg_weakness,
    new_bilateral_leg_pain,
    numbness_onset_on,
    pain_return_onset,
    pain_return_onset_on,
    pain_return_plateau_on,
    pain_return_side,
    post_void_residual_ml,
    saddle_numbness,
    tingling_onset_on,
    urinary_difficulty,
    urinary_retention,
    weakness_onset_on,
)

ASKED_AND_MEASURED = "11.15; 8.0 step 6, read for an answer against a finding"
TWO_RECORDS = "8.0 step 6; 11.7, read for two records of one thing"
FINDING_COUNTS = " What was found counts for every flag: ask again and examine again."
ANSWER_COUNTS = " The answer counts for every flag, whatever was found: ask again and examine again."
MEASURED_LOSS_GRADE = proposed(
    "measured_loss_grade", 1, "grade", "a muscle so far below full power is weak", "2.1 MRC; 11.11"
)

# What the rules below compare, worked out first

stated_weakness_now = Choice(name="stated_weakness_now", label="Weakness now, as stated", options=SEVERITIES)
power_lost_now = Quantity(
    name="power_lost_now",
    label="Grades that the weakest muscle tested lacks now",
    unit="grade",
    minimum=0,
    maximum=5,
)
both_legs_since_surgery = YesNo(
    name="both_legs_since_surgery", label="First day of pain in both legs on or after the day of surgery"
)
item_9_against_total = YesNo(
    name="item_9_against_total", label="PHQ-9 item 9 and total that cannot both be right"
)
psychosocial_against_total = YesNo(
    name="psychosocial_against_total",
    label="STarT Back psychosocial subscore and total that cannot both be right",
)
BEFORE_ONSET = tuple(
    (
        symptom,
        course,
        onset,
        Day(
            name=f"{symptom.name}_before_onset_on",
            label=f"Latest record of {symptom.title.lower()} before its first day",
        ),
    )
    for symptom, course, onset in (
        (NUMBNESS, NUMBNESS.course, numbness_onset_on),
        (TINGLING, TINGLING.course, tingling_onset_on),
        (WEAKNESS, stated_weakness_course, weakness_onset_on),
    )
)
"""Of each symptom: its course as stated, the first day that was given, and the day of an older record that shows it."""


PHQ9_OTHER_ITEMS = phq9.maximum - phq9_item9.maximum
START_BACK_OTHER_ITEMS = start_back.maximum - start_back_psychosocial.maximum
"""The most that the items outside the part can add to a total."""


def _cannot_be(part: int, total: int, others: float) -> bool:
    return part > total or total - part > others


@calculation(both_legs_since_surgery)
def compare_bilateral_onset(bilateral_leg_pain_onset_on: date, surgery_date: date) -> bool:
    return bilateral_leg_pain_onset_on >= surgery_date


@calculation(item_9_against_total)
def compare_item_9(phq9_item9: int, phq9: int) -> bool:
    return _cannot_be(phq9_item9, phq9, PHQ9_OTHER_ITEMS)


@calculation(psychosocial_against_total)
def compare_psychosocial(start_back_psychosocial: int, start_back: int) -> bool:
    return _cannot_be(start_back_psychosocial, start_back, START_BACK_OTHER_ITEMS)


COMPARED_FIRST = (
    calculated(
        stated_weakness_now,
        now_of,
        ("weakness", "surgery_date", "assessed_on"),
        uses=[STALE_AFTER_DAYS],
    ),
    calculated(
        power_lost_now, now_of, ("power_course", "surgery_date", "assessed_on"), uses=[STALE_AFTER_DAYS]
    ),
    compare_bilateral_onset,
    *(
        calculated(shown_on, shown_before_onset, (course.name, onset.name))
        for _, course, onset, shown_on in BEFORE_ONSET
    ),
    compare_item_9,
    compare_psychosocial,
)


def contradicts(
    code: str,
    title: str,
    when: Condition,
    says: str,
    *evidence: Citation,
    of: tuple[Fact, ...],
    dossier: str,
) -> Rule:
    """Two facts on record that cannot both be right; ``of`` names those that a clinician has to look at."""
    return Rule(
        id=f"contradictions.{code.replace('_', '-')}",
        title=title,
        when=when,
        then=Contradiction(code=code, says=says, facts=tuple(fact.name for fact in of)),
        evidence=evidence,
        dossier=dossier,
    )


def both(first: Fact, second: Fact, *conditions: Condition) -> Condition:
    """Both facts are on record, and the conditions hold."""
    return all_of(recorded(first), recorded(second), *conditions)


def denied(question: YesNo, measured: Fact, finding: Condition) -> Condition:
    """The question was answered with no, and a finding says yes."""
    return both(question, measured, question.is_false(), finding)


# An answer against what was measured, scored or examined

FEVER = contradicts(
    "fever_against_temperature",
    "Fever answered no, and a temperature of 38.0 °C or more",
    denied(fever, temperature_c, temperature_c >= FEVER_C),
    "Fever was answered with no, and a temperature of 38.0 °C or more was measured." + FINDING_COUNTS,
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(fever, temperature_c),
    dossier="11.13; 11.15",
)
BLADDER = contradicts(
    "bladder_against_residual",
    "Retention and difficulty of urine answered no, and a post-void residual of 200 mL or more",
    all_of(
        when_recorded(urinary_retention, urinary_retention.is_false()),
        when_recorded(urinary_difficulty, urinary_difficulty.is_false()),
        when_recorded(post_void_residual_ml, post_void_residual_ml >= RESIDUAL_ML),
    ),
    "Retention of urine and difficulty in passing it were answered with no, and a post-void residual of 200 mL or "
    "more was measured." + FINDING_COUNTS,
    RESIDUAL,
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(urinary_retention, urinary_difficulty, post_void_residual_ml),
    dossier="4.2 RF-PVR; 11.15",
)
SADDLE = contradicts(
    "saddle_against_examination",
    "Numbness of the saddle answered no, and its sensation is abnormal on examination",
    denied(saddle_numbness, saddle_sensation, saddle_sensation.is_("abnormal")),
    "Numbness of the saddle area was answered with no, and its sensation was found to be abnormal. While this is not "
    "settled, take numbness of the saddle area as possible: ask again and examine again.",
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(saddle_numbness, saddle_sensation),
    dossier="4.2 RF-CES-1; 11.15",
)
BOTH_LEGS_WEAK = contradicts(
    "bilateral_weakness_against_examination",
    "Weakness of both legs answered yes, and the power of both legs is normal on examination",
    both(
        bilateral_leg_weakness,
        leg_power,
        bilateral_leg_weakness.is_true(),
        leg_power.is_("normal"),
    ),
    "Weakness of both legs was answered with yes, and the power of both legs was found to be normal."
    + ANSWER_COUNTS,
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(bilateral_leg_weakness, leg_power),
    dossier="4.2 RF-CES-1; 11.15",
)
NO_WEAKNESS = contradicts(
    "no_weakness_against_power",
    "No weakness stated, and a muscle tested below full power",
    both(
        stated_weakness_now,
        power_lost_now,
        stated_weakness_now.is_("none"),
        power_lost_now >= MEASURED_LOSS_GRADE,
    ),
    "The latest record of weakness as stated is none, and the latest test found a muscle at least 1 grade below full "
    "power." + FINDING_COUNTS,
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(stated_weakness_now, power_lost_now),
    dossier="11.11; 11.15",
)
NO_NEW_WEAKNESS = contradicts(
    "no_new_weakness_against_power",
    "Weakness stated that is not new, and a loss of power since surgery on testing",
    all_of(
        when_recorded(stated_weakness_now, none_of(stated_weakness_now.is_("none"))),
        when_recorded(weakness_new, weakness_new.is_false()),
        when_recorded(found_loss, none_of(found_loss.is_("none"))),
    ),
    "By what was stated the weakness was there before surgery and is not new, and testing shows a loss of power since "
    "surgery." + FINDING_COUNTS,
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(weakness_new, found_loss),
    dossier="11.11; 11.15",
)
NORMAL_POWER = contradicts(
    "normal_power_against_grades",
    "Power of both legs normal on examination, and a muscle tested below full power",
    both(leg_power, power_lost_now, leg_power.is_("normal"), power_lost_now >= MEASURED_LOSS_GRADE),
    "The power of both legs was found to be normal, and the latest test found a muscle at least 1 grade below full "
    "power. The grade counts for every flag: test again.",
    DOSSIER.at(TWO_RECORDS),
    of=(leg_power, power_lost_now),
    dossier="11.11; 11.15",
)
CALF = contradicts(
    "swelling_against_calf_difference",
    "Swelling of one leg answered no, and one calf larger by 3 cm or more",
    denied(calf_swelling, calf_difference_cm, calf_difference_cm >= CALF_DIFFERENCE_CM),
    "Swelling of one leg was answered with no, and one calf was measured to be larger by 3 cm or more."
    + FINDING_COUNTS,
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(calf_swelling, calf_difference_cm),
    dossier="4.2 RF-DVT; 11.15",
)
BREATH = contradicts(
    "breathlessness_against_saturation",
    "Breathlessness answered no, and an oxygen saturation below 92 %",
    denied(breathlessness, spo2_percent, spo2_percent < LOW_SATURATION_PERCENT),
    "Breathlessness was answered with no, and an oxygen saturation below 92 % was measured." + FINDING_COUNTS,
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(breathlessness, spo2_percent),
    dossier="4.2 RF-PE; 11.15",
)
IDEATION = contradicts(
    "ideation_against_item_9",
    "Thoughts of ending one's life answered no, and item 9 of PHQ-9 at 1 or more",
    denied(suicidal_ideation, phq9_item9, phq9_item9 >= ITEM_9_POINTS),
    "Thoughts of ending one's life were answered with no, and item 9 of PHQ-9 was scored 1 or more. The score counts "
    "for every flag: ask again, in person.",
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(suicidal_ideation, phq9_item9),
    dossier="4.2 RF-SUICIDE; 11.15",
)
ITEM_9_ABOVE_TOTAL = contradicts(
    "item_9_against_phq_9",
    "Item 9 of PHQ-9 and the total cannot both be right",
    when_recorded(item_9_against_total, item_9_against_total.is_true()),
    "The total is below the item, or higher than the other items can make it. The item counts for every flag: score "
    "the questionnaire again.",
    DOSSIER.at("2.1 PHQ-9"),
    of=(phq9_item9, phq9),
    dossier="2.1 PHQ-9",
)
PSYCHOSOCIAL_ABOVE_TOTAL = contradicts(
    "psychosocial_against_start_back",
    "Psychosocial subscore of STarT Back and the total cannot both be right",
    when_recorded(psychosocial_against_total, psychosocial_against_total.is_true()),
    "The total is below the subscore, or higher than the other items can make it: score the questionnaire again.",
    DOSSIER.at("2.1 STarT Back"),
    of=(start_back_psychosocial, start_back),
    dossier="2.1 STarT Back",
)
PLAN = contradicts(
    "plan_against_ideation",
    "A plan to end one's life answered yes, and thoughts of it answered no",
    both(suicidal_plan, suicidal_ideation, suicidal_plan.is_true(), suicidal_ideation.is_false()),
    "A plan or an intent to end one's life was answered with yes, and thoughts of it with no. The plan counts for every "
    "flag: ask again, in person.",
    DOSSIER.at(ASKED_AND_MEASURED),
    of=(suicidal_plan, suicidal_ideation),
    dossier="4.2 RF-SUICIDE; 11.15",
)
BEGAN_LATER = tuple(
    contradicts(
        f"{symptom.name}_before_onset",
        f"{symptom.title} on record before the first day that was given for it",
        recorded(shown_on),
        f"{symptom.title} is on record before the first day that was given for it, and the record counts. While this is "
        "not settled, take it as possibly new since surgery: ask when it began, and record the day on which it was gone.",
        DOSSIER.at("11.8; 11.10; 8.0 step 6, read for a record against a first day"),
        of=(shown_on, onset),
        dossier="11.8; 11.10; 8.0 step 6",
    )
    for symptom, _, onset, shown_on in BEFORE_ONSET
)
ONSET = contradicts(
    "onset_against_days",
    "The word for the onset of the returned pain does not fit its days",
    all_of(
        recorded(pain_return_onset),
        recorded(onset_to_plateau_days),
        any_of(
            all_of(pain_return_onset.is_one_of("sudden", "abrupt"), onset_to_plateau_days > ABRUPT_DAYS),
            all_of(pain_return_onset.is_("subacute"), onset_to_plateau_days <= ABRUPT_DAYS),
            all_of(pain_return_onset.is_("subacute"), onset_to_plateau_days > GRADUAL_DAYS),
            all_of(pain_return_onset.is_("gradual"), onset_to_plateau_days <= GRADUAL_DAYS),
        ),
    ),
    "The pain came back faster or more slowly by its days than by the word for it. The days count for the suspicion "
    "of a recurrence: ask again.",
    DOSSIER.at("1.2 abruptly, read for a word and days that differ"),
    of=(pain_return_onset, pain_return_onset_on, pain_return_plateau_on),
    dossier="1.2 abruptly",
)

# How strong the pain is: scores, rating and word against each other

SCORED = (recorded(method), recorded(index_status), method.is_one_of("nrs", "odi"))
RATED_AGAINST = "The comparison stays with the scores, at low confidence: repeat both."
SCORES_AGAINST_RATING = contradicts(
    "pain_scores_against_rating",
    "Pain scores and the global rating contradict each other",
    both(method, global_change_now, method.is_("nrs"), agreement.is_("conflict")),
    "Pain scores and the patient's global rating of change contradict each other. " + RATED_AGAINST,
    DOSSIER.at("8.0 step 6; 11.7"),
    ANCHOR,
    of=(pain_drop, global_change_now),
    dossier="8.0 step 6; 11.7",
)
DISABILITY_AGAINST_RATING = contradicts(
    "disability_against_rating",
    "Disability scores and the global rating contradict each other",
    both(method, global_change_now, method.is_("odi"), agreement.is_("conflict")),
    "Disability scores and the patient's global rating of change contradict each other. " + RATED_AGAINST,
    DOSSIER.at("8.0 step 6; 11.7"),
    ANCHOR,
    of=(odi_drop, global_change_now),
    dossier="8.0 step 6; 11.7",
)
RISE_AGAINST_RATING = contradicts(
    "rise_against_rating",
    "Pain has risen since surgery, and the global rating says better",
    both(method, global_change_now, method.is_("gpe"), agreement.is_("conflict")),
    "Pain scores since surgery have risen, and the patient's global rating says better. Find the score from before "
    "surgery, and repeat both.",
    DOSSIER.at("8.0 step 6, read for a missing baseline"),
    of=(rise_above_nadir, global_change_now),
    dossier="8.0 step 6",
)
RISE_AGAINST_WORD = contradicts(
    "rise_against_trend",
    "Pain has risen since surgery, and the patient says better",
    both(method, stated_trend_now, method.is_("stated_trend"), agreement.is_("conflict")),
    "Pain scores since surgery have risen, and the patient says that the pain is better. Find the score from before "
    "surgery, and ask again.",
    DOSSIER.at("8.0 step 6, read for a missing baseline"),
    of=(rise_above_nadir, stated_trend_now),
    dossier="8.0 step 6",
)
WORD_AGAINST_SCORES = contradicts(
    "trend_against_scores",
    "The patient's word and the change of the scores contradict each other",
    all_of(
        recorded(stated_trend_now),
        *SCORED,
        any_of(
            all_of(stated_trend_now.is_("better"), NOT_BETTER),
            all_of(stated_trend_now.is_one_of("same", "worse"), IS_IMPROVED),
        ),
    ),
    "The patient's own word and the change of the scores since surgery contradict each other. The comparison stays "
    "with the scores, at low confidence: ask again and repeat the scores.",
    DOSSIER.at(TWO_RECORDS),
    of=(stated_trend_now, index_status),
    dossier="8.0 step 6; 11.7",
)
WORD_AGAINST_RATING = contradicts(
    "trend_against_rating",
    "The patient's word and the global rating contradict each other",
    both(
        stated_trend_now,
        global_change_now,
        any_of(
            all_of(stated_trend_now.is_("better"), global_change_now > RATING_BETTER_GRADE),
            all_of(stated_trend_now.is_("worse"), global_change_now <= RATING_BETTER_GRADE),
        ),
    ),
    "The patient's own word on the pain and the global rating of change contradict each other: ask again.",
    DOSSIER.at(TWO_RECORDS),
    ANCHOR,
    of=(stated_trend_now, global_change_now),
    dossier="8.0 step 6; 11.7",
)
SEVERE_AGAINST_SCORES = contradicts(
    "severe_pain_against_scores",
    "Severe pain despite pain relief answered yes, and both pains scored at 2 or less",
    all_of(
        when_recorded(pain_despite_analgesia, pain_despite_analgesia.is_true()),
        when_recorded(leg_pain_now, leg_pain_now <= ACCEPTABLE_PAIN_POINTS),
        when_recorded(back_pain_now, back_pain_now <= ACCEPTABLE_PAIN_POINTS),
    ),
    "Severe pain despite the prescribed pain relief was answered with yes, and leg and back pain were scored at 2 or "
    "less: ask again and repeat the scores.",
    DOSSIER.at(TWO_RECORDS),
    of=(pain_despite_analgesia, leg_pain_now, back_pain_now),
    dossier="4.2 RF-PAIN-UNCONTROLLED; 8.0 step 6",
)

# Where the pain is: one leg or both

BOTH_RETURNED = contradicts(
    "return_in_both_legs_against_answer",
    "Pain came back on both sides, and new pain in both legs answered no",
    denied(new_bilateral_leg_pain, pain_return_side, pain_return_side.is_("both")),
    "The pain came back on both sides, and new or worse pain in both legs was answered with no. While this is not "
    "settled, take pain in both legs as possible: ask again and examine both legs.",
    DOSSIER.at("4.2 RF-CES-2; 8.0 step 6, read for one leg or both"),
    of=(pain_return_side, new_bilateral_leg_pain),
    dossier="4.2 RF-CES-2; 11.12",
)
ONE_RETURNED = contradicts(
    "return_in_one_leg_against_answer",
    "Pain came back on one side, and new pain in both legs answered yes",
    both(
        pain_return_side,
        new_bilateral_leg_pain,
        pain_return_side.is_one_of("left", "right"),
        new_bilateral_leg_pain.is_true(),
    ),
    "The pain came back on one side, and new or worse pain in both legs was answered with yes."
    + ANSWER_COUNTS,
    DOSSIER.at("4.2 RF-CES-2; 8.0 step 6, read for one leg or both"),
    of=(pain_return_side, new_bilateral_leg_pain),
    dossier="4.2 RF-CES-2; 11.12",
)
BOTH_BEGAN = contradicts(
    "onset_in_both_legs_against_answer",
    "Pain in both legs began since surgery, and new pain in both legs answered no",
    denied(new_bilateral_leg_pain, both_legs_since_surgery, both_legs_since_surgery.is_true()),
    "A first day of pain in both legs since surgery was given, and new or worse pain in both legs was answered with "
    "no. While this is not settled, take pain in both legs as possible: ask again and examine both legs.",
    DOSSIER.at("4.2 RF-CES-2; 8.0 step 6, read for one leg or both"),
    of=(bilateral_leg_pain_onset_on, new_bilateral_leg_pain),
    dossier="4.2 RF-CES-2; 11.10",
)

OF_DEGREE = (
    SCORES_AGAINST_RATING,
    DISABILITY_AGAINST_RATING,
    RISE_AGAINST_RATING,
    RISE_AGAINST_WORD,
    WORD_AGAINST_SCORES,
    WORD_AGAINST_RATING,
    SEVERE_AGAINST_SCORES,
)
OF_PLACE = (BOTH_RETURNED, ONE_RETURNED, BOTH_BEGAN)
FOUND_OTHERWISE = (
    FEVER,
    BLADDER,
    SADDLE,
    BOTH_LEGS_WEAK,
    NO_WEAKNESS,
    NO_NEW_WEAKNESS,
    NORMAL_POWER,
    CALF,
    BREATH,
    IDEATION,
    PLAN,
    ITEM_9_ABOVE_TOTAL,
    PSYCHOSOCIAL_ABOVE_TOTAL,
    *BEGAN_LATER,
    ONSET,
)

# What a contradiction about pain does to the confidence

pain_contradiction = Choice(
    name="pain_contradiction",
    label="What is on record of pain contradicts itself",
    options=("of_degree", "of_place", "none"),
)
DEGREE_IN_DOUBT = named(
    "records of how strong the pain is contradict each other", any_of(*(rule.when for rule in OF_DEGREE))
)
PLACE_IN_DOUBT = named(
    "records of where the pain is contradict each other", any_of(*(rule.when for rule in OF_PLACE))
)


def _pain(says: str, title: str, when: Condition) -> Rule:
    return Rule(
        id=f"contradictions.pain.{says.replace('_', '-')}",
        title=title,
        when=when,
        then=Interim(says=says),
        evidence=(DOSSIER.at("8.0 step 6; 11.7, read for every contradiction about pain"),),
        dossier="8.0 step 6; 11.7",
    )


PAIN_CONTRADICTION = Decision(
    id="contradictions.pain",
    title="Whether what is on record of pain contradicts itself",
    gives=pain_contradiction,
    rules=(
        _pain("of_degree", "How strong the pain is: the confidence is low at most", DEGREE_IN_DOUBT),
        _pain("of_place", "Where the pain is: the confidence is a step lower", PLACE_IN_DOUBT),
        _pain(
            "none",
            "What is on record of pain does not contradict itself",
            none_of(DEGREE_IN_DOUBT, PLACE_IN_DOUBT),
        ),
    ),
)

CONTRADICTIONS = Chapter(
    name="contradictions",
    title="Contradictions",
    steps=(*COMPARED_FIRST, *FOUND_OTHERWISE, *OF_DEGREE, *OF_PLACE, PAIN_CONTRADICTION),
)
