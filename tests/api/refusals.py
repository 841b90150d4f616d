"""What is refused, read for the tests: the place and the code of each thing that is wrong."""

from __future__ import annotations

from typing import Any

import httpx

from app.api.problem_schemas import INPUT_ERROR_CODE
from tests.api.service import ASSESS, PREVIEW, Service

LISTED = set(INPUT_ERROR_CODE["enum"])
"""Every code of an error that the document lists."""


def code_of(answer: httpx.Response) -> str:
    """The code of the problem that an error tells, itself or as the OperationOutcome that it became."""
    said = answer.json()
    if answer.headers["content-type"] == "application/fhir+json":
        assert said["resourceType"] == "OperationOutcome"
        said = said["issue"][0]["details"]["coding"][0]
    code: str = said["code"]
    return code


async def refusal(service: Service, case: dict[str, Any]) -> list[tuple[str, str]]:
    """Place and code of each thing that is wrong; the same for a record and for a preview."""
    answers = [await service.client.post(path, json=case) for path in (ASSESS, PREVIEW)]
    assert [answer.status_code for answer in answers] == [422, 422], answers[0].text[:300]
    record, preview = (answer.json()["errors"] for answer in answers)
    assert record == preview
    assert all(error["message"].rstrip(".") and error["code"] in LISTED for error in record)
    return [(error["pointer"], error["code"]) for error in record]
