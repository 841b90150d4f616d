"""What the engine refuses to load, in one table, each refusal with its remedy."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.engine.calculate import Turn, calculated, calculation
from app.engine.conditions import Check, all_of, any_of
from app.engine.errors import DefinitionRefused, EngineError
from app.engine.facts import Choice, Quantity, Series, YesNo
from app.engine.rules import Conclusion, Decision
from tests.engine.strategies import (
    CITATION,
    COLOUR,
    HEAVY,
    LENGTH,
    MARKS,
    SOURCE,
    WEIGHT,
    WET,
    bulk,
    product_of,
    rule,
    ruleset,
    some_of,
)

wet = WET.is_true()
ANSWER = Choice(name="answer", label="Answer", options=("go", "stay"))
WEIGHED = Series(name="weighed", label="Weights", of=WEIGHT)
REDDER = replace(COLOUR, options=(*COLOUR.options, "crimson"))
HEAVIER = replace(HEAVY, value=3)
LATER_EDITION = replace(CITATION, source=replace(SOURCE, year=2024))


class Remark(Conclusion):
    """A conclusion that stands for no option."""

    kind = "remark"


def decision(name: str = "d", says: str = "go") -> Decision:
    return Decision(id=name, title="A decision", gives=ANSWER, rules=(rule(wet, f"{name}-rule", says),))


REMARKED = replace(rule(wet), then=Remark())


def with_default(weight: float = 0) -> float:
    return weight


def keyword_only(*, weight: float) -> float:
    return weight


def any_number(*weights: float) -> float:
    return sum(weights)


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: YesNo(name="two words", label="x"), "ASCII identifier and a label"),
    (lambda: YesNo(name="", label="x"), "ASCII identifier and a label"),
    (lambda: YesNo(name="ﬁne", label="x"), "ASCII identifier and a label"),  # Python reads 'fine'
    (lambda: YesNo(name="fine", label=""), "ASCII identifier and a label"),
    (lambda: Check(WEIGHT, "=<", 1), "No such operator: '=<'"),
    (lambda: Check(WEIGHT, "<", math.nan), "cannot be compared with nan"),
    (lambda: Check(WEIGHT, ">", math.inf), "cannot be compared with inf"),
    (all_of, "At least 0 of 0 conditions"),
    (any_of, "At least 1 of 0 conditions"),
    (lambda: some_of(3, wet, wet), "At least 3 of 2 conditions"),
    (lambda: some_of(0, wet), "At least 0 of 1 conditions"),
    (lambda: COLOUR.is_("pink"), "colour has no option 'pink'"),
    (lambda: COLOUR.is_one_of("red", "pink"), "colour has no option 'pink'"),
    (lambda: MARKS.has("star"), "marks has no option 'star'"),
    (lambda: LENGTH > HEAVY, "length is in m, HEAVY in kg"),
    (lambda: replace(HEAVY, name="so heavy"), "needs an identifier, a label and a source"),
    (lambda: replace(HEAVY, label=""), "needs an identifier, a label and a source"),
    (lambda: replace(HEAVY, evidence=()), "needs an identifier, a label and a source"),
    (lambda: replace(HEAVY, value=math.nan), "not a finite number"),
    (lambda: calculation(WEIGHT)(with_default), r"no other default for \['weight'\]"),
    (lambda: calculation(WEIGHT)(keyword_only), r"plain parameters, unlike \['weight'\]"),
    (lambda: calculation(WEIGHT)(any_number), r"plain parameters, unlike \['weights'\]"),
    (lambda: calculated(WEIGHT, with_default), r"no other default for \['weight'\]"),
    (lambda: calculated(WEIGHT, product_of, ("weight",)), "2 parameters, but 1 facts"),
    (
        lambda: calculated(WEIGHT, product_of, ("length", "weight"), turned_by=[Turn(WET, WEIGHED)]),
        r"weight does not read \['weighed'\]",
    ),
    (lambda: rule(wet, ""), "needs an id, a title, evidence and a dossier reference"),
    (lambda: rule(wet, title=""), "needs an id, a title, evidence and a dossier reference"),
    (lambda: rule(wet, evidence=()), "needs an id, a title, evidence and a dossier reference"),
    (lambda: rule(wet, dossier=""), "needs an id, a title, evidence and a dossier reference"),
    (lambda: rule(wet, since=date(2024, 2, 1), until=date(2024, 2, 1)), "ends before it begins"),
    (
        lambda: replace(decision(), rules=(replace(rule(wet), then=Remark()),)),
        "r answers '', not one of answer",
    ),
    (lambda: decision(says="run"), "d-rule answers 'run', not one of answer"),
    (lambda: ruleset(rule(wet), rule(wet)), r"more than once as a rule: \['r'\]"),
    (lambda: ruleset(decision(), decision()), r"more than once as a (rule|decision)"),
    (lambda: ruleset(decision("a"), decision("b")), r"more than once as a fact: \['answer'\]"),
    (lambda: ruleset(facts=(WET, WET)), r"more than once as a fact: \['wet'\]"),
    (lambda: ruleset(bulk, bulk), r"more than once as a fact: \['bulk'\]"),
    (lambda: ruleset(rule(wet), facts=()), r"r reads \['wet'\] before anything gives them"),
    (lambda: ruleset(bulk, facts=(WEIGHT,)), r"bulk reads \['length'\] before anything gives them"),
    (lambda: ruleset(rule(ANSWER.is_("go")), decision()), r"r reads \['answer'\] before"),
    (lambda: ruleset(rule(REDDER.is_("crimson"))), "two ways as a fact: 'colour'"),
    (lambda: ruleset(rule(all_of(WEIGHT > HEAVY, WEIGHT < HEAVIER))), "two ways as a threshold: 'HEAVY'"),
    (lambda: ruleset(rule(wet), rule(wet, "s", evidence=(LATER_EDITION,))), "two ways as a source: 'book'"),
]


@pytest.mark.parametrize(("define", "message"), REFUSED)
def test_refused(define: Callable[[], Any], message: str) -> None:
    with pytest.raises(DefinitionRefused, match=message):
        define()


def test_a_refusal_is_caught_as_the_engines_own_and_as_a_value_error() -> None:
    assert issubclass(DefinitionRefused, EngineError)
    assert issubclass(DefinitionRefused, ValueError)


def test_facts_defined_alike_are_the_same_fact() -> None:
    same = Quantity(name="weight", label="Weight", unit="kg", minimum=0, maximum=9)
    assert same == WEIGHT
    assert len({same, WEIGHT}) == 1
