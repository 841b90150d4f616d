"""The log of the caller's tenant: its signed head, its leaves, and the proofs about them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.actor import ActingFor
from app.api.log_answers import CheckpointAnswer, ConsistencyAnswer, EntriesAnswer, InclusionAnswer
from app.api.problem_schemas import problem_responses
from app.api.record_problems import NOT_IN_THE_LOG, RECORD_DAMAGED, STORE_UNAVAILABLE
from app.services.proofs import Proofs

PREFIX = "/v1/log"
ENTRIES_AT_ONCE = 1000
MAX_SIZE = 2**63 - 1

Index = Annotated[int, Query(ge=0, le=MAX_SIZE, description="The place of the leaf, from 0")]
Size = Annotated[int, Query(ge=0, le=MAX_SIZE, description="A size that the log has or had")]
From = Annotated[
    int, Query(alias="from", ge=0, le=MAX_SIZE, description="The smaller size, or the first place")
]
To = Annotated[
    int, Query(alias="to", ge=0, le=MAX_SIZE, description="The larger size, or the place behind the last")
]
FROM_STORE = problem_responses(STORE_UNAVAILABLE, NOT_IN_THE_LOG, RECORD_DAMAGED)


def log_router(proofs: Proofs) -> APIRouter:
    """The routes under /v1/log. They hold nothing of a patient, and are not logged themselves."""
    router = APIRouter(prefix=PREFIX, tags=["log"], responses=FROM_STORE)

    @router.get("/checkpoint", response_model=CheckpointAnswer)
    async def get_checkpoint(actor: ActingFor) -> Response:
        """The newest signed head of the log. Keep it: the next one must be consistent with it."""
        return _json(await run_in_threadpool(proofs.checkpoint, actor.tenant))

    @router.get("/inclusion", response_model=InclusionAnswer)
    async def get_inclusion_proof(actor: ActingFor, index: Index, size: Size) -> Response:
        """The proof that the leaf of an index is in the log of a size."""
        return _json(await run_in_threadpool(proofs.inclusion, actor.tenant, index, size))

    @router.get("/consistency", response_model=ConsistencyAnswer)
    async def get_consistency_proof(actor: ActingFor, old: From, new: To) -> Response:
        """The proof that the log only grew from one size to another."""
        return _json(await run_in_threadpool(proofs.consistency, actor.tenant, old, new))

    @router.get("/entries", response_model=EntriesAnswer)
    async def get_log_entries(actor: ActingFor, start: From, end: To) -> Response:
        """The leaves from one place to before another, at most 1000; fewer at the end of the log."""
        until = min(end, start + ENTRIES_AT_ONCE)
        return _json(await run_in_threadpool(proofs.entries, actor.tenant, start, until))

    return router


def _json(content: dict[str, Any]) -> Response:
    return Response(to_json(content), media_type="application/json")
