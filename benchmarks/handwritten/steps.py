"""What comes next: reviews, imaging, care."""

from __future__ import annotations

from datetime import timedelta

from app.knowledge.timeline import add_months
from benchmarks.handwritten.bits import NOT, SAID, Truths
from benchmarks.handwritten.known import Get, Known

WINDOW_OPEN = ("recovery_window_open", "window_closing")
EMG_WAIT = timedelta(days=21)


def next_steps(k: Known) -> Truths:
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
    pain_clinic = k.persistent & NOT[k.cauda_equina | k.marked | k.slight] & not_likely
    return (
        k.recurrence & severe,
        k.recurrence,
        k.new_symptom,
        k.new_symptom & severe,
        k.short_relief if leg_now is not None and leg_now >= 7 else 0,
        k.short_relief,
        k.no_better_early & contact,
        3 if verdict == "unsuccessful" else 0,
        scope & (k.relapse | k.lost_unscored) & not_likely,
        3 if verdict == "indeterminate" else 0,
        3 if verdict == "insufficient_data" else 0,
        pain_clinic,
    )


def imaging_and_care(get: Get, k: Known) -> Truths:
    """Where imaging is not straightforward, nerve conduction, care of mood and of deficits."""
    no_mri, kidney, prognosis = SAID[get("mri_contraindicated")], get("egfr"), k.weak_prognosis
    contrast = 3 if k.day <= add_months(k.surgery, 18) else 0
    onset = k.weak_onset
    k.conduction_from = None if onset is None else onset + EMG_WAIT
    planned = k.likely_again | (3 if k.verdict == "unsuccessful" else 0)
    risk = SAID[get("contrast_allergy")] | SAID[get("pregnant")]
    risk |= 1 if kidney is None else 3 if kidney < 30 else 0
    damaged = 3 if prognosis in ("likely_permanent", "new_symptom_needs_workup") else 0
    return (
        k.needs_scan_now & no_mri,
        planned & no_mri,
        planned & contrast & risk,
        planned & NOT[contrast],
        k.scope & (k.weak_says | damaged),
        k.persistent & k.burden,
        k.scope & k.recovering,
        k.scope & k.permanent,
    )
