"""The measurements: clocks, both pains and which of them counts, scores, deficits."""

from __future__ import annotations

from datetime import date, timedelta

from app.knowledge.deficits import (
    degrees,
    found_loss_of,
    has_been_tested,
    is_new,
    is_new_or_worse,
    is_progressing,
    motor_loss_of,
    power_lost,
    shown_before_onset,
)
from app.knowledge.pain import Readings, baseline_of, change_of, change_since_surgery, now_of
from app.knowledge.timeline import add_months
from benchmarks.handwritten.bits import Truths, first
from benchmarks.handwritten.known import Facts, Get, Known
from benchmarks.handwritten.readings import Relief, lower_before, presence, relief_of, return_of, window

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


def clocks_and_pains(facts: Facts, k: Known) -> Truths:
    """How long ago, which pain counts, and its course; the rules on which pain counts."""
    get = facts.get
    surgery, day, procedure = facts["surgery_date"], facts["assessed_on"], facts["procedure"]
    scope = 3 if facts["region"] in ("lumbar", "lumbosacral") and procedure in OPERATIONS else 0

    # The clocks
    days = (day - surgery).days
    six_week_day = surgery + timedelta(days=42)
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
    drop = percent = relief_days = pain_free = rising = None
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
    back_rise, back_low, risen_on = lower_before(back, surgery, back_now, onset_on)
    leg_first, returned = leg_relief.first, return_of(leg_relief, onset_on)
    index_returned = returned if on_leg else return_of(relief, onset_on)
    if leg_first is not None and returned is not None:
        between = [each.value for each in leg_relief.later if leg_first <= each.day < returned]
        pain_free = returned >= add_months(leg_first, 6) and max(between) <= 1
    last = [each.value for each in later][-3:]
    if baseline is not None:
        last = [baseline, *last][-3:]
    if len(last) == 3:
        rising = last[0] < last[1] < last[2]
    interval = recorded_days if stated_days is None else stated_days
    onset_days = (plateau_on - onset_on).days if onset_on is not None and plateau_on is not None else None

    k.surgery, k.day, k.procedure, k.scope, k.days, k.phase = surgery, day, procedure, scope, days, phase
    k.six_week_day, k.three_months, k.six_months = six_week_day, three_months, six_months
    k.twelve_months, k.early, k.year, k.to_boundary = twelve_months, early, year, to_boundary
    k.recovery, k.leg_window, k.indication, k.index_rule = recovery, leg_window, indication, index_rule
    k.leg_baseline, k.leg_now, k.leg_change = leg_baseline, leg_now, leg_change
    k.back_baseline, k.back_now, k.back_change = back_baseline, back_now, back_change
    k.by_leg, k.baseline, k.now, k.change = 3 if on_leg else 0, baseline, now, change
    k.drop, k.percent, k.lowest, k.rise, k.interval = drop, percent, lowest, rise, interval
    k.relief_seen, k.relief_days, k.first_relief = relief_seen, relief_days, first_relief
    k.leg_relief, k.leg_returned, k.pain_free, k.rising = leg_relief, returned, pain_free, rising
    k.onset_days, k.index_returned = onset_days, index_returned
    k.back_rise, k.back_low, k.back_risen_on, k.plateau_on, k.onset_on = (
        back_rise,
        back_low,
        risen_on,
        plateau_on,
        onset_on,
    )
    hurts = back_rise is not None and back_rise >= 2 and back_now is not None and back_now > 2
    leg_rise, leg_now = leg_relief.rise, k.leg_now
    leg_hurts = leg_rise is not None and leg_rise >= 2 and leg_now is not None and leg_now > 2
    k.back_rose = scope if on_leg and hurts else 0
    k.leg_rose = scope if not on_leg and leg_hurts else 0
    return index_truths


def scores_and_deficits(get: Get, k: Known) -> None:
    """Disability, the ratings of the patient, and what is numb, tingling or weak."""
    surgery, day = k.surgery, k.day
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
    weak_onset = get("weakness_onset_on")
    weak_tested = None if power is None else now_of(power, surgery, day)
    weak_stated = None if stated_weak is None else now_of(stated_weak, surgery, day)
    weak = power or stated_weak
    if not weak_tested and (weak_stated or (weak_tested is None and stated_weak is not None)):
        weak = stated_weak
    numb_here, tingle_here = presence(numb, surgery, day), presence(tingle, surgery, day)
    weak_here = presence(weak, surgery, day)
    numb_new = None if numb is None else is_new(numb, surgery, day, numb_onset)
    tingle_new = None if tingle is None else is_new(tingle, surgery, day, tingle_onset)
    weak_new = growing = None
    if stated_weak is not None:
        weak_new = is_new_or_worse(stated_weak, surgery, day, weak_onset)
        growing = is_progressing(stated_weak, surgery, day)
    leg_power = get("leg_power")
    tested, loss, found = 0, None, None
    if tests is not None:
        tested = 3 if has_been_tested(tests, surgery, day, weak_onset, stated_weak, leg_power) else 0
        loss = motor_loss_of(tests, surgery, day, weak_onset, stated_weak, leg_power)
        found = found_loss_of(tests, surgery, weak_onset, stated_weak, loss)
    numb_says = 1 if numb_new is None else 3 if numb_new else 0
    tingle_says = 1 if tingle_new is None else 3 if tingle_new else 0
    weak_says = 1 if weak_new is None else 3 if weak_new else 0
    grows = 1 if growing is None else 3 if growing else 0
    open_loss = (1 if loss is None else 0) & (tested | weak_says | (3 if leg_power == "abnormal" else 0))
    marked = 3 if "marked" in (loss, found) else open_loss
    slight = 3 if "slight" in (loss, found) else open_loss
    standing = 3 if "standing" in (loss, found) else open_loss
    untold = 0 if loss else 3
    leg_now, back_now = k.leg_now, k.back_now

    k.odi_now, k.odi_drop, k.odi_percent, k.gpe, k.word = odi_now, odi_drop, odi_percent, gpe, word
    k.numb, k.tingle, k.weak, k.found_loss, k.weak_new = numb, tingle, weak, found, weak_new
    k.shown_early = (
        shown_early(numb, numb_onset),
        shown_early(tingle, tingle_onset),
        shown_early(stated_weak, weak_onset),
    )
    k.numb_onset, k.tingle_onset, k.weak_onset = numb_onset, tingle_onset, weak_onset
    k.weak_stated, k.weak_tested, k.weak_says = weak_stated, weak_tested, weak_says
    k.numb_here, k.tingle_here, k.weak_here = numb_here, tingle_here, weak_here
    k.new_deficit = numb_says | tingle_says | weak_says | marked | slight | standing
    k.marked, k.slight, k.standing = (
        marked | (grows & untold),
        slight | (0 if found else weak_says),
        standing,
    )
    k.weak_known = found is not None
    k.new_feeling = numb_says | tingle_says
    k.new_sensory = (numb_says & numb_here) | (tingle_says & tingle_here)
    k.severe = 3 if (leg_now is not None and leg_now >= 8) or (back_now is not None and back_now >= 8) else 0


def shown_early(course: Readings | None, onset_on: date | None) -> int:
    """Whether a record shows the symptom before the first day that was given for it."""
    if course is None or onset_on is None:
        return 0
    return 3 if shown_before_onset(course, onset_on) is not None else 0
