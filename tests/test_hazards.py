"""The hazard log names real controls: every hazard has some, and every test that is named exists."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.knowledge.corpus import examples

ROOT = Path(__file__).parents[1]
HAZARDS: list[dict[str, Any]] = yaml.safe_load((ROOT / "docs" / "safety" / "hazards.yaml").read_text())
MEMBERS = ["id", "hazard", "cause", "harm", "severity", "likelihood", "controls", "residual"]
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very_low", "low", "medium", "high", "very_high")
PASSED_OVER = {"skip", "skipif", "xfail"}
"""A test that these are put on controls nothing on the day it is skipped, or fails as expected."""
GOLDEN = "tests/knowledge/test_cases.py::test_the_case_keeps_its_promise"
NODE_IDS = [
    pytest.param(node_id, id=f"{hazard['id']} {node_id}")
    for hazard in HAZARDS
    for control in hazard["controls"]
    for node_id in control["tests"]
]


@cache
def defined_in(file: str) -> frozenset[str]:
    """The tests that a file defines and that always run."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    body = ast.parse(path.read_text()).body
    if any(isinstance(node, ast.Assign) and may_be_passed_over(node) for node in body):
        return frozenset()
    named = [node for node in body if isinstance(node, functions) and not may_be_passed_over(node)]
    return frozenset(node.name for node in named if node.name.startswith("test_"))


def may_be_passed_over(node: ast.AST) -> bool:
    """A mark or a call that skips it or expects it to fail, or parameters of which there are none."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr in PASSED_OVER:
            return True
        if isinstance(part, ast.Call) and getattr(part.func, "attr", "") == "parametrize":
            return any(isinstance(each, ast.List | ast.Tuple) and not each.elts for each in part.args[1:])
    return False


def exists(node_id: str) -> bool:
    """Whether pytest would collect it; of the tests with parameters only the golden cases are told apart."""
    test, _, parameter = node_id.partition("[")
    file, _, function = test.partition("::")
    if function not in defined_in(file):
        return False
    if not parameter:
        return True
    return test == GOLDEN and parameter.removesuffix("]") in {example.id for example in examples()}


@pytest.mark.parametrize("node_id", NODE_IDS)
def test_a_control_names_a_test_that_exists(node_id: str) -> None:
    assert exists(node_id)


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard["id"])
def test_a_hazard_has_a_cause_a_harm_and_controls_that_are_tested(hazard: dict[str, Any]) -> None:
    assert list(hazard) == MEMBERS
    assert all(hazard[name] for name in MEMBERS)
    assert hazard["severity"] in SEVERITIES
    assert hazard["likelihood"] in LIKELIHOODS
    for control in hazard["controls"]:
        assert list(control) == ["control", "tests"]
        assert control["control"]
        assert control["tests"]


def test_there_are_hazards_of_every_part_of_the_product_each_with_an_id_of_its_own() -> None:
    assert len(HAZARDS) >= 15
    assert [hazard["id"] for hazard in HAZARDS] == [f"H{n:02}" for n in range(1, len(HAZARDS) + 1)]


@pytest.mark.parametrize(
    "node_id",
    [
        "tests/test_hazards.py::test_that_was_never_written",
        "tests/test_nowhere.py::test_a_control_names_a_test_that_exists",
        "tests/test_hazards.py::exists",
        f"{GOLDEN}[safety: a case that was never written]",
        "tests/test_hazards.py",
    ],
)
def test_the_check_for_tests_has_teeth(node_id: str) -> None:
    assert not exists(node_id)


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.skip(reason='later')\ndef test_it(): ...",
        "@pytest.mark.skipif(True, reason='here')\nasync def test_it(): ...",
        "@pytest.mark.xfail(reason='known')\ndef test_it(): ...",
        "@pytest.mark.parametrize('each', [])\ndef test_it(each): ...",
        "def test_it():\n    pytest.skip(reason='later')",
        "pytestmark = pytest.mark.skip(reason='later')",
    ],
)
def test_what_may_be_passed_over_is_no_control(source: str) -> None:
    """The sources are read and never run: nothing of this project is skipped here."""
    assert may_be_passed_over(ast.parse(source).body[0])
