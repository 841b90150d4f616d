"""A body of FHIR or CDS Hooks is taken as it was sent, if it has one meaning and is not too large or deep."""

from __future__ import annotations

import http.client
import json
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from app.api.application import Application, create_application
from app.api.fhir_body import MAX_FHIR_BYTES, MAX_FHIR_DEPTH, FhirBody, JsonObject
from app.api.json_body import MAX_BODY_BYTES
from app.api.problems import RequestRefused
from tests.api.sample import sample_router, send
from tests.api.serving import running

BODY = FhirBody("Anything that FHIR calls a resource.")
FHIR = "application/fhir+json"


def application() -> Application:
    """One route that takes a resource, beside those that take a case."""
    router = APIRouter()

    @router.post("/fhir/echo")
    async def echo(resource: Annotated[JsonObject, Depends(BODY)]) -> Response:
        return JSONResponse({"members": sorted(resource)})

    return create_application(routers=[router, sample_router()], version="0", domain_errors={})


def post(content: bytes, content_type: str = FHIR) -> Any:
    return send(application(), "POST", "/fhir/echo", content=content, headers={"Content-Type": content_type})


def test_members_that_nobody_knows_are_taken_as_they_are() -> None:
    sent = {"resourceType": "Bundle", "extension": [{"url": "x"}], "_id": None, "entry": [{"more": 1.50}]}

    assert BODY.parse(json.dumps(sent).encode()) == sent


@pytest.mark.parametrize(
    "content_type",
    [
        "application/fhir+json",
        "application/json",
        "Application/FHIR+JSON;charset=UTF-8",
        "application/fhir+json; fhirVersion=4.0",
        'application/fhir+json; fhirVersion="4.0" ; charset="utf-8"',
        "application/json; charset=utf-8; fhirVersion=4.0.1",
    ],
)
def test_both_media_types_are_taken_with_their_parameters(content_type: str) -> None:
    assert post(b'{"a":1}', content_type).json() == {"members": ["a"]}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json+fhir",
        "application/fhir+xml",
        "application/fhir+jsonx",
        "application/fhir+json; fhirVersion=3.0",
        "application/fhir+json; fhirVersion=5.0",
        "application/fhir+json; charset=utf-16",
        "application/fhir+json, application/json",
        "text/json",
    ],
)
def test_another_version_or_encoding_is_refused(content_type: str) -> None:
    assert post(b'{"a":1}', content_type).status_code == 415


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (b'{"a":1,"a":2}', "duplicate_member"),
        (b'{"x":{"url":"http://a:b","url":"c"}}', "duplicate_member"),
        (b'{"a":NaN}', "malformed_json"),
        (b'{"a":Infinity}', "malformed_json"),
        (b'{"a":1e999}', "number_out_of_range"),
        (b'{"a":"\\ud800"}', "malformed_json"),
        (b'{"a":"\\u0000"}', "nul_character"),
        (b'\xef\xbb\xbf{"a":1}', "malformed_json"),
        (b'{"a":1}{', "malformed_json"),
        (b"", "malformed_json"),
    ],
)
def test_a_text_of_two_meanings_is_refused(text: bytes, flaw: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        BODY.parse(text)

    assert (caught.value.problem.status, caught.value.errors[0].code) == (400, flaw)


@pytest.mark.parametrize("text", [b"[]", b"7", b'"a"', b"null", b"true"])
def test_what_is_no_object_is_no_resource(text: bytes) -> None:
    with pytest.raises(RequestRefused) as caught:
        BODY.parse(text)

    assert (caught.value.problem.status, caught.value.errors[0].code) == (422, "model_type")


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def test_a_body_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    BODY.parse(nested(MAX_FHIR_DEPTH))
    for levels in (MAX_FHIR_DEPTH + 1, 100_000):
        with pytest.raises(RequestRefused) as caught:
            BODY.parse(nested(levels))
        assert caught.value.problem.status == 400


def test_forms_in_forms_in_a_prefetch_are_not_too_deep() -> None:
    item: dict[str, Any] = {"linkId": "last", "answer": [{"valueCoding": {"system": "s", "code": "c"}}]}
    for _ in range(10):
        item = {"linkId": "outer", "answer": [{"valueBoolean": True, "item": [item]}]}
    form = {"resourceType": "QuestionnaireResponse", "item": [item]}
    holder = {"resourceType": "Patient", "contained": [form], "extension": [{"extension": [{"url": "x"}]}]}

    BODY.parse(json.dumps({"prefetch": {"forms": {"entry": [{"resource": holder}]}}}).encode())


def resource(size: int) -> bytes:
    return b'{"resourceType":"Bundle"}'.ljust(size)


def test_only_here_a_body_may_have_two_mebibytes() -> None:
    case = b'{"subject":"a"}'.ljust(MAX_BODY_BYTES + 1)
    elsewhere = send(
        application(), "POST", "/v1/cases", content=case, headers={"Content-Type": "application/json"}
    )

    assert post(resource(MAX_FHIR_BYTES)).status_code == 200
    assert post(resource(MAX_FHIR_BYTES + 1)).status_code == elsewhere.status_code == 413


@pytest.mark.wire
def test_two_mebibytes_come_through_a_real_connection_and_a_byte_more_does_not() -> None:
    with running(application()) as port:
        statuses = []
        for size in (MAX_FHIR_BYTES, MAX_FHIR_BYTES + 1):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("POST", "/fhir/echo", resource(size), {"Content-Type": FHIR})
            answer = connection.getresponse()
            statuses.append((answer.status, answer.getheader("Content-Type")))
            connection.close()

    assert statuses == [(200, "application/json"), (413, FHIR)]
