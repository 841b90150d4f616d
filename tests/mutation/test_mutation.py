"""The mutation run takes a short cut: for a sample it says what the changed ruleset itself says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from app.engine.assess import Assessor
from app.engine.conditions import Condition, all_of, any_of
from app.engine.rules import Decision, Rule, Step
from app.engine.ruleset import Ruleset
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.timeline import days_since_surgery
from tests.knowledge.answers import PLAIN, Answers
from tests.knowledge.corpus import examples
from tests.mutation.corpus import Corpus
from tests.mutation.mutants import OFF, OUT, ROUND, Mutant, changes, mutants, swapped

pytestmark = pytest.mark.proof

SAMPLED = range(26)
CASES_OF_EACH = 5


@cache
def every() -> tuple[Mutant, ...]:
    """All mutants; made by the first test that needs them, not when the tests are collected."""
    return tuple(mutants(POSTOP_LUMBAR))


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(examples())


@pytest.mark.parametrize("place", SAMPLED)
def test_a_mutant_says_what_the_changed_ruleset_says(corpus: Corpus, place: int) -> None:
    mutant = every()[place * len(every()) // len(SAMPLED)]
    assessor = Assessor(changed_ruleset(mutant.when))

    for subject, values in list(corpus.differing(mutant))[:CASES_OF_EACH]:
        said, full = subject.under(mutant, values), assessor.assess(subject.example.facts)
        assert bytes(said.values) == full.rule_values(), f"{mutant}: {subject.example.id}"
        assert said.decided == full.decided
        assert said.facts == full.facts
        assert {name: read(said) for name, read in PLAIN.items()} == {
            name: read(Answers(full)) for name, read in PLAIN.items()
        }


def changed_ruleset(when: Mapping[str, Condition]) -> Ruleset:
    def step_of(step: Step) -> Step:
        if isinstance(step, Decision):
            return replace(step, rules=tuple(map(rule_of, step.rules)))
        return rule_of(step) if isinstance(step, Rule) else step

    def rule_of(rule: Rule) -> Rule:
        return replace(rule, when=when.get(rule.id, rule.when))

    chapters = POSTOP_LUMBAR.chapters
    return replace(
        POSTOP_LUMBAR,
        chapters=tuple(replace(each, steps=tuple(map(step_of, each.steps))) for each in chapters),
    )


def test_what_no_mutant_changes_is_said_as_before(corpus: Corpus) -> None:
    first = every()[0].rule
    unchanged = Mutant(first, {first.id: first.when}, OUT, "nothing")

    assert list(corpus.differing(unchanged)) == []
    assert corpus.killer(unchanged) is None


def test_a_boundary_day_that_moves_is_noticed_by_the_case_on_that_day(corpus: Corpus) -> None:
    moved = next(each for each in every() if each.rule.id == "safety.ces-2.early" and each.kind == OFF)

    assert corpus.killer(moved) == "safety: new pain of both legs on day 14 is an emergency"


def test_a_condition_is_changed_at_every_place_of_its_own() -> None:
    early, late = days_since_surgery < 14, days_since_surgery > 42
    kinds = [kind for part in (early, any_of(early, late)) for _, kind, _ in changes(part)]

    assert kinds == [OFF, OFF, ROUND, OUT, OUT]
    assert swapped(all_of(early, late), late, early) == all_of(early, early)
    assert swapped(all_of(early), days_since_surgery < 14, late) == all_of(early)
