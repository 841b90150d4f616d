"""The course of pain, worked out from the dated series: baseline, now, lowest, relief, return (dossier 1.2, 11)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from app.engine.calculate import Turn, calculated, calculation
from app.engine.compile import compile_condition
from app.engine.conditions import all_of, any_of, checks, named, none_of
from app.engine.facts import Choice, Day, Quantity, Reading, Series, YesNo
from app.engine.truth import Truth
from app.knowledge.thresholds import (
    ACCEPTABLE_PAIN_POINTS,
    FLOOR_BASELINE_POINTS,
    LEAST_DROP_POINTS,
    MIN_CHANGE_PERCENT,
    MIN_CHANGE_POINTS,
    PAIN_FREE_MONTHS,
    PAIN_FREE_POINTS,
    RISE_POINTS,
    STALE_AFTER_DAYS,
    TREND_APART_DAYS,
)
from app.knowledge.timeline import add_months
from app.knowledge.vocabulary import leg_pain

Readings = tuple[Reading, ...]
DAY = itemgetter(0)
PLACES = 4
"""Decimals that differences are rounded to, so that 7.3 - 5.3 is 2 and falls on the right side of a threshold."""


def _points(name: str, label: str, minimum: float = 0, question: str = "") -> Quantity:
    return Quantity(name=name, label=label, question=question, unit="points", minimum=minimum, maximum=10)


def _before(name: str, label: str) -> Quantity:
    return _points(name, label, question=f"What was the {label.lower()} (0 to 10)?")


def _now(name: str, label: str) -> Quantity:
    current = f"not older than {STALE_AFTER_DAYS.value:g} days"
    question = f"What is the {label.lower()} (0 to 10, average of the last week, {current})?"
    return _points(name, label, question=question)


def _change(name: str, label: str, pain: str) -> Quantity:
    apart = f"at least {TREND_APART_DAYS.value:g} days before the latest record"
    question = f"How severe was the {pain} {apart}, and on which day?"
    return _points(name, label, -10, question)


def _percent(name: str, label: str, score: str) -> Quantity:
    question = f"What was the {score} before surgery? Where it was nil, no fall can be told in percent."
    return Quantity(name=name, label=label, question=question, unit="%", minimum=-10_000, maximum=100)


def _relieved_on(name: str, label: str, pain: str) -> Day:
    question = f"If the {pain} has been better since surgery: on which day first, and how severe was it then?"
    return Day(name=name, label=label, question=question)


def _came_back_on(name: str, label: str, pain: str) -> Day:
    question = f"If the {pain} came back: on which day, and how severe was it then?"
    return Day(name=name, label=label, question=question)


def _days(name: str, label: str) -> Quantity:
    return Quantity(name=name, label=label, unit="days", minimum=-100_000, maximum=100_000)


leg_pain_baseline = _before("leg_pain_baseline", "Leg pain before surgery")
back_pain_baseline = _before("back_pain_baseline", "Back pain before surgery")
leg_pain_now = _now("leg_pain_now", "Leg pain now")
back_pain_now = _now("back_pain_now", "Back pain now")
leg_pain_change = _change(
    "leg_pain_change", "Change of leg pain between the last two records since surgery", "leg pain"
)
back_pain_change = _change(
    "back_pain_change", "Change of back pain between the last two records since surgery", "back pain"
)
larger_baseline_pain = Choice(
    name="larger_baseline_pain", label="Larger pain before surgery", options=("leg", "back")
)
INDEX_PAIN = "pain that the operation was for"
index_pain = Choice(name="index_pain", label="Index pain", options=("leg", "back"))
index_readings = Series(name="index_readings", label="Index pain", of=leg_pain.of)
index_baseline = _before("index_baseline", "Index pain before surgery")
index_now = _now("index_now", "Index pain now")
index_change = _change("index_change", "Change of the index pain at the latest comparison", INDEX_PAIN)
index_baseline_on = Day(name="index_baseline_on", label="Day of the baseline of the index pain")
index_latest = _points("index_latest", "Latest index pain on record since surgery, however old")
index_latest_on = Day(name="index_latest_on", label="Day of the latest index pain on record since surgery")
pain_drop = _points("pain_drop", "Fall of the index pain from baseline", -10)
pain_drop_percent = _percent("pain_drop_percent", "Fall of the index pain from baseline", INDEX_PAIN)
nadir = _points("nadir", "Lowest index pain since surgery")
rise_above_nadir = _points("rise_above_nadir", "Rise of the index pain above its lowest since surgery")
index_since_surgery = Series(name="index_since_surgery", label="Index pain since surgery", of=leg_pain.of)
improved_readings = Series(
    name="improved_readings", label="Index pain since surgery, where improved", of=leg_pain.of
)
relief_recorded = YesNo(name="relief_recorded", label="Improvement of the index pain on record since surgery")
first_relief_on = _relieved_on("first_relief_on", "First record of improvement", INDEX_PAIN)
leg_since_surgery = Series(name="leg_since_surgery", label="Leg pain since surgery", of=leg_pain.of)
leg_improved_readings = Series(
    name="leg_improved_readings", label="Leg pain since surgery, where improved", of=leg_pain.of
)
leg_nadir = _points("leg_nadir", "Lowest leg pain since surgery")
leg_rise = _points("leg_rise", "Rise of the leg pain above its lowest since surgery")
leg_relief_recorded = YesNo(
    name="leg_relief_recorded", label="Improvement of the leg pain on record since surgery"
)
leg_first_relief_on = _relieved_on(
    "leg_first_relief_on", "First record of improvement of the leg pain", "leg pain"
)
back_since_surgery = Series(name="back_since_surgery", label="Back pain since surgery", of=leg_pain.of)
back_nadir = _points("back_nadir", "Lowest back pain since surgery")
back_rise = _points("back_rise", "Rise of the back pain above its lowest since surgery")
back_low_readings = Series(
    name="back_low_readings",
    label="Back pain since surgery, where 2 points or more below that of now",
    of=leg_pain.of,
)
back_first_low_on = Day(
    name="back_first_low_on",
    label="First record since surgery of back pain 2 points or more below that of now",
    question="On which day since surgery was the back pain first less than now, and how severe was it then?",
)
back_stated_relief = _days(
    "back_stated_relief", "Days from the first record of lower back pain to the stated return of pain"
)
back_recorded_relief = _days(
    "back_recorded_relief", "Days from the first to the last record of lower back pain"
)
leg_stated_relief = _days(
    "leg_stated_relief", "Days from the first record of improved leg pain to the stated return of pain"
)
leg_recorded_relief = _days(
    "leg_recorded_relief", "Days from the first to the last record of improved leg pain"
)
leg_relief = _days("leg_relief", "Days of relief of the leg pain before it came back")
relief_days = _days("relief_days", "Days from surgery to the first record of improvement")
relief_before_three_months = YesNo(
    name="relief_before_three_months", label="Relief first recorded up to the three-month anniversary"
)
stated_relief_interval = _days(
    "stated_relief_interval", "Days from the first record of improvement to the stated return of pain"
)
recorded_relief_interval = _days(
    "recorded_relief_interval", "Days from the first to the last record of improvement"
)
relief_interval = _days("relief_interval", "Days of relief before pain came back")
returned_on = _came_back_on("returned_on", "Day of the return of pain, stated or first recorded", INDEX_PAIN)
leg_returned_on = _came_back_on(
    "leg_returned_on", "Day of the return of leg pain, stated or first recorded", "leg pain"
)
return_in_typical_window = YesNo(
    name="return_in_typical_window", label="Return of leg pain up to the three-month anniversary"
)
pain_free_six_months = YesNo(
    name="pain_free_six_months", label="Six months or more of relief before the return"
)
onset_to_plateau_days = _days("onset_to_plateau_days", "Days from the onset of returned pain to its plateau")
rising_twice = YesNo(
    name="rising_twice",
    label="Index pain higher at each of the last two records",
    question=f"How severe was the {INDEX_PAIN} on the days before the latest record?",
)
odi_now = Quantity(
    name="odi_now",
    label="ODI now",
    question="What is the Oswestry Disability Index now (not older than 42 days)?",
    unit="%",
    minimum=0,
    maximum=100,
)
odi_drop = Quantity(
    name="odi_drop",
    label="Fall of ODI from baseline",
    question="What is the Oswestry Disability Index now, and what was it before surgery?",
    unit="%",
    minimum=-100,
    maximum=100,
)
odi_drop_percent = _percent(
    "odi_drop_percent", "Fall of ODI relative to baseline", "Oswestry Disability Index"
)
global_change_now = Quantity(
    name="global_change_now",
    label="Global perceived change now",
    question="How does the patient rate the change since surgery now (1 completely recovered to 7 worse than ever)?",
    unit="grade",
    minimum=1,
    maximum=7,
)
stated_trend_now = Choice(
    name="stated_trend_now",
    label="Stated trend now",
    question="Does the patient say that the pain is better, the same or worse than before surgery?",
    options=("better", "same", "worse"),
)

FLOOR = named(
    "pain too low before surgery to measure a fall",
    all_of(index_baseline < FLOOR_BASELINE_POINTS, index_now <= ACCEPTABLE_PAIN_POINTS),
)
"""Pain so low before surgery that improvement cannot be computed from it (dossier 11.6)."""
IMPROVED = named(
    "index pain improved against baseline",
    all_of(
        none_of(FLOOR),
        any_of(pain_drop >= MIN_CHANGE_POINTS, pain_drop_percent >= MIN_CHANGE_PERCENT),
        pain_drop >= LEAST_DROP_POINTS,
    ),
)
"""Improvement of the index pain against baseline (dossier 1.2)."""
IMPROVED_BY = tuple(
    {check.threshold.name: check.threshold for check in checks(IMPROVED) if check.threshold}.values()
)
"""The thresholds that IMPROVED reads."""


def baseline_of(readings: Readings, surgery_date: date) -> Any:
    """The latest value on or before the day of surgery (dossier 11.16)."""
    before = bisect_right(readings, surgery_date, key=DAY)
    return readings[before - 1].value if before else None


def after(readings: Readings, surgery_date: date) -> Readings:
    """The readings after the day of surgery, oldest first."""
    return readings[bisect_right(readings, surgery_date, key=DAY) :]


def now_of(readings: Readings, surgery_date: date, assessed_on: date) -> Any:
    """The latest value since surgery, unless it is stale (dossier 11.16)."""
    if not readings or readings[-1].day <= surgery_date:
        return None
    latest = readings[-1]
    return None if (assessed_on - latest.day).days > STALE_AFTER_DAYS.value else latest.value


def latest_before(readings: Readings, surgery_date: date, days: float) -> Any:
    """The latest value that is at least so many days older than the last record; both since surgery."""
    for each in reversed(readings):
        if each.day <= surgery_date:
            break
        if (readings[-1].day - each.day).days >= days:
            return each.value
    return None


def change_since_surgery(readings: Readings, surgery_date: date, assessed_on: date) -> float | None:
    """The last record against the latest one at least a week before it; both since surgery (dossier 11.17)."""
    now = now_of(readings, surgery_date, assessed_on)
    before = latest_before(readings, surgery_date, TREND_APART_DAYS.value)
    return None if now is None or before is None else round(float(now - before), PLACES)


def change_of(readings: Readings, surgery_date: date, assessed_on: date, phase: str) -> float | None:
    """The trend of a pain: early against baseline, later between records since surgery, else baseline (11.17)."""
    change = None if phase == "early" else change_since_surgery(readings, surgery_date, assessed_on)
    now, baseline = now_of(readings, surgery_date, assessed_on), baseline_of(readings, surgery_date)
    if change is not None or now is None or baseline is None:
        return change
    return round(float(now - baseline), PLACES)


@cache
def _improved() -> Callable[[dict[str, Any]], Truth]:
    return compile_condition(IMPROVED)


@lru_cache(maxsize=1024)
def _is_improved(value: float, baseline: float) -> bool:
    """The same few pairs of points come up again and again."""
    facts = {
        "index_baseline": baseline,
        "index_now": value,
        "pain_drop": _drop(baseline, value),
        "pain_drop_percent": _drop_percent(baseline, value),
    }
    return _improved()(facts) is Truth.TRUE


def _drop(baseline: float, now: float) -> float:
    return round(baseline - now, PLACES)


def _drop_percent(baseline: float, now: float) -> float | None:
    return round((baseline - now) / baseline * 100, PLACES) if baseline else None


@calculation(leg_pain_baseline)
def find_leg_baseline(leg_pain: Readings, surgery_date: date) -> float | None:
    return baseline_of(leg_pain, surgery_date)


@calculation(back_pain_baseline)
def find_back_baseline(back_pain: Readings, surgery_date: date) -> float | None:
    return baseline_of(back_pain, surgery_date)


@calculation(leg_pain_now, uses=[STALE_AFTER_DAYS])
def find_leg_now(leg_pain: Readings, surgery_date: date, assessed_on: date) -> float | None:
    return now_of(leg_pain, surgery_date, assessed_on)


@calculation(back_pain_now, uses=[STALE_AFTER_DAYS])
def find_back_now(back_pain: Readings, surgery_date: date, assessed_on: date) -> float | None:
    return now_of(back_pain, surgery_date, assessed_on)


@calculation(leg_pain_change, uses=[TREND_APART_DAYS, STALE_AFTER_DAYS])
def find_leg_change(leg_pain: Readings, surgery_date: date, assessed_on: date) -> float | None:
    return change_since_surgery(leg_pain, surgery_date, assessed_on)


@calculation(back_pain_change, uses=[TREND_APART_DAYS, STALE_AFTER_DAYS])
def find_back_change(back_pain: Readings, surgery_date: date, assessed_on: date) -> float | None:
    return change_since_surgery(back_pain, surgery_date, assessed_on)


@calculation(larger_baseline_pain, turned_by=[Turn(leg_pain_baseline), Turn(back_pain_baseline)])
def compare_baselines(
    leg_pain_baseline: float | None = None, back_pain_baseline: float | None = None
) -> str | None:
    """The larger pain before surgery, leg if they are equal (dossier 11.16)."""
    if leg_pain_baseline is None and back_pain_baseline is None:
        return None
    if leg_pain_baseline is None or back_pain_baseline is None:
        return "back" if leg_pain_baseline is None else "leg"
    return "back" if back_pain_baseline > leg_pain_baseline else "leg"


@calculation(index_readings)
def pick_index_readings(
    index_pain: str, leg_pain: Readings | None = None, back_pain: Readings | None = None
) -> Readings | None:
    return leg_pain if index_pain == "leg" else back_pain


@calculation(index_baseline)
def find_index_baseline(index_readings: Readings, surgery_date: date) -> float | None:
    return baseline_of(index_readings, surgery_date)


@calculation(index_baseline_on)
def find_baseline_day(index_readings: Readings, surgery_date: date) -> date | None:
    before = bisect_right(index_readings, surgery_date, key=DAY)
    return index_readings[before - 1].day if before else None


@calculation(index_latest)
def find_latest(index_since_surgery: Readings) -> float | None:
    return index_since_surgery[-1].value if index_since_surgery else None


@calculation(index_latest_on)
def find_latest_day(index_since_surgery: Readings) -> date | None:
    return index_since_surgery[-1].day if index_since_surgery else None


@calculation(index_now, uses=[STALE_AFTER_DAYS])
def find_index_now(index_readings: Readings, surgery_date: date, assessed_on: date) -> float | None:
    return now_of(index_readings, surgery_date, assessed_on)


@calculation(index_change, uses=[TREND_APART_DAYS, STALE_AFTER_DAYS])
def find_index_change(
    index_readings: Readings, surgery_date: date, assessed_on: date, phase: str
) -> float | None:
    return change_of(index_readings, surgery_date, assessed_on, phase)


@calculation(pain_drop)
def find_pain_drop(index_baseline: float, index_now: float) -> float:
    return _drop(index_baseline, index_now)


@calculation(pain_drop_percent)
def find_pain_drop_percent(index_baseline: float, index_now: float) -> float | None:
    return _drop_percent(index_baseline, index_now)


@calculation(index_since_surgery)
def pick_since_surgery(index_readings: Readings, surgery_date: date) -> Readings:
    return after(index_readings, surgery_date)


@calculation(improved_readings, uses=IMPROVED_BY)
def pick_improved(index_since_surgery: Readings, index_baseline: float) -> Readings:
    """The readings that meet IMPROVED, the same tree that judges the pain now."""
    return tuple([each for each in index_since_surgery if _is_improved(each.value, index_baseline)])


@calculation(nadir)
def find_nadir(index_since_surgery: Readings) -> float | None:
    return min([each.value for each in index_since_surgery], default=None)


@calculation(rise_above_nadir)
def find_rise(index_now: float, nadir: float) -> float:
    return round(index_now - nadir, PLACES)


@calculation(relief_recorded, uses=[FLOOR_BASELINE_POINTS])
def tell_relief_recorded(
    improved_readings: Readings, index_since_surgery: Readings, index_baseline: float
) -> bool | None:
    """Unknown where nothing was recorded, or where a low baseline leaves improvement incomputable."""
    if improved_readings:
        return True
    computable = index_baseline >= FLOOR_BASELINE_POINTS.value and index_since_surgery
    return False if computable else None


@calculation(first_relief_on)
def find_first_relief(improved_readings: Readings) -> date | None:
    return improved_readings[0].day if improved_readings else None


@calculation(relief_days)
def count_relief_days(first_relief_on: date, surgery_date: date) -> int:
    return (first_relief_on - surgery_date).days


@calculation(relief_before_three_months)
def tell_relief_before_three_months(first_relief_on: date, three_month_day: date) -> bool:
    return first_relief_on <= three_month_day


@calculation(stated_relief_interval)
def count_stated_relief(first_relief_on: date, pain_return_onset_on: date) -> int:
    return (pain_return_onset_on - first_relief_on).days


@calculation(recorded_relief_interval)
def count_recorded_relief(improved_readings: Readings, first_relief_on: date) -> int:
    return (improved_readings[-1].day - first_relief_on).days


@calculation(relief_interval, turned_by=[Turn(stated_relief_interval)])
def choose_relief_interval(
    stated_relief_interval: int | None = None, recorded_relief_interval: int | None = None
) -> int | None:
    """To the stated day of return; without one, the series counts (dossier 11.3)."""
    return recorded_relief_interval if stated_relief_interval is None else stated_relief_interval


@calculation(returned_on, uses=[RISE_POINTS])
def find_return(
    index_since_surgery: Readings,
    first_relief_on: date,
    rise_above_nadir: float,
    pain_return_onset_on: date | None = None,
) -> date | None:
    """The stated day, or the first record after relief that lies two points above the lowest before it."""
    if rise_above_nadir < RISE_POINTS.value:
        return None
    if pain_return_onset_on is not None:
        return pain_return_onset_on
    lowest = float("inf")
    for each in index_since_surgery:
        lowest = min(lowest, each.value)
        if each.day > first_relief_on and _drop(each.value, lowest) >= RISE_POINTS.value:
            return each.day
    return None


@calculation(return_in_typical_window)
def tell_typical_window(leg_returned_on: date, three_month_day: date) -> bool:
    return leg_returned_on <= three_month_day


@calculation(pain_free_six_months, uses=[PAIN_FREE_MONTHS, PAIN_FREE_POINTS])
def tell_pain_free(leg_since_surgery: Readings, leg_first_relief_on: date, leg_returned_on: date) -> bool:
    """Six months from the first improvement to the return, and free of pain on every record between."""
    between = [each for each in leg_since_surgery if leg_first_relief_on <= each.day < leg_returned_on]
    long_enough = leg_returned_on >= add_months(leg_first_relief_on, int(PAIN_FREE_MONTHS.value))
    return long_enough and all(each.value <= PAIN_FREE_POINTS.value for each in between)


@calculation(onset_to_plateau_days)
def count_onset_to_plateau(pain_return_onset_on: date, pain_return_plateau_on: date) -> int:
    return (pain_return_plateau_on - pain_return_onset_on).days


@calculation(rising_twice)
def tell_rising_twice(index_since_surgery: Readings, index_baseline: float | None = None) -> bool | None:
    """Higher at each of the last two records than at the one before, the baseline included (dossier 1.1 S12)."""
    before = [] if index_baseline is None else [index_baseline]
    values = [*before, *(each.value for each in index_since_surgery[-3:])][-3:]
    return values[0] < values[1] < values[2] if len(values) == 3 else None


@calculation(odi_now, uses=[STALE_AFTER_DAYS])
def find_odi_now(odi: Readings, surgery_date: date, assessed_on: date) -> float | None:
    return now_of(odi, surgery_date, assessed_on)


@calculation(odi_drop)
def find_odi_drop(odi: Readings, surgery_date: date, odi_now: float) -> float | None:
    baseline = baseline_of(odi, surgery_date)
    return None if baseline is None else _drop(baseline, odi_now)


@calculation(odi_drop_percent)
def find_odi_drop_percent(odi: Readings, surgery_date: date, odi_now: float) -> float | None:
    baseline = baseline_of(odi, surgery_date)
    return None if baseline is None else _drop_percent(baseline, odi_now)


@calculation(global_change_now, uses=[STALE_AFTER_DAYS])
def find_global_change(global_change: Readings, surgery_date: date, assessed_on: date) -> int | None:
    return now_of(global_change, surgery_date, assessed_on)


@calculation(stated_trend_now, uses=[STALE_AFTER_DAYS])
def find_stated_trend(stated_trend: Readings, surgery_date: date, assessed_on: date) -> str | None:
    return now_of(stated_trend, surgery_date, assessed_on)


@calculation(back_low_readings, uses=[RISE_POINTS])
def pick_low(back_since_surgery: Readings, back_pain_now: float) -> Readings:
    """Lower than now by as much as counts as a rise: no comparison with before surgery, when it may have been low."""
    return tuple(
        [each for each in back_since_surgery if _drop(back_pain_now, each.value) >= RISE_POINTS.value]
    )


BEFORE_INDEX_PAIN = (
    find_leg_baseline,
    find_back_baseline,
    find_leg_now,
    find_back_now,
    find_leg_change,
    find_back_change,
    compare_baselines,
)
AFTER_INDEX_PAIN = (
    pick_index_readings,
    find_index_baseline,
    find_index_now,
    find_index_change,
    find_pain_drop,
    find_pain_drop_percent,
    find_baseline_day,
    pick_since_surgery,
    find_latest,
    find_latest_day,
    pick_improved,
    find_nadir,
    find_rise,
    tell_relief_recorded,
    find_first_relief,
    count_relief_days,
    tell_relief_before_three_months,
    count_stated_relief,
    count_recorded_relief,
    choose_relief_interval,
    find_return,
    count_onset_to_plateau,
    tell_rising_twice,
    find_odi_now,
    find_odi_drop,
    find_odi_drop_percent,
    find_global_change,
    find_stated_trend,
)

LEG_COURSE = (
    calculated(leg_since_surgery, pick_since_surgery.work_out, ("leg_pain", "surgery_date")),
    calculated(
        leg_improved_readings,
        pick_improved.work_out,
        ("leg_since_surgery", "leg_pain_baseline"),
        uses=pick_improved.uses,
    ),
    calculated(leg_nadir, find_nadir.work_out, ("leg_since_surgery",)),
    calculated(leg_rise, find_rise.work_out, ("leg_pain_now", "leg_nadir")),
    calculated(
        leg_relief_recorded,
        tell_relief_recorded.work_out,
        ("leg_improved_readings", "leg_since_surgery", "leg_pain_baseline"),
        uses=tell_relief_recorded.uses,
    ),
    calculated(leg_first_relief_on, find_first_relief.work_out, ("leg_improved_readings",)),
    calculated(
        leg_stated_relief, count_stated_relief.work_out, ("leg_first_relief_on", "pain_return_onset_on")
    ),
    calculated(
        leg_recorded_relief, count_recorded_relief.work_out, ("leg_improved_readings", "leg_first_relief_on")
    ),
    calculated(leg_relief, choose_relief_interval.work_out, ("leg_stated_relief", "leg_recorded_relief")),
    calculated(
        leg_returned_on,
        find_return.work_out,
        ("leg_since_surgery", "leg_first_relief_on", "leg_rise", "pain_return_onset_on"),
        uses=find_return.uses,
    ),
    tell_typical_window,
    tell_pain_free,
)
"""The same for leg pain: a recurrent herniation is about the leg, whichever pain the operation is judged by."""
BACK_COURSE = (
    calculated(back_since_surgery, pick_since_surgery.work_out, ("back_pain", "surgery_date")),
    calculated(back_nadir, find_nadir.work_out, ("back_since_surgery",)),
    calculated(back_rise, find_rise.work_out, ("back_pain_now", "back_nadir")),
    pick_low,
    calculated(back_first_low_on, find_first_relief.work_out, ("back_low_readings",)),
    calculated(
        back_stated_relief, count_stated_relief.work_out, ("back_first_low_on", "pain_return_onset_on")
    ),
    calculated(
        back_recorded_relief, count_recorded_relief.work_out, ("back_low_readings", "back_first_low_on")
    ),
)
"""Back pain can come back while the leg pain that the operation is judged by stays away."""
