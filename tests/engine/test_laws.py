"""The laws the engine must keep, checked on random rulesets rather than by example."""

from itertools import chain
from random import Random
from typing import Any

import pytest

from app.engine.assess import Assessor, walk
from app.engine.canonical import canonical, digest
from app.engine.compile import OPEN, compile_condition
from app.engine.conditions import AtLeast, Check, Condition, Not, checks, parts
from app.engine.explain import explain
from app.engine.facts import YesNo
from app.engine.load import ruleset_from_json
from app.engine.ruleset import Ruleset, conditions
from app.engine.truth import Truth
from tests.engine.strategies import (
    CALCULATIONS,
    GIVEN,
    Advice,
    every_case,
    random_case,
    random_completion,
    random_condition,
    random_ruleset,
)

RULESETS = range(25)
CASES = range(16)


@pytest.mark.parametrize("seed", RULESETS)
def test_compiled_code_agrees_with_the_definition(seed: int) -> None:
    ruleset = random_ruleset(seed)
    assessor, rng = Assessor(ruleset), Random(seed)
    for given in (random_case(rng) for _ in CASES):
        assessment, defined = assessor.assess(given), walk(ruleset, given)
        assert assessment.facts == defined.facts
        assert assessment.decided == defined.decided
        for condition in assessor.program.place:
            definition = explain(condition, defined.facts)
            assert assessment.truth(condition) is definition.truth
            assert assessment.trace(condition) == definition
        for finding in assessment.findings():
            assert finding.truth is defined.truths[finding.rule.when]
            assert finding.trace == explain(finding.rule.when, defined.facts)


@pytest.mark.parametrize("seed", RULESETS)
def test_every_part_of_every_rule_has_a_truth(seed: int) -> None:
    ruleset = random_ruleset(seed)
    program = Assessor(ruleset).program
    wholes = chain.from_iterable(map(conditions, ruleset.steps))
    assert set(program.place) == set(chain.from_iterable(map(parts, wholes)))
    assert sorted(program.place.values()) == list(range(len(program.place)))


def test_a_condition_compiled_alone_agrees_with_the_definition() -> None:
    rng = Random(1)
    for condition in (random_condition(rng) for _ in range(60)):
        run = compile_condition(condition)
        for case in (random_case(rng) for _ in CASES):
            assert run(case) is explain(condition, case).truth


@pytest.mark.parametrize("seed", RULESETS)
def test_a_settled_truth_never_changes_when_more_becomes_known(seed: int) -> None:
    assessor, rng = Assessor(random_ruleset(seed, steady=True)), Random(seed)
    for given in (random_case(rng) for _ in CASES):
        before, after = assessor.assess(given), assessor.assess(random_completion(rng, given))
        pairs = zip(before.truths, after.truths, strict=True)
        assert all(was in (now, Truth.UNKNOWN.value) for was, now in pairs)


@pytest.mark.parametrize("seed", RULESETS)
def test_what_was_decided_never_changes_when_more_becomes_known(seed: int) -> None:
    assessor, rng = Assessor(random_ruleset(seed, steady=True)), Random(seed)
    for given in (random_case(rng) for _ in CASES):
        before, after = assessor.assess(given), assessor.assess(random_completion(rng, given))
        for name, chosen in before.decided.items():
            assert chosen in (OPEN, after.decided[name])


def test_an_unknown_names_missing_facts_and_a_settled_truth_names_none() -> None:
    rng = Random(2)
    for condition in (random_condition(rng) for _ in range(100)):
        asked = {check.fact for check in checks(condition)}
        for case in (random_case(rng) for _ in CASES):
            trace = explain(condition, case)
            named = set(trace.missing())
            assert bool(named) == (trace.truth is Truth.UNKNOWN)
            assert named <= {fact for fact in asked if case.get(fact.name) is None}


SWITCHES = tuple(YesNo(name=f"s{i}", label=f"S{i}") for i in range(5))


def ask_each_once(rng: Random, switches: tuple[YesNo, ...]) -> Condition:
    """A random tree in which each switch stands once."""
    if len(switches) == 1:
        return switches[0].is_true()
    if rng.random() < 0.2:
        return Not(ask_each_once(rng, switches))
    cuts = sorted(rng.sample(range(1, len(switches)), rng.randint(1, len(switches) - 1)))
    groups = [switches[a:b] for a, b in zip([0, *cuts], [*cuts, len(switches)], strict=True)]
    return AtLeast(rng.randint(1, len(groups)), tuple(ask_each_once(rng, group) for group in groups))


def test_every_fact_an_unknown_names_bears_on_it() -> None:
    rng = Random(3)
    for condition in (ask_each_once(rng, SWITCHES) for _ in range(60)):
        full = {tuple(case.values()): explain(condition, case).truth for case in every_case(SWITCHES)}
        case = {s.name: rng.choice((None, None, False, True)) for s in SWITCHES}
        for fact in explain(condition, case).missing():
            assert turns_on(fact.name, case, full), f"{fact.name} does not bear on {condition}"


def turns_on(name: str, case: dict[str, Any], full: dict[tuple[bool, ...], Truth]) -> bool:
    """Whether in some completion of the case the answer to that one question makes the difference."""
    place = list(case).index(name)
    fits = [c for c in full if all(want in (None, got) for want, got in zip(case.values(), c, strict=True))]
    return any(full[c] is not full[(*c[:place], not c[place], *c[place + 1 :])] for c in fits)


def test_nothing_is_unknown_when_all_is_known() -> None:
    rng = Random(4)
    for condition in (random_condition(rng) for _ in range(100)):
        for _ in CASES:
            assert explain(condition, random_case(rng, missing=0)).truth is not Truth.UNKNOWN


@pytest.mark.parametrize("seed", RULESETS)
def test_a_stored_ruleset_loads_back_equal(seed: int) -> None:
    ruleset = random_ruleset(seed)
    loaded = reloaded(ruleset)
    assert loaded == ruleset
    assert canonical(loaded) == canonical(ruleset)
    assert digest(loaded) == digest(ruleset)
    given = random_case(Random(seed))
    assert Assessor(loaded).assess(given).truths == Assessor(ruleset).assess(given).truths


def reloaded(ruleset: Ruleset) -> Ruleset:
    return ruleset_from_json(canonical(ruleset), CALCULATIONS, [Advice])


def test_the_random_rulesets_meet_everything_the_engine_has() -> None:
    rulesets = [random_ruleset(seed) for seed in RULESETS]
    met = [condition for each in rulesets for rule in each.rules for condition in parts(rule.when)]
    assert {type(condition) for condition in met} == {Check, AtLeast, Not}
    asked = [condition for condition in met if isinstance(condition, Check)]
    assert {check.op for check in asked} == {"<", "<=", ">", ">=", "is", "in", "has", "absent"}
    assert {type(check.fact) for check in asked} == {type(fact) for fact in GIVEN}
    assert {each.gives.name for ruleset in rulesets for each in ruleset.calculations} == {
        each.gives.name for each in CALCULATIONS
    }
    outcomes = {  # every kind of outcome of a decision: open, none holds, the first rule, a later one
        min(chosen, 1)
        for ruleset in rulesets
        for chosen in Assessor(ruleset).assess(random_case(Random(0))).decided.values()
    }
    assert outcomes == {-2, -1, 0, 1}
