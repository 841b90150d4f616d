"""The published document as files, for tools that are not ours, and those of them that run on node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.guarded import settings_of
from tests.node import NodeProject, why_not
from tests.stores import SECRETS


def written(settings: Settings, file: Path) -> Path:
    """The document of a service with these settings."""
    file.write_text(json.dumps(create_app(settings, SECRETS).openapi()))
    return file


@pytest.fixture(scope="session")
def document_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make serve` publishes it."""
    return written(Settings.from_environment({}), tmp_path_factory.mktemp("document") / "openapi.json")


@pytest.fixture(scope="session")
def guarded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As it is published where credentials are required and rates are limited."""
    folder = tmp_path_factory.mktemp("guarded")
    settings = settings_of(f"sqlite:///{folder}/unused.db", folder, RATE_LIMIT="50:200")
    return written(settings, folder / "openapi.json")


@pytest.fixture(scope="session")
def tools() -> NodeProject:
    """Linters and generators, in the versions of tests/generators/package-lock.json."""
    if missing := why_not():
        pytest.skip(reason=missing)
    project = NodeProject(Path(__file__).parent)
    project.install()
    return project
