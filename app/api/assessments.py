"""Assess a case, and read, search, trace and verify what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic_core import to_json
from starlette.responses import Response

from app.api.actor import ActingFor
from app.api.answers import Assessment, Preview
from app.api.direct_route import DirectRoute
from app.api.examples import CASES
from app.api.idempotency import IdempotencyKey
from app.api.json_body import JsonBody
from app.api.problem_schemas import Responses, problem_responses
from app.api.problems import INVALID_REQUEST, InputError, RequestRefused
from app.api.record_answers import SearchPage, SearchRequest, TraceAnswer, VerificationAnswer
from app.api.record_problems import (
    INVALID_KEY,
    RECORD_DAMAGED,
    RECORD_ERASED,
    RULESET_NOT_RUNNABLE,
    WHEN_LOGGING,
    WHEN_RECORDING,
)
from app.api.search import page_answer, question_of, read_cursor
from app.audit.records import Stored
from app.services.assessments import Assessments
from app.services.audited import AuditedRecords
from app.services.case import Case
from app.services.errors import CaseRefused

JSON = "application/json"
PREFIX = "/v1/assessments"
CASE_BODY: JsonBody[Case] = JsonBody(Case, examples=CASES)
SEARCH_BODY: JsonBody[SearchRequest] = JsonBody(
    SearchRequest,
    examples={
        "of_a_patient": {"summary": "Everything of a patient", "value": {"subject": "patient-7"}},
        "emergencies": {
            "summary": "The emergencies of a month",
            "value": {"tier": "emergency_now", "assessed_from": "2025-04-01", "assessed_to": "2025-04-30"},
        },
    },
)
CaseBody = Annotated[Case, Depends(CASE_BODY)]
SearchBody = Annotated[SearchRequest, Depends(SEARCH_BODY)]
ONE = "/{assessment_id:uuid}"
"""The address of one assessment; a word in the place of the id is another address, or none."""
AssessmentId = Annotated[UUID, Path(description="The id that the assessment was answered with")]

LOCATION = {
    "Location": {
        "description": "Where the assessment is read",
        "schema": {"type": "string", "maxLength": 100, "pattern": f"^{PREFIX}/[0-9a-f-]{{36}}$"},
    }
}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "The answer was stored before",
        "schema": {"type": "string", "const": "true"},
    }
}
NEWER = {
    "Link": {
        "description": 'Where the newest correction is read, as `rel="successor-version"`; only where one is',
        "schema": {"type": "string", "maxLength": 200, "pattern": '^<.+>; rel="successor-version"$'},
    }
}
RECORDED: Responses = {
    201: {"headers": LOCATION},
    200: {
        "model": Assessment,
        "description": "Recorded before under this key",
        "headers": LOCATION | REPLAYED,
    },
    **problem_responses(INVALID_KEY, *WHEN_RECORDING),
}
MAY_BE_DAMAGED = problem_responses(RECORD_DAMAGED, RECORD_ERASED)
AS_STORED: Responses = {200: {"headers": NEWER}, **MAY_BE_DAMAGED}
CASE_AS_SENT: Responses = {
    200: {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Case"}}}},
    **MAY_BE_DAMAGED,
}
"""The case has one schema, that of the request."""
READ_FROM_STORE = problem_responses(*WHEN_LOGGING)
"""A read waits for its own leaf of the log."""
RUN_AGAIN = problem_responses(RECORD_DAMAGED, RECORD_ERASED, RULESET_NOT_RUNNABLE)


def assessments_router(assessments: Assessments) -> APIRouter:
    """The routes under /v1/assessments that assess a case."""
    router = APIRouter(prefix=PREFIX, tags=["assessments"], route_class=DirectRoute)

    @router.post("", status_code=201, response_model=Assessment, responses=RECORDED)
    async def create_assessment(case: CaseBody, key: IdempotencyKey, actor: ActingFor) -> Response:
        """Assess a case and record it. Answered only after the record is committed."""
        with _refusing():
            return _recorded(await assessments.record(case, actor, key))

    @router.post("/preview", response_model=Preview)
    async def preview_assessment(case: CaseBody) -> Response:
        """Assess a case and record nothing: for what-if questions, not for the file."""
        with _refusing():
            return _json(assessments.preview(case))

    return router


def corrections_router(assessments: Assessments) -> APIRouter:
    """The route that corrects what was recorded."""
    router = APIRouter(prefix=PREFIX, tags=["assessments"])

    @router.post(
        ONE + "/corrections",
        status_code=201,
        response_model=Assessment,
        responses=RECORDED,
    )
    async def correct_assessment(
        assessment_id: AssessmentId, case: CaseBody, key: IdempotencyKey, actor: ActingFor
    ) -> Response:
        """Assess a case that corrects a recorded one, and record it. The earlier assessment stays as it is.

        The answer names the assessment that it corrects; reading that one leads here by its `Link`.
        """
        with _refusing():
            return _recorded(await assessments.correct(assessment_id, case, actor, key))

    return router


def records_router(records: AuditedRecords) -> APIRouter:
    """The routes under /v1/assessments that read what was recorded."""
    router = APIRouter(prefix=PREFIX, tags=["assessments"], responses=READ_FROM_STORE)

    @router.post("/search", response_model=SearchPage)
    async def search_assessments(wanted: SearchBody, actor: ActingFor) -> Response:
        """Find recorded assessments, newest first; damaged and erased records are left out.

        A POST, so that no health data stands in an address.
        """
        after = read_cursor(wanted.cursor) if wanted.cursor else None
        return _json(page_answer(await records.search(actor, question_of(wanted), after, wanted.limit)))

    @router.get(ONE, response_model=Assessment, responses=AS_STORED)
    async def get_assessment(assessment_id: AssessmentId, actor: ActingFor) -> Response:
        """Read an assessment: the bytes that were stored.

        They have the members of the release that wrote them. One made under rules before 2.0.0
        (`ruleset.version`) lacks what was added since, such as `contradictions` and `settled`.
        """
        answer, corrected_by = await records.answer(actor, assessment_id)
        newer = f'<{PREFIX}/{corrected_by}>; rel="successor-version"'
        return _json(answer, headers={"Link": newer} if corrected_by else None)

    @router.get(ONE + "/case", responses=CASE_AS_SENT)
    async def get_assessment_case(assessment_id: AssessmentId, actor: ActingFor) -> Response:
        """Read the case that was assessed, as it is recorded."""
        return _json(await records.case(actor, assessment_id))

    @router.get(ONE + "/trace", response_model=TraceAnswer, responses=RUN_AGAIN)
    async def get_assessment_trace(assessment_id: AssessmentId, actor: ActingFor) -> Response:
        """Every rule of the stored ruleset, with values seen, thresholds, margins and evidence."""
        return _json(to_json(await records.trace(actor, assessment_id)))

    @router.post(ONE + "/verify", response_model=VerificationAnswer)
    async def verify_assessment(assessment_id: AssessmentId, actor: ActingFor) -> Response:
        """Three answers: is the record intact, is it in the log, is its result the same again."""
        found = await records.verify(actor, assessment_id)
        return _json(to_json(found.content(assessment_id)))

    return router


def _recorded(stored: Stored) -> Response:
    headers = {"Location": f"{PREFIX}/{stored.record_id}"}
    if stored.replayed:
        return _json(stored.answer, 200, headers | {"Idempotency-Replayed": "true"})
    return _json(stored.answer, 201, headers)


def _json(content: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(content, status, headers, JSON)


@contextmanager
def _refusing() -> Iterator[None]:
    """A case that cannot be true is a request that cannot be processed."""
    try:
        yield
    except CaseRefused as refusal:
        errors = (InputError(each.pointer, each.code, each.message) for each in refusal.problems)
        raise RequestRefused(INVALID_REQUEST, tuple(errors)) from refusal
