"""FHIR R4: assess what is sent, and what a client has to know for that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from pydantic_core import to_json
from starlette.responses import Response

from app.api.actor import ActingFor
from app.api.fhir_body import JsonObject
from app.api.fhir_documents import ASSESSED, DATA, DEFINED, FOUND, OF_ANY
from app.api.fhir_format import json_is_accepted, require_known
from app.api.fhir_problems import DECEASED_PATIENT, UNUSABLE_DATA
from app.api.hook_problems import TWO_PATIENTS
from app.api.problems import INVALID_REQUEST, InputError, RequestRefused
from app.api.reached_at import reached_at
from app.api.shapes import ONE_LINE
from app.fhir.assessing import DataUnusable, FhirAssessments, PatientDeceased, Returned
from app.interop.asked import NotAsked, TwoPatients, read_asked
from app.interop.capability import capability_statement
from app.interop.code_book import CodeBook
from app.interop.elements import FHIR_JSON
from app.interop.operation_definition import operation_definition
from app.interop.questionnaire import FORM, questionnaire
from app.interop.searches import searchset
from app.services.errors import CaseRefused

TAG = "fhir"
DataBody = Annotated[JsonObject, Depends(DATA)]
Canonical = Annotated[
    str | None,
    Query(alias="url", description="The address of the form", max_length=500, pattern=ONE_LINE),
]


def fhir_routes() -> APIRouter:
    """A router for addresses under /fhir."""
    return APIRouter(prefix="/fhir", tags=[TAG], dependencies=[Depends(json_is_accepted)], responses=OF_ANY)


def fhir_router(assessments: FhirAssessments, book: CodeBook, public_url: str, *, cors: bool) -> APIRouter:
    """The routes that assess, and that tell how. *cors*: whether pages of other origins may call."""
    router = fhir_routes()

    @router.post("/$assess", responses=ASSESSED)
    async def assess_fhir_data(document: DataBody, request: Request, actor: ActingFor) -> Response:
        """Assess a patient from FHIR data and record it, before it is answered."""
        base_url = reached_at(public_url, request)
        with _refusing():
            returned = await assessments.assess(read_asked(document), actor, base_url)
        return as_fhir(returned.bundle, _headers(returned, base_url))

    @router.get("/metadata", responses=DEFINED)
    async def get_capability_statement(request: Request) -> Response:
        """What is answered under /fhir."""
        return as_fhir(capability_statement(reached_at(public_url, request), cors=cors))

    @router.get("/OperationDefinition/assess", responses=DEFINED)
    async def get_operation_definition(request: Request) -> Response:
        """What `$assess` takes and gives."""
        return as_fhir(operation_definition(reached_at(public_url, request)))

    @router.get(f"/Questionnaire/{FORM}", responses=DEFINED)
    async def get_questionnaire(request: Request) -> Response:
        """The case as a form (SDC); what is filled in can be sent to `$assess`."""
        return as_fhir(questionnaire(reached_at(public_url, request), book))

    @router.get("/Questionnaire", responses=FOUND)
    async def search_questionnaires(request: Request, url: Canonical = None) -> Response:
        """The form by its address, or every form there is, which is this one."""
        require_known(request, "url")
        base_url = reached_at(public_url, request)
        form = questionnaire(base_url, book)
        found = [form] if url in (None, form["url"], f"{form['url']}|{form['version']}") else []
        asked = "" if url is None else f"?url={quote(url, safe='')}"
        links = {"self": f"{base_url}/fhir/Questionnaire{asked}"}
        return as_fhir(searchset(found, len(found), links, base_url))

    return router


def as_fhir(resource: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """A resource as an answer."""
    return Response(to_json(resource), headers=headers, media_type=FHIR_JSON)


def _headers(returned: Returned, base_url: str) -> dict[str, str]:
    if returned.record_id is None:
        return {}
    location = {"Location": f"{base_url}/fhir/GuidanceResponse/{returned.record_id}"}
    return location | ({"Idempotency-Replayed": "true"} if returned.replayed else {})


@contextmanager
def _refusing() -> Iterator[None]:
    """What was understood and cannot be assessed, with its places in the body."""
    try:
        yield
    except NotAsked as error:
        flaws = (InputError.of(flaw.pointer, flaw.code) for flaw in error.flaws)
        raise RequestRefused(INVALID_REQUEST, tuple(flaws)) from error
    except TwoPatients as error:
        raise RequestRefused(TWO_PATIENTS) from error
    except PatientDeceased as error:
        raise RequestRefused(DECEASED_PATIENT) from error
    except DataUnusable as error:
        flaws = (InputError(place, note.code, note.text) for place, note in error.flaws)
        raise RequestRefused(UNUSABLE_DATA, tuple(flaws)) from error
    except CaseRefused as error:  # the days contradict each other, wherever in the body they came from
        flaws = (InputError("", each.code, each.message) for each in error.problems)
        raise RequestRefused(UNUSABLE_DATA, tuple(flaws)) from error
