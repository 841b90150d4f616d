"""A case as the response of somebody who filled the form in: what `case_of_form` reads back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.interop.paths import Field
from app.interop.questionnaire import ANY_EARLIER, ASKED, FORM, FORM_VERSION, options

VALUES = {"date": "valueDate", "text": "valueString", "integer": "valueInteger", "decimal": "valueDecimal"}


def response_of(case: dict[str, Any], **members: Any) -> dict[str, Any]:
    """The QuestionnaireResponse that says what the case says; `members` replace those of the resource."""
    told = dict(case)
    if told.get("prior_surgeries") == []:
        told[ANY_EARLIER.name] = "no"
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"https://decompass.example.org/fhir/Questionnaire/{FORM}|{FORM_VERSION}",
        "status": "completed",
        "item": list(_items(told, "")),
        **members,
    }


def _items(members: dict[str, Any], group: str) -> Iterator[dict[str, Any]]:
    for field in ASKED.values():
        if field.group == group and (value := members.get(field.name)) is not None:
            yield from _item(field, value)


def _item(field: Field, value: Any) -> Iterator[dict[str, Any]]:
    values = value if field.repeats else [value]
    if field.kind == "group":
        yield from ({"linkId": field.path, "item": list(_items(each, field.path))} for each in values)
    elif values:
        yield {"linkId": field.path, "answer": [_answer(field, each) for each in values]}


def _answer(field: Field, value: Any) -> dict[str, Any]:
    if not field.options:
        return {VALUES[field.kind]: value}
    return {"valueCoding": next(each for each in options(field) if each["code"] == value)}
