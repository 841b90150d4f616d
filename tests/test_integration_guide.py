"""The guide for integrators is true: its files are read, its tables agree, its exchanges happen."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from app.access.scopes import NEEDS, Scope
from app.api.free_bodies import TELLS_OUTCOMES
from app.ehr import code_book
from app.ehr_settings import EhrSettings
from app.interop.cds.discovery import PREFETCH, SERVICES
from app.interop.code_book import Meaning
from app.interop.reading import draft_from
from app.interop.systems import CASE_SYSTEM, PROCEDURE_SYSTEM, REGION_SYSTEM
from app.main import create_app
from app.settings import Settings
from tests.access.issuer import KEYS, jwk_set
from tests.api.hooked import hooked
from tests.api.sample import in_process
from tests.exchanges import MORE, UUID_TEXT, differences, exchanges_of
from tests.guide import GUIDE, blocks, codes_table, confirmation_list, marked, rows_of
from tests.stores import SECRETS, environment_of

DAY = datetime(2025, 4, 23, 9, 30, tzinfo=UTC)
"""The day on which the exchanges of the guide happen."""


EXCHANGES = tuple(exchanges_of(blocks("http")))


@pytest.mark.anyio
async def test_the_exchanges_of_the_guide_happen_as_they_are_shown(sqlite_url: str) -> None:
    ids: dict[str, str] = {}
    async with hooked(sqlite_url, clock=lambda: DAY) as running:
        for each in EXCHANGES:
            body = re.sub(UUID_TEXT, lambda match: ids.get(match[0], match[0]), each.body)
            answer = await running.service.client.request(
                each.method, each.path, content=body, headers=each.headers
            )
            real = answer.json() if answer.content else None

            assert answer.status_code == each.status, answer.text
            assert differences(each.answer, real, ids) == [], each.path
    assert len(ids) >= 3


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ({"a": 1}, {"a": 2}),
        ([1], [1, 2]),
        ([1, 2, MORE], [1]),
        ("begins…", "ends"),
        ("019661fb-95c0-7b1e-9d52-6c1f0e8a4d37", "no id"),
        (["019661fb-95c0-7b1e-9d52-6c1f0e8a4d37"] * 2, [str(uuid4()), str(uuid4())]),
        (None, {"a": 1}),
    ],
)
def test_an_exchange_that_is_shown_otherwise_would_be_noticed(shown: Any, real: Any) -> None:
    assert differences(shown, real, {}) != []


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> dict[str, str]:
    """The settings of the guide, in a folder that holds the files of the guide."""
    (tmp_path / "ehr-clients.toml").write_text(blocks("toml")[0])
    (tmp_path / "ehr-keys.json").write_bytes(jwk_set())
    (tmp_path / "code-map.json").write_text(blocks("json")[0])
    monkeypatch.chdir(tmp_path)
    *settings, command = blocks("sh")[0].splitlines()
    assert command == ".venv/bin/decompass serve"
    named = (each.split("=", 1) for line in settings for each in shlex.split(line)[1:])
    return environment_of(sqlite_url) | dict(named)


@pytest.fixture
async def served(site: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    application = create_app(Settings.from_environment(site), SECRETS)
    async with application.router.lifespan_context(application), in_process(application) as client:
        client.base_url = httpx.URL("http://decompass.example.org")
        yield client


def token_for(path: str) -> str:
    """A token with every part that the guide demands, and no other."""
    algorithm, key = KEYS["e"]
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": "https://ehr.example.org",
        "aud": f"https://decompass.example.org{path}",
        "exp": now + 300,
        "iat": now,
        "jti": str(uuid4()),
    }
    return jwt.encode(claims, key, algorithm, {"kid": "e"})


@pytest.mark.anyio
async def test_an_ehr_that_follows_the_guide_is_answered_and_one_without_a_token_is_not(
    served: httpx.AsyncClient,
) -> None:
    call = next(each for each in EXCHANGES if each.path == "/cds-services/postop-lumbar-view")
    headers = {**call.headers, "Origin": "https://ehr.example.org"}
    found = await served.get("/cds-services")
    answers = [
        await served.post(call.path, content=call.body, headers=headers | credential)
        for credential in ({}, {"Authorization": f"Bearer {token_for(call.path)}"})
    ]

    assert found.status_code == 200
    assert [answer.status_code for answer in answers] == [401, 200]
    assert len(answers[1].json()["cards"]) == 1
    assert {each.headers["access-control-allow-origin"] for each in answers} == {"https://ehr.example.org"}


def test_the_code_map_of_the_guide_means_what_the_guide_says(site: dict[str, str]) -> None:
    book = code_book(EhrSettings.from_environment(site))

    def means(system: str, code: str) -> set[Meaning]:
        return set(book.means([{"system": f"https://ehr.example.org/{system}", "code": code}]))

    assert means("procedures", "SPINE-LMD") == {Meaning(PROCEDURE_SYSTEM, "microdiscectomy")}
    assert means("procedures", "SPINE-TLAM") == {
        Meaning(PROCEDURE_SYSTEM, "laminectomy"),
        Meaning(REGION_SYSTEM, "thoracic"),
    }
    assert means("observations", "LEG-PAIN") == {Meaning(CASE_SYSTEM, "observations.leg_pain_nrs")}


@pytest.mark.parametrize(("code", "region"), [("SPINE-LMD", "lumbar"), ("SPINE-TLAM", "thoracic")])
def test_an_operation_of_the_code_map_is_where_the_map_says(
    site: dict[str, str], code: str, region: str
) -> None:
    procedure = {
        "resourceType": "Procedure",
        "status": "completed",
        "performedDateTime": "2025-03-03",
        "code": {"coding": [{"system": "https://ehr.example.org/procedures", "code": code}]},
    }
    book = code_book(EhrSettings.from_environment(site))
    draft = draft_from([procedure], subject="patient-7", now=DAY, assessed_on=None, book=book, channel="fhir")

    assert draft.case["surgery"]["region"] == region


def test_the_table_of_services_is_what_is_offered() -> None:
    listed = rows_of("## CDS Hooks", "Service")

    assert listed == [
        [f"`{each.id}`", f"`{each.hook}`", ", ".join(f"`{name}`" for name in each.context)]
        for each in SERVICES.values()
    ]


def test_the_table_of_the_prefetch_is_what_is_offered_and_says_what_absence_means() -> None:
    rows = rows_of("### Prefetch", "Key")

    assert [(key, query) for key, query, *_ in rows] == [
        (f"`{key}`", f"`{query}`") for key, query in PREFETCH.items()
    ]
    assert all(len(row) == 4 and all(row) for row in rows)


def test_the_routes_of_fhir_are_there_and_need_the_scope_that_is_listed() -> None:
    for route, _, scope in rows_of("## FHIR", "Route"):
        method, path = route.strip("`").split()
        need = NEEDS[method, path]
        assert scope.strip("`") == (need if isinstance(need, Scope) else "none"), path


def test_every_status_that_can_come_is_explained(site: dict[str, str]) -> None:
    explained = {
        status for row in rows_of("## What each status means", "HTTP status") for status in row[0].split(", ")
    }
    paths = create_app(Settings.from_environment(site), SECRETS).openapi()["paths"]
    possible = {
        status
        for path, operations in paths.items()
        if TELLS_OUTCOMES.match(path)
        for operation in operations.values()
        for status in operation["responses"]
    }

    assert explained == possible | {"405"}  # which is of no operation


def test_the_table_of_codes_is_what_is_read_and_written() -> None:
    assert marked("codes") == codes_table()


def test_the_guide_lists_every_code_that_is_to_be_confirmed_on_a_terminology_server() -> None:
    assert marked("to be confirmed") == confirmation_list()


def test_every_section_that_the_guide_points_to_is_there() -> None:
    titles = re.findall(r"^#+ (.*)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}

    assert set(re.findall(r"\]\(#([^)]*)\)", GUIDE)) <= anchors


def test_the_guide_names_no_setting_that_is_not_there() -> None:
    known = set(re.findall(r"DECOMPASS_[A-Z_]+", (Path(__file__).parents[1] / "README.md").read_text()))
    named = set(re.findall(r"DECOMPASS_[A-Z_]+", GUIDE))

    assert named <= known
