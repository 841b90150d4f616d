"""Which operation is judged, and which were before it (dossier 1.2 "time zero"): the latest decompression."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from app.interop.notes import Note
from app.interop.paths import FIELDS, PRIOR_SURGERIES
from app.interop.procedures import Operation, Operations
from app.knowledge.vocabulary import FREEING_OPERATIONS

Finding = Literal["operation", "no_operation", "cannot_tell"]


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


def choose(operations: Operations, *, is_complete: bool) -> Chosen:
    """The latest lumbar decompression; where none is, the latest operation on the spine that is known.

    ``is_complete``: whether all procedures of the patient were sent; only then silence says there was none.
    """
    notes = list(operations.doubts)
    latest = _latest(operations.found)
    unplaced = [each for each in operations.found if each.region is None]
    if latest is None or any(each.day > latest.day for each in unplaced):
        if unplaced:
            text = "Was the operation on the spine lumbar? Nothing is judged until that is known."
            notes.append(Note("warning", "incomplete", text, unplaced[0].source.reference, "surgery.region"))
        if latest is None and not unplaced and not operations.doubts and is_complete:
            return Chosen("no_operation")
        if latest is None and not notes:
            text = "Whether there was an operation on the lumbar spine is not known."
            notes.append(Note("warning", "incomplete", text, path="surgery"))
        return Chosen("cannot_tell", notes=tuple(notes))
    same_day = [
        each
        for each in operations.found
        if each.day == latest.day and each.region is not None and each.is_lumbar == latest.is_lumbar
    ]
    surgery = _surgery(latest, same_day, notes)
    notes += _later(operations.found, latest)
    earlier = _earlier(operations.found, latest, notes)
    return Chosen("operation", Judged(latest.day, surgery, tuple(same_day), earlier), tuple(notes))


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


def _later(found: Sequence[Operation], latest: Operation) -> list[Note]:
    """Operations after the one that is judged, which the case cannot hold."""
    return [
        Note(
            "warning",
            "business-rule",
            "A later operation on the spine that is no lumbar decompression is not part of the judgement.",
            each.source.reference,
            "surgery",
        )
        for each in found
        if each.day > latest.day and each.region is not None
    ]
