"""How the pain behaves, and the causes that are looked for first."""

from __future__ import annotations

from app.knowledge.imaging import latest_of_this_pain
from benchmarks.handwritten.bits import ALONE, FOUND, NOT, NOT_FOUND, SAID, Truths, first
from benchmarks.handwritten.known import Get, Known

DEGENERATIVE = frozenset({"spinal_stenosis", "foraminal_stenosis", "spondylolisthesis"})
RECOVERING = frozenset({"recovery_window_open", "window_closing", "late_recovery_in_progress"})
LEADS = ("leg", "back", "mixed")
PATTERNS = (
    *("not_described", "came_back", "never_improved", "worse_early", "back_came_back", "no_pattern"),
    *(None, None),
)
MANNERS = ("abrupt", "gradual", "within_weeks", None, None)


def pain_patterns(k: Known) -> Truths:
    """Which pain leads, what became of it, how it came back; what else tells causes apart."""
    scope, days, leg_rise, came_back, relapse = k.scope, k.days, k.leg_relief.rise, k.came_back, k.relapse
    lead_truths: Truths
    if k.leg_now is None or k.back_now is None:
        lead_truths = k.by_leg, NOT[k.by_leg], 0
    else:
        over = round(k.leg_now - k.back_now, 4)
        lead_truths = 3 if over >= 1 else 0, 3 if over <= -1 else 0, 3
    k.lead_rule = first(lead_truths)
    lead = LEADS[k.lead_rule]

    leg_came_back = 0 if leg_rise is None else came_back
    back_again = scope & (relapse | (leg_came_back & k.known_relief))
    never_better = scope & k.unrelieved & k.not_better if days >= 42 else 0
    early_failure = scope & k.unrelieved & k.not_fallen if days <= 42 else 0
    untold = NOT[k.back_rose] if k.status is None and leg_rise is None else 0
    leg_leads = lead_truths[0] if k.leg_now is not None and k.back_now is not None else 0
    back_alone = k.back_rose & NOT[leg_leads] & k.back_low
    pattern_truths = (
        untold,
        back_again,
        never_better | (0 if leg_rise is None else k.short_relief),
        early_failure,
        back_alone,
        NOT[untold | (scope & (relapse | leg_came_back)) | never_better | early_failure | back_alone],
    )
    k.pattern_rule = first(pattern_truths)
    pattern = PATTERNS[k.pattern_rule]
    k.in_leg, k.in_back = 3 if lead != "back" else 0, 3 if lead != "leg" else 0
    if pattern is None:
        k.returned_pain = k.never_improved = k.failed_early = k.troubled = 1
    else:
        k.returned_pain = 3 if pattern in ("came_back", "back_came_back") else 0
        k.never_improved = 3 if pattern == "never_improved" else 0
        k.failed_early = 3 if pattern in ("never_improved", "worse_early") else 0
        k.troubled = k.returned_pain | k.failed_early
    manner_truths = k.returned_pain & k.abrupt, k.returned_pain & k.gradual, k.returned_pain
    k.manner_rule = first(manner_truths)
    manner = MANNERS[k.manner_rule]
    k.leg_not_back = 1 if pattern is None else 3 if pattern != "came_back" else 0
    k.back_returned = None
    if pattern == "back_came_back":
        k.back_returned = k.onset_on or k.back_risen_on
    k.returned_abruptly = k.returned_pain & (1 if manner is None else 3 if manner == "abrupt" else 0)
    k.returned_slowly = k.returned_pain & (1 if manner is None else 0 if manner == "abrupt" else 3)
    k.never_better, k.leg_again = never_better, 0 if pattern == "back_came_back" else k.in_leg
    return *lead_truths, *pattern_truths, *manner_truths


def what_tells_causes_apart(get: Get, k: Known) -> None:
    """Imaging since surgery, the side and root of the pain, the deficits that are left."""
    side, return_side = get("operated_side"), k.return_side
    days = k.surgery, k.leg_returned, k.index_returned, k.back_returned
    series = get("mri_compression")
    k.compression = None if series is None else latest_of_this_pain(series, *days)
    series = get("mri_recurrent_herniation")
    k.herniation = None if series is None else latest_of_this_pain(series, *days)
    series = get("mri_epidural_fibrosis")
    k.scar = None if series is None else latest_of_this_pain(series, *days)
    other_side = (
        1 if side is None or return_side is None else 3 if {side, return_side} == {"left", "right"} else 0
    )
    k.same_root = SAID[get("same_dermatome")]
    k.other_root = NOT[k.same_root] | other_side
    k.degenerative = 3 if k.indication in DEGENERATIVE else 0
    k.no_target = NOT_FOUND[k.compression] & NOT_FOUND[k.herniation]
    prognoses = k.numb_prognosis, k.tingle_prognosis, k.weak_prognosis
    k.new_symptom = k.scope if "new_symptom_needs_workup" in prognoses else 0
    k.permanent = 3 if "likely_permanent" in prognoses else 0
    k.weak_recovering = 3 if k.weak_prognosis in RECOVERING else 0
    k.recovering = k.weak_recovering
    if k.numb_prognosis in RECOVERING or k.tingle_prognosis in RECOVERING:
        k.recovering = 3
    returned = k.leg_returned
    k.typical = k.in_scar_window = 1
    if returned is not None:
        k.typical = 3 if returned <= k.three_months else 0
        k.in_scar_window = 3 if k.six_week_day <= returned <= k.six_months else 0


def returns(k: Known) -> Truths:
    """Herniation again, stenosis at the same level, stenosis at another."""
    came_back, known_relief, never_better, disc = k.came_back, k.known_relief, k.never_better, k.disc
    calf = 3 if k.calf_signs == 3 or (k.difference is not None and k.difference >= 3) else 0
    back_at_once = came_back & k.abrupt
    unscored = k.scope & k.no_rise & NOT[came_back]
    spoken_of = k.back_rose
    if k.onset or k.onset_on or k.plateau_on or k.return_side:
        spoken_of = 3
    not_returned, unscored = unscored & NOT[spoken_of] & k.is_improved, unscored & k.is_improved
    slow_loss = came_back & known_relief & k.gradual & k.degenerative
    return_or_new = came_back | k.new_symptom
    herniation = (
        disc & came_back & calf,
        disc & back_at_once & known_relief,
        NOT[disc] & back_at_once,
        back_at_once & NOT[known_relief],
        came_back & k.gradual,
        came_back,
        disc & never_better,
        not_returned,
        unscored,
    )
    same = slow_loss & k.same_root, return_or_new, k.degenerative & never_better, not_returned, unscored
    other = slow_loss & k.other_root, return_or_new, not_returned, unscored
    rule = first(herniation)
    k.likely_again = 1 if rule < 0 else 3 if rule == 1 else 0
    k.return_rules = rule, first(same), first(other)
    return *herniation, *same, *other


def early_causes(k: Known) -> Truths:
    """Slow or swollen roots, haematoma, discitis, fracture, thrombosis."""
    scope, days = k.scope, k.days
    others = k.new_deficit | k.infection | k.rising_pain | k.thrombosis
    pair = k.felt_or_said | k.both_pain | k.both_numb | k.sexual | k.high_residual
    delayed = scope & k.early & k.by_leg & k.unrelieved & NOT[k.cauda_equina | others]
    no_better_early = scope & k.by_leg & k.not_fallen if days <= 42 else 0
    swollen = no_better_early & (k.unrelieved | k.gradual) & NOT[pair | others]
    haematoma = 0
    if days <= 30:
        haematoma = scope & (k.cauda | k.new_deficit | k.rising_24h | k.troubled)
    rest_pain = scope & k.at_rest if days >= 10 else 0
    discitis = rest_pain & k.inflamed, rest_pain & k.normal_crp & NOT[k.inflamed], rest_pain
    fracture = k.focal | (k.trauma & k.new_back)
    calf = k.calf_signs | (1 & k.swelling if k.difference is None else 3 if k.difference >= 3 else 0)
    thrombosis = calf if days <= 84 else 0
    k.rest_pain, k.no_better_early = rest_pain, no_better_early
    k.flagged = pair | others | k.headache_or_leak | k.bone_or_tumour
    k.early_rules = (
        ALONE[delayed],
        ALONE[swollen],
        ALONE[haematoma],
        first(discitis),
        ALONE[fracture],
        ALONE[thrombosis],
    )
    return delayed, swollen, haematoma, *discitis, fracture, thrombosis


def never_improved_causes(k: Known) -> Truths:
    """A fragment left, too little freed, the wrong place, a root injured, a disease outside the spine."""
    failed_leg = k.never_improved & k.in_leg
    fragment = k.failed_early & k.in_leg & k.disc
    seen, not_seen = FOUND[k.compression], NOT_FOUND[k.compression]
    improved = k.scope & k.is_improved
    residual = fragment & FOUND[k.herniation], fragment & k.no_target, fragment
    inadequate = failed_leg & seen & NOT_FOUND[k.herniation], failed_leg & not_seen, failed_leg
    wrong = failed_leg & not_seen, failed_leg
    injured = improved & k.permanent, improved & k.recovering & NOT[k.marked | k.slight | k.grown], failed_leg
    outside = failed_leg | (k.returned_pain & k.other_root) | k.new_symptom
    not_aimed = k.never_improved & k.in_back
    wound = k.scope & k.in_back & NOT[k.flagged] if k.days <= 42 else 0
    if k.back_now is None:
        wound &= 1
    else:
        wound &= 3 if k.back_now > 0 else 0
        wound &= 1 if k.back_baseline is None else 3 if k.back_now >= k.back_baseline else 0
    k.never_rules = (
        first(residual),
        first(inadequate),
        first(wrong),
        first(injured),
        ALONE[outside],
        ALONE[not_aimed],
        ALONE[wound],
    )
    return *residual, *inadequate, *wrong, *injured, outside, not_aimed, wound
