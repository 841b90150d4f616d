"""Whatever valid case is sent: an answer as published, recorded, read back, and the same when run again."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from app.api.answers import Assessment, Preview
from app.api.record_answers import TraceAnswer
from tests.api.case_strategy import cases
from tests.api.conftest import Check
from tests.api.service import ASSESS, PREVIEW, Service, one_record_a_day
from tests.knowledge.random_cases import random_case

pytestmark = pytest.mark.anyio
UNHURRIED = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], derandomize=True
)


async def check(service: Service, as_published: Check, case: dict[str, Any]) -> None:
    """Record a case, and hold all that is said of it to what is promised."""
    posted = await service.record(case)
    assert posted.status_code == 201, posted.text
    Assessment.model_validate_json(posted.content)
    as_published("Assessment", posted.json())
    path = posted.headers["location"]
    assert (await service.client.get(path)).content == posted.content
    said = await service.verification(posted.json()["id"])
    assert (said["record"]["intact"], said["execution"]["same"]) == (True, True)


@settings(UNHURRIED, max_examples=25)
@given(case=cases())
async def test_any_valid_case_has_an_answer_as_published(service: Service, case: dict[str, Any]) -> None:
    answer = await service.client.post(PREVIEW, json=case)

    assert answer.status_code == 200, answer.text
    Preview.model_validate_json(answer.content)


async def test_plausible_patients_are_recorded_read_and_verified(
    service: Service, as_published: Check
) -> None:
    rng = Random(11)
    for _ in range(8):
        await check(service, as_published, one_record_a_day(random_case(rng)))


@pytest.mark.fault
@settings(UNHURRIED, max_examples=300)
@given(case=cases())
async def test_three_hundred_valid_cases_are_recorded_read_and_verified(
    service: Service, as_published: Check, case: dict[str, Any]
) -> None:
    await check(service, as_published, case)


@pytest.mark.fault
async def test_three_hundred_plausible_patients_are_recorded_traced_and_verified(
    service: Service, as_published: Check
) -> None:
    rng = Random(12)
    for number in range(300):
        case = one_record_a_day(random_case(rng))
        await check(service, as_published, case)
        if number % 20 == 0:
            trace = await service.client.get(f"{ASSESS}/{await service.recorded(case)}/trace")
            TraceAnswer.model_validate_json(trace.content)
