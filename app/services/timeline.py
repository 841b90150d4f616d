"""Is the case possible? Dates that contradict each other or the calendar are refused, each at its place.

Where two members contradict each other, nobody can tell which of them is wrong: both places are named, with
one code. A day that the case does not hold (an assessment of today) has no place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from app.services.case import Case, Observation
from app.services.errors import CaseCode, CaseProblem, CaseRefused
from app.services.facts import NOT_KNOWN

REPEATED = "This was given twice for one day; give one value per day"
FARTHEST_EAST = timezone(timedelta(hours=14))
"""Where a day begins first: a date is in the future only when it has begun nowhere on earth."""


def refuse_impossible(case: Case, assessed_on: date, now: datetime) -> None:
    """Raise CaseRefused with every problem of the case's dates and scales."""
    latest_today = now.astimezone(FARTHEST_EAST).date()
    problems = [
        *_future(assessed_on, latest_today),
        *_order(case, assessed_on),
        *_scales(case),
        *_repeated(case),
        *_repeated_results(case),
    ]
    if problems:
        raise CaseRefused(_each_once(problems))


def _each_once(problems: list[CaseProblem]) -> list[CaseProblem]:
    """A day that several others contradict is named once for each code, where it was first found."""
    found: dict[tuple[str, CaseCode], CaseProblem] = {}
    for each in problems:
        found.setdefault((each.pointer, each.code), each)
    return list(found.values())


def _both(code: CaseCode, message: str, *pointers: str) -> Iterator[CaseProblem]:
    """One contradiction, at the place of each member that takes part in it."""
    yield from (CaseProblem(pointer, code, message) for pointer in pointers)


def _future(assessed_on: date, latest_today: date) -> Iterator[CaseProblem]:
    if assessed_on > latest_today:
        yield CaseProblem("/assessed_on", "in_future", "The day of the assessment is in the future")


def _order(case: Case, assessed_on: date) -> Iterator[CaseProblem]:
    surgery = case.surgery.date
    assessment = ("/assessed_on",) if case.assessed_on else ()
    if surgery > assessed_on:
        message = "The operation is after the assessment"
        yield from _both("after_assessment", message, "/surgery/date", *assessment)
    for i, prior in enumerate(case.prior_surgeries or []):
        if prior.date > surgery:
            message = "An earlier operation is after the latest one"
            yield from _both("after_surgery", message, f"/prior_surgeries/{i}/date", "/surgery/date")
    yield from _before_birth(case, assessed_on)
    for pointer, day in _days(case):
        if day is not None and day > assessed_on:
            message = "A day of the case is after the assessment"
            yield from _both("after_assessment", message, pointer, *assessment)
    yield from _return_days(case)


def _before_birth(case: Case, assessed_on: date) -> Iterator[CaseProblem]:
    """Whoever is 3 years old was not operated on 4 years ago."""
    since_surgery = assessed_on.year - case.surgery.date.year
    if (assessed_on.month, assessed_on.day) < (case.surgery.date.month, case.surgery.date.day):
        since_surgery -= 1
    if case.age_years is not None and case.age_years < since_surgery:
        message = "By the age the operation was before birth"
        yield from _both("before_birth", message, "/age_years", "/surgery/date")


def _days(case: Case) -> Iterator[tuple[str, date | None]]:
    """Every day on which something was found or began, with its place."""
    for member in ("observations", "labs", "imaging"):
        for i, record in enumerate(getattr(case, member) or []):
            yield f"/{member}/{i}/date", record.date
    if case.pain_return:
        yield "/pain_return/onset_on", case.pain_return.onset_on
        yield "/pain_return/plateau_on", case.pain_return.plateau_on
    if case.symptom_onsets:
        for name in type(case.symptom_onsets).model_fields:
            yield f"/symptom_onsets/{name}", getattr(case.symptom_onsets, name)


def _return_days(case: Case) -> Iterator[CaseProblem]:
    if not case.pain_return:
        return
    onset, plateau = case.pain_return.onset_on, case.pain_return.plateau_on
    for name, day in (("onset_on", onset), ("plateau_on", plateau)):
        if day and day < case.surgery.date:
            message = "Pain cannot return before the operation"
            yield from _both("before_surgery", message, f"/pain_return/{name}", "/surgery/date")
    if onset and plateau and plateau < onset:
        message = "The plateau is before the onset"
        yield from _both("before_onset", message, "/pain_return/plateau_on", "/pain_return/onset_on")


def _scales(case: Case) -> Iterator[CaseProblem]:
    for i, observation in enumerate(case.observations or []):
        if observation.leg_pain_vas_mm is None and observation.back_pain_vas_mm is None:
            continue
        for site in ("leg", "back"):
            if _twice_measured(observation, site):
                scales = (f"/observations/{i}/{site}_pain_{scale}" for scale in ("vas_mm", "nrs"))
                yield from _both("two_scales", "Give one pain scale per day, not both", *scales)


def _twice_measured(observation: Observation, site: str) -> bool:
    scales = (f"{site}_pain_nrs", f"{site}_pain_vas_mm")
    return all(getattr(observation, scale) is not None for scale in scales)


def _repeated(case: Case) -> Iterator[CaseProblem]:
    """Which of two values of one day is the later one, nobody can tell."""
    first: dict[tuple[date, str], str] = {}
    on_day = Counter(observation.date for observation in case.observations or ())
    for i, observation in enumerate(case.observations or []):
        if on_day[observation.date] == 1 and not observation.muscle_power:
            continue
        for name, measure in _measures(observation):
            place = f"/observations/{i}/{name}"
            before = first.setdefault((observation.date, measure), place)
            if before != place:
                yield from _both("repeated_measure", REPEATED, place, before)


def _repeated_results(case: Case) -> Iterator[CaseProblem]:
    """The same of laboratory values and findings of imaging."""
    for member in ("labs", "imaging"):
        first: dict[tuple[date, str], str] = {}
        for i, record in enumerate(getattr(case, member) or []):
            given = [name for name, value in record if name != "date" and value not in NOT_KNOWN]
            for name in given:
                place = f"/{member}/{i}/{name}"
                before = first.setdefault((record.date, name), place)
                if before != place:
                    yield from _both("repeated_measure", REPEATED, place, before)


def _measures(observation: Observation) -> Iterator[tuple[str, str]]:
    """The members that hold a value, and what each measures; the second scale of a pain is told elsewhere."""
    for name, value in observation:
        if name == "muscle_power":
            tested = enumerate(value or ())
            yield from ((f"muscle_power/{place}", f"{each.muscle}.{each.side}") for place, each in tested)
        elif name != "date" and value is not None and not _second_scale(observation, name):
            yield name, name.removesuffix("_nrs").removesuffix("_vas_mm")


def _second_scale(observation: Observation, name: str) -> bool:
    return name.endswith("_vas_mm") and _twice_measured(observation, name.removesuffix("_pain_vas_mm"))
