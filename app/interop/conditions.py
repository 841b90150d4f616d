"""Conditions of the problem list: they answer "yes" by being there, and never "no" by being absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.interop.code_book import CodeBook, Meanings, pairs, words
from app.interop.given import Given, given, label_of
from app.interop.notes import Note
from app.interop.paths import FIELDS, RED_FLAGS
from app.interop.resources import Clock, Moment, Resource, moment_of
from app.interop.systems import CASE_SYSTEM, CONDITION_SYSTEM

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
DENIED = frozenset({"refuted", "entered-in-error"})
CONFIRMED = frozenset({"confirmed"})
ACTIVE = frozenset({"active", "recurrence", "relapse"})
OVER = frozenset({"inactive", "remission", "resolved"})


def read_condition(
    resource: Resource, book: CodeBook, clock: Clock, operated_on: date
) -> Iterator[Given | Note]:
    """What a confirmed, active Condition answers: a red flag only where it began since the operation."""
    body = resource.body
    if _is_over(body) or is_denied(body):
        return
    meant, onset, doubt = book.condition_means(body.get("code")), _onset(body), _doubt(body)
    if why := doubt or _undated(onset, clock):
        yield from _to_be_asked(meant, onset, resource, operated_on, why)
    if not doubt:
        yield from _answered(meant, None if why else onset, clock, resource, operated_on)
    yield from _named(meant, onset, resource, operated_on)


def is_denied(body: Mapping[str, Any]) -> bool:
    """Whether a Condition is said not to be there, or never to have been."""
    return _has(body.get("verificationStatus"), VERIFICATION, DENIED)


def _is_over(body: Any) -> bool:
    """Whether it is said to be over; what says nothing that can be read may still be there."""
    status = body.get("clinicalStatus")
    return _has(status, CLINICAL, OVER) and not _has(status, CLINICAL, ACTIVE)


def _doubt(body: Any) -> str:
    """Why nobody can say whether the patient has it; empty for what is active and confirmed."""
    if not _has(body.get("clinicalStatus"), CLINICAL, ACTIVE):
        return "not said to be active or over"
    return "" if _has(body.get("verificationStatus"), VERIFICATION, CONFIRMED) else "not confirmed"


def _undated(onset: Moment | None, clock: Clock) -> str:
    """Why it is not known whether it has begun between the operation and the assessment."""
    if onset is None:
        return "without the day on which it began"
    return "said to begin after the day of the assessment" if clock.day_in_case(onset) is None else ""


def _answered(
    meant: Meanings, onset: Moment | None, clock: Clock, resource: Resource, operated_on: date
) -> Iterator[Given | Note]:
    """A "yes" for what is active on the day: a red flag by its onset, history whenever it began."""
    for path in words(meant, CASE_SYSTEM):
        if path not in FIELDS or FIELDS[path].kind != "yes_no":
            continue
        if path.startswith(RED_FLAGS):
            if onset is not None and onset.day >= operated_on:
                yield given(path, "yes", Moment(clock.day, onset.at), clock, resource)
        elif path.startswith("history."):
            yield given(path, "yes", Moment(clock.day), clock, resource)


def _named(meant: Meanings, onset: Moment | None, resource: Resource, operated_on: date) -> Iterator[Note]:
    """A cause that the problem list names: pointed out, and never judged."""
    if words(meant, CONDITION_SYSTEM) and (onset is None or onset.day >= operated_on):
        name = words(meant, CONDITION_SYSTEM)[0].replace("_", " ")
        text = (
            f"The problem list names {name}, not known to be from before the operation. "
            "The rules judge signs and answers, not diagnoses: it is not part of the judgement."
        )
        yield Note("warning", "business-rule", text, resource.reference, "red_flags")


def _to_be_asked(
    meant: Meanings, onset: Moment | None, resource: Resource, operated_on: date, why: str
) -> Iterator[Note]:
    """What may have begun since the operation and answers nothing: to be asked, and never passed over."""
    if onset is not None and onset.day < operated_on:
        return
    for path in words(meant, CASE_SYSTEM):
        if path in FIELDS and path.startswith(RED_FLAGS):
            text = f"On the problem list, {why}: {label_of(path)}; ask."
            yield Note("warning", "incomplete", text, resource.reference, path)


def _onset(body: Any) -> Moment | None:
    period = body.get("onsetPeriod")
    if isinstance(period, dict):
        return moment_of(period.get("start"))
    return moment_of(body.get("onsetDateTime"))


def _has(concept: Any, system: str, codes: frozenset[str]) -> bool:
    return any(named == system and code in codes for named, code in pairs(concept))
