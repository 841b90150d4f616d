"""What comes next: reviews, imaging, care."""

from __future__ import annotations

from datetime import timedelta

from app.knowledge.pain import baseline_of
from app.knowledge.timeline import add_months
from benchmarks.handwritten.bits import FOUND, NOT, SAID, Truths
from benchmarks.handwritten.causes import RECOVERING
from benchmarks.handwritten.known import Get, Known

WINDOW_OPEN = ("recovery_window_open", "window_closing")
LEFT_OVER = frozenset({"recovery_window_open", "window_closing", "likely_permanent"})
EMERGENCY_QUESTIONS = (
    *("urinary_difficulty", "urinary_retention", "urinary_incontinence", "saddle_numbness"),
    *("rectal_sensation_loss", "faecal_incontinence", "bilateral_leg_weakness", "sexual_dysfunction"),
    *("new_bilateral_leg_pain", "new_bilateral_leg_numbness", "clear_wound_leak", "postural_headache"),
    *("breathlessness", "pleuritic_pain", "haemoptysis", "syncope", "cold_leg", "chest_pain"),
    *("facial_droop", "arm_weakness", "speech_disturbance", "visual_loss"),
    *("confusion", "mottled_skin", "no_urine_18h", "neck_stiffness", "photophobia"),
)
DAMAGED = frozenset({"likely_permanent", "new_symptom_needs_workup"})
EMG_WAIT = timedelta(days=21)


def next_steps(get: Get, k: Known) -> Truths:
    """Who should see the patient, and when; the scheduled review."""
    scope, day, verdict, now, leg_now, severe = k.scope, k.day, k.verdict, k.now, k.leg_now, k.severe
    six_wanted = verdict in ("on_track", "insufficient_data")
    for each in (k.numb_prognosis, k.tingle_prognosis, k.weak_prognosis):
        six_wanted = six_wanted or each in WINDOW_OPEN
    k.review = None
    for visit in (k.six_week_day, k.three_months, *((k.six_months,) if six_wanted else ()), k.twelve_months):
        if visit > day:
            k.review = visit
            break
    rising = k.rising
    contact = (1 if now is None else 3 if now >= 7 else 0) | (1 if rising is None else 3 if rising else 0)
    not_likely = 3 if k.likely_again != 3 else 0
    no_surgery_first = NOT[k.cauda_equina | k.marked | k.slight] & not_likely
    back_now = k.back_now
    hurts = (1 if leg_now is None else 3 if leg_now >= 4 else 0) | (
        1 if back_now is None else 3 if back_now >= 4 else 0
    )
    k.weak_stuck = scope & NOT[k.early] & not_improving(k)
    k.failed_early_severe = k.short_relief if leg_now is not None and leg_now >= 7 else 0
    soon = 3 if k.days <= 30 else 0
    k.contact, k.without_target = contact, scope & NOT[k.early] & k.no_target & hurts
    return (
        k.recurrence & severe,
        k.recurrence,
        k.new_symptom,
        k.new_symptom & severe,
        k.failed_early_severe & soon,
        k.short_relief & soon,
        k.failed_early_severe & NOT[soon],
        k.short_relief & NOT[soon],
        0 if known_emergency(get, k) else k.no_better_early & contact,
        3 if verdict == "unsuccessful" else 0,
        scope & (k.relapse | k.lost_unscored) & not_likely,
        k.back_rose,
        k.leg_rose,
        severe_other_pain(k),
        3 if verdict == "indeterminate" else 0,
        3 if verdict == "insufficient_data" else 0,
        k.weak_stuck,
        k.persistent & no_surgery_first,
        k.without_target & no_surgery_first,
    )


def severe_other_pain(k: Known) -> int:
    """The pain that does not count is severe, and nothing on record says that it came slowly."""
    if (k.onset == "gradual") if k.onset_days is None else k.onset_days > 42:
        return 0
    back = k.back_rose if k.back_now is not None and k.back_now >= 7 else 0
    leg = k.leg_rose if k.leg_now is not None and k.leg_now >= 7 else 0
    return back | leg


def known_emergency(get: Get, k: Known) -> bool:
    """Whether anything on record asks for more than a call; what was not asked does not count."""
    if any(get(question) for question in EMERGENCY_QUESTIONS) or get("pulses_present") is False:
        return True
    strong = (k.leg_now is not None and k.leg_now >= 7) or (k.back_now is not None and k.back_now >= 7)
    return (
        (k.rising_24h == 3 and strong)
        or k.sensation == "abnormal"
        or (k.residual is not None and k.residual >= 200)
        or (k.saturation is not None and k.saturation < 92)
        or k.found_loss in ("slight", "marked")
        or (k.weak_says == 3 and not k.weak_known)
    )


def not_improving(k: Known) -> int:
    """Weakness left over from surgery that has not become less, by the records that can be compared."""
    left_over = 1 if k.weak_prognosis is None else 3 if k.weak_prognosis in LEFT_OVER else 0
    if k.weak is None or k.weak_change is None:
        return left_over & 1
    before = baseline_of(k.weak, k.surgery)
    less = k.weak_change == "single_record" and before and k.weak[-1].value < before
    return 0 if less or k.weak_change == "improving" else left_over


def imaging_and_tests(get: Get, k: Known) -> Truths:
    """Where MRI or contrast is not straightforward, other imaging, blood tests, nerve conduction."""
    no_mri, kidney, prognosis = SAID[get("mri_contraindicated")], get("egfr"), k.weak_prognosis
    possible = 0 if no_mri == 3 else 3
    contrast = 3 if k.day <= add_months(k.surgery, 18) else 0
    onset = k.weak_onset
    k.conduction_from = None if onset is None else onset + EMG_WAIT
    lost = k.scope & (k.relapse | k.lost_unscored)
    deficit = k.marked | k.slight | k.standing | k.new_sensory
    scar_or_disc = k.recurrence | (3 if k.verdict == "unsuccessful" else 0)
    scar_or_disc |= k.new_symptom | k.short_relief | lost | deficit | k.weak_stuck
    back_or_lasting = lost | (3 if k.likely_again == 3 or k.verdict == "unsuccessful" else 0)
    planned = scar_or_disc | k.discitis_scan | k.broken | k.tumour
    scan_today = k.scan_today | k.failed_early_severe
    risk = SAID[get("contrast_allergy")] | SAID[get("pregnant")]
    risk |= 1 if kidney is None else 3 if kidney < 30 else 0
    damaged = 1 if prognosis is None else 3 if prognosis in DAMAGED else 0
    if k.found_loss not in (None, "none"):
        damaged = 3
    slip = k.slow_in_back | (k.unstable & SAID[get("preoperative_slip")])
    infected_or_tumour, urgent = k.suspected | k.tumour, k.cauda_equina | k.marked | k.slight
    may_bend = NOT[k.broken | infected_or_tumour | urgent]
    return (
        k.needs_scan_now & no_mri,
        scan_today & no_mri,
        planned & no_mri,
        k.needs_scan_now & infected_or_tumour,
        urgent & infected_or_tumour,
        (scar_or_disc | k.infection_scan) & risk,
        back_or_lasting & contrast & possible,
        back_or_lasting & NOT[contrast] & possible,
        slip & may_bend,
        k.fused & k.troubled & k.year,
        k.tests_today,
        k.tests_soon,
        k.tests_in_a_week,
        k.tests_some_day,
        k.suspected if k.days < 14 else 0,
        k.scope & (k.weak_says | damaged | k.weak_stuck),
    )


def care(k: Known) -> Truths:
    """Care of mood and of deficits, what a specialist decides, activity."""
    target = FOUND[k.compression] | FOUND[k.herniation] | k.unstable_on_film
    leg = 1 if k.leg_now is None else 3 if k.leg_now >= 5 else 0
    late_enough = 3 if k.day >= add_months(k.surgery, 6) else 0
    urgent = k.cauda_equina | k.marked | k.slight
    any_flag = urgent | k.standing | k.new_sensory | k.bone_or_tumour | k.mind_acts | k.rising_pain
    any_flag |= k.headache_or_leak | k.circulation_acts | k.infection | k.came_back | k.back_rose | k.leg_rose
    recovering = permanent = 0
    for each in (k.numb_prognosis, k.tingle_prognosis, k.weak_prognosis):
        recovering |= 1 if each is None else 3 if each in RECOVERING else 0
        permanent |= 1 if each is None else 3 if each == "likely_permanent" else 0
    active = k.scope & NOT[any_flag | k.bends_too_far]
    in_question = 3 if k.verdict in ("unsuccessful", "indeterminate", "insufficient_data") else 0
    in_question |= k.relapse | (3 if k.trajectory == "worsening" else 0)
    in_question |= k.new_symptom | k.weak_stuck | k.no_response | k.nerve_scored | k.contact
    return (
        k.persistent & k.burden,
        k.without_target & k.burden,
        k.scope & recovering & NOT[urgent],
        k.scope & permanent & NOT[urgent],
        (k.troubled | k.new_symptom | k.weak_stuck) & target,
        late_enough & k.neuropathic & leg & NOT[urgent],
        k.joints & NOT[k.early],
        active,
        active & NOT[in_question],
    )
