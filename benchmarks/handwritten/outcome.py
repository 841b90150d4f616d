"""The verdict, how sure it is, and the notes on it."""

from __future__ import annotations

from benchmarks.handwritten.bits import NOT, Truths, first
from benchmarks.handwritten.known import Known

CONFIDENCES = ("high", "moderate", "low", "very_low")
BY_METHOD = {"nrs": 0, "odi": 1, "gpe": 2, "pass": 2, "stated_trend": 3}
VERDICTS = (
    *("out_of_scope", "too_early_to_judge", "insufficient_data", "relapsed", "indeterminate"),
    *("indeterminate", "unsuccessful", "successful", "partial_response", "on_track", None, None),
)


def outcome(k: Known) -> Truths:
    """The ten rules of the verdict, and nine notes."""
    scope, method, indication, baseline, now = k.scope, k.method, k.indication, k.baseline, k.now
    early, year, drop, rise, improved = k.early, k.year, k.drop, k.rise, k.is_improved
    k.confidence = None
    if method is not None:
        step = BY_METHOD[method] + (indication is None or indication == "other")
        if k.pain_contradiction == "of_place":
            step += 1
        elif k.pain_contradiction == "of_degree":
            step = max(step, 2)
        k.confidence = CONFIDENCES[min(step, 3)]
    pain_at_target = 0 if now is None else 3 if now <= 2 or (drop is not None and drop >= 3.5) else 0
    odi_at_target = 3 if k.odi_now is None or k.odi_now <= 22 else k.odi_well
    at_target = pain_at_target & odi_at_target
    verdict_truths = (
        NOT[scope],
        early,
        3 if method is None else 0,
        k.relapsed,
        k.conflict,
        k.equivocal,
        k.not_better,
        improved & year & at_target,
        improved & year,
        improved,
    )
    rule = first(verdict_truths)
    verdict = VERDICTS[rule]
    came = k.relief_came
    in_time = 1 if came is None else 3 if came in ("immediate", "early", "delayed") else 0
    lasting = 1 if verdict is None else 3 if verdict in ("unsuccessful", "relapsed") else 0
    failed = 3 if verdict == "indeterminate" else lasting
    persistent = scope & NOT[early] & (lasting | k.partly) & NOT[at_target]
    trajectory = k.trajectory
    relapse = 1 if trajectory is None else 3 if trajectory in ("relapsed", "partial_relapse") else 0
    low_before_rise = k.lowest is not None and k.lowest <= 2 and rise is not None and rise >= 2
    lost_unscored = scope if baseline is None and low_before_rise else 0

    k.verdict_rule, k.verdict, k.persistent, k.relapse = rule, verdict, persistent, relapse
    k.lost_unscored = lost_unscored
    return (
        *verdict_truths,
        scope & early,
        scope & (0 if k.phase == "late" else NOT[k.cauda_equina]) & in_time & k.no_rise & improved,
        scope & early & k.by_leg & (1 if came is None else 3 if came == "none" else 0),
        k.watch,
        scope if k.to_boundary <= 14 else 0,
        scope & year & k.odi_small & k.odi_little,
        persistent,
        scope & at_target,
        (scope & (failed | relapse))
        | k.cauda_equina
        | k.marked
        | k.slight
        | k.standing
        | k.new_sensory
        | k.bone_or_tumour
        | k.mind_acts
        | k.rising_pain
        | k.headache_or_leak
        | k.circulation_acts
        | k.infection_acts
        | k.recurrence
        | k.short_relief
        | k.back_rose
        | k.leg_rose
        | lost_unscored,
    )
