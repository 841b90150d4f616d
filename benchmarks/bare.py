"""The bare endpoints: the same request and answer models, no rules, no database; what FastAPI costs.

What an endpoint returns FastAPI validates by the model of its answer, unless it is an object of that model
already; docs/decisions/0010 says why both are measured and which the goal is set against.
"""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from app.api.answers import Assessment
from app.api.published_examples import example_receipt
from app.api.telemetry import TELEMETRY_OFF
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.assessments import assess, record_head
from app.services.case import Case
from app.services.rulesets import Rulesets
from benchmarks.cases import bodies, now
from benchmarks.lax_case import LaxCase


def texts() -> list[bytes]:
    """What the service answers to the cases of the load: some are four times as long as others."""
    rulesets = Rulesets(POSTOP_LUMBAR)
    cases = map(Case.model_validate_json, bodies())
    head, receipt = record_head(UUID(int=0), now()), json.dumps(example_receipt()).encode()
    answers = (assess(case, now(), rulesets).answer(**head).text for case in cases)
    return [b'%s,"receipt":%s}' % (answer.removesuffix(b"}"), receipt) for answer in answers]


def create_bare(*, ready_object: bool = False) -> FastAPI:
    """Validates every case, and answers with the assessments of all of them in turn, through the model.

    With *ready_object* the answers are objects of the model that were made before the load: nothing about
    them is validated, they are only written out.
    """
    app = FastAPI(telemetry=TELEMETRY_OFF)
    answers = cycle(
        Assessment.model_validate_json(text) if ready_object else json.loads(text) for text in texts()
    )

    @app.post("/v1/assessments", status_code=201, response_model=Assessment)
    async def create_assessment(_case: LaxCase) -> Any:
        return next(answers)

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app
