"""On whose behalf a request is answered, as the record writes it down."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from app.api.guard import caller_of
from app.audit.records import Actor


async def actor_of(request: Request) -> Actor:
    """The tenant and the credential that the request was let in with, and the trace id of the request."""
    caller = await caller_of(request)
    return Actor(caller.tenant, caller.credential, request.scope["state"]["trace_id"])


ActingFor = Annotated[Actor, Depends(actor_of)]
