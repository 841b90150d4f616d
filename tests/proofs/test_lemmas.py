"""What the proofs take for granted of the calculations, held against the real ones."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest

from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.knowledge.answers import ASSESSOR
from tests.knowledge.corpus import examples
from tests.knowledge.random_cases import facts_from, random_case
from tests.proofs.lemmas import KEPT, LEMMAS, Kept, Lemma, Present, broken

pytestmark = pytest.mark.proof

SEEDS = range(1500)
FACTS = {fact.name for fact in (*POSTOP_LUMBAR.facts, *POSTOP_LUMBAR.derived)}
CALCULATIONS = {each.gives.name: each for each in POSTOP_LUMBAR.calculations}


@cache
def known() -> tuple[dict[str, Any], ...]:
    """All facts of every golden case, and of random ones."""
    given = [example.facts for example in examples()]
    given += [facts_from(random_case(Random(seed))) for seed in SEEDS]
    return tuple(dict(ASSESSOR.assess(facts).facts) for facts in given)


@pytest.mark.parametrize("lemma", LEMMAS, ids=lambda lemma: lemma.says)
def test_the_calculations_keep_to_the_lemma(lemma: Lemma | Present) -> None:
    names = {*lemma.facts, *(lemma.gives if isinstance(lemma, Present) else ())}
    met = [facts for facts in known() if all(facts.get(name) is not None for name in lemma.facts)]

    assert names <= FACTS
    assert met, "No case speaks of it"
    assert [facts for facts in met if broken(lemma, facts)] == []


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.says)
def test_what_a_fact_turned_unknown_leaves_in_place(kept: Kept) -> None:
    step = CALCULATIONS[kept.fact]
    met = [facts for facts in known() if facts.get(kept.given) is not None]
    turned = [(step.run({**facts, kept.given: None}), step.run(facts)) for facts in met]

    assert any(more is not None for _, more in turned)
    for less, more in turned:
        if kept.known:
            assert (less is not None) or more is None
        else:
            assert less in (None, more)
