"""One value of FHIR as the case holds it: by code, in its unit, within its bounds; else a note why not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from app.interop.code_book import CodeBook, words
from app.interop.notes import IssueCode, Note, Severity
from app.interop.paths import ANSWER_SYSTEM, Field, fits
from app.interop.resources import moment_of
from app.interop.units import converted, is_number
from app.knowledge.codes import UCUM

FORMS = frozenset(
    {"valueQuantity", "valueInteger", "valueBoolean", "valueCodeableConcept", "valueString", "valueDateTime"}
)
"""The types of value[x] that are read."""
UNREADABLE = "the value is not in a form that is read here"


class NotUsed(Exception):
    """A value that is left out; ``note`` says why."""

    def __init__(
        self,
        field: Field,
        reference: str,
        why: str,
        severity: Severity = "warning",
        code: IssueCode = "value",
    ) -> None:
        self.note = Note(severity, code, f"{field.label}: {why}; not used.", reference, field.path)
        super().__init__(self.note.text)


def value_of(body: Mapping[str, Any], field: Field, book: CodeBook, reference: str) -> Any:
    """The value[x] of an Observation or of one of its components. Raises NotUsed."""
    try:
        value = _value(body, field, book)
    except _Wrong as wrong:
        raise NotUsed(field, reference, *wrong.args) from None
    if not fits(field.path, value):
        raise NotUsed(field, reference, "out of the range of the scale")
    return value


class _Wrong(Exception):
    """Why, and where it is no plain warning of a value: severity and issue code."""


def _value(body: Mapping[str, Any], field: Field, book: CodeBook) -> Any:
    if body.get("dataAbsentReason") is not None and not FORMS & body.keys():
        raise _Wrong("recorded as not known", "information", "incomplete")
    if field.kind in ("integer", "decimal"):
        return _number(body, field, book)
    if field.kind == "date":
        moment = moment_of(body.get("valueDateTime"))
        if moment is None:
            raise _Wrong("no full day", "warning", "structure")
        return moment.day.isoformat()
    return _word(body, field, book)


def _number(body: Mapping[str, Any], field: Field, book: CodeBook) -> float:
    quantity, whole = body.get("valueQuantity"), body.get("valueInteger")
    if isinstance(quantity, dict):
        value = _measured(quantity, field)
    elif is_number(whole):
        value = _in_unit(whole, "", field)
    else:
        said = words(book.means(body.get("valueCodeableConcept")), field.system)
        if len(said) != 1 or not said[0].isdecimal():
            raise _Wrong(UNREADABLE, "warning", "structure")
        value = int(said[0][:9])
    return _whole(value, field) if field.kind == "integer" else value


def _measured(quantity: Mapping[str, Any], field: Field) -> float:
    value = quantity.get("value")
    if not is_number(value):
        raise _Wrong("the value is no number within reach")
    if quantity.get("comparator") is not None:
        raise _Wrong("known only as more or less than a limit")
    return _in_unit(value, _unit(quantity), field)


def _unit(quantity: Mapping[str, Any]) -> str:
    """The UCUM code; where nothing is coded, the unit as written, which counts where UCUM writes it so."""
    system, code = quantity.get("system"), quantity.get("code")
    unit = quantity.get("unit") if system is None and code is None else code
    if unit is None:
        return ""
    is_ucum = system in (UCUM, None) and isinstance(unit, str)
    return unit if is_ucum else "not of UCUM"


def _in_unit(value: float, unit: str, field: Field) -> float:
    if not unit and field.unit:
        raise _Wrong("the unit is missing")
    found = converted(value, unit, field.unit)
    if found is None:
        wanted = field.unit or "points"
        raise _Wrong(f"the unit that was sent cannot be converted to {wanted}", "error", "value")
    return found


def _whole(value: float, field: Field) -> float:
    """A measure is rounded, as the case has whole ones; points of a score are counted, and never rounded."""
    if field.unit:
        return math.floor(value + 0.5)
    return int(value) if value == int(value) else value


def _word(body: Mapping[str, Any], field: Field, book: CodeBook) -> str:
    """An option by its code, a boolean for yes and no, or the very word of an option."""
    if isinstance(answer := body.get("valueBoolean"), bool) and field.system == ANSWER_SYSTEM:
        return "yes" if answer else "no"
    written = body.get("valueString")
    if isinstance(written, str) and written in field.options:
        return written
    said = [
        word
        for word in words(book.means(body.get("valueCodeableConcept")), field.system)
        if word in field.options
    ]
    if len(said) != 1:
        raise _Wrong("the answer is not one of the options", "warning", "code-invalid")
    return said[0]
