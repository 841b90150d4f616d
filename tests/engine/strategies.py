"""Nonsense vocabularies, conditions, rulesets and cases, drawn from a seed: the engine knows no medicine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from random import Random
from typing import Any, ClassVar

from app.engine.calculate import Calculation, calculated, calculation
from app.engine.conditions import AtLeast, Condition, Fact, Not
from app.engine.evidence import Source, Threshold
from app.engine.facts import Choice, Codes, Day, Quantity, Reading, Series, YesNo, not_recorded
from app.engine.rules import Chapter, Conclusion, Decision, Rule, Step
from app.engine.ruleset import Ruleset

SOURCE = Source(id="book", title="A Book", kind="textbook", year=2020)
CITATION = SOURCE.at("p. 1", says="so it is")

WEIGHT = Quantity(name="weight", label="Weight", unit="kg", minimum=0, maximum=9)
LENGTH = Quantity(name="length", label="Length", unit="m", minimum=0, maximum=9)
WET = YesNo(name="wet", label="Wet")
COLD = YesNo(name="cold", label="Cold")
COLOUR = Choice(name="colour", label="Colour", options=("red", "green", "dark_blue"))
MARKS = Codes(name="marks", label="Marks", options=("cross", "dot"))
FOUND = Day(name="found", label="Found on")
WEIGHED = Series(name="weighed", label="Weighed", of=WEIGHT, sites=("left", "right"))
GIVEN: tuple[Fact, ...] = (WEIGHT, LENGTH, WET, COLD, COLOUR, MARKS, FOUND, WEIGHED)

HEAVY = Threshold(name="HEAVY", value=2.5, unit="kg", label="heavy", evidence=(CITATION,))
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2024, 12, 31)
READINGS = (Reading(FIRST_DAY, 2, "left"), Reading(LAST_DAY, 3, "right"))

VALUES: dict[str, Sequence[Any]] = {
    "weight": (0, 2, 2.5, 9),
    "length": (0, 2, 9),
    "wet": (False, True),
    "cold": (False, True),
    "colour": COLOUR.options,
    "marks": (frozenset(), frozenset({"cross"}), frozenset({"cross", "dot"})),
    "found": (FIRST_DAY, LAST_DAY),
    "weighed": ((), READINGS[:1], READINGS),
}


@dataclass(frozen=True, slots=True)
class Advice(Conclusion):
    """A conclusion of plain values, as knowledge declares them."""

    kind: ClassVar[str] = "advice"
    says: str
    steps: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        return self.says


@calculation(
    Quantity(name="bulk", label="Bulk", unit="kg m", minimum=0, maximum=99), uses=(HEAVY,), edition=3
)
def bulk(weight: float, length: float) -> float:
    return weight * length


@calculation(YesNo(name="late", label="Late"))
def late(found: date) -> bool:
    return found > FIRST_DAY


@calculation(Quantity(name="last_weight", label="Last weight", unit="kg", minimum=0, maximum=9))
def last_weight(weighed: tuple[Reading, ...]) -> float | None:
    return weighed[-1].value if weighed else None


@calculation(Choice(name="weather", label="Weather", options=("bad", "good")))
def weather(wet: bool | None = None, cold: bool | None = None) -> str | None:
    return "bad" if wet or cold else "good" if wet is False else None


@calculation(Quantity(name="load", label="Load", unit="kg", minimum=0, maximum=99))
def load(bulk: float, weight: float | None = None) -> float:
    return bulk + (weight or 0)


def product_of(one: float, other: float) -> float:
    return one * other


square = calculated(
    Quantity(name="square", label="Square", unit="kg kg", minimum=0, maximum=81),
    product_of,
    ("weight", "weight"),
)

STEADY = (bulk, late, last_weight, square)
"""Calculations without optional inputs: what they have given does not change when more becomes known."""
CALCULATIONS = (*STEADY, weather, load)


def some_of(k: int, *of: Condition) -> AtLeast:
    """At least k of them hold; the knowledge has only had need of all and any."""
    return AtLeast(k, of)


def rule(when: Condition, rule_id: str = "r", says: str = "go", **more: Any) -> Rule:
    """A complete rule of which only the condition matters."""
    dressed = {"title": "A rule", "evidence": (CITATION,), "dossier": "A.1"} | more
    return Rule(id=rule_id, when=when, then=Advice(says, ("one", "two")), **dressed)


def ruleset(*steps: Step, facts: tuple[Fact, ...] = GIVEN) -> Ruleset:
    """A ruleset of one chapter."""
    return Ruleset(
        name="nonsense",
        version="1",
        facts=facts,
        chapters=(Chapter(name="only", title="Only", steps=steps),),
    )


def random_check(rng: Random, facts: Sequence[Fact], *, absent: bool = True) -> Condition:
    """One question about one of the facts; with ``absent``, sometimes whether it is missing."""
    fact = rng.choice([f for f in facts if not isinstance(f, Day | Series)] if not absent else facts)
    if absent and rng.random() < 0.1:
        return not_recorded(fact)
    match fact:
        case Quantity():
            value = HEAVY if fact.unit == "kg" and rng.random() < 0.3 else rng.choice((0, 2, 2.5, 9))
            return rng.choice((fact < value, fact <= value, fact > value, fact >= value))
        case YesNo():
            return rng.choice((fact.is_true(), fact.is_false()))
        case Choice(options=options):
            two = rng.sample(options, 2)
            return rng.choice((fact.is_(two[0]), fact.is_one_of(*two)))
        case Codes(options=options):
            return fact.has(rng.choice(options))
        case _:
            return not_recorded(fact)


def random_condition(
    rng: Random, facts: Sequence[Fact] = GIVEN, *, absent: bool = True, depth: int = 3
) -> Condition:
    """A tree of every kind of condition."""
    if depth == 0 or rng.random() < 0.25:
        return random_check(rng, facts, absent=absent)
    if rng.random() < 0.2:
        return Not(random_condition(rng, facts, absent=absent, depth=depth - 1))
    count = rng.randint(1, 4)
    of = tuple(random_condition(rng, facts, absent=absent, depth=depth - 1) for _ in range(count))
    return AtLeast(rng.randint(1, count), of)


def random_ruleset(seed: int, *, steady: bool = False) -> Ruleset:
    """Chapters of rules, decisions and calculations, each built on what stands before it.

    A *steady* ruleset asks nothing that more data can reverse.
    """
    rng = Random(seed)
    known: list[Fact] = list(GIVEN)
    chapters = []
    for name in ("one", "two", "three"):
        steps = [_random_step(rng, known, f"{name}-{i}", steady) for i in range(rng.randint(2, 5))]
        chapters.append(Chapter(name=name, title=name.title(), steps=tuple(steps)))
    return Ruleset(name="nonsense", version=str(seed), facts=GIVEN, chapters=tuple(chapters))


def _random_step(rng: Random, known: list[Fact], name: str, steady: bool) -> Step:
    names = {fact.name for fact in known}
    ready = [
        each
        for each in (STEADY if steady else CALCULATIONS)
        if each.gives.name not in names and set(each.takes) <= names
    ]
    kind = rng.choice(("calculation", "decision", "rule"))
    if kind == "calculation" and ready:
        chosen: Calculation | Decision = rng.choice(ready)
    elif kind == "decision":
        chosen = _random_decision(rng, known, name, steady)
    else:
        return _random_rule(rng, known, name, steady)
    known.append(chosen.gives)
    return chosen


def _random_decision(rng: Random, known: Sequence[Fact], name: str, steady: bool) -> Decision:
    gives = Choice(name=name.replace("-", "_"), label=name, options=("go", "stay", "wait"))
    rules = tuple(_random_rule(rng, known, f"{name}-{i}", steady) for i in range(rng.randint(1, 4)))
    return Decision(id=name, title=name, gives=gives, rules=rules)


def _random_rule(rng: Random, known: Sequence[Fact], name: str, steady: bool) -> Rule:
    ends = rng.choice(({}, {}, {"since": FIRST_DAY}, {"until": LAST_DAY}))
    when = random_condition(rng, known, absent=not steady, depth=2)
    return rule(when, name, rng.choice(("go", "stay", "wait")), **ends)


def random_case(rng: Random, missing: float = 0.35) -> dict[str, Any]:
    """Checked facts, some of them missing: left out or given as None."""
    drawn = {name: rng.choice(values) for name, values in VALUES.items()}
    for name in VALUES:
        if rng.random() < missing:
            drawn[name] = None
        if drawn[name] is None and rng.random() < 0.5:
            del drawn[name]
    return drawn


def random_completion(rng: Random, case: Mapping[str, Any]) -> dict[str, Any]:
    """The same case with every missing fact known."""
    known = {name: value for name, value in case.items() if value is not None}
    return random_case(rng, missing=0) | known


def every_case(facts: Sequence[YesNo]) -> Iterator[dict[str, bool]]:
    """All answers to a few yes-or-no questions."""
    for answers in product((False, True), repeat=len(facts)):
        yield dict(zip((fact.name for fact in facts), answers, strict=True))
