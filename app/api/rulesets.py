"""The rules to read: versions, rules in words and as data, sources, vocabulary."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.problem_schemas import problem_responses
from app.api.record_problems import RULESET_NOT_RUNNABLE, STORE_UNAVAILABLE
from app.api.ruleset_answers import (
    EvidenceList,
    RuleAnswer,
    RulesetAnswer,
    RulesetList,
    VocabularyAnswer,
)
from app.services.library import Library

Version = Annotated[
    str,
    Path(max_length=64, pattern=r"^[0-9A-Za-z.-]+$", description="A version, or the digest of a ruleset"),
]
RuleId = Annotated[str, Path(max_length=100, pattern=r"^[a-z0-9_.-]+$", description="The id of a rule")]
READ_FROM_STORE = problem_responses(STORE_UNAVAILABLE)
MAY_BE_OLD = problem_responses(STORE_UNAVAILABLE, RULESET_NOT_RUNNABLE)
"""What a stored ruleset of another version of the service can be answered with."""


def rulesets_router(library: Library) -> APIRouter:
    """The routes about the rules."""
    router = APIRouter(prefix="/v1", tags=["rulesets"])

    @router.get("/rulesets", response_model=RulesetList, responses=READ_FROM_STORE)
    async def list_rulesets() -> Response:
        """Every version of the rules that this service has used, the current one first."""
        return _json({"items": await run_in_threadpool(library.rulesets)})

    @router.get("/rulesets/{version}", response_model=RulesetAnswer, responses=MAY_BE_OLD)
    async def get_ruleset(version: Version) -> Response:
        """A version of the rules in full, by its version or its digest."""
        return _json(await run_in_threadpool(library.ruleset, version))

    @router.get("/rulesets/{version}/rules/{rule_id}", response_model=RuleAnswer, responses=MAY_BE_OLD)
    async def get_rule(version: Version, rule_id: RuleId) -> Response:
        """One rule in words and as data."""
        return _json(await run_in_threadpool(library.rule, version, rule_id))

    @router.get("/evidence", response_model=EvidenceList)
    async def list_evidence() -> Response:
        """Every source that the rules cite, with how its figures were verified."""
        return _json(library.evidence())

    @router.get("/vocabulary", response_model=VocabularyAnswer)
    async def list_vocabulary() -> Response:
        """Every fact that a case can give: unit, range, options, the question to ask, where to give it."""
        return _json({"items": library.vocabulary()})

    return router


def _json(content: object) -> Response:
    return Response(to_json(content), media_type="application/json")
