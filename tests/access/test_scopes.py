"""The table of what each route needs is complete, is not longer than the routes, and leaves nothing open."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from app.access.caller import LOCAL, Caller
from app.access.scopes import MEANINGS, NEEDS, Public, Route, Scope, known_scopes
from app.api.application import Application
from app.main import create_app
from app.settings import Settings
from tests.stores import SECRETS, environment_of

FREE = {
    "/cds-services",
    "/fhir/metadata",
    "/health/live",
    "/health/ready",
    "/docs",
    "/docs/files/{name}",
    "/openapi.json",
}


@pytest.fixture
def application(sqlite_url: str) -> Application:
    return create_app(Settings.from_environment(environment_of(sqlite_url)), SECRETS)


def served(application: Application) -> Iterator[Route]:
    """Every method and path that some route answers, HEAD as GET."""
    for route in iter_route_contexts(application.routes):
        assert route.path, f"{route} has no path and so no place in the table"
        for method in route.methods or {"any"}:
            yield ("GET" if method == "HEAD" else method, route.path)


def test_every_route_has_an_entry_and_every_entry_a_route(application: Application) -> None:
    routes = set(served(application))

    assert routes == set(NEEDS)


def test_a_route_without_an_entry_is_found(application: Application) -> None:
    application.add_api_route("/v1/backdoor", lambda: None, methods=["DELETE"])

    assert set(served(application)) - set(NEEDS) == {("DELETE", "/v1/backdoor")}


def test_only_what_holds_no_data_is_public_and_it_says_why() -> None:
    public = {path: need for (_, path), need in NEEDS.items() if isinstance(need, Public)}

    assert set(public) == FREE
    assert all(len(need.reason) > 20 for need in public.values())


def test_no_address_is_that_of_two_entries() -> None:
    examples = {
        path: re.sub(r"{\w+:uuid}", "0" * 8 + "-0000-0000-0000-" + "0" * 12, path) for _, path in NEEDS
    }
    examples = {path: re.sub(r"{\w+}", "some", example) for path, example in examples.items()}
    matching = {
        path: [other for other in examples if compile_path(other)[0].match(example)]
        for path, example in examples.items()
    }

    assert matching == {path: [path] for path in examples}


def test_every_scope_opens_something_and_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Scope) == {need for need in NEEDS.values() if isinstance(need, Scope)}
    assert LOCAL.scopes == set(Scope)


def test_words_that_are_no_scopes_of_ours_open_nothing() -> None:
    assert known_scopes(["openid", "read", "READ", "", "read "]) == {Scope.READ}


@pytest.mark.parametrize("tenant", ["", "a" * 41, "Ward", "ward 7", "ward/7", "ward\n", "wärd"])
def test_a_tenant_is_a_short_slug(tenant: str) -> None:
    with pytest.raises(ValueError, match="1 to 40"):
        Caller(tenant, "key:1", frozenset())
