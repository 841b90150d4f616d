"""What must not change the answer, and which way it may change (dossier 8.2, metamorphic checks i to vi)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from app.engine.facts import Reading, YesNo
from app.knowledge.deficits import FULL_POWER, KEY_MUSCLES
from app.knowledge.pain import after
from app.knowledge.vocabulary import (
    CAUDA_EQUINA,
    CAUDA_EQUINA_ITEMS,
    GIVEN,
    RECORDED_ONLY,
    RED_FLAGS,
    SEVERITIES,
    urinary_retention,
)
from tests.knowledge.answers import IN_COMPANY, URGENCY, Answers
from tests.knowledge.corpus import examples
from tests.knowledge.random_cases import facts_from, random_case

pytestmark = pytest.mark.proof

SEEDS = range(150)
SAME_CALENDAR = 28
"""Years after which days, months and leap years fall alike (within 1901 to 2099)."""
BETTER_TO_WORSE = {
    "successful": 0,
    "partial_response": 1,
    "on_track": 1,
    "indeterminate": 2,
    "relapsed": 3,
    "unsuccessful": 3,
}
FINDINGS = {"pulses_present"}
"""Asked so that "no" is the finding."""
QUESTIONS = {fact.name for fact in GIVEN if isinstance(fact, YesNo)} - FINDINGS
FEVER_ALONE = {"fever", "fever.severe", "fever.late"}
"""Beside another sign of infection the flag of that sign speaks, at least as urgently (dossier 11.13)."""
Sent = dict[str, Any]
Facts = dict[str, Any]


@cache
def sent_cases() -> tuple[Sent, ...]:
    """Every case of the corpus, and random ones."""
    return (*(example.sent for example in examples()), *(random_case(Random(seed)) for seed in SEEDS))


@cache
def patients() -> tuple[tuple[Facts, Answers], ...]:
    """The facts of each of them, and what is said of them."""
    every = [facts_from(sent) for sent in sent_cases()]
    return tuple((facts, Answers.to(facts)) for facts in every)


def answers(sent: Sent) -> Answers:
    return Answers.to(facts_from(sent))


def moved(value: Any, years: int) -> Any:
    """The same with every date so many years later."""
    if isinstance(value, dict):
        return {name: moved(each, years) for name, each in value.items()}
    if isinstance(value, list):
        return [moved(each, years) for each in value]
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    return value if day is None else day.replace(year=day.year + years).isoformat()


def all_that_is_concluded(said: Answers) -> tuple[Any, ...]:
    """Every truth and decision, and every worked-out fact that is no date."""
    facts = {
        name: value for name, value in said.assessment.facts.items() if not isinstance(value, date | tuple)
    }
    facts.pop("pain_converted", None)
    return bytes(said.assessment.truths), dict(said.assessment.decided), facts


def test_i_the_same_days_of_another_calendar_give_the_same_answer() -> None:
    for sent, (_, said) in zip(sent_cases(), patients(), strict=True):
        later = answers(moved(sent, SAME_CALENDAR))

        assert all_that_is_concluded(said) == all_that_is_concluded(later), sent


def test_ii_an_emergency_never_changes_the_verdict() -> None:
    for facts, calm in patients():
        for question in CAUDA_EQUINA:
            said = calm.given({question.name: True})

            assert said.tier == "emergency_now" or _ward_retention(said)
            assert (said.verdict, said.fact("method")) == (calm.verdict, calm.fact("method")), facts


def test_iii_ten_times_the_points_in_millimetres_give_the_same_answer() -> None:
    for sent, (_, said) in zip(sent_cases(), patients(), strict=True):
        in_millimetres = json.loads(json.dumps(sent))
        for observation in in_millimetres.get("observations", []):
            for site in ("leg", "back"):
                if (points := observation.pop(f"{site}_pain_nrs", None)) is not None:
                    observation[f"{site}_pain_vas_mm"] = points * 10

        assert all_that_is_concluded(said) == all_that_is_concluded(answers(in_millimetres)), sent


def test_iv_a_question_left_open_never_looks_safer_than_a_no() -> None:
    for facts, answered in patients():
        for question in (name for name, value in facts.items() if value is False and name in QUESTIONS):
            said = answered.given({question: None})

            assert _no_less_urgent(said, answered), (question, facts)
            assert answered.complete or not said.complete


def test_a_yes_to_a_red_flag_never_makes_the_case_less_urgent() -> None:
    for facts, answered in patients():
        for question in (each.name for each in RED_FLAGS if each not in RECORDED_ONLY):
            said = answered.given({question: True})

            assert _no_less_urgent(said, answered), (question, facts)
            assert said.flags or question in IN_COMPANY or _slow_claudication(said), (question, facts)


@pytest.mark.parametrize("grade", [0, 3, 4])
def test_a_muscle_that_is_found_weak_never_makes_the_case_less_urgent_than_no_test(grade: float) -> None:
    rng = Random(grade)
    for facts, untested in patients():
        tested = facts.get("muscle_power") or ()
        site = rng.choice(sorted(KEY_MUSCLES))
        since = {each.site for each in after(tested, facts["surgery_date"])}
        best = max((each.value for each in tested if each.site == site), default=FULL_POWER)
        if grade >= best or site in since or since | {site} >= KEY_MUSCLES:
            continue  # it is no weaker than before, or has been tested, or completes the test
        found = Reading(facts["assessed_on"], grade, site)
        said = untested.given({"muscle_power": (*tested, found)})

        assert URGENCY.index(said.tier) <= URGENCY.index(untested.tier), (site, facts)
        assert URGENCY.index(said.worst_not_excluded) <= URGENCY.index(untested.worst_not_excluded), facts


@pytest.mark.parametrize("said_to_be", ["mild", "severe"])
def test_more_weakness_that_is_stated_today_never_makes_the_case_less_urgent(said_to_be: str) -> None:
    for facts, before in patients():
        stated = tuple(each for each in facts.get("weakness") or () if each.day < facts["assessed_on"])
        last = SEVERITIES.index(stated[-1].value) if stated else 0
        if len(stated) < len(facts.get("weakness") or ()) or SEVERITIES.index(said_to_be) <= last:
            continue  # asked today, or no more than was said before
        said = before.given({"weakness": (*stated, Reading(facts["assessed_on"], said_to_be))})

        assert URGENCY.index(said.tier) <= URGENCY.index(before.tier), facts
        assert URGENCY.index(said.worst_not_excluded) <= URGENCY.index(before.worst_not_excluded), facts


def _no_less_urgent(said: Answers, before: Answers) -> bool:
    """No tier is newly ruled out, but retention on the ward gives way to a possible emergency (11.2)."""
    gives_way = FEVER_ALONE | ({"pour"} if said.worst_not_excluded == "emergency_now" else set())
    no_less = URGENCY.index(said.tier) <= URGENCY.index(before.tier)
    return no_less and said.not_excluded >= before.not_excluded - gives_way


def _ward_retention(said: Answers) -> bool:
    """Retention and nothing else, early on the ward, is for the same day (11.2)."""
    return "RF-POUR" in said.flags and all(
        said.fact(item.name) is (item is urinary_retention) for item in CAUDA_EQUINA_ITEMS
    )


def _slow_claudication(said: Answers) -> bool:
    """Leg pain that came back slowly and is eased by sitting is exempt (4.2 RF-CES-2)."""
    return said.fact("pain_return_onset") == "gradual" and said.fact("eased_by_sitting") is True


@pytest.mark.parametrize("worse_by", [0.5, 1, 2, 5])
def test_v_worse_pain_never_improves_the_verdict(worse_by: float) -> None:
    for facts, said in patients():
        if said.fact("index_now") is None or said.verdict not in BETTER_TO_WORSE:
            continue
        site = f"{said.fact('index_pain')}_pain"
        *before, now = facts[site]
        worse = now._replace(value=min(10, now.value + worse_by))
        later = said.given({site: (*before, worse)})

        assert BETTER_TO_WORSE[later.verdict] >= BETTER_TO_WORSE[said.verdict], (facts, worse_by)


def test_vi_within_a_year_of_another_operation_nothing_is_called_permanent() -> None:
    for facts, said in patients():
        for days in (0, 30, 200, 360, 365):
            again = said.given({"surgery_date": facts["assessed_on"] - timedelta(days=days)})

            assert "likely_permanent" not in again.prognosis.values(), (facts, days)


def test_the_checks_above_meet_every_verdict_that_pain_can_change() -> None:
    assert {said.verdict for _, said in patients()} >= BETTER_TO_WORSE.keys()
