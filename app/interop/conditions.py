"""Conditions of the problem list: they answer "yes" by being there, and never "no" by being absent."""

from __future__ import annotations

from collections.abc import Iterator
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
ACTIVE = frozenset({"active", "recurrence", "relapse"})


def read_condition(
    resource: Resource, book: CodeBook, clock: Clock, operated_on: date
) -> Iterator[Given | Note]:
    """What a confirmed, active Condition answers: a red flag only where it began since the operation."""
    body = resource.body
    if not _has(body.get("clinicalStatus"), CLINICAL, ACTIVE):
        return
    if _has(body.get("verificationStatus"), VERIFICATION, DENIED):
        return
    meant = book.condition_means(body.get("code"))
    onset = _onset(body)
    if not _has(body.get("verificationStatus"), VERIFICATION, frozenset({"confirmed"})):
        yield from _to_be_asked(meant, onset, resource, operated_on, "not confirmed")
        yield from _named(meant, onset, resource, operated_on)
        return
    if onset is None:
        yield from _to_be_asked(meant, onset, resource, operated_on, "without the day on which it began")
    for path in words(meant, CASE_SYSTEM):
        if path not in FIELDS or FIELDS[path].kind != "yes_no":
            continue
        if path.startswith(RED_FLAGS):
            if onset is not None and operated_on <= onset.day <= clock.day:
                yield given(path, "yes", Moment(clock.day, onset.at), clock, resource)
        elif path.startswith("history."):
            yield given(path, "yes", Moment(clock.day), clock, resource)
    yield from _named(meant, onset, resource, operated_on)


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
