"""The README does what it says: its request is sent, its answer is real, its commands and routes exist."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from app.api.application import Application
from app.main import create_app
from app.settings import Settings, settings_table
from tests.stores import SECRETS, environment_of

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
REQUEST = re.search(r"curl .*?(/v1/\S+) .*?--data '(.*?)'", README, re.DOTALL)
ANSWER = re.search(r"```json\n(.*?)```", README, re.DOTALL)


@pytest.fixture
async def application(sqlite_url: str) -> AsyncIterator[Application]:
    made = create_app(Settings.from_environment(environment_of(sqlite_url)), SECRETS)
    async with made.router.lifespan_context(made):
        yield made


def differences(shown: Any, real: Any, place: str = "") -> list[str]:
    """Where what is shown is not in the real answer."""
    if isinstance(shown, dict) and isinstance(real, dict):
        parts = (differences(shown[name], real.get(name), f"{place}/{name}") for name in shown)
        return [each for part in parts for each in part]
    return [] if shown == real else [f"{place}: {shown!r} is {real!r}"]


@pytest.mark.anyio
async def test_the_request_of_the_readme_gives_the_answer_of_the_readme(application: Application) -> None:
    assert REQUEST
    assert ANSWER
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.post(REQUEST[1], json=json.loads(REQUEST[2]))

    assert answer.status_code == 201
    assert differences(json.loads(ANSWER[1]), answer.json()) == []


@pytest.mark.anyio
async def test_the_readme_lists_every_route_and_no_other(application: Application) -> None:
    table = README.split("## Routes")[1].split("##")[0]
    listed = set(re.findall(r"`(?:[A-Z]+ )?(/[^`]*)`", table))
    served = {route.path_format for route in iter_route_contexts(application.routes) if route.path_format}

    assert listed == {path for path in served if not path.startswith("/docs/")}


def test_the_readme_lists_the_settings_as_they_are_declared() -> None:
    listed = README.split("<!-- settings -->\n")[1].split("\n<!-- /settings -->")[0]
    assert listed == settings_table().strip()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^(make \w+)", README.split("## Two commands")[1].split("##")[0], re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text()

    assert commands == ["make serve", "make test"]
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text()
    assert all(f"\n{command.split()[1]}:" in makefile for command in commands)


def test_every_chore_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make (\w+)`", README)) <= targets


def test_every_page_that_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
