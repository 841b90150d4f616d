"""The document is clean under the linters that integrators run, with all of their rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.node import NodeProject

pytestmark = pytest.mark.interop

ALL_RULES, WITHOUT_RATES = "spectral.yaml", "spectral-without-rates.yaml"


def redocly(tools: NodeProject, document: Path) -> list[str]:
    """What Redocly's strictest set of rules finds."""
    command = ("lint", "--extends=recommended-strict", "--format=json", "--max-problems=1000")
    run = tools.tool("redocly", *command, document)
    assert run.stdout, run.stderr
    return [f"{each['ruleId']}: {each['message']}" for each in json.loads(run.stdout)["problems"]]


def spectral(tools: NodeProject, document: Path, rules: str) -> list[str]:
    """What Spectral finds with its rules for OpenAPI and those of OWASP."""
    run = tools.tool("spectral", "lint", "--ruleset", rules, "--format", "json", "--quiet", document)
    assert run.stdout, run.stderr
    return [f"{each['code']}: {'/'.join(map(str, each['path']))}" for each in json.loads(run.stdout)]


def test_redocly_finds_nothing(tools: NodeProject, document_file: Path, guarded_file: Path) -> None:
    assert redocly(tools, document_file) == []
    assert redocly(tools, guarded_file) == []


def test_spectral_and_owasp_find_nothing_with_any_rule(tools: NodeProject, guarded_file: Path) -> None:
    assert spectral(tools, guarded_file, ALL_RULES) == []


def test_where_no_rate_is_limited_only_the_headers_of_rates_are_not_told(
    tools: NodeProject, document_file: Path
) -> None:
    found = spectral(tools, document_file, ALL_RULES)

    assert spectral(tools, document_file, WITHOUT_RATES) == []
    assert {each.split(": ")[0] for each in found} == {"owasp:api4:2023-rate-limit"}


def test_the_linters_find_what_is_wrong(tools: NodeProject, document_file: Path, tmp_path: Path) -> None:
    document = json.loads(document_file.read_text())
    del document["info"]["license"]
    document["components"]["schemas"]["Subject"] = {"type": "string"}
    document["components"]["examples"]["Preview"]["value"]["settled"] = "perhaps"
    spoiled = tmp_path / "spoiled.json"
    spoiled.write_text(json.dumps(document))

    by_redocly = {each.split(": ")[0] for each in redocly(tools, spoiled)}
    by_spectral = {each.split(": ")[0] for each in spectral(tools, spoiled, WITHOUT_RATES)}

    assert by_redocly >= {"info-license", "no-invalid-media-type-examples"}
    assert by_spectral >= {"owasp:api4:2023-string-limit", "oas3-unused-component"}
