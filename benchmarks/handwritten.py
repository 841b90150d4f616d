"""The rules of the service by hand, as straight-line Python: the limit that a notation is measured against.

Nothing here is generic. Truths are bits (FALSE 0, UNKNOWN 1, TRUE 3), so that "and" is & and "or" is |. What
the contract always has (days, procedure, region) is never missing here, and work that several calculations
share is done once. Change it with the rules: the benchmark refuses to run while the two disagree on a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.knowledge.deficits import (
    change_of_degree,
    degrees,
    ever_present,
    has_been_tested,
    is_new,
    motor_loss_of,
    origin_of,
    power_lost,
)
from app.knowledge.pain import Readings, after, baseline_of, change_of, change_since_surgery, now_of
from app.knowledge.timeline import add_months

NOT = (3, 1, 1, 0)
OPEN, NONE_HOLDS = -1, -2
SIX_WEEKS = timedelta(days=42)
OPERATIONS = frozenset(
    {
        "microdiscectomy",
        "discectomy",
        "laminectomy",
        "laminotomy",
        "hemilaminectomy",
        "foraminotomy",
        "facetectomy",
        "endoscopic_decompression",
        "decompression_with_fusion",
    }
)
ROOT_INDICATIONS = frozenset(
    {"disc_herniation", "spinal_stenosis", "foraminal_stenosis", "spondylolisthesis", "synovial_cyst"}
)
DEGENERATIVE = frozenset({"spinal_stenosis", "foraminal_stenosis", "spondylolisthesis"})
CONFIDENCES = ("high", "moderate", "low", "very_low")
BY_METHOD = {"nrs": 0, "odi": 1, "gpe": 2, "pass": 2, "stated_trend": 3}
METHODS = ("nrs", "gpe", "pass", "nrs", "odi", "gpe", "stated_trend", None, None)
STATUSES = (
    *("worse", "improved", "not_improved", "equivocal", "improved", "worse", "improved", "not_improved"),
    *("improved", "equivocal", "equivocal", "not_improved", "improved", "not_improved", "worse", None, None),
)
TRAJECTORIES = (
    "relapsed",
    "partial_relapse",
    "worsening",
    "improving",
    "worsening",
    "stable",
    "unknown",
    None,
    None,
)
RELIEFS = ("immediate", "early", "delayed", "late", "none", None, None)
VERDICTS = (
    *("out_of_scope", "too_early_to_judge", "insufficient_data", "relapsed", "indeterminate"),
    *("indeterminate", "unsuccessful", "successful", "partial_response", "on_track", None, None),
)
DEFICIT_PROGNOSES = (
    *("not_present", "resolved", "new_symptom_needs_workup", "recovery_window_open", "window_closing"),
    *("new_symptom_needs_workup", "late_recovery_in_progress", "likely_permanent", "likely_permanent"),
    *(None, None),
)


def first(truths: tuple[int, ...]) -> int:
    """The first rule that holds, OPEN where one that cannot be told stands before it."""
    for place, truth in enumerate(truths):
        if truth:
            return place if truth == 3 else OPEN
    return NONE_HOLDS


def improved(value: float, baseline: float) -> bool:
    """Better than before surgery by 2 points or 30 %, and by a point, from a baseline that allows it."""
    drop = round(baseline - value, 4)
    if drop < 1 or (baseline < 3 and value <= 2):
        return False
    return drop >= 2 or round(drop / baseline * 100, 4) >= 30


class Relief(NamedTuple):
    """What became of a pain after surgery, as far as the records tell."""

    later: Readings = ()
    lowest: float | None = None
    rise: float | None = None
    seen: bool | None = None
    first: date | None = None
    stated_days: int | None = None
    recorded_days: int | None = None


def relief_of(
    readings: Readings, surgery: date, baseline: float | None, now: float | None, onset_on: date | None
) -> Relief:
    """The lowest record, how far the pain has risen above it, and how long it was improved."""
    later = after(readings, surgery)
    if not later:
        return Relief()
    lowest = min([each.value for each in later])
    rise = None if now is None else round(now - lowest, 4)
    if baseline is None:
        return Relief(later, lowest, rise)
    better = [each.day for each in later if improved(each.value, baseline)]
    if not better:
        return Relief(later, lowest, rise, False if baseline >= 3 else None)
    stated_days = None if onset_on is None else (onset_on - better[0]).days
    return Relief(later, lowest, rise, True, better[0], stated_days, (better[-1] - better[0]).days)


def window(day: date, closing_from: date, closes_on: date) -> str:
    return "open" if day < closing_from else "closing" if day <= closes_on else "closed"


def presence(course: Readings | None, surgery: date, day: date) -> int:
    """Whether numbness, tingling or weakness is there now."""
    now = None if course is None else now_of(course, surgery, day)
    return 1 if now is None else 3 if now > 0 else 0


def deficit(
    scope: int, course: Readings | None, here: int, surgery: date, onset: date | None, recovery: str
) -> tuple[int, ...]:
    """The nine rules on numbness, tingling or weakness."""
    if course is None:
        late = 1 if recovery == "closed" else 0
        return (
            1,
            1,
            scope & 1,
            scope & (1 if recovery == "open" else 0),
            scope & (1 if recovery == "closing" else 0),
            scope & late,
            scope & late,
            scope & late,
            scope & late,
        )
    gone = NOT[here]
    never = 0 if ever_present(course) else 3
    origin = origin_of(course, surgery, onset)
    at_surgery = 1 if origin is None else 3 if origin == "at_surgery" else 0
    later = 1 if origin is None else 3 if origin == "later" else 0
    change = change_of_degree(course, surgery)
    present = scope & here
    residual = present & at_surgery
    late = residual if recovery == "closed" else 0
    unknown = 1 if change is None else 0
    return (
        gone & never,
        gone,
        present & later,
        residual if recovery == "open" else 0,
        residual if recovery == "closing" else 0,
        late & (unknown or (3 if change == "worse" else 0)),
        late & (unknown or (3 if change == "improving" else 0)),
        late & (unknown or (3 if change == "unchanged" else 0)),
        late & (unknown or (3 if change == "single_record" else 0)),
    )


def assess(  # noqa: C901 - straight-line on purpose: it is what the notation is measured against
    facts: Mapping[str, Any],
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[date | None, str | None]]:
    """The truth of every rule, and the rule that decided each decision, in the order of the chapters."""
    get = facts.get
    surgery, day = facts["surgery_date"], facts["assessed_on"]
    scope = 3 if facts["region"] in ("lumbar", "lumbosacral") and facts["procedure"] in OPERATIONS else 0

    # The clocks
    days = (day - surgery).days
    six_week_day = surgery + SIX_WEEKS
    three_months, six_months = add_months(surgery, 3), add_months(surgery, 6)
    nine_months, twelve_months = add_months(surgery, 9), add_months(surgery, 12)
    phase = "early" if day < three_months else "judgeable" if day <= twelve_months else "late"
    early = 3 if phase == "early" else 0
    year = 3 if day >= twelve_months else 0
    recovery = window(day, nine_months, twelve_months)
    leg_window = window(day, three_months, six_months)
    to_boundary = min(abs((day - three_months).days), abs((day - twelve_months).days))

    # Both pains, and which of them counts
    leg, back = get("leg_pain"), get("back_pain")
    leg_baseline = leg_now = leg_change = back_baseline = back_now = back_change = None
    if leg is not None:
        leg_baseline, leg_now = baseline_of(leg, surgery), now_of(leg, surgery, day)
        leg_change = change_since_surgery(leg, surgery, day)
    if back is not None:
        back_baseline, back_now = baseline_of(back, surgery), now_of(back, surgery, day)
        back_change = change_since_surgery(back, surgery, day)
    indication = get("indication")
    by_leg = 3 if indication in ROOT_INDICATIONS else 0
    by_back = 3 if indication == "back_pain" else 0
    unclear = 3 if indication is None or indication == "other" else 0
    back_larger = back_baseline is not None and (leg_baseline is None or back_baseline > leg_baseline)
    index_truths = (by_leg, by_back, unclear if back_larger else 0, unclear)
    index_rule = first(index_truths)
    on_leg = index_rule in (0, 3)
    if on_leg:
        readings, baseline, now = leg, leg_baseline, leg_now
    else:
        readings, baseline, now = back, back_baseline, back_now
    change = None if readings is None else change_of(readings, surgery, day, phase)

    # The course of the pain that counts
    drop = percent = relief_days = returned = pain_free = rising = None
    onset_on, plateau_on = get("pain_return_onset_on"), get("pain_return_plateau_on")
    if baseline is not None and now is not None:
        drop = round(baseline - now, 4)
        percent = round((baseline - now) / baseline * 100, 4) if baseline else None
    nothing = Relief()
    leg_relief = nothing if leg is None else relief_of(leg, surgery, leg_baseline, leg_now, onset_on)
    relief = leg_relief
    if not on_leg:
        relief = nothing if back is None else relief_of(back, surgery, back_baseline, back_now, onset_on)
    later, lowest, rise, relief_seen, first_relief, stated_days, recorded_days = relief
    if first_relief is not None:
        relief_days = (first_relief - surgery).days
    leg_first = leg_relief.first
    if leg_first is not None and leg_relief.rise is not None and leg_relief.rise >= 2:
        returned = onset_on
        if returned is None:
            least = float("inf")
            for each in leg_relief.later:
                least = min(least, each.value)
                if each.day > leg_first and round(each.value - least, 4) >= 2:
                    returned = each.day
                    break
        if returned is not None:
            between = [each.value for each in leg_relief.later if leg_first <= each.day < returned]
            pain_free = returned >= add_months(leg_first, 6) and max(between) <= 1
    last = [each.value for each in later][-3:]
    if baseline is not None:
        last = [baseline, *last][-3:]
    if len(last) == 3:
        rising = last[0] < last[1] < last[2]
    interval = recorded_days if stated_days is None else stated_days
    leg_interval = leg_relief.recorded_days if leg_relief.stated_days is None else leg_relief.stated_days
    onset_days = (plateau_on - onset_on).days if onset_on is not None and plateau_on is not None else None

    # Disability, global change, the patient's word
    odi = get("odi")
    odi_now = odi_drop = odi_percent = None
    if odi is not None:
        odi_now = now_of(odi, surgery, day)
        before = baseline_of(odi, surgery)
        if odi_now is not None and before is not None:
            odi_drop = round(before - odi_now, 4)
            odi_percent = round((before - odi_now) / before * 100, 4) if before else None
    series = get("global_change")
    gpe = None if series is None else now_of(series, surgery, day)
    series = get("stated_trend")
    word = None if series is None else now_of(series, surgery, day)

    # Numbness, tingling, weakness
    series = get("numbness")
    numb = None if series is None else degrees(series)
    series = get("tingling")
    tingle = None if series is None else degrees(series)
    series = get("weakness")
    stated_weak = None if series is None else degrees(series)
    tests = get("muscle_power")
    power = None if tests is None else power_lost(tests)
    numb_onset, tingle_onset = get("numbness_onset_on"), get("tingling_onset_on")
    weak_onset, both_onset = get("weakness_onset_on"), get("bilateral_leg_pain_onset_on")
    weak_tested = None if power is None else now_of(power, surgery, day)
    weak_stated = None if stated_weak is None else now_of(stated_weak, surgery, day)
    weak = power or stated_weak
    if not weak_tested and (weak_stated or (weak_tested is None and stated_weak is not None)):
        weak = stated_weak
    numb_here, tingle_here = presence(numb, surgery, day), presence(tingle, surgery, day)
    weak_here = presence(weak, surgery, day)
    numb_new = None if numb is None else is_new(numb, surgery, day, numb_onset)
    tingle_new = None if tingle is None else is_new(tingle, surgery, day, tingle_onset)
    weak_new = None if stated_weak is None else is_new(stated_weak, surgery, day, weak_onset)
    tested, loss = 0, None
    if tests is not None:
        tested = 3 if has_been_tested(tests, surgery, day, weak_onset, stated_weak) else 0
        loss = motor_loss_of(tests, surgery, day, weak_onset, stated_weak)

    # By which method the pain is judged
    has_drop = 0 if drop is None else 3
    has_gpe = 0 if gpe is None else 3
    base_low = 1 if baseline is None else 3 if baseline < 3 else 0
    now_low = 1 if now is None else 3 if now <= 2 else 0
    floor = base_low & now_low
    at_floor = has_drop & floor
    risen = 0 if drop is None or drop > -2 else 3
    method_truths = (
        risen,
        at_floor & has_gpe,
        at_floor,
        has_drop,
        0 if odi_drop is None else 3,
        has_gpe,
        0 if word is None else 3,
    )
    method_rule = first(method_truths)
    method = METHODS[method_rule]

    # How it compares with before surgery
    if method is None:
        by_nrs = by_pass = by_odi = by_gpe = by_word = 1
    else:
        by_nrs = 3 if method == "nrs" else 0
        by_pass = 3 if method == "pass" else 0
        by_odi = 3 if method == "odi" else 0
        by_gpe = 3 if method == "gpe" else 0
        by_word = 3 if method == "stated_trend" else 0
    much = 1 if percent is None else 3 if percent >= 30 else 0
    if drop is None:
        worse_by_2 = better_by_2 = better_by_1 = below_change = not_fallen = 1
    else:
        worse_by_2 = risen
        better_by_2 = 3 if drop >= 2 else 0
        better_by_1 = 3 if drop >= 1 else 0
        below_change = 3 if drop < 1.5 else 0
        not_fallen = 3 if drop <= 0 else 0
    little = 3 if percent is None or percent < 30 else 0
    if odi_drop is None:
        odi_worse = odi_better = odi_small = 1
        odi_well = 0
    else:
        odi_worse = 3 if odi_drop <= -10 else 0
        odi_better = 3 if odi_drop >= 10 else 0
        odi_small = 3 if odi_drop < 13 else 0
        odi_well = 3 if odi_drop >= 20 else 0
    odi_much = 0 if odi_percent is None or odi_percent < 30 else 3
    odi_little = 1 if odi_percent is None else 3 if odi_percent < 33 else 0
    if gpe is None:
        gpe_2 = gpe_3 = gpe_4 = gpe_5 = 1
    else:
        gpe_2 = 3 if gpe <= 2 else 0
        gpe_3 = 3 if gpe <= 3 else 0
        gpe_4 = 3 if gpe >= 4 else 0
        gpe_5 = 3 if gpe <= 5 else 0
    status_truths = (
        by_nrs & worse_by_2,
        by_nrs & NOT[floor] & (better_by_2 | much) & better_by_1,
        by_nrs & below_change & little,
        by_nrs,
        by_pass,
        by_odi & odi_worse,
        by_odi & (odi_better | odi_much),
        by_odi,
        by_gpe & gpe_2,
        by_gpe & gpe_3,
        by_gpe & at_floor & gpe_5,
        by_gpe,
        by_word & (1 if word is None else 3 if word == "better" else 0),
        by_word & (1 if word is None else 3 if word == "same" else 0),
        by_word,
    )
    status_rule = first(status_truths)
    status = STATUSES[status_rule]
    if status is None:
        is_improved = not_better = equivocal = 1
    else:
        is_improved = 3 if status == "improved" else 0
        not_better = 3 if status in ("not_improved", "worse") else 0
        equivocal = 3 if status == "equivocal" else 0

    # Whether the ratings agree
    has_rise = 0 if rise is None else 3
    big_rise = 1 if rise is None else 3 if rise >= 2 else 0
    no_rise = NOT[big_rise]
    scored = has_gpe if method in ("nrs", "odi") else 0
    by_feel = 3 if method in ("gpe", "stated_trend") else 0
    agreement_truths = (
        scored & ((not_better & gpe_3) | (is_improved & gpe_4)),
        NOT[has_drop] & by_feel & is_improved & has_rise & big_rise,
        scored,
        NOT[scored],
    )
    agreement_rule = first(agreement_truths)
    conflict = 1 if agreement_rule < 0 else 3 if agreement_rule <= 1 else 0

    # When relief came
    relieved = 1 if relief_seen is None else 3 if relief_seen else 0
    unrelieved = NOT[relieved]
    if relief_days is None or first_relief is None:
        soon = within_six_weeks = within_three_months = 1
    else:
        soon = 3 if relief_days <= 14 else 0
        within_six_weeks = 3 if relief_days <= 42 else 0
        within_three_months = 3 if first_relief <= three_months else 0
    relief_truths = (
        relieved & soon,
        relieved & within_six_weeks,
        relieved & within_three_months,
        relieved,
        unrelieved,
    )
    relief_rule = first(relief_truths)
    relief_came = RELIEFS[relief_rule]

    # Where it is heading
    lost = 0 if interval is None or interval < 14 or rise is None or rise < 2 or status is None else 3
    relapsed, partly = lost & NOT[is_improved], lost & is_improved
    trajectory_truths = (
        relapsed,
        partly,
        3 if rise is not None and rise >= 2 else 0,
        3 if change is not None and change <= -1 else 0,
        3 if change is not None and change >= 1 else 0,
        0 if change is None else 3,
        3 if change is None else 0,
    )
    trajectory_rule = first(trajectory_truths)
    trajectory = TRAJECTORIES[trajectory_rule]

    # Safety: the cauda equina flags
    answer = get("urinary_difficulty")
    difficulty = 1 if answer is None else 3 if answer else 0
    answer = get("urinary_retention")
    retention = 1 if answer is None else 3 if answer else 0
    answer = get("urinary_incontinence")
    incontinence = 1 if answer is None else 3 if answer else 0
    answer = get("saddle_numbness")
    saddle = 1 if answer is None else 3 if answer else 0
    answer = get("rectal_sensation_loss")
    rectal = 1 if answer is None else 3 if answer else 0
    answer = get("faecal_incontinence")
    faecal = 1 if answer is None else 3 if answer else 0
    answer = get("bilateral_leg_weakness")
    both_weak = 1 if answer is None else 3 if answer else 0
    answer = get("new_bilateral_leg_pain")
    both_pain = 1 if answer is None else 3 if answer else 0
    answer = get("new_bilateral_leg_numbness")
    both_numb = 1 if answer is None else 3 if answer else 0
    answer = get("sexual_dysfunction")
    sexual = 1 if answer is None else 3 if answer else 0
    answer = get("eased_by_sitting")
    eased = 1 if answer is None else 3 if answer else 0
    onset = get("pain_return_onset")
    gradual = 1 if onset is None else 3 if onset == "gradual" else 0
    abruptly = 1 if onset is None else 3 if onset in ("sudden", "abrupt") else 0
    residual = get("post_void_residual_ml")
    cauda = difficulty | retention | incontinence | saddle | rectal | faecal | both_weak
    pain_both = 0 if onset == "gradual" and eased == 3 and days > 42 else both_pain
    bilateral = pain_both | both_numb
    numb_says = 1 if numb_new is None else 3 if numb_new else 0
    tingle_says = 1 if tingle_new is None else 3 if tingle_new else 0
    weak_says = 1 if weak_new is None else 3 if weak_new else 0
    open_loss = (1 if loss is None else 0) & (tested | weak_says)
    marked, slight = 3 if loss == "marked" else open_loss, 3 if loss == "slight" else open_loss
    standing = 3 if loss == "standing" else open_loss
    new_deficit = numb_says | tingle_says | weak_says | marked | slight | standing
    recent = 3 if days <= 42 or both_onset is None or (day - both_onset).days <= 42 else 0
    recent_bilateral = (pain_both & recent) | both_numb
    screens = difficulty | retention | incontinence | saddle
    high_residual = 1 & screens if residual is None else 3 if residual >= 200 else 0
    cauda_equina = cauda | bilateral | sexual | high_residual
    severe = 3 if (leg_now is not None and leg_now >= 8) or (back_now is not None and back_now >= 8) else 0
    untested_weak = weak_says & NOT[tested]
    sensory = (numb_says & numb_here) | (tingle_says & tingle_here)

    # Safety: the flags of the first source
    answer = get("disc_opened")
    disc = 1 if answer is None else 3 if answer else 0
    abrupt = abruptly
    if onset_days is not None:
        abrupt = (3 if onset_days <= 7 else 0) | (0 if onset is None else abruptly)
    leg_relieved = 1 if leg_relief.seen is None else 3 if leg_relief.seen else 0
    leg_risen = 1 if leg_relief.rise is None else 3 if leg_relief.rise >= 2 else 0
    came_back = scope & leg_relieved & leg_risen
    stated_days, recorded_days = leg_relief.stated_days, leg_relief.recorded_days
    long_relief = (1 if stated_days is None else 3 if stated_days >= 14 else 0) | (
        1 if recorded_days is None else 3 if recorded_days >= 14 else 0
    )
    recurrence = disc & came_back & long_relief & abrupt
    known_relief = 3 if leg_interval is not None and leg_interval >= 14 else 0
    short_relief = came_back & NOT[known_relief]
    leg_counts = 3 if on_leg else 0
    no_response = scope & (3 if days >= 42 else 0) & leg_counts & not_better
    watch = no_response & (1 if trajectory is None else 0 if trajectory == "relapsed" else 3)
    safety_truths = (
        cauda,
        (both_pain | both_numb) & (3 if days <= 14 else 0),
        recent_bilateral & (cauda | sexual | new_deficit),
        recent_bilateral,
        bilateral,
        bilateral & severe,
        sexual,
        sexual & (cauda | both_pain | both_numb),
        high_residual,
        marked,
        slight | untested_weak,
        standing,
        sensory & (3 if days <= 3 else 0),
        sensory & severe,
        sensory,
        recurrence & severe,
        recurrence,
        watch,
    )

    # Outcome
    step = 0
    if method is not None:
        step = BY_METHOD[method] + (indication is None or indication == "other")
        if conflict == 3:
            step = max(step, 2)
    confidence = None if method is None else CONFIDENCES[min(step, 3)]
    pain_at_target = 0 if now is None else 3 if now <= 2 or (drop is not None and drop >= 3.5) else 0
    odi_at_target = 3 if odi_now is None or odi_now <= 22 else odi_well
    at_target = pain_at_target & odi_at_target
    verdict_truths = (
        NOT[scope],
        early,
        3 if method is None else 0,
        relapsed,
        conflict,
        equivocal,
        not_better,
        is_improved & year & at_target,
        is_improved & year,
        is_improved,
    )
    verdict_rule = first(verdict_truths)
    verdict = VERDICTS[verdict_rule]
    relief_in_time = (
        1 if relief_came is None else 3 if relief_came in ("immediate", "early", "delayed") else 0
    )
    lasting = 1 if verdict is None else 3 if verdict in ("unsuccessful", "relapsed") else 0
    persistent = scope & NOT[early] & (lasting | partly) & NOT[at_target]
    failed = 1 if verdict is None else 3 if verdict in ("unsuccessful", "relapsed", "indeterminate") else 0
    relapse = 1 if trajectory is None else 3 if trajectory in ("relapsed", "partial_relapse") else 0
    low_before_rise = lowest is not None and lowest <= 2 and rise is not None and rise >= 2
    lost_unscored = scope if baseline is None and low_before_rise else 0
    outcome_truths = (
        scope & early,
        scope & (0 if phase == "late" else NOT[cauda_equina]) & relief_in_time & no_rise & is_improved,
        scope & early & leg_counts & (1 if relief_came is None else 3 if relief_came == "none" else 0),
        watch,
        scope if to_boundary <= 14 else 0,
        scope & year & odi_small & odi_little,
        persistent,
        scope & at_target,
        (scope & (failed | relapse))
        | cauda_equina
        | (marked | slight | untested_weak | standing | sensory)
        | recurrence
        | short_relief
        | lost_unscored,
    )

    # Recovery of each symptom
    failing = 3 if trajectory == "worsening" or status == "worse" else 1 if trajectory is None else 0
    hurts = scope & (1 if leg_now is None else 3 if leg_now > 0 else 0)
    appeared = 0
    if leg_baseline is not None and leg_baseline <= 0:
        appeared = 1 if leg_now is None else 3 if leg_now >= 2 else 0
    closed = hurts if leg_window == "closed" else 0
    leg_truths = (
        1 if leg_now is None else 3 if leg_now <= 0 else 0,
        hurts & ((leg_counts & relapse) | appeared),
        hurts & leg_counts & failing,
        hurts if leg_window == "open" else 0,
        hurts if leg_window == "closing" else 0,
        closed if leg_change is not None and leg_change <= -1 else 0,
        closed,
    )
    hurts = scope & (1 if back_now is None else 3 if back_now > 0 else 0)
    appeared = 0
    if back_baseline is not None and back_baseline <= 0:
        appeared = 1 if back_now is None else 3 if back_now >= 2 else 0
    closed = hurts if recovery == "closed" else 0
    back_truths = (
        1 if back_now is None else 3 if back_now <= 0 else 0,
        hurts & ((NOT[leg_counts] & relapse) | appeared),
        hurts & NOT[leg_counts] & failing,
        hurts if recovery == "open" else 0,
        hurts if recovery == "closing" else 0,
        closed if back_change is not None and back_change <= -1 else 0,
        closed,
    )
    numb_truths = deficit(scope, numb, numb_here, surgery, numb_onset, recovery)
    tingle_truths = deficit(scope, tingle, tingle_here, surgery, tingle_onset, recovery)
    weak_truths = deficit(scope, weak, weak_here, surgery, weak_onset, recovery)
    numb_rule, tingle_rule, weak_rule = first(numb_truths), first(tingle_truths), first(weak_truths)
    prognoses = DEFICIT_PROGNOSES[numb_rule], DEFICIT_PROGNOSES[tingle_rule], DEFICIT_PROGNOSES[weak_rule]

    # Causes
    side, return_side = get("operated_side"), get("pain_return_side")
    other_side = (
        1 if side is None or return_side is None else 3 if {side, return_side} == {"left", "right"} else 0
    )
    answer = get("same_dermatome")
    same_root = 1 if answer is None else 3 if answer else 0
    other_root = NOT[same_root] | other_side
    slowly = gradual
    if onset_days is not None:
        slowly = (3 if onset_days > 42 else 0) | (0 if onset is None else gradual)
    stayed_away = scope & no_rise & NOT[came_back]
    never_better = scope & unrelieved & not_better if days >= 42 else 0
    new_symptom = scope if "new_symptom_needs_workup" in prognoses else 0
    degenerative = 3 if indication in DEGENERATIVE else 0
    slow_loss = came_back & known_relief & slowly & degenerative
    no_flag = NOT[cauda_equina | new_deficit]
    no_early_flag = NOT[cauda | both_pain | both_numb | sexual | high_residual | new_deficit]
    herniation_truths = (
        disc & came_back & known_relief & abrupt,
        NOT[disc] & came_back & abrupt,
        came_back & abrupt & NOT[known_relief],
        came_back & abrupt,
        came_back & slowly,
        came_back,
        disc & never_better,
        stayed_away & is_improved,
    )
    same_truths = (
        slow_loss & same_root,
        came_back | new_symptom,
        degenerative & never_better,
        stayed_away & is_improved,
    )
    other_truths = (slow_loss & other_root, came_back | new_symptom, stayed_away & is_improved)
    delayed = scope & early & leg_counts & unrelieved & no_flag
    no_better_early = scope & (3 if days <= 42 else 0) & leg_counts & not_fallen
    swelling = no_better_early & (unrelieved | slowly) & no_early_flag
    typical = 1 if returned is None else 3 if returned <= three_months else 0
    long_free = 1 if pain_free is None else 3 if pain_free else 0
    leg_raise = get("straight_leg_raise")
    feature_truths = (
        came_back & typical,
        came_back & NOT[typical],
        came_back & long_free if same_root else 0,
        1 if leg_raise is None else 3 if leg_raise == "positive" else 0,
        same_root,
        eased,
        eased,
        degenerative,
        degenerative,
        same_root,
        other_root,
        other_root,
        other_root,
    )

    # Next steps
    window_open = ("recovery_window_open", "window_closing")
    six_wanted = verdict in ("on_track", "insufficient_data") or any(
        each in window_open for each in prognoses
    )
    review = None
    for visit in (six_week_day, three_months, *((six_months,) if six_wanted else ()), twelve_months):
        if visit > day:
            review = visit
            break
    unsuccessful = 3 if verdict == "unsuccessful" else 0
    contact = (1 if now is None else 3 if now >= 7 else 0) | (1 if rising is None else 3 if rising else 0)
    herniation_rule = first(herniation_truths)
    not_likely = 0 if herniation_rule == 0 else 3
    step_truths = (
        recurrence & severe,
        recurrence,
        new_symptom,
        new_symptom & severe,
        short_relief if leg_now is not None and leg_now >= 7 else 0,
        short_relief,
        no_better_early & contact,
        unsuccessful,
        scope & (relapse | lost_unscored) & not_likely,
        3 if verdict == "indeterminate" else 0,
        3 if verdict == "insufficient_data" else 0,
        persistent & NOT[cauda_equina | marked | slight | untested_weak] & not_likely,
    )
    truths = (
        *index_truths,
        *method_truths,
        *status_truths,
        *agreement_truths,
        *relief_truths,
        *trajectory_truths,
        *safety_truths,
        *verdict_truths,
        *outcome_truths,
        *leg_truths,
        *back_truths,
        *numb_truths,
        *tingle_truths,
        *weak_truths,
        *herniation_truths,
        *same_truths,
        *other_truths,
        delayed,
        swelling,
        *feature_truths,
        *step_truths,
    )
    decided = (
        index_rule,
        method_rule,
        status_rule,
        agreement_rule,
        relief_rule,
        trajectory_rule,
        verdict_rule,
        first(leg_truths),
        first(back_truths),
        numb_rule,
        tingle_rule,
        weak_rule,
        herniation_rule,
        first(same_truths),
        first(other_truths),
        first((delayed,)),
        first((swelling,)),
    )
    return truths, decided, (review, confidence)
