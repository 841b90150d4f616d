"""The published document is complete, bounded, stable, and true of what the service answers."""

from typing import Any

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
from pydantic import BaseModel

from app.api import openapi
from app.api.json_body import JsonBody
from app.api.links import LINKS
from app.main import create_app
from app.settings import Settings
from tests.api.published import faults, operations
from tests.api.sample import EXAMPLES, Case, sample_application, send
from tests.stores import SECRETS


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = send(sample_application(), "GET", "/openapi.json")
    published: dict[str, Any] = answer.json()
    return published


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


def test_a_reader_or_generator_stumbles_on_nothing(document: dict[str, Any]) -> None:
    assert faults(document) == []


def test_the_check_for_faults_has_teeth() -> None:
    class Loose(BaseModel):
        name: str
        sizes: list[int]

    operation = {
        "operationId": "read_loose",
        "tags": ["none"],
        "parameters": [{"name": "mute", "in": "query"}],
        "responses": {"200": {"headers": {"Mute": {}}}, "404": {}},
    }
    loose = {
        "tags": [],
        "paths": {"/loose": {"get": operation}},
        "components": {
            "schemas": {
                "Loose": Loose.model_json_schema(),
                "Steps": {"description": "Steps.", "oneOf": [{"const": 0}, {"const": 0.5}]},
            }
        },
    }

    assert len(faults(loose)) == 14


def test_the_document_names_its_license_and_contact(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["info"]["license"]["identifier"] == "Apache-2.0"
    assert document["info"]["contact"]
    assert [(each["url"], each["x-internal"]) for each in document["servers"]] == [(".", False)]
    assert document["servers"][0]["description"].startswith("Where this document was read from")


def test_operation_ids_are_the_names_of_the_routes(document: dict[str, Any]) -> None:
    assert {operation["operationId"] for _, operation in operations(document)} == {
        "assessCase",
        "readCase",
        "forgetCase",
        "live",
        "ready",
    }


def test_that_head_is_answered_like_get_is_not_published(document: dict[str, Any]) -> None:
    assert [path for path, item in document["paths"].items() if "head" in item] == []


def test_a_body_that_is_read_strictly_is_described_with_its_examples(document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/cases"]["post"]["requestBody"]

    assert body["required"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Case"}
    for example in body["content"]["application/json"]["examples"].values():
        jsonschema.validate(example["value"], schema(document, "Case"))
        assert send(sample_application(), "POST", "/v1/cases", json=example["value"]).status_code == 201


@pytest.mark.parametrize(
    ("place", "statuses"),
    [
        (
            ("/v1/cases", "post"),
            {"201", "400", "401", "403", "408", "413", "415", "421", "422", "429", "431", "500", "503"},
        ),
        (
            ("/v1/cases/{case_id}", "get"),
            {"200", "400", "401", "403", "404", "408", "421", "422", "429", "431", "500", "503"},
        ),
        (
            ("/health/live", "get"),
            {"200", "400", "401", "403", "408", "421", "429", "431", "500", "503"},
        ),
    ],
)
def test_each_operation_tells_the_problems_it_can_give(
    document: dict[str, Any], place: tuple[str, str], statuses: set[str]
) -> None:
    path, method = place

    assert set(document["paths"][path][method]["responses"]) == statuses


def test_problems_are_as_published(document: dict[str, Any]) -> None:
    application = sample_application()
    for answer in (
        send(application, "GET", "/nowhere"),
        send(application, "POST", "/v1/cases", json={"subject": 1, "x": 2}),
        send(application, "POST", "/v1/failing"),
    ):
        jsonschema.validate(answer.json(), schema(document, "Problem"))


def test_answers_are_as_published(document: dict[str, Any]) -> None:
    jsonschema.validate(
        send(sample_application(), "POST", "/v1/cases", json={"subject": "p-1"}).json(),
        schema(document, "Answer"),
    )


def test_the_frameworks_own_error_is_not_published(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in str(document)


def test_two_models_of_one_name_are_refused() -> None:
    body = JsonBody(Case, EXAMPLES)
    schemas = {"Case": {"type": "object"}}

    with pytest.raises(ValueError, match="named Case"):
        openapi._request_body(body, schemas)


def test_the_document_can_be_withheld() -> None:
    assert send(sample_application(publish_document=False), "GET", "/openapi.json").status_code == 404


def test_the_document_is_the_same_each_time() -> None:
    assert sample_application().openapi() == sample_application().openapi()


def test_every_link_leads_to_an_operation_with_parameters_that_it_has() -> None:
    published = create_app(Settings.from_environment({}), SECRETS).openapi()
    by_id = {each["operationId"]: each for path in published["paths"].values() for each in path.values()}
    told = {
        (operation_id, name)
        for operation_id, operation in by_id.items()
        for response in operation["responses"].values()
        for name in response.get("links", {})
    }

    assert told == {(link.source, link.name) for link in LINKS}
    for link in LINKS:
        known = {parameter["name"] for parameter in by_id[link.target].get("parameters", ())}
        assert set(link.parameters or {}) <= known
        assert bool(link.body) <= ("requestBody" in by_id[link.target])
