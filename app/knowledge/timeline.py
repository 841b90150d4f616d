"""The clocks: calendar anniversaries of the operation, clamped to the end of shorter months (dossier 1.2)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from app.engine.calculate import calculation
from app.engine.facts import Choice, Day, Quantity, YesNo
from app.knowledge.thresholds import (
    BOUNDARY_DAYS,
    JUDGEABLE_MONTHS,
    LEG_PAIN_PLATEAU_MONTHS,
    RECOVERY_MONTHS,
    REGISTRY_VISIT_MONTHS,
    SIX_WEEKS_DAYS,
    WINDOW_CLOSING_MONTHS,
)

ALWAYS_THERE = 28
"""Every month has this day."""

days_since_surgery = Quantity(
    name="days_since_surgery", label="Days since surgery", unit="days", minimum=0, maximum=100_000
)
phase = Choice(name="phase", label="Phase", options=("early", "judgeable", "late"))
recovery_window = Choice(
    name="recovery_window", label="Recovery window of deficits", options=("open", "closing", "closed")
)
leg_pain_window = Choice(
    name="leg_pain_window", label="Recovery window of leg pain", options=("open", "closing", "closed")
)
one_year_reached = YesNo(name="one_year_reached", label="Twelve-month anniversary reached")
days_to_boundary = Quantity(
    name="days_to_boundary",
    label="Days to the nearer of the three- and twelve-month anniversaries",
    unit="days",
    minimum=0,
    maximum=100_000,
)
six_week_day = Day(name="six_week_day", label="Six weeks after surgery")
three_month_day = Day(name="three_month_day", label="Three-month anniversary of surgery")
six_month_day = Day(name="six_month_day", label="Six-month anniversary of surgery")
nine_month_day = Day(name="nine_month_day", label="Nine-month anniversary of surgery")
leg_pain_plateau_day = Day(
    name="leg_pain_plateau_day", label="Day from which leg pain has usually reached its plateau"
)
twelve_month_day = Day(name="twelve_month_day", label="Twelve-month anniversary of surgery")


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if day.day <= ALWAYS_THERE:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@calculation(days_since_surgery)
def count_days(surgery_date: date, assessed_on: date) -> int:
    return (assessed_on - surgery_date).days


@calculation(six_week_day, uses=[SIX_WEEKS_DAYS])
def find_six_weeks(surgery_date: date) -> date:
    return surgery_date + timedelta(days=SIX_WEEKS_DAYS.value)


@calculation(three_month_day, uses=[JUDGEABLE_MONTHS])
def find_three_months(surgery_date: date) -> date:
    return add_months(surgery_date, int(JUDGEABLE_MONTHS.value))


@calculation(six_month_day, uses=[REGISTRY_VISIT_MONTHS])
def find_six_months(surgery_date: date) -> date:
    return add_months(surgery_date, int(REGISTRY_VISIT_MONTHS.value))


@calculation(nine_month_day, uses=[WINDOW_CLOSING_MONTHS])
def find_nine_months(surgery_date: date) -> date:
    return add_months(surgery_date, int(WINDOW_CLOSING_MONTHS.value))


@calculation(twelve_month_day, uses=[RECOVERY_MONTHS])
def find_twelve_months(surgery_date: date) -> date:
    return add_months(surgery_date, int(RECOVERY_MONTHS.value))


@calculation(phase)
def tell_phase(assessed_on: date, three_month_day: date, twelve_month_day: date) -> str:
    """Early before the three-month anniversary, late after the twelve-month one; both days are judgeable."""
    if assessed_on < three_month_day:
        return "early"
    return "judgeable" if assessed_on <= twelve_month_day else "late"


@calculation(one_year_reached)
def tell_one_year(assessed_on: date, twelve_month_day: date) -> bool:
    return assessed_on >= twelve_month_day


@calculation(recovery_window)
def tell_recovery_window(assessed_on: date, nine_month_day: date, twelve_month_day: date) -> str:
    """Closing from the nine-month to the twelve-month anniversary, both days included (dossier 11.9)."""
    return _window(assessed_on, nine_month_day, twelve_month_day)


@calculation(leg_pain_plateau_day, uses=[LEG_PAIN_PLATEAU_MONTHS])
def find_leg_pain_plateau(surgery_date: date) -> date:
    return add_months(surgery_date, int(LEG_PAIN_PLATEAU_MONTHS.value))


@calculation(leg_pain_window)
def tell_leg_pain_window(assessed_on: date, three_month_day: date, leg_pain_plateau_day: date) -> str:
    """Leg pain reaches its plateau between these days (dossier 3.1)."""
    return _window(assessed_on, three_month_day, leg_pain_plateau_day)


@calculation(days_to_boundary, uses=[BOUNDARY_DAYS])
def count_days_to_boundary(assessed_on: date, three_month_day: date, twelve_month_day: date) -> int:
    return min(abs((assessed_on - three_month_day).days), abs((assessed_on - twelve_month_day).days))


def _window(day: date, closing_from: date, closes_on: date) -> str:
    if day < closing_from:
        return "open"
    return "closing" if day <= closes_on else "closed"


CLOCKS = (
    count_days,
    find_six_weeks,
    find_three_months,
    find_six_months,
    find_nine_months,
    find_twelve_months,
    tell_phase,
    tell_one_year,
    tell_recovery_window,
    find_leg_pain_plateau,
    tell_leg_pain_window,
    count_days_to_boundary,
)
