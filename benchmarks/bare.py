"""The bare endpoints: the same request and answer models, no rules, no database; what FastAPI costs."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI

from app.api.answers import Assessment
from app.api.application import TELEMETRY_OFF
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.assessments import assess, record_head
from app.services.case import Case
from app.services.rulesets import Rulesets
from benchmarks.cases import bodies, now
from benchmarks.lax_case import LaxCase


def create_bare(*, building: bool = False) -> FastAPI:
    """Validates every case, and answers all with the assessment of the first, through the answer's model.

    The answer is one object that was made before the load; *building* makes it for every request, as an
    endpoint has to whose answers differ.
    """
    app = FastAPI(telemetry=TELEMETRY_OFF)
    assessed = assess(Case.model_validate_json(bodies()[0]), now(), Rulesets(POSTOP_LUMBAR))
    text = assessed.answer(**record_head(UUID(int=0), now())).text
    made_before = Assessment.model_validate_json(text)

    @app.post("/v1/assessments", status_code=201)
    async def create_assessment(_case: LaxCase) -> Assessment:
        return Assessment.model_validate_json(text) if building else made_before

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app
