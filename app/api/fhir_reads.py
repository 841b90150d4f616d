"""FHIR R4: what was recorded, and the log, as resources."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from app.api.actor import ActingFor
from app.api.fhir import as_fhir, fhir_routes
from app.api.fhir_documents import EVENT, EVENTS, SHOWN
from app.api.fhir_format import require_known
from app.api.fhir_problems import NO_FHIR_FORM
from app.api.problems import NOT_FOUND, RequestRefused
from app.api.reached_at import reached_at
from app.fhir.showing import AuditEvents, FhirRecords, NoFhirForm
from app.interop.capability import OF_A_RECORD

EVENTS_AT_ONCE = 200
LAST = 2**31 - 1
"""As the document says of every whole number (int32): more entries than one log will have."""
PLACE = re.compile(r"0|[1-9][0-9]{0,17}")
Index = Annotated[
    str,
    Path(
        description="The place in the log, from 0",
        json_schema_extra={"maxLength": 18, "pattern": f"^({PLACE.pattern})$"},
    ),
]
Count = Annotated[
    int, Query(alias="_count", ge=1, le=10_000, description="How many at most; never more than 200")
]
After = Annotated[int | None, Query(ge=0, le=LAST, description="The place behind which the page begins")]
ResourceId = Annotated[
    str,
    Path(
        description="Its id, which begins with that of the assessment",
        json_schema_extra={"maxLength": 64, "pattern": "^[A-Za-z0-9.-]+$"},
    ),
]


def fhir_reads_router(records: FhirRecords, events: AuditEvents, public_url: str) -> APIRouter:
    """The routes that read."""
    router = fhir_routes()

    @router.get("/AuditEvent", responses=EVENTS)
    async def search_audit_events(
        request: Request, actor: ActingFor, count: Count = 100, after: After = None
    ) -> Response:
        """The log of the tenant, in its order; `next` leads on. It holds nothing of a patient."""
        require_known(request, "_count", "after")
        at_once, base_url = min(count, EVENTS_AT_ONCE), reached_at(public_url, request)
        return as_fhir(await events.page(actor.tenant, after, at_once, base_url))

    @router.get("/AuditEvent/{index}", responses=EVENT)
    async def get_audit_event(index: Index, request: Request, actor: ActingFor) -> Response:
        """One entry of the log of the tenant."""
        if not PLACE.fullmatch(index):
            raise RequestRefused(NOT_FOUND)
        return as_fhir(await events.event(actor.tenant, int(index), reached_at(public_url, request)))

    for kind in OF_A_RECORD:
        _add_read(router, kind, records, public_url)
    return router


def _add_read(router: APIRouter, kind: str, records: FhirRecords, public_url: str) -> None:
    name = "get" + re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", kind)

    @router.get(f"/{kind}/{{resource_id}}", name=name, responses=SHOWN)
    async def read(resource_id: ResourceId, request: Request, actor: ActingFor) -> Response:
        """A resource that an assessment was answered with, written again from what is recorded."""
        try:
            base_url = reached_at(public_url, request)
            return as_fhir(await records.resource(actor, kind, resource_id, base_url))
        except NoFhirForm as error:
            raise RequestRefused(NO_FHIR_FORM) from error
