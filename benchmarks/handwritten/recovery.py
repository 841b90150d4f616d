"""What can still be expected of each symptom."""

from __future__ import annotations

from datetime import date

from app.knowledge.deficits import change_of_degree, ever_present, origin_of
from app.knowledge.pain import Readings
from app.knowledge.recovery import has_eased, has_grown
from benchmarks.handwritten.bits import NOT, Truths, first
from benchmarks.handwritten.known import Known

PROGNOSES = (
    *("not_present", "resolved", "new_symptom_needs_workup", "new_symptom_needs_workup"),
    *("recovery_window_open", "window_closing"),
    *("new_symptom_needs_workup", "late_recovery_in_progress", "likely_permanent", "likely_permanent"),
    *(None, None),
)

OF_WEAKNESS = (
    *PROGNOSES[:4],
    *("recovery_window_open", "window_closing", "recovery_window_open", "window_closing"),
    *PROGNOSES[4:],
)
"""Lost power and no gain have rules of their own before the clocks."""


def recovery(k: Known) -> Truths:
    """Leg pain, back pain, numbness, tingling, weakness."""
    scope, by_leg, leg_now, back_now, relapse = k.scope, k.by_leg, k.leg_now, k.back_now, k.relapse
    by_back = NOT[by_leg]
    failing = 3 if k.trajectory == "worsening" or k.status == "worse" else 1 if k.trajectory is None else 0
    hurts = scope & (1 if leg_now is None else 3 if leg_now > 0 else 0)
    closed = hurts if k.leg_window == "closed" else 0
    leg_rise, back_rise = k.leg_relief.rise, k.back_rise
    leg_rose = 1 if leg_rise is None else 3 if leg_rise >= 2 else 0
    back_rose = 1 if back_rise is None else 3 if back_rise >= 2 else 0
    leg = (
        1 if leg_now is None else 3 if leg_now <= 0 else 0,
        hurts & ((by_leg & relapse) | appeared(k.leg_baseline, leg_now)),
        hurts & ((by_leg & failing) | leg_rose),
        hurts if k.leg_window == "open" else 0,
        hurts if k.leg_window == "closing" else 0,
        closed if k.leg_change is not None and k.leg_change <= -1 else 0,
        closed,
    )
    hurts = scope & (1 if back_now is None else 3 if back_now > 0 else 0)
    closed = hurts if k.recovery == "closed" else 0
    back = (
        1 if back_now is None else 3 if back_now <= 0 else 0,
        hurts & ((by_back & relapse) | appeared(k.back_baseline, back_now)),
        hurts & ((by_back & failing) | back_rose),
        hurts if k.recovery == "open" else 0,
        hurts if k.recovery == "closing" else 0,
        closed if k.back_change is not None and k.back_change <= -1 else 0,
        closed,
    )
    surgery, window = k.surgery, k.recovery
    numb, k.numb_change = deficit(scope, k.numb, k.numb_here, surgery, k.numb_onset, window)
    tingle, k.tingle_change = deficit(scope, k.tingle, k.tingle_here, surgery, k.tingle_onset, window)
    weak, k.weak_change = deficit(scope, k.weak, k.weak_here, surgery, k.weak_onset, window)
    k.power_lost = k.marked | k.slight | k.standing
    k.eased_weak = None if k.weak is None else has_eased(k.weak, surgery)
    inside = weak[4:6]
    stuck = 3 if k.eased_weak is False and k.phase != "early" else 0
    weak = (
        *(each & NOT[k.power_lost] for each in weak[:2]),
        *weak[2:4],
        *(each & k.power_lost for each in inside),
        *(each & stuck for each in inside),
        *weak[4:],
    )
    courses = k.numb, k.tingle
    k.grown = 3 if any(each is not None and has_grown(each, surgery) for each in courses) else 0
    k.recovery_rules = first(leg), first(back), first(numb), first(tingle), first(weak)
    k.numb_prognosis = PROGNOSES[k.recovery_rules[2]]
    k.tingle_prognosis = PROGNOSES[k.recovery_rules[3]]
    k.weak_prognosis = OF_WEAKNESS[k.recovery_rules[4]]
    return *leg, *back, *numb, *tingle, *weak


def appeared(baseline: float | None, now: float | None) -> int:
    """Pain of two points or more where there was none before surgery."""
    if baseline is None or baseline > 0:
        return 0
    return 1 if now is None else 3 if now >= 2 else 0


def deficit(
    scope: int, course: Readings | None, here: int, surgery: date, onset: date | None, recovery: str
) -> tuple[Truths, str | None]:
    """The ten rules on numbness, tingling or weakness, and how its degree changed."""
    if course is None:
        late = scope & (1 if recovery == "closed" else 0)
        return (
            1,
            1,
            scope & 1,
            scope & (0 if recovery == "closed" else 1),
            scope & (1 if recovery == "open" else 0),
            scope & (1 if recovery == "closing" else 0),
            late,
            late,
            late,
            late,
        ), None
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
    grown = has_grown(course, surgery)
    return (
        gone & never,
        gone,
        present & later,
        0 if recovery == "closed" else residual & (1 if grown is None else 3 if grown else 0),
        residual if recovery == "open" else 0,
        residual if recovery == "closing" else 0,
        late & (unknown or (3 if change == "worse" else 0)),
        late & (unknown or (3 if change == "improving" else 0)),
        late & (unknown or (3 if change == "unchanged" else 0)),
        late & (unknown or (3 if change == "single_record" else 0)),
    ), change
