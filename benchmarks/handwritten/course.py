"""How the pain did: by which method it is judged, better or worse, when relief came, where it is heading."""

from __future__ import annotations

from benchmarks.handwritten.bits import NOT, Truths, first
from benchmarks.handwritten.known import Known

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


def course(k: Known) -> Truths:
    """The decisions that everything about the outcome is read from."""
    drop, percent, baseline, now, rise = k.drop, k.percent, k.baseline, k.now, k.rise
    odi_drop, odi_percent, gpe, word, change = k.odi_drop, k.odi_percent, k.gpe, k.word, k.change
    relief_days, first_relief, interval = k.relief_days, k.first_relief, k.interval
    relief_seen, three_months = k.relief_seen, k.three_months

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
        gpe_2 = gpe_3 = above_3 = gpe_5 = 1
    else:
        gpe_2 = 3 if gpe <= 2 else 0
        gpe_3 = 3 if gpe <= 3 else 0
        above_3 = 3 if gpe > 3 else 0
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
        scored & ((not_better & gpe_3) | (is_improved & above_3)),
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

    k.method, k.status, k.trajectory, k.relief_came = method, status, trajectory, relief_came
    k.is_improved, k.not_better, k.equivocal, k.conflict = is_improved, not_better, equivocal, conflict
    k.not_fallen, k.no_rise, k.unrelieved, k.relapsed, k.partly = (
        not_fallen,
        no_rise,
        unrelieved,
        relapsed,
        partly,
    )
    k.odi_small, k.odi_little, k.odi_well = odi_small, odi_little, odi_well
    k.course_rules = method_rule, status_rule, agreement_rule, relief_rule, trajectory_rule
    return (
        *method_truths,
        *status_truths,
        *agreement_truths,
        *relief_truths,
        *trajectory_truths,
    )
