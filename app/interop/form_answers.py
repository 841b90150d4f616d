"""The answers of a form, one by one: each as the value that the case holds, or the reason why it gives none.

Forms are filled by programs that we do not know, so a value may come in any type that holds it exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.interop.notes import Note
from app.interop.paths import Field, fits
from app.interop.units import converted, is_number
from app.knowledge.codes import UCUM

BOOLEANS = {True: "yes", False: "no"}
TYPES_OF_KIND = {
    "date": ("valueDate",),
    "text": ("valueString",),
    "choice": ("valueCoding",),
    "yes_no": ("valueCoding", "valueBoolean"),
    "integer": ("valueInteger", "valueDecimal", "valueQuantity"),
    "decimal": ("valueDecimal", "valueInteger", "valueQuantity"),
}
"""The types of FHIR in which an answer of each kind may come."""


class AnswerUnread(Exception):
    """An answer that gives no value; ``note`` says why."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.text)
        self.note = note


def value_of(field: Field, answer: dict[str, Any]) -> Any:
    """The value of one answer as JSON of the case; AnswerUnread where the case would not take it."""
    given = [name for name in answer if name.startswith("value")]
    if len(given) != 1 or given[0] not in TYPES_OF_KIND[field.kind]:
        raise _unread(field, "is not answered by one value of its type")
    value = answer[given[0]]
    if field.options:
        return _option(field, value, of_coding=given[0] == "valueCoding")
    if given[0] == "valueQuantity":
        value = _in_unit(field, value)
    value = _whole(value) if field.kind == "integer" else value
    if not fits(field.path, value):
        raise _unread(field, "has an answer that is out of range or not one of its values")
    return value


def only(field: Field, values: Sequence[Any]) -> Any:
    """The one value of a question, None where it has none; AnswerUnread where it has two that differ."""
    if any(value != values[0] for value in values):
        raise _unread(field, "is answered in more than one way")
    return values[0] if values else None


def limited(field: Field, values: list[Any]) -> list[Any] | None:
    """The entries of a list, None where there are none; AnswerUnread where they are too many."""
    if field.limit is not None and len(values) > field.limit:
        text = f"{field.label}: more than {field.limit} entries; none is used."
        raise AnswerUnread(Note("error", "not-supported", text, path=field.path))
    return values or None


def _option(field: Field, value: Any, *, of_coding: bool) -> str:
    """The option that was chosen: by system and code, never by what was shown."""
    if not of_coding and isinstance(value, bool):
        return BOOLEANS[value]
    if of_coding and isinstance(value, dict):
        for option in field.options:
            if (value.get("system"), value.get("code")) == (field.system, option):
                return option
    text = f"{field.label}: the answer is not one of the options; not used."
    raise AnswerUnread(Note("warning", "code-invalid", text, path=field.path))


def _in_unit(field: Field, quantity: Any) -> float:
    """The number of a quantity in the unit of the case."""
    told = quantity if isinstance(quantity, dict) else {}
    value, unit, system = told.get("value"), told.get("code", ""), told.get("system", UCUM)
    if told.get("comparator") is not None or not is_number(value):
        raise _unread(field, "is answered by what is no plain number")
    found = converted(value, unit, field.unit) if isinstance(unit, str) and system == UCUM else None
    if found is None:
        text = f"{field.label}: the answer is in a unit that cannot be converted; not used."
        raise AnswerUnread(Note("error", "value", text, path=field.path))
    return found


def _whole(value: Any) -> Any:
    """A whole number that came as a decimal."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _unread(field: Field, reason: str) -> AnswerUnread:
    return AnswerUnread(Note("warning", "value", f"{field.label}: {reason}; not used.", path=field.path))
