"""The document shows what is really answered: the answers to its own example requests, each stored once."""

from __future__ import annotations

from typing import Any

import pytest

from app.api.published_examples import PREVIEWED, RECORD_ID, RECORDED, RECORDED_AT
from tests.api.conftest import Check
from tests.api.published import operations
from tests.api.service import ASSESS, Service, example
from tests.interop.cds.invariants import faults_of_response

pytestmark = pytest.mark.anyio

PLACES = {
    ("/v1/assessments", "post", "201"): "Assessment",
    ("/v1/assessments", "post", "200"): "Assessment",
    ("/v1/assessments/{assessment_id}", "get", "200"): "Assessment",
    ("/v1/assessments/preview", "post", "200"): "Preview",
}
OF_THE_CLOCK = {"id", "created_at", "corrects", "receipt", "evidence_overdue"}
LARGEST_DOCUMENT = 450_000


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
async def test_an_operation_that_assesses_shows_an_answer(
    document: dict[str, Any], place: tuple[str, str, str]
) -> None:
    path, method, status = place
    content = document["paths"][path][method]["responses"][status]["content"]["application/json"]

    assert content["examples"] == {PLACES[place]: {"$ref": f"#/components/examples/{PLACES[place]}"}}


@pytest.mark.parametrize(("name", "request_shown"), [("Assessment", RECORDED), ("Preview", PREVIEWED)])
async def test_the_answer_shown_is_the_one_to_the_request_that_it_names(
    service: Service, document: dict[str, Any], as_published: Check, name: str, request_shown: str
) -> None:
    shown = document["components"]["examples"][name]
    real = await service.preview(example(request_shown))

    as_published(name, shown["value"])
    assert f"`{request_shown}`" in shown["summary"]
    assert {key: value for key, value in shown["value"].items() if key not in OF_THE_CLOCK} == {
        key: value for key, value in real.items() if key not in OF_THE_CLOCK
    }


async def test_every_body_is_shown_by_examples_that_are_answered(
    service: Service, document: dict[str, Any]
) -> None:
    bodies = [each["requestBody"] for _, each in operations(document) if "requestBody" in each]
    search = document["paths"]["/v1/assessments/search"]["post"]["requestBody"]["content"]["application/json"]

    assert all(content["examples"] for body in bodies for content in body["content"].values())
    for shown in search["examples"].values():
        assert (await service.client.post(f"{ASSESS}/search", json=shown["value"])).status_code == 200


async def test_an_operation_of_cds_hooks_shows_what_it_is_answered_with(
    document: dict[str, Any],
) -> None:
    shown = document["components"]["examples"]
    answers = {
        path: document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["examples"]
        for path, method in (("/cds-services", "get"), ("/cds-services/{service_id}", "post"))
    }
    card = shown["CdsHooksResponse"]["value"]["cards"][0]

    assert [list(each) for each in answers.values()] == [["CdsHooksServices"], ["CdsHooksResponse"]]
    assert faults_of_response(shown["CdsHooksResponse"]["value"]) == []
    assert card["summary"].startswith("Cannot assess: ")
    assert [each["id"] for each in shown["CdsHooksServices"]["value"]["services"]] == ["postop-lumbar-view"]


async def test_an_error_that_is_an_outcome_shows_the_outcome_of_a_problem_of_its_own(
    document: dict[str, Any],
) -> None:
    responses = document["components"]["responses"]
    outcomes = {name: each for name, each in responses.items() if "application/fhir+json" in each["content"]}
    for name, response in outcomes.items():
        codes = [each for each in name.split(".")[1:2] if each != "gateway"]
        shown = response["content"]["application/fhir+json"].get("examples", {})

        assert list(shown) == [f"{code}-outcome" for code in codes], name
        for code, example_of in zip(codes, shown, strict=True):
            issue = document["components"]["examples"][example_of]["value"]["issue"][0]
            assert issue["details"]["coding"][0]["code"] == code


def test_the_id_that_is_shown_holds_the_time_that_is_shown() -> None:
    assert RECORD_ID.version == 7
    assert RECORD_ID.int >> 80 == int(RECORDED_AT.timestamp() * 1000)


async def test_the_document_does_not_grow_unnoticed(service: Service) -> None:
    assert len((await service.client.get("/openapi.json")).content) < LARGEST_DOCUMENT
