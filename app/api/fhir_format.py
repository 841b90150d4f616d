"""Whether what is answered under /fhir is of a type that the client takes: by `_format`, else by `Accept`."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Query
from pydantic import WithJsonSchema
from starlette.requests import Request

from app.api.fhir_problems import NOT_ACCEPTABLE
from app.api.problems import INVALID_REQUEST, InputError, RequestRefused

FORMATS = ("json", "application/json", "application/fhir+json")
ACCEPTED = frozenset({*FORMATS[1:], "application/json+fhir", "application/*", "*/*"})
"""What FHIR calls JSON, DSTU2's name for it among them, which clients still send."""
REFUSED = re.compile(r';[ \t]*(q=0(\.0{0,3})?|fhirversion=(?!"?4\.0(\.1)?"?[ \t]*(;|$))[^;]*)[ \t]*(;|$)')
"""What the client does not take, and versions of FHIR that are not spoken here."""

Format = Annotated[
    str | None,
    WithJsonSchema({"type": "string", "maxLength": 30, "pattern": r"^(json|application/(fhir\+)?json)$"}),
    Query(alias="_format", description="In place of `Accept`"),
]
"""Documented by hand: what is not one of them is refused by its own problem."""


async def json_is_accepted(request: Request, form: Format = None) -> None:
    """Refuse, before anything else is read, what cannot be answered in a type that the client takes."""
    if not (_accepts(request) if form is None else form.replace(" ", "+").lower() in FORMATS):
        raise RequestRefused(NOT_ACCEPTABLE)  # a plus in an address is read as a space


def require_known(request: Request, *names: str) -> None:
    """Refuse a search by more than these: what was not looked for would read as found."""
    if request.query_params.keys() - {"_format", *names}:
        flaw = InputError.of("", "extra_forbidden")
        raise RequestRefused(INVALID_REQUEST, (flaw,))


def _accepts(request: Request) -> bool:
    sent = ",".join(request.headers.getlist("accept"))
    types = (each.lower() for each in sent.split(",") if not REFUSED.search(each.lower()))
    return not sent.strip() or any(each.partition(";")[0].strip() in ACCEPTED for each in types)
