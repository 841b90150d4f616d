"""The proofs of the ruleset that the service runs: complete, alive, without conflict, unknown-safe."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.knowledge.coverage import ALWAYS_DECIDED
from tests.knowledge.test_laws import REASSURED_WITHOUT, RULED_OUT_WITHOUT, TURNED_BY_MORE
from tests.knowledge.test_metamorphic import FINDINGS
from tests.proofs.laws import Defect, Prover
from tests.proofs.unknown import unsafe

pytestmark = pytest.mark.proof

ALLOWED = {fact: flags for fact, (flags, _) in RULED_OUT_WITHOUT.items()}
"""The flags that a fact's absence can rule out, each with its reason in test_laws.py."""


@pytest.fixture(scope="module")
def prover() -> Prover:
    return Prover(POSTOP_LUMBAR)


def told(defects: Iterable[Defect]) -> str:
    return "\n".join(map(str, defects))


def test_the_solver_can_find_a_patient_at_all(prover: Prover) -> None:
    assert prover.found() is not None


def test_every_decision_that_must_be_complete_decides_for_every_patient(prover: Prover) -> None:
    assert told(prover.incomplete(ALWAYS_DECIDED)) == ""


def test_every_rule_can_hold_and_can_decide(prover: Prover) -> None:
    assert told(prover.dead()) == ""


def test_no_two_rules_say_different_things_of_the_very_same_patients(prover: Prover) -> None:
    assert told(prover.contradicting()) == ""


def test_not_knowing_is_never_safer_than_knowing(prover: Prover) -> None:
    assert told(unsafe(prover, ALLOWED, REASSURED_WITHOUT, TURNED_BY_MORE, FINDINGS)) == ""
