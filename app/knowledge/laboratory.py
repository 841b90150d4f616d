"""What dated laboratory values say of infection: the operation itself raises them at first (dossier 4.2, 11.13)."""

from __future__ import annotations

from datetime import date

from app.engine.calculate import calculation
from app.engine.facts import Choice, YesNo
from app.knowledge.pain import Readings, after
from app.knowledge.safety_thresholds import (
    CRP_PEAK_DAYS,
    CRP_RAISED_MG_L,
    ESR_RAISED_MM_H,
    INFLAMMATION_FROM_DAYS,
    SECOND_RISE_FROM_DAYS,
)
from app.knowledge.thresholds import STALE_AFTER_DAYS

crp_finding = Choice(
    name="crp_finding",
    label="C-reactive protein since surgery, read by its days",
    question="What is the C-reactive protein now, in mg/L, and what was it on earlier days since surgery?",
    options=("normal", "no_second_rise", "second_rise", "raised"),
)
esr_raised = YesNo(
    name="esr_raised",
    label="Erythrocyte sedimentation rate raised longer than the operation explains",
    question="What is the erythrocyte sedimentation rate now, in mm/h?",
)


@calculation(
    crp_finding,
    uses=[
        CRP_RAISED_MG_L,
        INFLAMMATION_FROM_DAYS,
        SECOND_RISE_FROM_DAYS,
        CRP_PEAK_DAYS,
        STALE_AFTER_DAYS,
    ],
)
def read_crp(surgery_date: date, assessed_on: date, crp: Readings | None = None) -> str | None:
    """Raised at 14 days or later, else a second rise after day 5; normal at 14 days or later, while current.

    What was found counts however old, until a later value is normal. Before day 14 all that can be told is
    whether there was a second rise, and that needs a value to rise from, or one that is no longer raised.
    Until day 5 there can be none, and no value is needed to know it (dossier 11.13).
    """
    if (assessed_on - surgery_date).days <= SECOND_RISE_FROM_DAYS.value:
        return "no_second_rise"
    later = after(crp or (), surgery_date)
    if not later:
        return None
    last = later[-1]
    is_raised = last.value > CRP_RAISED_MG_L.value
    if (last.day - surgery_date).days >= INFLAMMATION_FROM_DAYS.value:
        if is_raised:
            return "raised"
        return "normal" if (assessed_on - last.day).days <= STALE_AFTER_DAYS.value else None
    if _has_risen_again(later, surgery_date):
        return "second_rise"
    if (assessed_on - surgery_date).days >= INFLAMMATION_FROM_DAYS.value:
        return None
    is_late_enough = (last.day - surgery_date).days > SECOND_RISE_FROM_DAYS.value
    has_begun_to_fall = _lowest_past_peak(later[:-1], surgery_date) is not None or not is_raised
    return "no_second_rise" if is_late_enough and has_begun_to_fall else None


def _has_risen_again(later: Readings, surgery_date: date) -> bool:
    """A raised value after day 5 above an earlier one that was past the peak, with no normal value since."""
    risen = False
    for place, each in enumerate(later):
        lowest = _lowest_past_peak(later[:place], surgery_date)
        if each.value <= CRP_RAISED_MG_L.value:
            risen = False
        elif (each.day - surgery_date).days > SECOND_RISE_FROM_DAYS.value and lowest is not None:
            risen = risen or each.value > lowest
    return risen


def _lowest_past_peak(readings: Readings, surgery_date: date) -> float | None:
    """The lowest value from day 3 on, or after a higher one: the values before belong to the first rise."""
    highest, lowest = None, None
    for each in readings:
        is_late = (each.day - surgery_date).days >= CRP_PEAK_DAYS.value
        if is_late or (highest is not None and each.value < highest):
            lowest = each.value if lowest is None else min(lowest, each.value)
        highest = each.value if highest is None else max(highest, each.value)
    return lowest


@calculation(esr_raised, uses=[ESR_RAISED_MM_H, INFLAMMATION_FROM_DAYS, STALE_AFTER_DAYS])
def read_esr(surgery_date: date, assessed_on: date, esr: Readings | None = None) -> bool | None:
    """Above 50 mm/h at 14 days or later, until a later value is not; before that day no value is raised too long."""
    if (assessed_on - surgery_date).days < INFLAMMATION_FROM_DAYS.value:
        return False
    later = after(esr or (), surgery_date)
    if not later or (later[-1].day - surgery_date).days < INFLAMMATION_FROM_DAYS.value:
        return None
    if later[-1].value > ESR_RAISED_MM_H.value:
        return True
    return False if (assessed_on - later[-1].day).days <= STALE_AFTER_DAYS.value else None


LABORATORY_READINGS = (read_crp, read_esr)
