"""What a client of FHIR has to know is there to be read, in the one type that is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from app.access.scopes import RESOURCES
from app.interop.capability import OF_A_RECORD
from tests.api.fhired import BASE_URL, FHIR, Fhired, data, fhired
from tests.api.hooked import ehr, refusal

pytestmark = pytest.mark.anyio

FORM = f"{BASE_URL}/fhir/Questionnaire/postop-lumbar"


@pytest.fixture
async def clinic(sqlite_url: str) -> AsyncIterator[Fhired]:
    async with fhired(sqlite_url) as running:
        yield running


async def test_the_statement_names_what_is_answered_and_where(clinic: Fhired) -> None:
    statement = (await clinic.get("metadata")).json()
    (rest,) = statement["rest"]

    assert statement["implementation"]["url"] == f"{BASE_URL}/fhir"
    assert rest["security"]["cors"] is False
    for operation in rest["operation"]:
        definition = await clinic.get(operation["definition"].removeprefix(f"{BASE_URL}/fhir/"))
        assert definition.json()["code"] == operation["name"]


async def test_every_type_that_the_statement_names_can_be_read(clinic: Fhired) -> None:
    statement = (await clinic.get("metadata")).json()
    named = {each["type"]: each for each in statement["rest"][0]["resource"]}
    answered = {each: (await clinic.get(f"{each}/unknown")).status_code for each in named}
    searched = [name for name, each in named.items() if {"code": "search-type"} in each["interaction"]]

    assert set(answered.values()) == {404}
    assert set(OF_A_RECORD) == set(RESOURCES) <= set(named)
    assert [(await clinic.get(each)).status_code for each in searched] == [200] * len(searched)


async def test_pages_of_other_origins_may_call_where_the_setting_says_so(sqlite_url: str) -> None:
    settings = ehr(cors_origins=frozenset({"https://ehr.example.org"}))
    async with fhired(sqlite_url, settings) as clinic:
        assert (await clinic.get("metadata")).json()["rest"][0]["security"]["cors"] is True


async def test_without_a_public_address_links_begin_with_the_host_that_was_asked(sqlite_url: str) -> None:
    async with fhired(sqlite_url, ehr(public_url="")) as clinic:
        host = str(clinic.service.client.base_url).rstrip("/")
        statement = (await clinic.get("metadata")).json()
        location = (await clinic.assess(data())).headers["location"]

    assert statement["url"] == f"{host}/fhir/metadata"
    assert location.startswith(f"{host}/fhir/GuidanceResponse/")


async def test_the_form_is_found_by_its_address_with_and_without_its_version(clinic: Fhired) -> None:
    form = (await clinic.get("Questionnaire/postop-lumbar")).json()
    assert form["url"] == FORM
    for url in (FORM, f"{FORM}|{form['version']}"):
        bundle = (await clinic.get(f"Questionnaire?url={quote(url, safe='')}")).json()
        assert bundle["total"] == 1
        assert bundle["link"] == [
            {"relation": "self", "url": f"{BASE_URL}/fhir/Questionnaire?url={quote(url, safe='')}"}
        ]
        assert [each["resource"] for each in bundle["entry"]] == [form]
    other = (await clinic.get("Questionnaire?url=https://example.org/other")).json()

    assert (await clinic.get("Questionnaire")).json()["total"] == 1
    assert (other["total"], "entry" in other) == (0, False)


async def test_codes_of_a_system_that_is_switched_off_are_neither_in_the_form_nor_in_answers(
    sqlite_url: str,
) -> None:
    off = "http://loinc.org"
    async with fhired(sqlite_url, ehr(code_systems_off=frozenset({off}))) as clinic:
        assert off not in (await clinic.get("Questionnaire/postop-lumbar")).text
        assert off not in (await clinic.assess(data())).text


@pytest.mark.parametrize(
    ("accept", "query", "status"),
    [
        ("application/fhir+json", "", 200),
        ("application/json", "", 200),
        ("application/json+fhir", "", 200),
        ("*/*", "", 200),
        ("text/html, application/*;q=0.5", "", 200),
        ("application/fhir+json; fhirVersion=4.0", "", 200),
        ('application/fhir+json; fhirVersion="4.0.1"; q=0.9', "", 200),
        ("application/fhir+json; fhirVersion=3.0, application/fhir+json; fhirVersion=4.0", "", 200),
        ("application/fhir+json; fhirVersion=3.0", "", 406),
        ("application/fhir+json; fhirVersion=4.3; q=0.9", "", 406),
        ("Application/FHIR+JSON", "", 200),
        ("", "", 200),
        ("text/html", "?_format=json", 200),
        ("text/html", "?_format=application/fhir%2Bjson", 200),
        ("text/html", "?_format=application/fhir+json", 200),
        ("*/*", "?_format=application/json", 200),
        ("application/fhir+xml", "", 406),
        ("text/html", "", 406),
        ("application/fhir+json;q=0", "", 406),
        ("*/*", "?_format=xml", 406),
        ("*/*", "?_format=", 406),
        ("*/*", "?_format=application/fhir%2Bxml", 406),
    ],
)
async def test_json_is_answered_to_whoever_takes_it_and_nobody_else(
    clinic: Fhired, accept: str, query: str, status: int
) -> None:
    answer = await clinic.get(f"metadata{query}", Accept=accept)
    head = await clinic.service.client.head(f"/fhir/metadata{query}", headers={"Accept": accept})

    assert (answer.status_code, head.status_code) == (status, status)
    assert answer.headers["content-type"] == FHIR
    if status != 200:
        assert refusal(answer) == (406, "not-acceptable")


async def test_who_does_not_take_the_answer_has_nothing_recorded(clinic: Fhired) -> None:
    answer = await clinic.service.client.post("/fhir/$assess", json=data(), headers={"Accept": "text/html"})

    assert refusal(answer) == (406, "not-acceptable")
    assert clinic.leaves("assess", "abstain") == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "$assess"), ("POST", "metadata"), ("DELETE", "GuidanceResponse/x")]
)
async def test_a_method_that_is_not_answered_is_told_as_an_outcome(
    clinic: Fhired, method: str, path: str
) -> None:
    answer = await clinic.service.client.request(method, f"/fhir/{path}")

    assert refusal(answer) == (405, "method-not-allowed")
    assert answer.headers["allow"]
