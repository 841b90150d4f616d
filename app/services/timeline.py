"""Is the case possible? Dates that contradict each other or the calendar are refused, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from app.services.case import Case, Observation
from app.services.errors import CaseProblem, CaseRefused

REPEATED = "This was given before for the same day; give one value per day"
FARTHEST_EAST = timezone(timedelta(hours=14))
"""Where a day begins first: a date is in the future only when it has begun nowhere on earth."""


def refuse_impossible(case: Case, assessed_on: date, now: datetime) -> None:
    """Raise CaseRefused with every problem of the case's dates and scales."""
    latest_today = now.astimezone(FARTHEST_EAST).date()
    if problems := [
        *_future(assessed_on, latest_today),
        *_order(case, assessed_on),
        *_scales(case),
        *_repeated(case),
        *_repeated_results(case),
    ]:
        raise CaseRefused(problems)


def _future(assessed_on: date, latest_today: date) -> Iterator[CaseProblem]:
    if assessed_on > latest_today:
        yield CaseProblem("/assessed_on", "in_future", "The day of the assessment is in the future")


def _order(case: Case, assessed_on: date) -> Iterator[CaseProblem]:
    surgery = case.surgery.date
    if surgery > assessed_on:
        yield CaseProblem("/surgery/date", "after_assessment", "The operation is after the assessment")
    for i, prior in enumerate(case.prior_surgeries or []):
        if prior.date > surgery:
            yield CaseProblem(
                f"/prior_surgeries/{i}/date", "after_surgery", "An earlier operation is after the latest one"
            )
    for member in ("observations", "labs", "imaging"):
        for i, record in enumerate(getattr(case, member) or []):
            if record.date > assessed_on:
                yield _late(f"/{member}/{i}/date")
    for pointer, day in _symptom_days(case):
        if day is not None and day > assessed_on:
            yield _late(pointer)
    yield from _return_days(case)


def _symptom_days(case: Case) -> Iterator[tuple[str, date | None]]:
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
    if onset and onset < case.surgery.date:
        yield CaseProblem(
            "/pain_return/onset_on", "before_surgery", "Pain cannot return before the operation"
        )
    if plateau and plateau < case.surgery.date:
        yield CaseProblem(
            "/pain_return/plateau_on", "before_surgery", "Pain cannot return before the operation"
        )
    if onset and plateau and plateau < onset:
        yield CaseProblem("/pain_return/plateau_on", "before_onset", "The plateau is before the onset")


def _scales(case: Case) -> Iterator[CaseProblem]:
    for i, observation in enumerate(case.observations or []):
        if observation.leg_pain_vas_mm is None and observation.back_pain_vas_mm is None:
            continue
        for site in ("leg", "back"):
            if _twice_measured(observation, site):
                yield CaseProblem(
                    f"/observations/{i}/{site}_pain_vas_mm",
                    "two_scales",
                    "Give one pain scale per day, not both",
                )


def _twice_measured(observation: Observation, site: str) -> bool:
    scales = (f"{site}_pain_nrs", f"{site}_pain_vas_mm")
    return all(getattr(observation, scale) is not None for scale in scales)


def _repeated(case: Case) -> Iterator[CaseProblem]:
    """Which of two values of one day is the later one, nobody can tell."""
    seen: set[tuple[date, str]] = set()
    on_day = Counter(observation.date for observation in case.observations or ())
    for i, observation in enumerate(case.observations or []):
        if on_day[observation.date] == 1 and not observation.muscle_power:
            continue
        for name, measure in _measures(observation):
            if (observation.date, measure) in seen:
                yield CaseProblem(f"/observations/{i}/{name}", "repeated_measure", REPEATED)
            seen.add((observation.date, measure))


def _repeated_results(case: Case) -> Iterator[CaseProblem]:
    """The same of laboratory values and findings of imaging."""
    for member in ("labs", "imaging"):
        seen: set[tuple[date, str]] = set()
        for i, record in enumerate(getattr(case, member) or []):
            given = [name for name, value in record if name != "date" and value is not None]
            for name in given:
                if (record.date, name) in seen:
                    yield CaseProblem(f"/{member}/{i}/{name}", "repeated_measure", REPEATED)
                seen.add((record.date, name))


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


def _late(pointer: str) -> CaseProblem:
    return CaseProblem(pointer, "after_assessment", "The day is after the assessment")
