"""To run again only what rests on a changed fact comes to the same as to assess the whole case anew."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from app.engine.assess import Assessment
from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.knowledge.again import Again
from tests.knowledge.answers import ASSESSOR
from tests.knowledge.corpus import examples
from tests.knowledge.random_cases import facts_from, random_case

pytestmark = pytest.mark.proof

NAMES = [fact.name for fact in POSTOP_LUMBAR.facts]
PAIRS, CASES_OF_EACH = 20, 8


def test_what_is_run_again_comes_to_the_same_as_the_whole() -> None:
    again, rng = Again(ASSESSOR), Random(7)
    cases = [*(each.facts for each in examples()), *(facts_from(random_case(rng)) for _ in range(100))]
    values = {name: [None, *(c[name] for c in cases if c.get(name) is not None)] for name in NAMES}
    for names in [*((name,) for name in NAMES), *(rng.sample(NAMES, 2) for _ in range(PAIRS))]:
        for facts in rng.sample(cases, CASES_OF_EACH):
            changed = {name: rng.choice(values[name]) for name in names}

            said = again.assess(ASSESSOR.assess(facts), changed)
            assert whole(said) == whole(ASSESSOR.assess({**facts, **changed})), (changed, facts)


def test_a_change_upon_a_change_comes_to_the_same_too() -> None:
    again, rng = Again(ASSESSOR), Random(8)
    known = [each.facts for each in examples()]
    for facts in rng.sample(known, 60):
        said, changed = ASSESSOR.assess(facts), dict(facts)
        for name in rng.sample(NAMES, 5):
            value = rng.choice(known).get(name)
            said, changed = again.assess(said, {name: value}), {**changed, name: value}

        assert whole(said) == whole(ASSESSOR.assess(changed)), changed


def whole(said: Assessment) -> tuple[bytes, dict[str, int], dict[str, Any]]:
    facts = {name: value for name, value in said.facts.items() if value is not None}
    return said.truths, dict(said.decided), facts
