"""Is the process alive, and can it answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.problem_schemas import problem_responses
from app.api.problems import NOT_READY, InputError, RequestRefused

CHECK_SECONDS = 2.0

ReadinessCheck = Callable[[], Awaitable[bool]]


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(extra="forbid")
    status: Literal["alive"] = Field(description="Always `alive`")


class Ready(BaseModel):
    """Everything that an answer needs is there."""

    model_config = ConfigDict(extra="forbid")
    status: Literal["ready"] = Field(description="Always `ready`; otherwise the answer is a problem")


def health_router(checks: Mapping[str, ReadinessCheck], check_seconds: float = CHECK_SECONDS) -> APIRouter:
    """Liveness, and readiness by named checks that each answer whether their part works."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live", response_model=Alive)
    async def live() -> Response:
        """Tell that the process runs, whatever the state of what it depends on."""
        return Response(b'{"status":"alive"}', media_type="application/json")

    @router.get("/ready", response_model=Ready, responses=problem_responses(NOT_READY))
    async def ready() -> Response:
        """Tell whether requests can be answered now; the problem names the checks that fail."""
        results = await asyncio.gather(*(_passes(check, check_seconds) for check in checks.values()))
        failing = [name for name, passed in zip(checks, results, strict=True) if not passed]
        if failing:
            errors = (InputError.of(name, "not_ready") for name in failing)
            raise RequestRefused(NOT_READY, tuple(errors))
        return Response(b'{"status":"ready"}', media_type="application/json")

    return router


async def _passes(check: ReadinessCheck, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(check(), seconds)
    except TimeoutError:
        return False
