"""What the chapters by hand pass on: each sets what it worked out, the later ones read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.knowledge.pain import Readings
from benchmarks.handwritten.bits import Truths
from benchmarks.handwritten.readings import Relief

Facts = Mapping[str, Any]
Get = Callable[[str], Any]


@dataclass(init=False, slots=True)
class Known:
    """Values as they are, None where missing; the numbers without a unit in their name are truths."""

    # Clocks
    surgery: date
    day: date
    days: int
    six_week_day: date
    three_months: date
    six_months: date
    twelve_months: date
    to_boundary: int
    phase: str
    recovery: str
    leg_window: str
    early: int
    year: int

    # The operation and the pains
    procedure: str
    scope: int
    indication: str | None
    by_leg: int
    leg_baseline: float | None
    leg_now: float | None
    leg_change: float | None
    back_baseline: float | None
    back_now: float | None
    back_change: float | None
    back_rise: float | None
    back_low: int
    back_risen_on: date | None
    back_returned: date | None
    back_rose: int
    leg_rose: int
    shown_early: tuple[int, int, int]
    baseline: float | None
    now: float | None
    change: float | None
    drop: float | None
    percent: float | None
    lowest: float | None
    rise: float | None
    interval: int | None
    relief_seen: bool | None
    relief_days: int | None
    first_relief: date | None
    leg_relief: Relief
    leg_returned: date | None
    index_returned: date | None
    pain_free: bool | None
    rising: bool | None
    onset: str | None
    onset_days: int | None
    onset_on: date | None
    plateau_on: date | None
    severe: int

    # Scores, ratings, deficits
    odi_now: float | None
    odi_drop: float | None
    odi_percent: float | None
    gpe: float | None
    word: str | None
    numb: Readings | None
    tingle: Readings | None
    weak: Readings | None
    numb_onset: date | None
    tingle_onset: date | None
    weak_onset: date | None
    numb_here: int
    tingle_here: int
    weak_here: int
    weak_stated: float | None
    weak_tested: float | None
    weak_new: bool | None
    weak_says: int
    found_loss: str | None
    weak_known: bool
    marked: int
    slight: int
    standing: int
    new_feeling: int
    new_sensory: int
    new_deficit: int

    # The course
    method: str | None
    status: str | None
    trajectory: str | None
    relief_came: str | None
    is_improved: int
    not_better: int
    equivocal: int
    conflict: int
    not_fallen: int
    no_rise: int
    unrelieved: int
    relapsed: int
    partly: int
    odi_small: int
    odi_little: int
    odi_well: int

    # Answers and measurements that more than one chapter asks for
    difficulty: int
    retention: int
    saddle: int
    both_weak: int
    both_pain: int
    both_numb: int
    sexual: int
    eased: int
    residual: float | None
    sensation: str | None
    leg_power: str | None
    fever: int
    sweats: int
    inflamed: int
    normal_crp: int
    at_rest: int
    new_back: int
    diabetes: int
    immune: int
    temperature: float | None
    saturation: float | None
    pulse: float | None
    rising_24h: int
    sight: int
    swelling: int
    difference: float | None
    breathless: int
    pulses: bool | None
    age: float | None
    trauma: int
    focal: int
    cancer: int
    weight_loss: int
    in_spite: bool | None
    thoughts: int
    item_9: float | None
    phq9: float | None
    start_back: float | None
    psychosocial: float | None
    return_side: str | None
    burning: int

    # Flags
    cauda: int
    certain_cauda: int
    felt_or_said: int
    ward_retention: int
    bilateral: int
    high_residual: int
    cauda_equina: int
    needs_scan_now: int
    scan_today: int
    gradual: int
    abrupt: int
    disc: int
    came_back: int
    known_relief: int
    short_relief: int
    recurrence: int
    watch: int
    no_response: int
    infection: int
    infection_acts: int
    discitis_scan: int
    infection_scan: int
    suspected: int
    tests_today: int
    tests_soon: int
    tests_in_a_week: int
    tests_some_day: int
    rising_pain: int
    headache_or_leak: int
    stroke: int
    calf_signs: int
    thrombosis: int
    circulation_acts: int
    fragile_bone: int
    broken: int
    tumour: int
    bone_or_tumour: int
    mind_acts: int

    # Outcome and recovery
    pain_contradiction: str | None
    confidence: str | None
    verdict: str | None
    persistent: int
    relapse: int
    lost_unscored: int
    numb_change: str | None
    tingle_change: str | None
    weak_change: str | None
    numb_prognosis: str | None
    tingle_prognosis: str | None
    weak_prognosis: str | None

    # Causes and steps
    in_leg: int
    in_back: int
    returned_pain: int
    returned_abruptly: int
    returned_slowly: int
    never_improved: int
    never_better: int
    leg_again: int
    failed_early: int
    failed_early_severe: int
    weak_stuck: int
    troubled: int
    lasts: int
    compression: str | None
    herniation: str | None
    scar: str | None
    no_target: int
    same_root: int
    other_root: int
    degenerative: int
    typical: int
    in_scar_window: int
    new_symptom: int
    permanent: int
    recovering: int
    weak_recovering: int
    power_lost: int
    grown: int
    eased_weak: bool | None
    likely_again: int
    rest_pain: int
    flagged: int
    raised_late: int
    no_better_early: int
    unstable: int
    unstable_on_film: int
    bends_too_far: int
    slow_in_back: int
    fused: int
    joints: int
    neuropathic: int
    nerve_scored: int
    leg_not_back: int
    contact: int
    without_target: int
    burden: int
    review: date | None
    conduction_from: date | None

    # The rules that decided
    index_rule: int
    course_rules: Truths
    contradiction_rule: int
    verdict_rule: int
    recovery_rules: Truths
    lead_rule: int
    pattern_rule: int
    manner_rule: int
    return_rules: Truths
    early_rules: Truths
    never_rules: Truths
    lasting_rules: Truths
