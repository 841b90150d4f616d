"""CDS Hooks: what is offered, calls of it, and what became of the cards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic_core import to_json
from starlette.responses import Response

from app.api.actor import ActingFor
from app.api.direct_route import DirectRoute
from app.api.fhir_body import JsonObject
from app.api.hook_documents import CALL, CALLED, DISCOVERED, FEEDBACK, TOLD
from app.api.hook_problems import FHIR_SERVER_NOT_ALLOWED, NOT_A_HOOK_CALL, TWO_PATIENTS, WRONG_HOOK
from app.api.problems import (
    INVALID_REQUEST,
    NOT_FOUND,
    InputError,
    Problem,
    RequestRefused,
)
from app.api.reached_at import reached_at
from app.hooks.answering import HookAnswers, Requester, ServerNotAllowed
from app.hooks.feedback import HookFeedback
from app.interop.asked import TwoPatients
from app.interop.cds.discovery import SERVICES, Service
from app.interop.cds.feedback import read_feedback
from app.interop.cds.request import NotACall, WrongHook, read_call

JSON = "application/json"
CACHED = "public, max-age=3600"
"""So long an EHR may keep what is offered; the ruleset in it changes rarely."""


async def called_service(
    _request: Request,
    service_id: Annotated[
        str,
        Path(
            description="The id of a service, as /cds-services names it",
            json_schema_extra={"maxLength": 64, "pattern": "^[a-z-]+$"},
        ),
    ],
) -> Service:
    """The service of an address, before its body is read. Another id is an address where nothing is."""
    if (service := SERVICES.get(service_id)) is None:
        raise RequestRefused(NOT_FOUND)
    return service


Called = Annotated[Service, Depends(called_service)]
CallBody = Annotated[JsonObject, Depends(CALL)]
FeedbackBody = Annotated[JsonObject, Depends(FEEDBACK)]


def cds_hooks_router(answers: HookAnswers, feedback: HookFeedback, public_url: str) -> APIRouter:
    """The routes under /cds-services. Links begin with *public_url*, or with the host that was asked."""
    router = APIRouter(prefix="/cds-services", tags=["cds-hooks"], route_class=DirectRoute)

    @router.get("", responses=DISCOVERED)
    async def list_cds_services(request: Request) -> Response:
        """What an EHR can call: one service for each hook, with the data that it needs (CDS Hooks 2.0.1)."""
        offered = to_json(answers.services())
        headers = {"ETag": f'"{sha256(offered).hexdigest()[:32]}"', "Cache-Control": CACHED}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(None, 304, headers)
        return Response(offered, 200, headers, JSON)

    @router.post("/{service_id}", responses=CALLED)
    async def call_cds_service(
        service: Called, document: CallBody, request: Request, actor: ActingFor
    ) -> Response:
        """Assess the patient of a call, record it, and answer with at most one card.

        The card's `uuid` is the id of the record. Data that are missing are no error: the card names them.
        No card: no lumbar operation is on record, or it is out of scope with every flag ruled out, or the
        patient has died.
        """
        with _refusing(NOT_A_HOOK_CALL):
            call = read_call(document, service)
            requester = Requester(actor, reached_at(public_url, request))
            return Response(to_json(await answers.answer(service, call, requester)), media_type=JSON)

    @router.post("/{service_id}/feedback", responses=TOLD)
    async def tell_cds_feedback(_service: Called, document: FeedbackBody, actor: ActingFor) -> Response:
        """Tell what became of cards. It is kept in the log, in ids and codes alone; comments are not kept."""
        with _refusing(INVALID_REQUEST):
            await feedback.keep(read_feedback(document), actor)
        return Response()

    return router


@contextmanager
def _refusing(unusable: Problem) -> Iterator[None]:
    """What cannot be answered, in the words of a problem."""
    try:
        yield
    except WrongHook as error:
        raise RequestRefused(WRONG_HOOK) from error
    except NotACall as error:
        flaws = (InputError.of(flaw.pointer, flaw.code) for flaw in error.flaws)
        raise RequestRefused(unusable, tuple(flaws)) from error
    except ServerNotAllowed as error:
        raise RequestRefused(FHIR_SERVER_NOT_ALLOWED) from error
    except TwoPatients as error:
        raise RequestRefused(TWO_PATIENTS) from error
