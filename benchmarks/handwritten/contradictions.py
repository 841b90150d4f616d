"""Records that contradict each other, and what that says of the pain."""

from __future__ import annotations

from benchmarks.handwritten.bits import NOT, Truths, first
from benchmarks.handwritten.known import Get, Known

ABRUPT = ("sudden", "abrupt")
SAYS = ("of_degree", "of_place", None, None, None)


def contradictions(get: Get, k: Known) -> Truths:
    """Only what is recorded contradicts: UNKNOWN comes from the agreement of the ratings alone."""
    residual, temperature, difference = k.residual, k.temperature, k.difference
    stated, lost, onset, onset_days = k.weak_stated, k.weak_tested, k.onset, k.onset_days
    item, total, score, part = k.item_9, get("phq9"), get("start_back"), get("start_back_psychosocial")
    method, gpe, word, status, side = k.method, k.gpe, k.word, k.status, get("pain_return_side")
    k.phq9, k.start_back, k.psychosocial, k.return_side = total, score, part, side

    # Symptoms against examination and measurements
    hot_unsaid = 3 if k.fever == 0 and temperature is not None and temperature >= 38 else 0
    full_unsaid = k.retention == 0 and k.difficulty == 0 and residual is not None and residual >= 200
    saddle_unsaid = k.saddle == 0 and k.sensation == "abnormal"
    weak_unfound = k.both_weak == 3 and k.leg_power == "normal"
    loss_found = lost is not None and lost >= 1
    loss_unsaid = stated == 0 and loss_found
    new_unsaid = (
        stated is not None and stated > 0 and k.weak_new is False and k.found_loss not in (None, "none")
    )
    power_unfound = k.leg_power == "normal" and loss_found
    calf_unsaid = k.swelling == 0 and difference is not None and difference >= 3
    breath_unsaid = k.breathless == 0 and k.saturation is not None and k.saturation < 92
    thoughts_unsaid = k.thoughts == 0 and item is not None and item >= 1
    item_against = item is not None and total is not None and (item > total or total - item > 24)
    part_against = part is not None and score is not None and (part > score or score - part > 4)
    manner = False
    if onset is not None and onset_days is not None:
        manner = (
            (onset in ABRUPT and onset_days > 7)
            or (onset == "subacute" and not 7 < onset_days <= 42)
            or (onset == "gradual" and onset_days <= 42)
        )

    # How strong the pain is
    conflict = k.conflict
    rated = 0 if gpe is None else conflict
    by_scores = rated if method == "nrs" else 0
    by_disability = rated if method == "odi" else 0
    by_rise = rated if method == "gpe" else 0
    by_trend = conflict if method == "stated_trend" and word is not None else 0
    trend_scores = trend_rating = 0
    if word is not None:
        better = word == "better"
        if status is not None and method in ("nrs", "odi"):
            not_better = status in ("not_improved", "worse")
            trend_scores = 3 if (not_better if better else status == "improved") else 0
        if gpe is not None:
            trend_rating = 3 if (better and gpe > 3) or (word == "worse" and gpe <= 3) else 0
    leg, back = k.leg_now, k.back_now
    mild = leg is not None and back is not None and leg <= 2 and back <= 2
    severe_unscored = 3 if k.in_spite and mild else 0

    # Where the pain is
    one_leg, both = k.both_pain == 0, k.both_pain == 3
    both_returned = 3 if one_leg and side == "both" else 0
    one_returned = 3 if both and side in ("left", "right") else 0
    onset_on = get("bilateral_leg_pain_onset_on")
    both_began = 3 if one_leg and onset_on is not None and onset_on >= k.surgery else 0

    degree = by_scores | by_disability | by_rise | by_trend | trend_scores | trend_rating | severe_unscored
    place = both_returned | one_returned | both_began
    says = degree, place, NOT[degree | place]
    k.contradiction_rule = first(says)
    k.pain_contradiction = SAYS[k.contradiction_rule]
    return (
        hot_unsaid,
        3 if full_unsaid else 0,
        3 if saddle_unsaid else 0,
        3 if weak_unfound else 0,
        3 if loss_unsaid else 0,
        3 if new_unsaid else 0,
        3 if power_unfound else 0,
        3 if calf_unsaid else 0,
        3 if breath_unsaid else 0,
        3 if thoughts_unsaid else 0,
        3 if k.thoughts == 0 and get("suicidal_plan") is True else 0,
        3 if item_against else 0,
        3 if part_against else 0,
        *k.shown_early,
        3 if manner else 0,
        by_scores,
        by_disability,
        by_rise,
        by_trend,
        trend_scores,
        trend_rating,
        severe_unscored,
        both_returned,
        one_returned,
        both_began,
        *says,
    )
