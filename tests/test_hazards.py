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
GOLDEN = "tests/knowledge/test_cases.py::test_the_case_keeps_its_promise"
NODE_IDS = [
    pytest.param(node_id, id=f"{hazard['id']} {node_id}")
    for hazard in HAZARDS
    for control in hazard["controls"]
    for node_id in control["tests"]
]


@cache
def defined_in(file: str) -> frozenset[str]:
    """The tests that a file defines."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    named = (node.name for node in ast.parse(path.read_text()).body if isinstance(node, functions))
    return frozenset(name for name in named if name.startswith("test_"))


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
