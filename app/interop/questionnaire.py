"""The case as a form: an SDC Questionnaire of FHIR R4, made from the members of the case.

Every question is always shown. A rule that hides one (``enableWhen``) would leave a safety question unasked
in forms whose filler runs such rules in another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from app.engine.facts import Quantity
from app.interop.code_book import CodeBook
from app.interop.paths import FACTS, FIELDS, PRIOR_SURGERIES, Field
from app.interop.systems import CASE_SYSTEM
from app.knowledge import codes
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.case_part import YesNoUnknown
from app.version import VERSION

FORM = "postop-lumbar"
FORM_VERSION = f"{VERSION}+rules.{POSTOP_LUMBAR.version}"
"""Members and bounds come from the release, words from the rules: either may change the form."""

EXTENSION = "http://hl7.org/fhir/StructureDefinition"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
TYPES = {"yes_no": "choice", "text": "string"}
"""Item types of FHIR, where they are not called as the kinds of the case are."""

ANY_EARLIER = Field(
    path="any_prior_surgeries",
    kind="yes_no",
    label="Any earlier operations on the spine",
    unit="",
    options=get_args(YesNoUnknown),
    minimum=None,
    maximum=None,
    repeats=False,
    question="Were there earlier operations on the spine?",
    required=False,
    limit=None,
)
"""The one question that is no member of the case: a form without entries cannot say that there are none."""


def _asked() -> Iterator[Field]:
    for field in FIELDS.values():
        if field.path == PRIOR_SURGERIES:
            yield ANY_EARLIER
        yield field


ASKED: Mapping[str, Field] = {field.path: field for field in _asked()}
"""Every question and group of the form by link id, in order."""


def questionnaire(base_url: str, book: CodeBook | None = None) -> dict[str, Any]:
    """The form as a resource.

    ``base_url`` is the address of the service, without the slash at its end. ``book`` knows which public
    codes the site may write; without one, all of them.
    """
    return {
        "resourceType": "Questionnaire",
        "id": FORM,
        "url": f"{base_url}/fhir/Questionnaire/{FORM}",
        "version": FORM_VERSION,
        "name": "PostopLumbar",
        "title": "After lumbar decompression",
        "status": "active",
        "subjectType": ["Patient"],
        "publisher": "Decompass",
        "description": "What is known of one patient as of one day. What is not answered stays possible.",
        "item": list(_items("", book or CodeBook())),
    }


def _items(group: str, book: CodeBook) -> Iterator[dict[str, Any]]:
    for field in ASKED.values():
        if field.group == group:
            yield _item(field, book)


def _item(field: Field, book: CodeBook) -> dict[str, Any]:
    extensions = list(_extensions(field))
    local = {"system": CASE_SYSTEM, "code": field.path, "display": field.label}
    public = book.written(codes.FACTS.get(field.path, ())[:1])
    is_group = field.kind == "group"
    return {
        **({"extension": extensions} if extensions else {}),
        "linkId": field.path,
        **({} if field is ANY_EARLIER else {"code": [local, *public]}),
        "text": field.question,
        "type": TYPES.get(field.kind, field.kind),
        "required": field.required,
        "repeats": field.repeats,
        **({"answerOption": [{"valueCoding": each} for each in options(field)]} if field.options else {}),
        **({"item": list(_items(field.path, book))} if is_group else {}),
    }


def options(field: Field) -> list[dict[str, str]]:
    """The answers that a question of choice has, as codings of its local system."""
    return [
        {"system": field.system, "code": option, "display": option.replace("_", " ")}
        for option in field.options
    ]


def _extensions(field: Field) -> Iterator[dict[str, Any]]:
    kind = "valueInteger" if field.kind == "integer" else "valueDecimal"
    if field.minimum is not None:
        yield {"url": f"{EXTENSION}/minValue", kind: field.minimum}
    if field.maximum is not None:
        yield {"url": f"{EXTENSION}/maxValue", kind: field.maximum}
    if field.unit:
        fact = FACTS.get(field.path)
        shown = fact.unit if isinstance(fact, Quantity) else field.unit
        unit = {"system": codes.UCUM, "code": field.unit, "display": shown}
        yield {"url": f"{EXTENSION}/questionnaire-unit", "valueCoding": unit}
    if field.limit:
        yield {"url": f"{EXTENSION}/questionnaire-maxOccurs", "valueInteger": field.limit}
    if field.kind == "yes_no":
        control = {"coding": [{"system": CONTROLS, "code": "radio-button"}]}
        yield {"url": f"{EXTENSION}/questionnaire-itemControl", "valueCodeableConcept": control}
        yield {"url": f"{EXTENSION}/questionnaire-choiceOrientation", "valueCode": "horizontal"}
