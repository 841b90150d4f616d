"""Changes that no patient could tell: what the solver shows to be the same rule in other words."""

from __future__ import annotations

from typing import Any

import z3

from tests.knowledge.answers import PLACE, RULES
from tests.mutation.corpus import DECISION_OF
from tests.mutation.mutants import Mutant
from tests.proofs.laws import Prover
from tests.proofs.witness import Witness


def telling(prover: Prover, mutant: Mutant) -> Witness | None:
    """A patient for whom a changed rule comes to another truth where it is asked; None where there is none.

    A rule of a decision is asked where all the rules before it are ruled out.
    """
    for rule_id, when in mutant.when.items():
        rule = RULES[PLACE[rule_id]]
        one, other = prover.patient.truths(rule.when), prover.patient.truths(when)
        differ = z3.Or(z3.Xor(one.holds, other.holds), z3.Xor(one.ruled_out, other.ruled_out))
        if model := prover.found(differ, *_asked(prover, rule_id)):
            return prover.show(model)
    return None


def _asked(prover: Prover, rule_id: str) -> list[Any]:
    if rule_id not in DECISION_OF:
        return []
    before = DECISION_OF[rule_id].rules
    place = next(i for i, rule in enumerate(before) if rule.id == rule_id)
    return [prover.patient.truths(rule.when).ruled_out for rule in before[:place]]
