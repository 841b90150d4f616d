"""One value of FHIR as the case holds it: by code, in its unit, within its bounds; else a note why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.interop.code_book import CodeBook, words
from app.interop.numbers import NotUsed, in_bounds, number_of
from app.interop.paths import Field
from app.interop.resources import moment_of
from app.interop.systems import ANSWER_SYSTEM

UNREADABLE = "the value is not in a form that is read here"


def value_of(body: Mapping[str, Any], field: Field, book: CodeBook) -> Any:
    """The value[x] of an Observation or of one of its components. Raises NotUsed."""
    check_one_value(body, field)
    if field.kind in ("integer", "decimal"):
        return _number(body, field, book)
    if field.kind == "date":
        moment = moment_of(body.get("valueDateTime"))
        if moment is None:
            raise NotUsed(field, "no full day", "warning", "structure")
        return in_bounds(moment.day.isoformat(), field)
    return in_bounds(_word(body, field, book), field)


def check_one_value(body: Mapping[str, Any], field: Field) -> None:
    """Raise NotUsed where it says that nothing is known, or says more than one thing."""
    given = [name for name in body if name.startswith("value") and body[name] is not None]
    if body.get("dataAbsentReason") is not None:
        if given:
            raise NotUsed(field, "answered and recorded as not known", "warning", "business-rule")
        raise NotUsed(field, "recorded as not known", "information", "incomplete")
    if len(given) > 1:
        raise NotUsed(field, "answered by more than one value", "warning", "structure")


def _number(body: Mapping[str, Any], field: Field, book: CodeBook) -> float:
    if body.get("valueQuantity") is not None or body.get("valueInteger") is not None:
        return number_of(body, field, bare_unit="")
    said = words(book.means(body.get("valueCodeableConcept")), field.system)
    if len(said) != 1 or not said[0].isdecimal():
        raise NotUsed(field, UNREADABLE, "warning", "structure")
    return number_of({"valueInteger": int(said[0][:9])}, field, bare_unit=field.unit)


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
        raise NotUsed(field, "the answer is not one of the options", "warning", "code-invalid")
    return said[0]
