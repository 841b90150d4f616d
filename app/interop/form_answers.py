"""The answers of a form, one by one: each as the value that the case holds, or the reason why it gives none.

Forms are filled by programs that we do not know, so a value may come in any type that holds it exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.interop.numbers import NotUsed, in_bounds, number_of
from app.interop.paths import Field

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


def answer_of(field: Field, answer: dict[str, Any]) -> Any:
    """The value of one answer as JSON of the case. Raises NotUsed where the case would not take it."""
    given = [name for name in answer if name.startswith("value")]
    if len(given) != 1 or given[0] not in TYPES_OF_KIND[field.kind]:
        raise NotUsed(field, "is not answered by one value of its type")
    if field.kind in ("integer", "decimal"):
        return number_of(answer, field, bare_unit=field.unit)
    value = answer[given[0]]
    if field.options:
        return _option(field, value, of_coding=given[0] == "valueCoding")
    return in_bounds(value, field)


def only(field: Field, values: Sequence[Any]) -> Any:
    """The one value of a question, None where it has none. Raises NotUsed where it has two that differ."""
    if any(value != values[0] for value in values):
        raise NotUsed(field, "is answered in more than one way")
    return values[0] if values else None


def limited(field: Field, values: list[Any]) -> list[Any] | None:
    """The entries of a list, None where there are none. Raises NotUsed where they are too many."""
    if field.limit is not None and len(values) > field.limit:
        raise NotUsed(field, f"more than {field.limit} entries", "error", "not-supported")
    return values or None


def _option(field: Field, value: Any, *, of_coding: bool) -> str:
    """The option that was chosen: by system and code, never by what was shown."""
    if not of_coding and isinstance(value, bool):
        return BOOLEANS[value]
    if of_coding and isinstance(value, dict):
        for option in field.options:
            if (value.get("system"), value.get("code")) == (field.system, option):
                return option
    raise NotUsed(field, "the answer is not one of the options", code="code-invalid")
