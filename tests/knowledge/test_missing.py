"""What is listed as able to change the tier or the verdict can, and nothing else can: on the golden cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from pydantic_core import from_json

from app.engine.facts import Choice, Codes, Day, Quantity, Reading, Series, YesNo
from app.knowledge.outcome import VERDICT
from app.knowledge.pain import now_of
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.answer.writer import AnswerWriter
from tests.knowledge.answers import ASSESSOR, Answers
from tests.knowledge.corpus import Example, examples
from tests.knowledge.coverage import ALWAYS_KNOWN
from tests.knowledge.findings import BEFORE_AND_NOW, FACTS, record_of, without_findings
from tests.knowledge.test_laws import FLAGS, bearing_on

pytestmark = pytest.mark.proof

WRITER = AnswerWriter(POSTOP_LUMBAR, "0" * 64)
TRIES, TRIES_IN_VAIN = 1000, 50
"""How often other answers are tried beside one until it changes the tier; less often where it need not."""
Facts = dict[str, Any]
COURSES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "leg_pain": ((8, 0), (8, 9), (2, 9), (1, 1), (8, 1, 9)),
    "back_pain": ((8, 0), (4, 9), (8, 1, 9)),
    "odi": ((46, 0), (46, 46), (20, 60)),
    "global_change": ((7, 1), (7, 3), (7, 7)),
    "crp": ((5, 5), (5, 200)),
    "esr": ((5, 5), (5, 100)),
    "stated_trend": (("same", "better"), ("same", "same"), ("same", "worse")),
    **dict.fromkeys(("numbness", "tingling", "weakness"), (("none", "none"), ("none", "severe"))),
}
"""What a record that was not given could say: before surgery, in between, now."""


@cache
def answers() -> dict[str, dict[str, Any]]:
    """The whole answer to every golden case, by its id."""
    return {
        each.id: from_json(WRITER.write(ASSESSOR.assess(each.facts), each.facts["assessed_on"]).text)
        for each in examples()
    }


def said(example: Example) -> dict[str, Any]:
    return answers()[example.id]


def able_to_change(example: Example, what: str) -> list[str]:
    """The given facts that answer what is listed as able to change the tier or the verdict."""
    known = dict(ASSESSOR.assess(example.facts).facts)
    listed = (each["fact"] for each in said(example)["missing"] if what in each["changes"])
    return list(dict.fromkeys(record_of(name, known) for name in listed))


def possible(facts: Facts, name: str) -> Iterator[Any]:
    """Values that a fact could have."""
    day, surgery = facts["assessed_on"], facts["surgery_date"]
    match FACTS[name]:
        case YesNo():
            yield from (True, False)
        case Choice() as fact:
            yield from fact.options
        case Quantity() as fact:
            yield from (fact.minimum, fact.maximum)
        case Day():
            yield from (surgery - timedelta(days=100), surgery, day - timedelta(days=50), day)
        case Series() as fact:
            yield from _courses(facts, fact)


def _courses(facts: Facts, fact: Series) -> Iterator[tuple[Reading, ...]]:
    """Records beside those that are there: before surgery where there was none, in between, and today."""
    day, surgery = facts["assessed_on"], facts["surgery_date"]
    known = tuple(each for each in facts.get(fact.name) or () if each.day < day or each.day <= surgery)
    before, between = surgery - timedelta(days=1), max(surgery, day - timedelta(days=20))
    sites = list(fact.sites) or [""]
    for then, *middle, now in COURSES.get(fact.name, ((5, 5), (5, 4), (5, 2))):
        first = (
            [] if any(each.day <= surgery for each in known) else [Reading(before, then, s) for s in sites]
        )
        values = [*((between, each) for each in middle), (day, now)]
        added = [Reading(on, value, site) for on, value in values for site in sites]
        yield tuple(sorted((*first, *known, *added), key=lambda each: each.day))


def urgency(told: Answers) -> tuple[str, str]:
    return told.tier, told.worst_not_excluded


def asked_together(example: Example, name: str) -> list[list[str]]:
    """For each open flag that an answer bears on, the given facts that bear on it as well."""
    known = dict(ASSESSOR.assess(example.facts).facts)
    by_rule: dict[str, list[str]] = {}
    for each in said(example)["missing"]:
        for rule in each["could_change"]:
            if rule.startswith("safety."):
                by_rule.setdefault(rule, []).append(record_of(each["fact"], known))
    return [
        [other for other in dict.fromkeys(names) if other != name and other in FACTS]
        for names in by_rule.values()
        if name in names
    ]


def with_others(example: Example, name: str, others: list[str], rng: Random, tries: int) -> Iterator[Facts]:
    """The case with none of the others answered, all without a finding, those of a flag with one, any few."""
    yield dict(example.facts)
    normal = without_findings(example.facts, others)
    yield normal
    together = asked_together(example, name)
    for of_a_flag in together:
        yield normal | {other: next(possible(example.facts, other)) for other in of_a_flag}
    for _ in range(tries):
        few = rng.choice(together) if together and rng.random() < 0.8 else others
        some = rng.sample(few, min(len(few), rng.randint(1, 4)))
        answered = rng.choice([normal, example.facts])
        yield {**answered, **{o: rng.choice([None, *possible(example.facts, o)]) for o in some}}


def can_change_the_tier(example: Example, name: str, others: list[str], rng: Random) -> bool:
    """Whether some answer to the one changes the tier, with none, some or all of the others answered."""
    tries = TRIES_IN_VAIN if name in LISTED_IN_VAIN else TRIES
    for facts in with_others(example, name, others, rng, tries):
        unanswered = Answers.to(facts)
        answered = (unanswered.given({name: value}) for value in possible(facts, name))
        if any(urgency(each) != urgency(unanswered) for each in answered):
            return True
    return False


def later() -> list[Example]:
    """No record of the day of surgery itself counts as since surgery."""
    return [each for each in examples() if each.facts["assessed_on"] > each.facts["surgery_date"]]


LISTED_IN_VAIN = {
    **dict.fromkeys(
        ("cancer_history", "diabetes", "esr", "immunosuppressed", "wound_fluctuance"),
        "the other answer that its flag needs brings another flag of the same tier",
    ),
    "crp": "before day 14 no value is normal enough to take the flag back (4.2 RF-DISCITIS)",
    "pain_return_onset": "within 14 days of surgery no relief has lasted long enough for pain to return",
    "indication": "with the pain on record either index pain leaves the flag as it is",
    "global_change": "it would count only under the other index pain",
    "pain_return_onset_on": "the day tells how long relief lasted, but the pain decides all the same",
    "leg_power": "weakness is stated already, and only grades of every key muscle settle it",
}
"""Facts that some case lists and that change no tier there: the trace looks at each flag for itself."""


def test_what_is_listed_as_able_to_change_the_tier_can() -> None:
    rng = Random(42)
    in_vain = set()
    for example in later():
        listed = able_to_change(example, "tier")
        for name in listed:
            others = [each for each in listed if each != name]
            if name not in in_vain and not can_change_the_tier(example, name, others, rng):
                in_vain.add(name)
    assert in_vain == set(LISTED_IN_VAIN)


CHANGE_ALTHOUGH_SETTLED = {
    "post_void_residual_ml": "a residual counts whatever was answered (11.15)",
    "phq9_item9": "a score of item 9 counts whatever was answered (11.15)",
    "muscle_power": "a loss that a test shows counts whatever was answered (11.15)",
    "leg_power": "weakness that was found and not graded counts whatever was answered (11.15)",
    **dict.fromkeys(
        (
            "calf_difference_cm",
            "crp",
            "esr",
            "heart_rate_bpm",
            "news2",
            "pulses_present",
            "respiratory_rate_bpm",
            "saddle_sensation",
            "spo2_percent",
            "systolic_bp_mmhg",
            "temperature_c",
        ),
        "a measurement counts whatever was answered (11.15)",
    ),
    "back_pain": "a score of now counts where every question about back pain was answered no (11.15)",
    **dict.fromkeys(
        ("bilateral_leg_pain_onset_on", "pain_return_side"),
        "pain in both legs on record takes back what exempts retention on the ward (11.2)",
    ),
    "pain_return_onset": "the word for the onset counts beside dates that say otherwise (1.2 abruptly)",
    "pain_return_plateau_on": "the dates of the return tell what its onset is asked for (1.2 abruptly)",
}
"""Facts that are not listed and could change the tier all the same, where a rule names them "recorded"."""


ALSO_TOLD_BY = {"muscle_power": "weakness"}
"""A day of onset is another answer to whether a deficit is new."""


BEARING_ON = {"tier": bearing_on(FLAGS), "verdict": bearing_on([VERDICT])}
"""The facts that the tier and the verdict rest on; no other can change them."""


def is_told(facts: Facts, name: str) -> bool:
    """Whether a fact is given, and where it is dated, for now: since surgery, and not stale (11.16)."""
    value = facts.get(name)
    if value is None or not isinstance(FACTS[name], Series):
        return value is not None
    return now_of(value, facts["surgery_date"], facts["assessed_on"]) is not None


def not_listed(example: Example, what: str) -> list[str]:
    listed = set(able_to_change(example, what))
    listed |= {f"{ALSO_TOLD_BY.get(name, name)}_onset_on" for name in listed}
    unknown = (name for name in FACTS if name in BEARING_ON[what] and not is_told(example.facts, name))
    return [
        name
        for name in unknown
        if name not in listed and name not in ALWAYS_KNOWN and not isinstance(FACTS[name], Codes)
    ]


def test_nothing_that_is_not_listed_can_change_the_tier_or_the_verdict() -> None:
    tiers, verdicts = set(), set()
    for example in later():
        as_it_is, verdict = Answers.to(example.facts), said(example)["verdict"]["status"]
        settled = {what: not_listed(example, what) for what in ("tier", "verdict")}
        for name in {*settled["tier"], *settled["verdict"]}:
            turned = [as_it_is.given({name: value}) for value in possible(example.facts, name)]
            if name in settled["tier"] and any(urgency(each) != urgency(as_it_is) for each in turned):
                tiers.add(name)
            if name in settled["verdict"] and any(t.verdict != verdict for t in turned):
                verdicts.add((example.id, name))
    assert tiers == set(CHANGE_ALTHOUGH_SETTLED)
    assert verdicts == set()


NOT_ASKED = "weakness-not-asked: full power was tested ten days ago, and nobody ever asked about weakness"
OPEN_ALL_THE_SAME = (
    "",
    " - there was none before surgery",
    " - mild weakness was said two months ago, and nobody asked since",
    " - one muscle tested today leaves the others to be asked about",
)
SETTLED = (
    " - every muscle tested today answers for today",
    " - every muscle tested today answers for today, whatever is said",
    " - asked today, there is none",
)


@pytest.mark.parametrize("variant", OPEN_ALL_THE_SAME)
def test_a_test_of_power_settles_nothing_while_a_word_about_weakness_could_take_it_back(variant: str) -> None:
    answer = answers()[NOT_ASKED + variant]
    could = {each["fact"]: each["changes"] for each in answer["missing"]}

    assert could["weakness_new"] == ["tier"]
    assert not answer["settled"]


@pytest.mark.parametrize("variant", SETTLED)
def test_a_test_of_every_muscle_today_or_an_answer_settles_weakness(variant: str) -> None:
    assert answers()[NOT_ASKED + variant]["settled"]


def test_it_is_settled_when_and_only_when_nothing_listed_could_change_tier_or_verdict() -> None:
    for example in examples():
        answer = said(example)

        assert answer["settled"] is not any(each["changes"] for each in answer["missing"]), example.id


def test_what_could_change_the_tier_is_asked_first_then_the_verdict() -> None:
    for example in examples():
        order = [
            0 if "tier" in each["changes"] else 1 if each["changes"] else 2
            for each in said(example)["missing"]
        ]

        assert order == sorted(order), example.id


def test_some_golden_cases_are_settled_and_some_are_not() -> None:
    assert {said(example)["settled"] for example in examples()} == {True, False}
    assert BEFORE_AND_NOW.keys() | {"crp", "esr"} == COURSES.keys()
