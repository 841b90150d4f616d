"""FHIR and CDS Hooks are told of as free objects, and their errors as OperationOutcomes."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter
from starlette.responses import Response

from app.api.application import create_application
from app.api.free_bodies import (
    CDS_REQUEST,
    CDS_RESPONSE,
    FHIR_RESOURCE,
    JSON,
    SCHEMAS,
    free_answer,
    free_body,
)
from tests.api.published import faults, operations

BUNDLE = {"bundle": {"summary": "Nothing in it", "value": {"resourceType": "Bundle"}}}


def clinical_router() -> APIRouter:
    """Routes as those of FHIR and CDS Hooks are."""
    router = APIRouter(tags=["assessments"])

    @router.post(
        "/fhir/$try",
        response_class=Response,
        openapi_extra=free_body("A Bundle of what is known.", FHIR_RESOURCE, BUNDLE),
        responses={200: free_answer("What is said of it.", FHIR_RESOURCE, BUNDLE)},
    )
    async def try_resource() -> Response:
        """Try a resource."""
        return Response()

    @router.post(
        "/cds-services/try",
        response_class=Response,
        openapi_extra=free_body("The call.", CDS_REQUEST, media_types=(JSON,)),
        responses={200: free_answer("The cards.", CDS_RESPONSE, media_type=JSON)},
    )
    async def try_hook() -> Response:
        """Try a hook."""
        return Response()

    @router.get("/v1/plain", response_class=Response)
    async def read_plain() -> Response:
        """Read what is neither."""
        return Response()

    return router


@pytest.fixture(scope="module")
def clinical() -> dict[str, Any]:
    """The document of an application with such routes."""
    return create_application(routers=[clinical_router()], version="0.1.0", domain_errors={}).openapi()


def test_free_objects_are_no_fault_of_a_document(clinical: dict[str, Any]) -> None:
    assert faults(clinical) == []


def test_only_what_is_referred_to_is_published(clinical: dict[str, Any]) -> None:
    published = set(SCHEMAS) & set(clinical["components"]["schemas"])

    assert published == {"FhirResource", "OperationOutcome", "CdsHooksRequest", "CdsHooksResponse"}


def test_a_body_is_told_with_its_examples_under_every_type_that_is_read(clinical: dict[str, Any]) -> None:
    body = clinical["paths"]["/fhir/$try"]["post"]["requestBody"]

    assert body["required"]
    assert set(body["content"]) == {"application/fhir+json", "application/json"}
    assert all(each["examples"] == BUNDLE for each in body["content"].values())


@pytest.mark.parametrize(
    ("place", "media_type"),
    [
        ("post /fhir/$try", "application/fhir+json"),
        ("post /cds-services/try", "application/fhir+json"),
        ("get /v1/plain", "application/problem+json"),
    ],
)
def test_errors_are_told_in_the_words_of_their_address(
    clinical: dict[str, Any], place: str, media_type: str
) -> None:
    responses = dict(operations(clinical))[place]["responses"]
    errors = [response for status, response in responses.items() if status >= "400"]

    assert {tuple(each["content"]) for each in errors} == {(media_type,)}


def test_who_sends_a_body_is_told_what_can_be_wrong_with_it(clinical: dict[str, Any]) -> None:
    assert {"400", "413", "415", "422"} <= set(clinical["paths"]["/fhir/$try"]["post"]["responses"])
