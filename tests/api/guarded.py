"""The whole service where credentials are required, with credentials of every kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.access.api_keys import ApiKeys
from app.access.scopes import NEEDS, Public, Route, Scope
from app.api.application import Application
from app.audit.database import open_database
from app.main import create_app
from app.settings import Settings
from tests.access.issuer import AUDIENCE, ISSUER, jwk_set
from tests.api.sample import in_process
from tests.api.service import example
from tests.stores import PEPPER, SECRETS, environment_of

WARD, CLINIC = "ward-7", "clinic-1"
ADDRESSED = {
    "{assessment_id:uuid}": "0190a0b0-0000-7000-8000-000000000000",
    "{version}": "9.9.9",
    "{rule_id}": "no.such-rule",
    "{service_id}": "postop-lumbar-view",
    "{index}": "0",
    "{resource_id}": "0190a0b0-0000-7000-8000-000000000000",
    "{name}": "LICENSE",
}
GUARDED: tuple[tuple[Route, Scope], ...] = tuple(
    (route, need) for route, need in NEEDS.items() if not isinstance(need, Public)
)


def new_key(url: str, *scopes: Scope, tenant: str = WARD, made_ago: timedelta = timedelta(0)) -> str:
    """A key that is valid for a day, as `decompass keys create` makes it."""
    now = datetime.now(UTC) - made_ago
    with closing(open_database(url)) as database:
        keys = ApiKeys(database, PEPPER, lambda: now)
        return keys.create(tenant, scopes or tuple(Scope), "", timedelta(days=1))[1]


def revoked_key(url: str) -> str:
    """A key that was good and was revoked."""
    text = new_key(url)
    revoke(url, text)
    return text


def revoke(url: str, text: str) -> None:
    """Revoke a key, as `decompass keys revoke` does."""
    with closing(open_database(url)) as database:
        ApiKeys(database, PEPPER, lambda: datetime.now(UTC)).revoke(text.split("_")[1])


def settings_of(url: str, folder: Path, **changes: str) -> Settings:
    """Credentials are required; both keys and the tokens of an issuer are accepted."""
    (folder / "jwks.json").write_bytes(jwk_set())
    given = {
        "CREDENTIALS": "required",
        "JWT_ISSUER": ISSUER,
        "JWT_AUDIENCE": AUDIENCE,
        "JWT_JWKS": str(folder / "jwks.json"),
    }
    chosen = {f"DECOMPASS_{name}": text for name, text in (given | changes).items()}
    return Settings.from_environment(environment_of(url) | chosen)


@dataclass
class Guarded:
    """A running service, and how to ask it."""

    application: Application
    client: httpx.AsyncClient
    url: str

    async def ask(self, route: Route, credential: str | None, **given: Any) -> httpx.Response:
        """Ask a route of the table with a credential, and a body where it takes one."""
        method, path = route
        for name, value in ADDRESSED.items():
            path = path.replace(name, value)
        headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
        if method == "POST" and "json" not in given and "content" not in given:
            given["json"] = {} if path.endswith("/search") else example()
        return await self.client.request(method, path, headers=headers | given.pop("headers", {}), **given)

    @asynccontextmanager
    async def seen_from(self, address: str) -> AsyncIterator[Guarded]:
        """The same service, asked from another address."""
        transport = httpx.ASGITransport(app=self.application, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield Guarded(self.application, client, self.url)


@asynccontextmanager
async def guarded_service(url: str, folder: Path, **changes: str) -> AsyncIterator[Guarded]:
    """The application of `app.main`, started and stopped as a server would."""
    application = create_app(settings_of(url, folder, **changes), SECRETS)
    async with application.router.lifespan_context(application), in_process(application) as client:
        yield Guarded(application, client, url)
