"""Which operation is judged, and which were before it (dossier 1.2 "time zero"): the latest decompression.

What may be on record beside the latest lumbar decompression that is coded, completed and dated:

===================================================================== =======================================
a lumbar operation of an earlier day                                  judged is the latest; this is history
a lumbar operation of the same day                                    the two are one operation
a later lumbar operation of another kind (fusion, replacement, other) cannot tell: which is to be judged?
a later operation whose site is not known                             cannot tell: was it lumbar?
an operation, perhaps later, that is not said to be completed         cannot tell: was it done?
an operation without a full day, perhaps later                        cannot tell: when was it?
one that is said to be completed on a day that is still to come       cannot tell: when was it?
a procedure of the spine without a known code, perhaps later          cannot tell: was it an operation?
one of which it cannot be read of whom it is, or how it is meant      cannot tell: was it of this patient?
one without code and words that say anything, perhaps later           judged; a warning that comes first
one without code and with words that are not known, perhaps later     judged; a warning that comes first
an operation elsewhere on the spine                                   judged; a warning
a form about a lumbar operation that does not say which               judged; it is about this one
any of these that was earlier for certain, or is still to come        judged; history or a warning
an injection, puncture or image by its code                           judged; nothing is said
an operation on something else by its words                           judged; nothing is said
what was entered in error, not done or only prepared                  judged; nothing is said
===================================================================== =======================================

A form of the day of the assessment that names the operation answers when an undated one was, and whether a
procedure without a known code, or that cannot be read, was one: these become warnings. Where no lumbar
decompression is known, what may be one decides, even an earlier one, and a form that is about one; words
that are not known do so only where a problem on record is one for which the lumbar spine is operated on
(decision 28).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from app.interop.notes import WHICH_OPERATION, Note
from app.interop.paths import FIELDS, PRIOR_SURGERIES
from app.interop.procedures import Kind, Operation, Operations, Unsettled, doubt_of
from app.interop.resources import Resource
from app.knowledge.vocabulary import FREEING_OPERATIONS

Finding = Literal["operation", "no_operation", "cannot_tell"]
ASKS: Mapping[Kind, str] = {
    "unknown": "A procedure on the spine, perhaps later, has no known code: was it an operation, and which?",
    "wordless": "A procedure, perhaps later, has no known code and no words: was it a spinal operation?",
    "unrecognised": "A procedure, perhaps later, has no code and unknown words: was it a spinal operation?",
    "unfinished": "An operation on the spine, perhaps later, is not said to be completed: was it done?",
    "undated": "An operation on the spine, perhaps later, has no full day: when was it?",
    "ahead": "An operation on the spine is said to be completed on a day that is still to come: when was it?",
    "unread": "A procedure, perhaps later, does not say readably of whom it is, or how it is meant: was it "
    "an operation of this patient?",
}
ALWAYS_DECIDE = frozenset({"unfinished"})
DECIDE = frozenset({"unknown", "undated", "ahead", "unread"})
"""What decides unless a form of the day names the operation."""


class Judged(NamedTuple):
    """The operation that is judged, as the case's ``surgery``, and those before it.

    ``same_day``: the records that tell of it.
    """

    day: date
    surgery: dict[str, Any]
    same_day: tuple[Operation, ...]
    earlier: tuple[Operation, ...]


class Chosen(NamedTuple):
    """``judged`` is there where the finding is an operation."""

    finding: Finding
    judged: Judged | None = None
    notes: tuple[Note, ...] = ()


class Rival(NamedTuple):
    """What may have to be judged in place of the latest operation. ``decides``: until it is clear none is."""

    note: Note
    decides: bool


def choose(operations: Operations, *, is_complete: bool) -> Chosen:
    """The latest lumbar decompression; where none is, the latest operation on the spine that is known.

    ``is_complete``: whether all procedures of the patient were sent; only then silence says there was none.
    """
    latest = _latest(operations.found)
    if latest is None:
        return _without_any(operations, is_complete=is_complete)
    rivals = sorted(_rivals(operations, latest), key=lambda each: not each.decides)
    passed = [each for each in operations.unsettled if not _may_be_judged(each.last_day, latest)]
    notes = [each.note for each in rivals]
    notes += [*(doubt_of(each.kind, each.source) for each in passed), *operations.doubts]
    is_of_another = bool(operations.open_forms) and not _is_freeing(latest)
    if is_of_another or any(each.decides for each in rivals):
        return Chosen("cannot_tell", notes=(*notes, *operations.open_forms))
    same_day = [
        each
        for each in operations.found
        if each.day == latest.day and each.region is not None and each.is_lumbar == latest.is_lumbar
    ]
    surgery = _surgery(latest, same_day, notes)
    notes += _elsewhere(operations.found, latest)
    earlier = _earlier(operations.found, latest, notes)
    return Chosen("operation", Judged(latest.day, surgery, tuple(same_day), earlier), tuple(notes))


def _without_any(operations: Operations, *, is_complete: bool) -> Chosen:
    """No operation is known with its place and day."""
    notes = [_where(each) for each in operations.found[:1]]
    notes += [_doubt_alone(each) for each in operations.unsettled if _counts_alone(each, operations)]
    notes += [*operations.doubts, *operations.open_forms]
    if not notes and is_complete:
        return Chosen("no_operation")
    if not notes:
        text = "Whether there was an operation on the lumbar spine is not known."
        notes.append(Note("warning", "incomplete", text, path="surgery"))
    return Chosen("cannot_tell", notes=tuple(notes))


def _counts_alone(doubt: Unsettled, operations: Operations) -> bool:
    """Whether it is a doubt where no operation on the spine is known; else most charts would leave one."""
    return doubt.kind != "unrecognised" or operations.points_to_the_spine


def _doubt_alone(doubt: Unsettled) -> Note:
    return doubt_of(doubt.kind, doubt.source)._replace(severity="warning")


def _rivals(operations: Operations, latest: Operation) -> Iterator[Rival]:
    """Everything that may have to be judged in place of the latest operation, as a question."""
    known = f"Known for certain is the operation of {latest.day}."
    for each in operations.found:
        if each.region is None and _may_be_judged(each.day, latest):
            yield Rival(_where(each), decides=True)
        elif each.is_lumbar and each.day > latest.day:
            what = f"A later lumbar operation, of {each.day}, is not coded as a decompression"
            yield Rival(_question(f"{what}: which is to be judged? {known}", each.source), decides=True)
    is_answered = latest.day in operations.said_today
    for doubt in operations.unsettled:
        if _may_be_judged(doubt.last_day, latest):
            decides = doubt.kind in ALWAYS_DECIDE or (doubt.kind in DECIDE and not is_answered)
            yield Rival(_question(f"{ASKS[doubt.kind]} {known}", doubt.source), decides)


def _question(text: str, source: Resource) -> Note:
    return Note("warning", "incomplete", text, source.reference, WHICH_OPERATION)


def _may_be_judged(day: date | None, latest: Operation) -> bool:
    """Whether an operation of that day, or an unknown one, would come before the one that is known."""
    return day is None or day > latest.day or not _is_freeing(latest)


def _is_freeing(operation: Operation) -> bool:
    """Whether it is a lumbar decompression: the course that a form of this service is about."""
    return operation.is_lumbar and operation.procedure in FREEING_OPERATIONS


def _where(each: Operation) -> Note:
    text = "Was the operation on the spine lumbar? Nothing is judged until that is known."
    return Note("warning", "incomplete", text, each.source.reference, "surgery.region")


def _latest(found: Sequence[Operation]) -> Operation | None:
    """Time zero: a lumbar decompression before any other lumbar operation, and that before any elsewhere."""
    placed = [each for each in found if each.region is not None]
    return max(placed, key=_weight, default=None)


def _weight(each: Operation) -> tuple[bool, bool, Any, int]:
    """Of several on one day the one that says most of what was opened: as the vocabulary lists them."""
    frees = each.procedure in FREEING_OPERATIONS
    order = -FREEING_OPERATIONS.index(each.procedure) if frees else 0
    return each.is_lumbar, frees, each.day, order


def _surgery(latest: Operation, same_day: Sequence[Operation], notes: list[Note]) -> dict[str, Any]:
    """The case's ``surgery``; what several records of one operation say of it is put together."""
    procedures = {each.procedure for each in same_day}
    procedure = latest.procedure
    if "fusion" in procedures and procedure in FREEING_OPERATIONS:
        procedure = "decompression_with_fusion"
    if len(procedures) > 1:
        text = f"Several procedures of one day are taken as one operation: {procedure.replace('_', ' ')}."
        notes.append(Note("information", "informational", text, latest.source.reference, "surgery.procedure"))
    details: dict[str, Any] = {}
    for each in (latest, *same_day):
        details = {**each.details, **details}
    told = {"date": latest.day.isoformat(), "procedure": procedure, "region": latest.region}
    return told | details


def _earlier(found: Sequence[Operation], latest: Operation, notes: list[Note]) -> tuple[Operation, ...]:
    """Those of earlier days, the latest first, one for each day and region."""
    earlier: dict[tuple[Any, str | None], Operation] = {}
    for each in sorted(found, key=_weight, reverse=True):
        if each.day < latest.day and each.region is not None:
            earlier.setdefault((each.day, each.region), each)
    if any(each.day < latest.day and each.region is None for each in found):
        text = "An earlier operation on the spine does not say its region; not used."
        notes.append(Note("information", "incomplete", text, path=PRIOR_SURGERIES))
    in_order = sorted(earlier.values(), key=lambda each: each.day, reverse=True)
    most = FIELDS[PRIOR_SURGERIES].limit
    if most is not None and len(in_order) > most:
        text = f"More than {most} earlier operations: the latest are used."
        notes.append(Note("warning", "business-rule", text, path=PRIOR_SURGERIES))
    return tuple(in_order[:most])


def _elsewhere(found: Sequence[Operation], latest: Operation) -> list[Note]:
    """Later operations on another part of the spine, which the case cannot hold."""
    text = "A later operation elsewhere on the spine is not part of the judgement."
    return [
        Note("warning", "business-rule", text, each.source.reference, "surgery")
        for each in found
        if each.day > latest.day and each.region is not None and not each.is_lumbar
    ]
