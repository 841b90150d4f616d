"""An application with one of everything, to try the HTTP side without the rest of the service."""

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

import httpx
from fastapi import APIRouter, Depends, Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response
from starlette.types import ASGIApp

from app.api.application import Application, create_application
from app.api.health import ReadinessCheck, health_router
from app.api.json_body import JsonBody
from app.api.problems import Problem
from app.web.docs_page import docs_router

CANARY = "Zq7-canary-John-Smith"
QUEUE_FULL = Problem("queue-full", 503, "Queue full", "Try again.", retry_after_seconds=2)


class QueueFull(Exception):
    """What a full queue raises."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Visit(Strict):
    """A visit."""

    on: date = Field(description="The day")
    pain: Annotated[float | None, Field(ge=0, le=10, description="Points")] = None


class Case(Strict):
    """A case as the service's own will look."""

    subject: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", max_length=64, description="Who")]
    assessed_on: Annotated[date | None, Field(description="When")] = None
    age_years: Annotated[int | None, Field(ge=0, le=120, description="Years")] = None
    smoker: Annotated[bool | None, Field(description="Smokes")] = None
    side: Annotated[Literal["left", "right"] | None, Field(description="Which side")] = None
    visits: Annotated[list[Visit], Field(max_length=20, description="The visits")] = []
    flags: Annotated[dict[str, Literal["yes", "no"]], Field(max_length=10, description="The flags")] = {}

    @model_validator(mode="after")
    def visits_come_before_the_assessment(self) -> "Case":
        if self.assessed_on and any(visit.on > self.assessed_on for visit in self.visits):
            raise ValueError(f"{self.subject} was seen too late")
        return self


class Answer(Strict):
    """What is said of a case."""

    subject: Annotated[str, Field(max_length=64, description="Who")]


EXAMPLES = {"minimal": {"summary": "As little as possible", "value": {"subject": "p-1"}}}
CaseBody = Annotated[Case, Depends(JsonBody(Case, EXAMPLES))]
CaseId = Annotated[str, Path(pattern="^[a-z0-9]{1,32}$", max_length=32, description="The id")]


def sample_router() -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["assessments"])

    @router.post("/cases", status_code=201, response_model=Answer)
    async def assess_case(case: CaseBody) -> Response:
        """Answer a case."""
        answer = Answer(subject=case.subject)
        return Response(answer.model_dump_json(), status_code=201, media_type="application/json")

    @router.get("/cases/{case_id}", response_model=Answer)
    async def read_case(
        case_id: CaseId,
        limit: Annotated[int, Query(ge=1, le=100, description="How many")] = 10,
        idempotency_key: Annotated[
            str | None, Header(min_length=8, max_length=128, pattern="^[!-~]+$", description="The key")
        ] = None,
    ) -> Answer:
        """Read a case."""
        return Answer(subject=f"{case_id}.{limit}.{idempotency_key}")

    @router.delete("/cases/{case_id}", status_code=204)
    async def forget_case(case_id: CaseId) -> None:
        """Forget a case."""

    @router.post("/failing", include_in_schema=False)
    async def fail() -> Response:
        raise RuntimeError(CANARY)

    @router.get("/broken-answer", include_in_schema=False)
    async def broken_answer() -> Answer:
        return {"subject": 1, "note": CANARY}  # type: ignore[return-value] # wrong on purpose

    @router.get("/queue", include_in_schema=False)
    async def queue() -> Response:
        raise QueueFull(CANARY)

    return router


def sample_application(
    *, checks: dict[str, ReadinessCheck] | None = None, check_seconds: float = 2, **options: Any
) -> Application:
    return create_application(
        routers=[sample_router(), health_router(checks or {}, check_seconds), docs_router("Decompass API")],
        version="0.1.0",
        domain_errors={QueueFull: QUEUE_FULL},
        **options,
    )


def send(app: ASGIApp, method: str, path: str, **request: Any) -> httpx.Response:
    """One request to an application, without a network."""
    return asyncio.run(_send(app, method, path, **request))


async def _send(app: ASGIApp, method: str, path: str, **request: Any) -> httpx.Response:
    async with in_process(app) as client:
        return await client.request(method, path, **request)


def in_process(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost")
