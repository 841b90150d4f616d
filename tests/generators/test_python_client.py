"""The client in Python that openapi-python-client generates: whole, typed, and it works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.faults.served import served
from tests.test_readme import ANSWER, REQUEST, differences

pytestmark = pytest.mark.interop

PROGRAMS = Path(sys.executable).parent
PACKAGE = "decompass_client"


def run(*command: str | Path) -> str:
    """What a program of the environment says that must succeed. The generator looks for ruff on the path."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    found = subprocess.run(  # noqa: S603 -- ours
        [PROGRAMS / command[0], *command[1:]],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout + found.stderr


@pytest.fixture(scope="module")
def generated(document_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the generated package."""
    folder = tmp_path_factory.mktemp("client") / "made"
    told = run("openapi-python-client", "generate", "--path", document_file, "--output-path", folder)
    assert "arning" not in told, told
    return folder


@pytest.fixture
def client(generated: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The generated package, ready to be imported."""
    monkeypatch.syspath_prepend(generated)
    return import_module(PACKAGE)


def operation(tag: str, name: str) -> Any:
    """The module of an operation."""
    return import_module(f"{PACKAGE}.api.{tag}.{name}")


def test_every_operation_is_generated_and_typed(generated: Path, document_file: Path) -> None:
    paths = json.loads(document_file.read_text())["paths"].values()
    made = {file.stem for file in (generated / PACKAGE / "api").glob("*/[a-z]*.py")}

    assert len(made) == sum(len(path) for path in paths)
    assert "Success" in run("mypy", "--strict", "--cache-dir", generated / "cache", generated / PACKAGE)


def test_the_generated_client_carries_the_request_of_the_readme(client: Any, sqlite_url: str) -> None:
    assert REQUEST
    assert ANSWER
    case = import_module(f"{PACKAGE}.models").Case.from_dict(json.loads(REQUEST[2]))
    with served(sqlite_url) as server, client.Client(base_url=server.address) as connection:
        made = operation("assessments", "create_assessment").sync(
            client=connection, body=case, idempotency_key="python-client-1"
        )
        read = operation("assessments", "get_assessment").sync(made.id, client=connection)
        trace = operation("assessments", "get_assessment_trace").sync(made.id, client=connection)
        verified = operation("assessments", "verify_assessment").sync(made.id, client=connection)

    assert differences(json.loads(ANSWER[1]), made.to_dict()) == []
    assert read == made
    assert trace.id == made.id
    assert verified.record.intact


def test_what_is_refused_comes_back_as_a_problem(client: Any, sqlite_url: str) -> None:
    models = import_module(f"{PACKAGE}.models")
    case = models.Case.from_dict(
        {"subject": "p-1", "surgery": {"date": "2025-03-03", "procedure": "microdiscectomy"}}
    )
    with served(sqlite_url) as server, client.Client(base_url=server.address) as connection:
        answer = operation("assessments", "create_assessment").sync(
            client=connection, body=case, idempotency_key="short"
        )

    assert isinstance(answer, models.Problem)
    assert answer.code == "invalid-idempotency-key"


def test_the_generated_client_reads_the_rules(client: Any, sqlite_url: str) -> None:
    with served(sqlite_url) as server, client.Client(base_url=server.address) as connection:
        rulesets = operation("rulesets", "list_rulesets").sync(client=connection)
        whole = operation("rulesets", "get_ruleset").sync(rulesets.items[0].version, client=connection)
        facts = operation("rulesets", "list_vocabulary").sync(client=connection)
        evidence = operation("rulesets", "list_evidence").sync(client=connection)
        ready = operation("health", "ready").sync(client=connection)

    assert len(whole.rules) > 50
    assert facts.items
    assert evidence.items
    assert ready.status == "ready"
