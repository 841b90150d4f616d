"""A correction is a new record that names the old one, and the old one stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Check
from tests.api.service import ASSESS, Service, example, placed

pytestmark = pytest.mark.anyio
WRONG = example("early_improving")
RIGHT = placed(WRONG, "/observations/0/leg_pain_nrs", 7)


async def test_a_correction_names_what_it_corrects_and_is_found_from_there(
    service: Service, as_published: Check
) -> None:
    first = await service.record(WRONG)
    path = first.headers["location"]
    second = await service.client.post(f"{path}/corrections", json=RIGHT)
    third = await service.client.post(f"{path}/corrections", json=RIGHT)
    read = await service.client.get(path)

    as_published("Assessment", second.json())
    assert second.status_code == 201
    assert second.json()["corrects"] == first.json()["id"]
    assert read.content == first.content
    assert read.headers["link"] == f'<{third.headers["location"]}>; rel="successor-version"'
    assert "link" not in (await service.client.get(third.headers["location"])).headers


async def test_the_document_tells_of_the_link_to_the_correction(document: dict[str, Any]) -> None:
    answer = document["paths"][f"{ASSESS}/{{assessment_id}}"]["get"]["responses"]["200"]
    assert "successor-version" in answer["headers"]["Link"]["description"]


async def test_a_correction_is_verified_like_any_record(service: Service) -> None:
    first = await service.record(WRONG)
    second = await service.client.post(f"{first.headers['location']}/corrections", json=RIGHT)
    said = await service.verification(second.json()["id"])

    assert (said["record"]["intact"], said["log"]["proved"], said["execution"]["same"]) == (True, True, True)


async def test_a_correction_under_a_key_is_made_once(service: Service) -> None:
    first = await service.record(WRONG)
    path = f"{first.headers['location']}/corrections"
    key = {"Idempotency-Key": "correction-of-the-first"}
    one, two = [await service.client.post(path, json=RIGHT, headers=key) for _ in range(2)]
    elsewhere = await service.client.post(ASSESS, json=RIGHT, headers=key)

    assert [one.status_code, two.status_code] == [201, 200]
    assert one.content == two.content
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "idempotency-key-reused")


async def test_what_is_not_there_cannot_be_corrected(service: Service, as_published: Check) -> None:
    before = service.stored()
    answer = await service.client.post(
        f"{ASSESS}/00000000-0000-4000-8000-000000000000/corrections", json=RIGHT
    )

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"], service.stored()) == (404, "not-found", before)


async def test_a_correction_of_another_subject_is_refused(service: Service, as_published: Check) -> None:
    first = await service.record(WRONG)
    before = service.stored()
    answer = await service.client.post(
        f"{first.headers['location']}/corrections", json=RIGHT | {"subject": "somebody-else"}
    )

    as_published("Problem", answer.json())
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/subject", "another_subject")
    ]
    assert service.stored() == before


async def test_reading_leads_through_corrections_of_corrections(service: Service) -> None:
    first = await service.record(WRONG)
    second = await service.client.post(f"{first.headers['location']}/corrections", json=RIGHT)
    third = await service.client.post(f"{second.headers['location']}/corrections", json=RIGHT)
    newest = f'<{third.headers["location"]}>; rel="successor-version"'

    for each in (first, second):
        assert (await service.client.get(each.headers["location"])).headers["link"] == newest
