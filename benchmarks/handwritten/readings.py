"""What became of a pain, and whether a symptom is there, as far as the records tell."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from app.knowledge.pain import Readings, after, now_of


def improved(value: float, baseline: float) -> bool:
    """Better than before surgery by 2 points or 30 %, and by a point, from a baseline that allows it."""
    drop = round(baseline - value, 4)
    if drop < 1 or (baseline < 3 and value <= 2):
        return False
    return drop >= 2 or round(drop / baseline * 100, 4) >= 30


class Relief(NamedTuple):
    """What became of a pain after surgery, as far as the records tell."""

    later: Readings = ()
    lowest: float | None = None
    rise: float | None = None
    seen: bool | None = None
    first: date | None = None
    stated_days: int | None = None
    recorded_days: int | None = None


def relief_of(
    readings: Readings, surgery: date, baseline: float | None, now: float | None, onset_on: date | None
) -> Relief:
    """The lowest record, how far the pain has risen above it, and how long it was improved."""
    later = after(readings, surgery)
    if not later:
        return Relief()
    lowest = min([each.value for each in later])
    rise = None if now is None else round(now - lowest, 4)
    if baseline is None:
        return Relief(later, lowest, rise)
    better = [each.day for each in later if improved(each.value, baseline)]
    if not better:
        return Relief(later, lowest, rise, False if baseline >= 3 else None)
    stated_days = None if onset_on is None else (onset_on - better[0]).days
    return Relief(later, lowest, rise, True, better[0], stated_days, (better[-1] - better[0]).days)


def return_of(relief: Relief, onset_on: date | None) -> date | None:
    """The stated day of the return, or the first record after relief two points above the lowest."""
    if relief.first is None or relief.rise is None or relief.rise < 2:
        return None
    return onset_on or first_rise(relief.later, relief.first)


def lower_before(
    readings: Readings | None, surgery: date, now: float | None, onset_on: date | None
) -> tuple[float | None, int, date | None]:
    """The rise above the lowest, whether the pain was two points lower for 14 days, and the day it rose."""
    later = () if readings is None else after(readings, surgery)
    if now is None or not later:
        return None, 1, None
    rise = round(now - min([each.value for each in later]), 4)
    low = [each.day for each in later if round(now - each.value, 4) >= 2]
    if not low:
        return rise, 1, None
    risen_on = first_rise(later, low[0])
    if (low[-1] - low[0]).days >= 14:
        return rise, 3, risen_on
    return rise, 1 if onset_on is None else 3 if (onset_on - low[0]).days >= 14 else 0, risen_on


def first_rise(later: Readings, since: date) -> date | None:
    """The first record after that day which lies two points above the lowest before it."""
    least = float("inf")
    for each in later:
        least = min(least, each.value)
        if each.day > since and round(each.value - least, 4) >= 2:
            return each.day
    return None


def window(day: date, closing_from: date, closes_on: date) -> str:
    return "open" if day < closing_from else "closing" if day <= closes_on else "closed"


def presence(course: Readings | None, surgery: date, day: date) -> int:
    """Whether numbness, tingling or weakness is there now."""
    now = None if course is None else now_of(course, surgery, day)
    return 1 if now is None else 3 if now > 0 else 0
