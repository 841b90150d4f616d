"""The real service of `app.main`, started once for all that leave it as it was, and its document."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from app.main import create_app
from app.settings import Settings
from tests.api.service import Service, running_service
from tests.stores import SECRETS, environment_of

Check = Callable[[str, Any], None]


@pytest.fixture(scope="session")
def service_url(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated SQLite database that the tests of the routes share; each looks at its own records alone."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path_factory.mktemp('service') / 'decompass.db')}"


@pytest.fixture(scope="session")
async def service(service_url: str) -> AsyncIterator[Service]:
    """The application that is served, running."""
    application = create_app(Settings.from_environment(environment_of(service_url)), SECRETS)
    async with running_service(application, service_url) as running:
        yield running


@pytest.fixture(scope="session")
async def document(service: Service) -> dict[str, Any]:
    """The published document."""
    published: dict[str, Any] = (await service.client.get("/openapi.json")).json()
    return published


@pytest.fixture(scope="session")
def as_published(document: dict[str, Any]) -> Check:
    """Holds a JSON value to the published schema of a name."""
    validators: dict[str, Draft202012Validator] = {}

    def check(name: str, value: Any) -> None:
        reference = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        validator = validators.setdefault(name, Draft202012Validator(reference))
        assert [f"{each.json_path}: {each.message[:200]}" for each in validator.iter_errors(value)] == []

    return check


@pytest.fixture
def nothing_more_is_stored(service: Service) -> Iterator[None]:
    """After the test there are as many records as before."""
    before = service.stored()
    yield
    assert service.stored() == before
