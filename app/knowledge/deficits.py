"""The course of numbness, tingling and weakness: present, since when, and changing or not (dossier 8.0, 11.8-11.11).

Each record is brought to one number, the degree: 0 absent, higher is worse. Weakness is read from muscle power where
that was tested lately, else from the stated severity; the two are never mixed in one course.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

from app.engine.calculate import Calculation, Turn, calculated, calculation
from app.engine.conditions import Fact
from app.engine.facts import Choice, Quantity, Reading, Series, YesNo
from app.knowledge.pain import DAY, Readings, after, baseline_of, latest_before, now_of
from app.knowledge.thresholds import (
    MARKED_LOSS_GRADE,
    PRESENT_AT_SURGERY_DAYS,
    PROGRESS_DAYS,
    RECORDS_APART_DAYS,
    STALE_AFTER_DAYS,
)
from app.knowledge.vocabulary import SEVERITIES, muscle_power

FULL_POWER = 5
WHOLE_GRADE = 1
"""Grades between (4- and 4+) tell a trend, not a loss; any grade below full is one (dossier 2.1)."""
MOTOR_LOSSES = ("none", "standing", "slight", "marked")
"""Standing: the lower grade has been on record for more than 42 days. Marked: it ends at 3 or below, or is still
progressing; it is the worst (dossier 11.11)."""
KEY_MUSCLES = frozenset(muscle_power.sites)
ORIGINS = ("at_surgery", "later")
CHANGES = ("improving", "unchanged", "worse", "single_record")


def degrees(severities: Readings) -> Readings:
    """Stated severities as degrees."""
    return tuple([Reading(each.day, SEVERITIES.index(each.value)) for each in severities])


def power_lost(tested: Readings) -> Readings:
    """Muscle tests as degrees: on each day, the grades that the weakest muscle lacks.

    A muscle that was not tested again counts with its last grade: to be silent about it is not to clear it.
    """
    latest: dict[str, float] = {}
    course = []
    for day, tests in groupby(tested, key=DAY):
        for each in tests:
            latest[each.site] = each.value
        course.append(Reading(day, FULL_POWER - min(latest.values())))
    return tuple(course)


def is_present(course: Readings, surgery_date: date, assessed_on: date) -> bool | None:
    """Whether the symptom is there now; unknown when the latest record is stale or missing."""
    now = now_of(course, surgery_date, assessed_on)
    return None if now is None else now > 0


def is_new(
    course: Readings, surgery_date: date, assessed_on: date, onset_on: date | None = None
) -> bool | None:
    """Whether it appeared since surgery: absent at the last record before its first appearance (dossier 11.10).

    Absent on a record that is stale does not tell what is there now (dossier 11.16). A record from before surgery
    counts before a first day that was given: `shown_before_onset` tells where the two contradict each other.
    """
    later = after(course, surgery_date)
    if not later:
        return None
    values = [each.value for each in later]
    if values[-1] == 0:
        return False if now_of(course, surgery_date, assessed_on) == 0 else None
    if any(before == 0 and then > 0 for before, then in pairwise(values)):
        return True
    baseline = baseline_of(course, surgery_date)
    if baseline is not None:
        return bool(baseline == 0)
    return None if onset_on is None else onset_on >= surgery_date


def shown_before_onset(course: Readings, onset_on: date) -> date | None:
    """The latest record before the first day that was given, where it shows the symptom already (dossier 11.15)."""
    before = [each for each in course if each.day < onset_on]
    return before[-1].day if before and before[-1].value > 0 else None


def is_new_or_worse(
    course: Readings, surgery_date: date, assessed_on: date, onset_on: date | None = None
) -> bool | None:
    """New, or above the least degree on record at baseline or since surgery (dossier 4.2 "New", 11.11).

    What was there before surgery may be worse now where nothing tells how it was, or only a stale record how it is
    (dossier 11.11, 11.16).
    """
    new = is_new(course, surgery_date, assessed_on, onset_on)
    now = now_of(course, surgery_date, assessed_on)
    if new or not now:
        return new if new or now == 0 else None
    baseline = baseline_of(course, surgery_date)
    before = [each.value for each in after(course, surgery_date)[:-1]] + (
        [] if baseline is None else [baseline]
    )
    if not before:
        return None
    return True if now > min(before) else new


def is_progressing(course: Readings, surgery_date: date, assessed_on: date) -> bool | None:
    """Whether what was there has grown within days, by the records since surgery (dossier 4.2 RF-MOTOR-1)."""
    if now_of(course, surgery_date, assessed_on) is None:
        return None
    later = after(course, surgery_date)
    return any(0 < each.value < later[-1].value for each in _shortly_before_the_last(later))


def has_been_tested(
    muscle_power: Readings,
    surgery_date: date,
    assessed_on: date,
    weakness_onset_on: date | None = None,
    stated_weakness_course: Readings | None = None,
    leg_power: str | None = None,
) -> bool | None:
    """Whether a test since surgery tells the power of now; missing, not "no", where none does (dossier 11.15).

    A muscle that was found weak counts however old the test; full power only as `_tells_of_every_muscle` says.
    """
    tested = after(muscle_power, surgery_date)
    if not tested:
        return None
    began = _began(weakness_onset_on, stated_weakness_course, surgery_date)
    if _worst_loss(muscle_power, surgery_date, began) != MOTOR_LOSSES[0]:
        return True
    told = _tells_of_every_muscle(tested, surgery_date, assessed_on, stated_weakness_course, leg_power)
    return True if told else None


def motor_loss_of(
    muscle_power: Readings,
    surgery_date: date,
    assessed_on: date,
    weakness_onset_on: date | None = None,
    stated_weakness_course: Readings | None = None,
    leg_power: str | None = None,
) -> str | None:
    """The worst loss of power since surgery; unknown while a muscle may have lost more than the tests tell."""
    tested = after(muscle_power, surgery_date)
    if not tested:
        return None
    began = _began(weakness_onset_on, stated_weakness_course, surgery_date)
    worst = _worst_loss(muscle_power, surgery_date, began)
    if worst == "marked":
        return worst
    told = _tells_of_every_muscle(tested, surgery_date, assessed_on, stated_weakness_course, leg_power)
    return worst if told else None


def found_loss_of(
    muscle_power: Readings,
    surgery_date: date,
    weakness_onset_on: date | None = None,
    stated_weakness_course: Readings | None = None,
    motor_loss: str | None = None,
) -> str | None:
    """The worst loss, or the worst that is known where another muscle may have lost more.

    One that has stood does not explain weakness that was stated after it: that counts as not tested.
    """
    if motor_loss is not None:
        return motor_loss
    began = _began(weakness_onset_on, stated_weakness_course, surgery_date)
    losses = _losses(muscle_power, surgery_date, began)
    known = [loss for loss in losses.values() if loss and loss != MOTOR_LOSSES[0]]
    worst = max(known, key=MOTOR_LOSSES.index, default=None)
    tested = after(muscle_power, surgery_date)
    if worst == "standing" and _explains_no_more(tested, losses, stated_weakness_course):
        return None
    return worst


def _explains_no_more(tested: Readings, losses: Mapping[str, str | None], stated: Readings | None) -> bool:
    """Whether more weakness was stated after a loss that has stood than was stated by the day of its last fall."""
    falls = [
        _day_of_the_fall([each for each in tested if each.site == site])
        for site, loss in losses.items()
        if loss == "standing"
    ]
    by_then = [each.value for each in stated or () if falls and each.day <= max(falls)]
    return bool(stated and by_then and stated[-1].value > by_then[-1])


def _began(onset_on: date | None, stated: Readings | None, surgery_date: date) -> date | None:
    """The first day of weakness; where it was denied before surgery, not before that (dossier 11.10)."""
    denied_before = stated is not None and baseline_of(stated, surgery_date) == SEVERITIES.index("none")
    return surgery_date if denied_before else onset_on


def _tells_of_every_muscle(
    tested: Readings, surgery_date: date, assessed_on: date, stated: Readings | None, leg_power: str | None
) -> bool:
    """All are current, or those ever tested while weakness is denied now and not found; none is stated since."""
    latest = {each.site: each.day for each in tested}
    oldest = min(latest.values())
    if (assessed_on - oldest).days > STALE_AFTER_DAYS.value:
        return False
    if any(each.value > 0 and each.day > oldest for each in stated or ()):
        return False
    is_denied = stated is not None and now_of(stated, surgery_date, assessed_on) == SEVERITIES.index("none")
    return latest.keys() >= KEY_MUSCLES or (is_denied and leg_power != "abnormal")


def _worst_loss(muscle_power: Readings, surgery_date: date, began: date | None) -> str | None:
    """Of all muscles that were tested; unknown while one of them may have lost more than the others."""
    losses = _losses(muscle_power, surgery_date, began).values()
    if MOTOR_LOSSES[-1] in losses:
        return MOTOR_LOSSES[-1]
    return None if None in losses else max(losses, key=MOTOR_LOSSES.index)


def _losses(muscle_power: Readings, surgery_date: date, began: date | None) -> dict[str, str | None]:
    """Since the best grade at baseline or since surgery, each muscle by itself (11.11)."""
    sites = dict.fromkeys(each.site for each in after(muscle_power, surgery_date))
    return {site: _loss_of_muscle(muscle_power, site, surgery_date, began) for site in sites}


def _loss_of_muscle(tested: Readings, site: str, surgery_date: date, began: date | None) -> str | None:
    """Unknown where the first test ever found the muscle weak and it has not fallen since: old weakness may be worse.

    It was of full power before where weakness began between surgery and that test.
    """
    course = tuple(each for each in tested if each.site == site)
    later = after(course, surgery_date)
    baseline = baseline_of(course, surgery_date)
    if baseline is None and began is not None and surgery_date <= began <= later[0].day:
        baseline = FULL_POWER
    is_first_seen_weak = baseline is None and later[0].value < FULL_POWER
    loss = _loss_from(max([each.value for each in later] + ([] if baseline is None else [baseline])), later)
    return None if is_first_seen_weak and loss == MOTOR_LOSSES[0] else loss


def _loss_from(best: float, later: Readings) -> str:
    """What the last grade has lost from the best one; half grades below full power count only on reaching 3."""
    last = later[-1].value
    reaches_marked = last <= MARKED_LOSS_GRADE.value < best
    if last >= best or (best < FULL_POWER and best - last < WHOLE_GRADE and not reaches_marked):
        return "none"
    if _days_since_the_fall(later) > STALE_AFTER_DAYS.value:
        return "standing"
    is_progressing = any(last < each.value < FULL_POWER for each in _shortly_before_the_last(later))
    is_marked = last <= MARKED_LOSS_GRADE.value or is_progressing  # a drop of 2 grades ends there as well
    return "marked" if is_marked else "slight"


def _shortly_before_the_last(later: Readings) -> Readings:
    """The records since surgery that are so near to the last one that a change since then is progress."""
    last = later[-1].day
    return tuple(each for each in later[:-1] if (last - each.day).days <= PROGRESS_DAYS.value)


def _days_since_the_fall(later: Readings) -> int:
    """How long the loss has stood on record without another fall: power that comes back is no new loss."""
    return (later[-1].day - _day_of_the_fall(later)).days


def _day_of_the_fall(later: Sequence[Reading]) -> date:
    """The day of the last record that is below the one before it."""
    since = later[-1].day
    for newer, older in pairwise(reversed(later)):
        if newer.value < older.value:
            break
        since = older.day
    return since


def origin_of(course: Readings, surgery_date: date, onset_on: date | None = None) -> str | None:
    """When the present spell began: at surgery (or within 14 days of it), or later (dossier 11.8, 11.9)."""
    limit = surgery_date + timedelta(days=PRESENT_AT_SURGERY_DAYS.value)
    began, was_absent = None, False
    for each in reversed(after(course, surgery_date)):
        if each.value == 0:
            was_absent = True
            break
        began = each.day
    if began is None:
        return None
    if began <= limit:
        return "at_surgery"
    if was_absent:
        return "later"
    baseline = baseline_of(course, surgery_date)
    if baseline:
        return "at_surgery"
    if onset_on is not None:
        return "at_surgery" if onset_on <= limit else "later"
    return None if baseline is None else "later"


def change_of_degree(course: Readings, surgery_date: date) -> str | None:
    """The last record against the latest one at least six weeks before it, else against baseline (dossier 11.8)."""
    later = after(course, surgery_date)
    if not later:
        return None
    last = later[-1].value
    before = latest_before(course, surgery_date, RECORDS_APART_DAYS.value)
    if before is None:
        before = baseline_of(course, surgery_date)
    if before is not None and last > before:
        return "worse"
    if len(later) == 1 or before is None:
        return "single_record"
    return "improving" if last < before else "unchanged"


def ever_present(course: Readings) -> bool:
    """Whether any record shows the symptom."""
    return any(each.value > 0 for each in course)


def _course(name: str, label: str) -> Series:
    degree = Quantity(name=f"{name}_degree", label=label, unit="degrees", minimum=0, maximum=5)
    return Series(name=f"{name}_course", label=label, of=degree)


@dataclass(frozen=True, slots=True)
class Deficit:
    """The facts of one symptom's course, and the calculations that give them once the course is there."""

    name: str
    title: str
    course: Series
    present: YesNo
    ever: YesNo
    origin: Choice
    change: Choice
    calculations: tuple[Calculation, ...]


def _deficit(name: str, title: str) -> Deficit:
    course = _course(name, title)
    present = YesNo(
        name=f"{name}_present",
        label=f"{title} present now",
        question=f"Is there {title.lower()} now, and how severe?",
    )
    ever = YesNo(name=f"{name}_ever", label=f"{title} on any record")
    origin = Choice(
        name=f"{name}_origin",
        label=f"{title} present since",
        question=f"Was there {title.lower()} before surgery, or on which day did it begin?",
        options=ORIGINS,
    )
    change = Choice(
        name=f"{name}_change",
        label=f"Change of {title.lower()}",
        question=f"How severe was the {title.lower()} before the latest record, and on which days?",
        options=CHANGES,
    )
    at = (course.name, "surgery_date")
    calculations = (
        calculated(present, is_present, (*at, "assessed_on"), uses=[STALE_AFTER_DAYS]),
        calculated(ever, ever_present, (course.name,)),
        calculated(origin, origin_of, (*at, f"{name}_onset_on"), uses=[PRESENT_AT_SURGERY_DAYS]),
        calculated(change, change_of_degree, at, uses=[RECORDS_APART_DAYS]),
    )
    return Deficit(name, title, course, present, ever, origin, change, calculations)


NUMBNESS = _deficit("numbness", "Numbness")
TINGLING = _deficit("tingling", "Tingling")
WEAKNESS = _deficit("weakness", "Weakness")
DEFICITS = (NUMBNESS, TINGLING, WEAKNESS)

stated_weakness_course = _course("stated_weakness", "Weakness as stated")
power_course = _course("power", "Power lost by the weakest muscle")
numbness_new = YesNo(
    name="numbness_new",
    question="Is there numbness that was not there before surgery?",
    label="Numbness that is new since surgery",
)
tingling_new = YesNo(
    name="tingling_new",
    question="Is there tingling that was not there before surgery?",
    label="Tingling that is new since surgery",
)
weakness_new = YesNo(
    name="weakness_new",
    question="Is there weakness that was not there before surgery, or that is worse?",
    label="Weakness that is new or worse since surgery, as stated",
)
weakness_progressing = YesNo(
    name="weakness_progressing",
    question="How severe is the weakness now, and has it grown within the last days?",
    label="Weakness that has grown within days, as stated",
)
power_tested = YesNo(name="power_tested", label="Muscle power of now known from a test since surgery")
motor_loss = Choice(
    name="motor_loss",
    question="What is the power of the key muscles now (MRC grade), and what was it before surgery?",
    label="Loss of muscle power since surgery",
    options=MOTOR_LOSSES,
)
ANSWERED_WITH: dict[Fact, Fact] = {
    numbness_new: NUMBNESS.present,
    tingling_new: TINGLING.present,
    power_tested: motor_loss,
}
"""Who has no such symptom has no new one, and who is known to have lost no power was tested: one answer answers both."""
WEAKNESS_SAID = Turn(weakness_new, stated_weakness_course, says=len(SEVERITIES) - 1)
"""A test answers for the question about weakness until that is asked: weakness said after it, or beside one that left
muscles out, takes the answer back (11.15, 11.16)."""

found_loss = Choice(
    name="found_loss",
    label="Loss of muscle power that was found since surgery",
    options=MOTOR_LOSSES,
)

bilateral_onset_days_ago = Quantity(
    name="bilateral_onset_days_ago",
    label="Days since the onset of symptoms in both legs",
    unit="days",
    minimum=-100_000,
    maximum=100_000,
)


@calculation(bilateral_onset_days_ago)
def count_bilateral_days(bilateral_leg_pain_onset_on: date, assessed_on: date) -> int:
    return (assessed_on - bilateral_leg_pain_onset_on).days


@calculation(WEAKNESS.course, uses=[STALE_AFTER_DAYS])
def choose_weakness_course(
    surgery_date: date,
    assessed_on: date,
    power_course: Readings | None = None,
    stated_weakness_course: Readings | None = None,
) -> Readings | None:
    """The one that shows weakness now, muscle power first; where neither does, the one that is current."""
    tested = now_of(power_course, surgery_date, assessed_on) if power_course else None
    stated = now_of(stated_weakness_course, surgery_date, assessed_on) if stated_weakness_course else None
    if not tested and (stated or (tested is None and stated_weakness_course is not None)):
        return stated_weakness_course
    return power_course or stated_weakness_course


def _newness(
    gives: YesNo, course: Series, onset_on: str, now: YesNo, tell: Callable[..., bool | None] = is_new
) -> Calculation:
    """Told by a record that is stale as well, until one of *now* says that it is gone."""
    takes = (course.name, "surgery_date", "assessed_on", onset_on)
    gone = Turn(now, course, says=SEVERITIES.index("none"))
    return calculated(gives, tell, takes, uses=[STALE_AFTER_DAYS], turned_by=[gone])


COURSES = (
    count_bilateral_days,
    calculated(NUMBNESS.course, degrees, ("numbness",)),
    calculated(TINGLING.course, degrees, ("tingling",)),
    calculated(stated_weakness_course, degrees, ("weakness",)),
    calculated(power_course, power_lost, ("muscle_power",)),
    choose_weakness_course,
    *(each for deficit in DEFICITS for each in deficit.calculations),
    _newness(numbness_new, NUMBNESS.course, "numbness_onset_on", NUMBNESS.present),
    _newness(tingling_new, TINGLING.course, "tingling_onset_on", TINGLING.present),
    _newness(
        weakness_new, stated_weakness_course, "weakness_onset_on", weakness_progressing, is_new_or_worse
    ),
    calculated(
        weakness_progressing,
        is_progressing,
        (stated_weakness_course.name, "surgery_date", "assessed_on"),
        uses=[PROGRESS_DAYS, STALE_AFTER_DAYS],
    ),
    calculated(power_tested, has_been_tested, uses=[STALE_AFTER_DAYS], turned_by=[WEAKNESS_SAID]),
    calculated(
        motor_loss,
        motor_loss_of,
        uses=[STALE_AFTER_DAYS, MARKED_LOSS_GRADE, PROGRESS_DAYS],
        turned_by=[WEAKNESS_SAID],
    ),
    calculated(
        found_loss,
        found_loss_of,
        uses=[STALE_AFTER_DAYS, MARKED_LOSS_GRADE, PROGRESS_DAYS],
        turned_by=[WEAKNESS_SAID],
    ),
)
