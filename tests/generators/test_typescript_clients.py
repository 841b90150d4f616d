"""Clients in TypeScript: the document becomes types and functions that compile strictly, and that work."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.faults.served import served
from tests.node import NodeProject
from tests.test_readme import ANSWER, REQUEST, differences

pytestmark = pytest.mark.interop

PROGRAM = "readme_request.ts"


@pytest.fixture
def workplace(tools: NodeProject, tmp_path: Path) -> Path:
    """A folder in which TypeScript is compiled as strictly as it can be."""
    for name in ("tsconfig.json", "package.json"):
        shutil.copy(tools.folder / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(tools.folder / "node_modules")
    return tmp_path


def said(run: CompletedProcess[str]) -> str:
    """What a tool or program says that must succeed."""
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_types_of_openapi_typescript_carry_the_request_of_the_readme(
    tools: NodeProject, document_file: Path, workplace: Path, sqlite_url: str
) -> None:
    assert REQUEST
    assert ANSWER
    said(tools.tool("openapi-typescript", document_file, "--output", workplace / "schema.ts"))
    shutil.copy(tools.folder / PROGRAM, workplace)
    (workplace / "readme_case.ts").write_text(
        'import type { components } from "./schema.js";\n'
        f'export const sent: components["schemas"]["Case"] = {REQUEST[2]};\n'
    )
    said(tools.tool("tsc", "--project", workplace))
    with served(sqlite_url) as server:
        program = workplace / PROGRAM.replace(".ts", ".js")
        told = said(tools.program(program, server.address))

    assert differences(json.loads(ANSWER[1]), json.loads(told)) == []


def test_a_case_that_is_none_does_not_compile(
    tools: NodeProject, document_file: Path, workplace: Path
) -> None:
    said(tools.tool("openapi-typescript", document_file, "--output", workplace / "schema.ts"))
    (workplace / "wrong.ts").write_text(
        'import type { components } from "./schema.js";\n'
        'export const sent: components["schemas"]["Case"] = '
        '{ subject: "p-1", surgery: { date: "2025-03-03", procedure: "haircut" } };\n'
    )
    refused = tools.tool("tsc", "--project", workplace)

    assert re.findall(r"wrong\.ts\S+ error .*haircut", refused.stdout)


def test_the_client_of_orval_compiles_strictly(
    tools: NodeProject, document_file: Path, workplace: Path
) -> None:
    target = workplace / "orval.ts"
    said(tools.tool("orval", "--client=fetch", "--fail-on-warnings", "-i", document_file, "-o", target))
    said(tools.tool("tsc", "--noEmit", "--project", workplace))

    assert "export const createAssessment = async (" in target.read_text()
