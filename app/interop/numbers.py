"""The one reader of numbers: of observations and forms alike, in the unit of the case and its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.interop.notes import IssueCode, Note, Severity
from app.interop.paths import Field, fits
from app.interop.units import PLACES, converted, is_number
from app.interop.whole_numbers import limits_of, whole
from app.knowledge.codes import UCUM


class NotUsed(Exception):
    """A value that is left out; ``note`` says why."""

    def __init__(
        self, field: Field, why: str, severity: Severity = "warning", code: IssueCode = "value"
    ) -> None:
        self.note = Note(severity, code, f"{field.label}: {why}; not used.", path=field.path)
        super().__init__(self.note.text)


def number_of(element: Mapping[str, Any], field: Field, *, bare_unit: str) -> float:
    """The number of an element with a value[x]: a Quantity, an integer or a decimal. Raises NotUsed.

    ``bare_unit``: the unit (UCUM) of a number that comes without one, which only the question can tell.
    """
    if element.get("valueQuantity") is not None:
        value = _measured(element["valueQuantity"], field)
    else:
        value = _in_unit(element.get("valueInteger", element.get("valueDecimal")), bare_unit, field)
    found: float = in_bounds(_whole(value, field) if field.kind == "integer" else value, field)
    return found


def in_bounds(value: Any, field: Field) -> Any:
    """The value, where the case would take it. Raises NotUsed."""
    if not fits(field.path, value):
        raise NotUsed(field, "out of range, or not one of the values of the scale")
    return value


def _measured(quantity: Any, field: Field) -> float:
    told = quantity if isinstance(quantity, dict) else {}
    if told.get("comparator") is not None:
        raise NotUsed(field, "known only as more or less than a limit")
    return _in_unit(told.get("value"), _unit(told), field)


def _unit(quantity: Mapping[str, Any]) -> str:
    """The UCUM code; where nothing is coded, the unit as written, which counts where UCUM writes it so."""
    system, code = quantity.get("system"), quantity.get("code")
    unit = quantity.get("unit") if system is None and code is None else code
    if unit is None:
        return ""
    is_ucum = system in (UCUM, None) and isinstance(unit, str)
    return unit if is_ucum else "not of UCUM"


def _in_unit(value: Any, unit: str, field: Field) -> float:
    if not is_number(value):
        raise NotUsed(field, "the value is no number within reach")
    if not unit and field.unit:
        raise NotUsed(field, "the unit is missing")
    found = converted(value, unit, field.unit)
    if found is None:
        wanted = field.unit or "points"
        raise NotUsed(field, f"the unit that was sent cannot be converted to {wanted}", "error")
    return found


def _whole(value: float, field: Field) -> int:
    """A measure is rounded, as the case has whole ones; points of a score are counted, and never rounded.

    What a value is off by a binary fraction counts for nothing: 89.9999999 is 90.
    """
    value = round(value, PLACES)
    if value == int(value):
        return int(value)
    found = whole(value, limits_of(field.path)) if field.unit else None
    if found is None:
        raise NotUsed(field, "not a whole number")
    return found
