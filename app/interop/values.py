"""One value of FHIR as the case holds it: by code, in the unit of the case, within its bounds; else a note."""

from __future__ import annotations

import math
from typing import Any

from app.interop.code_book import CodeBook, words
from app.interop.notes import Note
from app.interop.paths import Field, fits
from app.interop.resources import moment_of, text_of
from app.interop.units import converted, is_number
from app.knowledge.codes import UCUM


class Unusable(Exception):
    """The value cannot be used; ``note`` says why."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.text)
        self.note = note


def value_of(body: dict[str, Any], field: Field, book: CodeBook, reference: str) -> Any:
    """The value[x] of an Observation or of one of its components. Raises Unusable."""
    refuse = _Refusal(field, reference)
    match field.kind:
        case "integer" | "decimal":
            value = _number(body, field, book, refuse)
        case "yes_no":
            value = _answer(body, field, book, refuse)
        case "choice":
            value = _word(body, field, book, refuse)
        case "date":
            moment = moment_of(body.get("valueDateTime"))
            value = moment.day.isoformat() if moment else refuse.unreadable()
        case _:
            raise refuse.because("information", "not-supported", "cannot be given by an observation")
    if not fits(field.path, value):
        raise refuse.because("warning", "value", "out of the range of the scale")
    return value


class _Refusal:
    """Says of one member why its value is not used."""

    def __init__(self, field: Field, reference: str) -> None:
        self.field = field
        self.reference = reference

    def because(self, severity: Any, code: Any, why: str) -> Unusable:
        text = f"{self.field.label}: {why}; not used."
        return Unusable(Note(severity, code, text, self.reference, self.field.path))

    def unreadable(self) -> Any:
        raise self.because("warning", "structure", "the value is not in a form that is read here")


def _number(body: dict[str, Any], field: Field, book: CodeBook, refuse: _Refusal) -> float:
    if isinstance(quantity := body.get("valueQuantity"), dict):
        value = _measured(quantity, field, refuse)
    elif "valueInteger" in body and not field.unit and is_number(body["valueInteger"]):
        value = body["valueInteger"]
    elif "valueInteger" in body and field.unit:
        raise refuse.because("warning", "value", "the unit is missing")
    else:
        said = words(book.means(body.get("valueCodeableConcept")), field.system)
        value = int(said[0]) if len(said) == 1 and said[0].isascii() and said[0][:3].isdigit() else None
        if value is None:
            return float(refuse.unreadable())
    return _whole(value, field) if field.kind == "integer" else value


def _measured(quantity: dict[str, Any], field: Field, refuse: _Refusal) -> float:
    value = quantity.get("value")
    if not is_number(value):
        raise refuse.because("warning", "value", "the value is missing or no number within reach")
    if quantity.get("comparator") is not None:
        raise refuse.because("warning", "value", "known only to be less or more than a limit")
    unit = _unit(quantity)
    if unit is None or (not unit and field.unit):
        raise refuse.because("warning", "value", "the unit is missing")
    found = converted(value, unit, field.unit)
    if found is None and field.unit in ("", "%") and unit in SAME_AS_PERCENT.get(field.unit, ()):
        return value  # pragma: no cover
    if found is None:
        wanted = f"to {field.unit}" if field.unit else "to points"
        raise refuse.because("error", "value", f"the unit that was sent cannot be converted {wanted}")
    return found
