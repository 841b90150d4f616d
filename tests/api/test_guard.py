"""Every route, every kind of credential: whoever proves nothing gets nothing, and learns nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends
from sqlalchemy import Executable, delete, text, update
from starlette.responses import JSONResponse, Response

from app.access.caller import Caller
from app.access.errors import AccessMisconfigured
from app.access.scopes import NEEDS, Public, Route, Scope
from app.api.application import create_application
from app.api.direct_route import DirectRoute
from app.api.failed_attempts import BURST
from app.api.guard import caller_of
from app.audit.database import open_database
from app.audit.tables import api_key
from app.main import admission_of, create_app
from tests.access.issuer import token
from tests.api.conftest import Check
from tests.api.guarded import (
    CLINIC,
    GUARDED,
    WARD,
    Guarded,
    guarded_service,
    new_key,
    revoke,
    revoked_key,
    settings_of,
)
from tests.api.refusals import code_of
from tests.api.sample import in_process
from tests.api.service import ASSESS, example
from tests.stores import SECRETS, store_at

pytestmark = pytest.mark.anyio

NONE, BAD, EXPIRED, SCOPE = (
    "credential-missing",
    "credential-invalid",
    "credential-expired",
    "insufficient-scope",
)
IDS = [f"{method} {path}" for (method, path), _ in GUARDED]


@pytest.fixture(scope="session")
def ward_folder(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated database."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copy(migrated_file, folder / "decompass.db")
    return folder


@pytest.fixture(scope="session")
async def ward(ward_folder: Path) -> AsyncIterator[Guarded]:
    """The service where credentials are required, started once for all that leave it as it was."""
    async with guarded_service(f"sqlite:///{ward_folder / 'decompass.db'}", ward_folder) as running:
        yield running


@pytest.fixture
async def alone(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Guarded]:
    """The same with no past."""
    async with guarded_service(sqlite_url, tmp_path) as running:
        yield running


def others(scope: Scope) -> list[Scope]:
    return [each for each in Scope if each != scope]


def kinds(url: str, scope: Scope) -> dict[str, tuple[str | None, str | None]]:
    """Every kind of credential with the problem it meets; None where it opens the route."""
    good = new_key(url, scope)
    wrong = good[:30] + ("a" if good[30] != "a" else "b") + good[31:]
    return {
        "none": (None, NONE),
        "malformed": ("dcp_0_0_0", BAD),
        "mistyped": (wrong, BAD),
        "a stranger's": (token(iss="https://evil.example"), BAD),
        "no token": ("a.b.c", BAD),
        "expired key": (new_key(url, made_ago=timedelta(days=2)), EXPIRED),
        "expired token": (token(exp=int(time.time()) - 60), EXPIRED),
        "revoked": (revoked_key(url), BAD),
        "key of another scope": (new_key(url, *others(scope)), SCOPE),
        "token of another scope": (token(scope=" ".join(others(scope))), SCOPE),
        "token without scopes": (token(scope=None), SCOPE),
        "another tenant's": (new_key(url, scope, tenant=CLINIC), None),
        "right key": (good, None),
        "right token": (token(scope=scope), None),
    }


STATUS = {NONE: 401, BAD: 401, EXPIRED: 401, SCOPE: 403}


@pytest.mark.parametrize(("route", "scope"), GUARDED, ids=IDS)
async def test_each_route_opens_to_what_is_right_and_to_nothing_else(
    ward: Guarded, route: Route, scope: Scope, as_published: Check
) -> None:
    # Whose records they are is tried where records are: a foreign id and an unknown one are the same 404.
    async with ward.seen_from(f"192.0.2.{IDS.index(' '.join(route))}") as service:
        for kind, (credential, problem) in kinds(ward.url, scope).items():
            answer = await service.ask(route, credential)
            if problem is None:
                assert answer.status_code not in (401, 403, 429), (kind, answer.text)
                continue
            assert (answer.status_code, code_of(answer)) == (STATUS[problem], problem), kind
            if answer.headers["content-type"] == "application/problem+json":
                as_published("Problem", answer.json())
            challenge = answer.headers["www-authenticate"]
            assert challenge.startswith("Bearer ")
            assert ("insufficient_scope" in challenge) == (problem == SCOPE)
            assert credential is None or credential not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("method", "path"), [route for route, need in NEEDS.items() if isinstance(need, Public)]
)
async def test_a_public_route_asks_nobody(ward: Guarded, method: str, path: str) -> None:
    for credential in (None, "dcp_0_0_0"):
        assert (await ward.ask((method, path), credential)).status_code == 200


@pytest.mark.parametrize(("route", "scope"), GUARDED, ids=IDS)
async def test_whoever_is_not_let_in_has_none_of_the_body_read(
    ward: Guarded, route: Route, scope: Scope
) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append(1)
        yield b"{}"

    answer = await ward.ask(route, None, content=body(), headers={"Content-Type": "application/json"})
    wide = new_key(ward.url, *others(scope))
    refused = await ward.ask(route, wide, content=body(), headers={"Content-Type": "application/json"})

    assert (answer.status_code, refused.status_code) == (401, 403)
    assert read == []


@pytest.mark.parametrize(
    "sent",
    [
        ["Basic d2FyZDo3"],
        ["{key}"],
        ["Bearer"],
        ["Bearer "],
        ["Bearer {key} {key}"],
        ["Bearer {key},"],
        ["Bearer={key}"],
        ["Bearer {key}", "Bearer {key}"],
        ["Bearer {key}\x00"],
        ["Bearer ünïcode"],
    ],
)
async def test_a_good_key_that_is_not_sent_as_it_should_be_opens_nothing(
    alone: Guarded, sent: list[str]
) -> None:
    key = new_key(alone.url)
    headers = [("Authorization", each.format(key=key).encode("latin-1")) for each in sent]
    answer = await alone.client.get("/v1/evidence", headers=headers)  # type: ignore[arg-type] # bytes, as sent

    assert (answer.status_code, answer.json()["code"]) == (401, BAD)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_may_be_written_in_any_letters(ward: Guarded, scheme: str) -> None:
    answer = await ward.client.get("/v1/evidence", headers={"Authorization": f"{scheme} {new_key(ward.url)}"})

    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/v1/evidence?access_token={key}", "/v1/evidence?api_key={key}"])
async def test_a_credential_in_an_address_opens_nothing(alone: Guarded, path: str) -> None:
    answer = await alone.client.get(path.format(key=new_key(alone.url)))

    assert answer.json()["code"] == NONE


async def test_what_is_not_in_the_table_is_not_answered_whatever_the_router_has(
    sqlite_url: str, tmp_path: Path
) -> None:
    router = APIRouter()
    router.add_api_route("/v1/backdoor", lambda: "in", methods=["GET"])
    router.add_api_route("/v1/evidence", lambda: "in", methods=["DELETE"])
    store = store_at(sqlite_url)
    application = create_application(
        routers=[router],
        version="0",
        domain_errors={},
        admission=admission_of(settings_of(sqlite_url, tmp_path), store),
    )
    key = {"Authorization": f"Bearer {new_key(sqlite_url)}"}
    async with in_process(application) as client:
        for path in ("/v1/backdoor", "/v1/backdoor/", "//v1/evidence", "/v1/evidence/"):
            assert (await client.get(path, headers=key)).json()["code"] == "not-found"
        refused = await client.delete("/v1/evidence", headers=key)
    store.close()

    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_head_needs_what_get_needs(alone: Guarded) -> None:
    rules, read = new_key(alone.url, Scope.RULES), new_key(alone.url, Scope.READ)
    statuses = [
        (await alone.ask(("HEAD", "/v1/evidence"), credential)).status_code
        for credential in (None, read, rules)
    ]

    assert statuses == [401, 403, 200]


async def test_what_is_told_of_an_unknown_a_revoked_and_an_altered_key_is_the_same(alone: Guarded) -> None:
    unknown = new_key(alone.url)
    altered, revoked = new_key(alone.url), revoked_key(alone.url)
    with_database(alone.url, delete(api_key).where(api_key.c.key_id == unknown.split("_")[1]))
    with_database(
        alone.url, update(api_key).where(api_key.c.key_id == altered.split("_")[1]).values(tenant="x")
    )
    answers = [
        await alone.ask(("GET", "/v1/evidence"), each) for each in (unknown, revoked, altered, "a.b.c", "x")
    ]

    assert len({told(answer) for answer in answers}) == 1


def with_database(url: str, statement: Executable) -> None:
    database = open_database(url)
    with database.writer.begin() as connection:
        connection.execute(statement)
    database.close()


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """All of an answer but its trace id."""
    headers = {name: value for name, value in answer.headers.items() if name != "trace-id"}
    return answer.status_code, tuple(headers.items()), answer.text.replace(answer.headers["trace-id"], "")


async def test_a_key_that_is_revoked_opens_nothing_from_the_next_request_on(alone: Guarded) -> None:
    key = new_key(alone.url)
    assert (await alone.ask(("GET", "/v1/evidence"), key)).status_code == 200
    revoke(alone.url, key)

    assert (await alone.ask(("GET", "/v1/evidence"), key)).json()["code"] == BAD


async def test_an_address_that_fails_too_often_has_to_wait_and_others_there_are_let_in(
    alone: Guarded,
) -> None:
    answers = [await alone.ask(("GET", "/v1/evidence"), "dcp_guess") for _ in range(BURST + 5)]

    statuses = [answer.status_code for answer in answers]
    assert statuses[:BURST] == [401] * BURST
    assert statuses[-1] == 429
    assert answers[-1].json()["code"] == "too-many-attempts"
    assert int(answers[-1].headers["retry-after"]) >= 1
    for credential in (new_key(alone.url), token()):  # neither was seen before
        assert (await alone.ask(("GET", "/v1/evidence"), credential)).status_code == 200
    assert (await alone.ask(("GET", "/health/live"), None)).status_code == 200


async def test_whoever_is_told_to_wait_is_not_told_whether_a_credential_expired(alone: Guarded) -> None:
    for _ in range(BURST):
        await alone.ask(("GET", "/v1/evidence"), "dcp_guess")
    expired = new_key(alone.url, made_ago=timedelta(days=2))
    codes = [
        (await alone.ask(("GET", "/v1/evidence"), each)).json()["code"]
        for each in ("dcp_guess", revoked_key(alone.url), expired, token(iss="https://evil.example"))
    ]

    assert codes == ["too-many-attempts"] * 4


@pytest.mark.parametrize("refused", ["other scope", "none", "not there"])
async def test_what_is_refused_takes_from_the_share_of_whoever_asks(
    sqlite_url: str, tmp_path: Path, refused: str
) -> None:
    async with guarded_service(sqlite_url, tmp_path, RATE_LIMIT="1:3") as service:
        narrow, other = new_key(service.url, Scope.READ), new_key(service.url)
        credential = None if refused == "none" else narrow
        path = "/v1/nowhere" if refused == "not there" else "/v1/evidence"
        answers = [await service.ask(("GET", path), credential) for _ in range(6)]
        others = await service.ask(("GET", "/v1/evidence"), other)

    assert answers[0].status_code == {"other scope": 403, "none": 401, "not there": 404}[refused]
    assert answers[0].headers["ratelimit"].startswith('"default";r=2')
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "rate-limited")
    assert others.status_code == 200


async def test_to_ask_without_a_credential_is_no_attempt(alone: Guarded) -> None:
    answers = [await alone.ask(("GET", "/v1/evidence"), None) for _ in range(BURST + 5)]

    assert {answer.status_code for answer in answers} == {401}


async def test_nobody_gets_in_while_the_store_is_away(alone: Guarded) -> None:
    key = new_key(alone.url)
    with_database(alone.url, text("DROP TABLE api_key"))
    answer = await alone.ask(("GET", "/v1/evidence"), key)

    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
    assert "retry-after" in answer.headers


LetIn = Annotated[Caller, Depends(caller_of)]


def caller_application(**options: Any) -> Any:
    """Tells who calls, from an ordinary route and from a direct one."""
    ordinary, direct = APIRouter(), APIRouter(route_class=DirectRoute)

    async def who(caller: LetIn) -> Response:
        return JSONResponse([caller.tenant, caller.credential.split(":")[0], sorted(caller.scopes)])

    ordinary.add_api_route("/v1/evidence", who, methods=["GET"])
    direct.add_api_route("/v1/vocabulary", who, methods=["GET"])
    return create_application(routers=[ordinary, direct], version="0", domain_errors={}, **options)


@pytest.mark.parametrize("path", ["/v1/evidence", "/v1/vocabulary"])
async def test_the_tenant_comes_from_the_credential_whatever_else_names_one(
    sqlite_url: str, tmp_path: Path, path: str
) -> None:
    store = store_at(sqlite_url)
    application = caller_application(admission=admission_of(settings_of(sqlite_url, tmp_path), store))
    credentials = {
        new_key(sqlite_url, Scope.RULES, tenant=CLINIC): [CLINIC, "key", ["rules"]],
        token(scope="rules"): [WARD, "jwt", ["rules"]],
    }
    async with in_process(application) as client:
        for credential, who in credentials.items():
            headers = {"Authorization": f"Bearer {credential}", "X-Tenant": "other", "Tenant": "other"}
            answer = await client.get(path, params={"tenant": "other"}, headers=headers)
            assert answer.json() == who
    store.close()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *[(address, 200) for address in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1")],
        *[(address, 403) for address in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "0.0.0.0", "")],  # noqa: S104 -- sent
    ],
)
async def test_without_credentials_only_this_machine_is_answered(address: str, status: int) -> None:
    transport = httpx.ASGITransport(app=caller_application(), client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/v1/evidence", headers={"Authorization": "Bearer whatever"})

    assert answer.status_code == status
    assert answer.json() == ["local", "loopback", sorted(Scope)] or answer.json()["code"] == "not-local"


@pytest.mark.parametrize("database_kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_a_token_that_may_be_used_once_is_refused_again_by_every_process(
    request: pytest.FixtureRequest, tmp_path: Path, database_kind: str
) -> None:
    url = request.getfixturevalue("sqlite_url" if database_kind == "sqlite" else "postgres_url")
    once, narrow = token(), token(scope="read")
    async with (
        guarded_service(url, tmp_path, JWT_SINGLE_USE="on") as first,
        guarded_service(url, tmp_path, JWT_SINGLE_USE="on") as second,
    ):
        statuses = [
            (await service.ask(("GET", "/v1/evidence"), once)).status_code
            for service in (first, first, second)
        ]
        # What it does not open leaves it unused.
        assert (await first.ask(("GET", "/v1/evidence"), narrow)).status_code == 403
        assert (await second.ask(("GET", "/v1/assessments/{assessment_id:uuid}"), narrow)).status_code == 404

    assert statuses == [200, 401, 401]


async def test_a_token_may_be_used_again_where_nothing_else_is_asked_for(ward: Guarded) -> None:
    again = token()

    assert [(await ward.ask(("GET", "/v1/evidence"), again)).status_code for _ in range(3)] == [200] * 3


async def test_a_service_with_another_pepper_than_that_of_its_keys_does_not_start(
    sqlite_url: str, tmp_path: Path
) -> None:
    new_key(sqlite_url)
    application = create_app(settings_of(sqlite_url, tmp_path), replace(SECRETS, pepper=bytes(32)))
    with pytest.raises(AccessMisconfigured, match="pepper"):
        async with application.router.lifespan_context(application):
            pass


async def test_a_case_is_recorded_with_a_credential_as_without(alone: Guarded) -> None:
    answer = await alone.ask(("POST", ASSESS), new_key(alone.url, Scope.ASSESS), json=example())

    assert answer.status_code == 201
