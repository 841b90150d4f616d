"""The README does what it says: its request is sent, its answer is real, its commands and routes exist."""

import json
import re
import shlex
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from app.api.application import Application
from app.cli.__main__ import main
from app.main import create_app
from app.settings import Settings, settings_table
from app.transparency.checkpoint import Signer
from tests.stores import ORIGIN, SECRETS, environment_of

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
REQUEST = re.search(r"curl .*?(/v1/\S+) .*?--data '(.*?)'", README, re.DOTALL)
PROGRAM = ".venv/bin/decompass"


def shell_block(after: str) -> list[str]:
    """The lines of the first block of commands behind a text."""
    block: str = README.split(after)[1].split("```sh\n")[1].split("```")[0]
    return block.splitlines()


CREDENTIALS = shell_block("**Who may.**")
"""Settings, a key, the service, a request."""
ANSWER = re.search(r"```json\n(.*?)```", README, re.DOTALL)


def run(*arguments: str) -> object:
    """The exit status of a command."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


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


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sqlite_url: str) -> str:
    """The key that the README makes."""
    for name, value in environment_of(sqlite_url).items():
        monkeypatch.setenv(name, value)
    assert run(*shlex.split(CREDENTIALS[1])[1:]) == 0
    return capsys.readouterr().out.strip()


@pytest.mark.anyio
async def test_the_key_that_the_readme_makes_opens_what_the_readme_asks(sqlite_url: str, key: str) -> None:
    _, required = shlex.split(CREDENTIALS[0])
    *variables, program, command = shlex.split(CREDENTIALS[2])
    _, address, _, header = shlex.split(CREDENTIALS[3])
    settings = environment_of(sqlite_url) | dict(each.split("=", 1) for each in (required, *variables))
    made = create_app(Settings.from_environment(settings), SECRETS)
    name, said = header.replace("dcp_...", key).split(": ")
    async with (
        made.router.lifespan_context(made),
        httpx.AsyncClient(transport=httpx.ASGITransport(made)) as client,
    ):
        answer, refused = await client.get(address, headers={name: said}), await client.get(address)

    assert (program, command) == (PROGRAM, "serve")
    assert (answer.status_code, refused.status_code) == (200, 401)


@pytest.mark.anyio
async def test_the_proofs_of_the_readme_are_proofs(
    application: Application,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert REQUEST
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answers = [await client.post(REQUEST[1], json=json.loads(REQUEST[2])) for _ in "12"]
        growths = [
            (await client.get("/v1/log/consistency", params={"from": old, "to": old + 1})).text
            for old in (0, 1)
        ]
    for name, text in {
        "answer.json": answers[0].text,
        "old.txt": answers[0].json()["receipt"]["checkpoint"],
        "new.txt": answers[1].json()["receipt"]["checkpoint"],
        "begin.json": growths[0],
        "growth.json": growths[1],
    }.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    for name, value in environment_of(sqlite_url).items():
        monkeypatch.setenv(name, value)
    first, *others = shell_block("## Proof")
    printed = re.fullmatch(r"KEY=\$\((.*?)\) .*", first)
    assert printed
    assert run(*shlex.split(printed[1])[1:]) == 0
    verifier_key = capsys.readouterr().out.rstrip("\n")
    assert verifier_key == Signer(ORIGIN, SECRETS.signing).verifier_key
    for line in others:
        assert run(*shlex.split(line.replace("$KEY", verifier_key), comments=True)[1:]) == 0, line


def test_the_readme_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    run("--help")
    commands = set(re.findall(r"^    ([a-z-]+)\b", capsys.readouterr().out, re.MULTILINE))

    assert {"serve", "verify", "hold"} <= commands
    assert [each for each in commands if not re.search(rf"(decompass |`){each}\b", README)] == []


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
