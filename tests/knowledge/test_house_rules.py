"""What every rule, threshold and word of the knowledge owes its readers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args

import pytest
from annotated_types import Ge, Le
from pydantic import BaseModel

from app import knowledge
from app.engine.canonical import citations_of, thresholds_of
from app.engine.conditions import Fact, checks
from app.engine.evidence import Citation, Threshold
from app.engine.facts import Choice, Codes, Quantity, Series
from app.engine.rules import Rule
from app.engine.ruleset import reads
from app.knowledge import vocabulary
from app.knowledge.milestones import MILESTONES
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.sources import CBS, CBS_PART, DOSSIER, ENG, MHC
from app.services import case, case_measurements, case_questions
from tests.knowledge.pinned import current, pinned

FIRST_SOURCE = "summit-2021"
PLACE = re.compile(r"(section )?\d")
"""Such as "1.1 S8", "11.3" or "section 5 C"."""
NUMERIC = {"<", "<=", ">", ">="}


def citations() -> Iterator[Citation]:
    yield from citations_of(POSTOP_LUMBAR)
    yield from (milestone.evidence for milestone in MILESTONES)


def test_no_rule_rests_on_the_first_source_alone() -> None:
    alone = [rule.id for rule in POSTOP_LUMBAR.rules if _sources(rule) == {FIRST_SOURCE}]

    assert alone == []


def _sources(rule: Rule) -> set[str]:
    return {citation.source.id for citation in rule.evidence}


def test_every_rule_names_its_place_in_the_dossier() -> None:
    places = {(rule.id, place) for rule in POSTOP_LUMBAR.rules for place in rule.dossier.split("; ")}

    assert {(rule_id, place) for rule_id, place in places if not PLACE.match(place)} == set()


def test_what_a_source_says_is_worded_once() -> None:
    cited = [citation for citation in citations() if citation.source.id != DOSSIER.id]
    objects: dict[Citation, set[int]] = {}
    for citation in cited:
        objects.setdefault(citation, set()).add(id(citation))

    assert [(each.source.id, each.place) for each, same in objects.items() if len(same) > 1] == []


def test_a_statement_of_the_first_source_is_cited_by_itself_and_always_in_the_same_words() -> None:
    stated = {citation for citation in citations() if citation.source.id == FIRST_SOURCE}

    assert [each for each in stated if not re.fullmatch(r"S\d+", each.place) or not each.says] == []
    assert len({citation.place for citation in stated}) == len(stated)


def test_every_figure_is_graded_and_none_is_unsure() -> None:
    assert {citation.verified for citation in citations()} <= {CBS, CBS_PART, MHC, ENG}
    assert {citation.source.verified for citation in citations()} <= {CBS, CBS_PART, MHC, ENG}


def test_every_value_that_no_publication_was_seen_to_hold_awaits_sign_off() -> None:
    unseen = {
        each.name
        for each in thresholds_of(POSTOP_LUMBAR)
        if each.evidence[0].verified in (ENG, CBS_PART, MHC)
    }

    assert unseen == {each.name for each in thresholds_of(POSTOP_LUMBAR) if each.needs_sign_off}


def test_every_named_threshold_is_used() -> None:
    modules = [import_module(f"app.knowledge.{each.name}") for each in iter_modules(knowledge.__path__)]
    named = {each.name for module in modules for each in vars(module).values() if isinstance(each, Threshold)}

    assert named - {each.name for each in thresholds_of(POSTOP_LUMBAR)} == set()


def test_every_number_in_a_rule_is_a_named_threshold_or_asks_whether_anything_is_there() -> None:
    asked = [check for rule in POSTOP_LUMBAR.rules for check in checks(rule.when) if check.op in NUMERIC]

    assert {(c.fact.name, c.op, c.value) for c in asked if not c.threshold and c.value != 0} == set()


def test_every_given_fact_is_read_or_listed_as_recorded_only() -> None:
    read = {name for step in POSTOP_LUMBAR.steps for name in reads(step)}
    given = {fact.name for fact in POSTOP_LUMBAR.facts}

    assert given - read == {fact.name for fact in vocabulary.RECORDED_ONLY}


# The contract repeats the vocabulary's options and bounds

CHOICES: list[tuple[Fact, type[BaseModel], str]] = [
    (vocabulary.procedure, case.Surgery, "procedure"),
    (vocabulary.region, case.Surgery, "region"),
    (vocabulary.indication, case.Surgery, "indication"),
    (vocabulary.operated_side, case.Surgery, "side"),
    (vocabulary.operated_levels, case.Surgery, "levels"),
    (vocabulary.stated_trend, case.Observation, "stated_trend"),
    (vocabulary.numbness, case.Observation, "numbness"),
    (vocabulary.tingling, case.Observation, "tingling"),
    (vocabulary.weakness, case.Observation, "weakness"),
    (vocabulary.pain_return_onset, case.PainReturn, "onset"),
    (vocabulary.pain_return_side, case.PainReturn, "side"),
    (vocabulary.straight_leg_raise, case_measurements.Examination, "straight_leg_raise"),
]
BOUNDS: list[tuple[Fact, type[BaseModel], str, int]] = [
    (vocabulary.leg_pain, case.Observation, "leg_pain_nrs", 1),
    (vocabulary.leg_pain, case.Observation, "leg_pain_vas_mm", 10),
    (vocabulary.back_pain, case.Observation, "back_pain_nrs", 1),
    (vocabulary.back_pain, case.Observation, "back_pain_vas_mm", 10),
    (vocabulary.odi, case.Observation, "odi_percent", 1),
    (vocabulary.global_change, case.Observation, "global_change", 1),
    (vocabulary.muscle_power, case.MusclePower, "grade", 1),
    (vocabulary.post_void_residual_ml, case_measurements.Examination, "post_void_residual_ml", 1),
    (vocabulary.age_years, case.Case, "age_years", 1),
]


@pytest.mark.parametrize(("fact", "model", "member"), CHOICES, ids=str)
def test_the_contract_has_the_options_of_the_vocabulary(
    fact: Fact, model: type[BaseModel], member: str
) -> None:
    of = fact.of if isinstance(fact, Series) else fact
    assert isinstance(of, Choice | Codes)
    assert options(model.model_fields[member].annotation) == of.options


@pytest.mark.parametrize(("fact", "model", "member", "scale"), BOUNDS, ids=str)
def test_the_contract_has_the_bounds_of_the_vocabulary(
    fact: Fact, model: type[BaseModel], member: str, scale: int
) -> None:
    of = fact.of if isinstance(fact, Series) else fact
    field = model.model_fields[member]
    found = [*field.metadata, *constraints(field.annotation)]
    assert isinstance(of, Quantity)
    assert [each.ge for each in found if isinstance(each, Ge)] == [of.minimum * scale]
    assert [each.le for each in found if isinstance(each, Le)] == [of.maximum * scale]


def test_the_contract_asks_every_question_of_the_vocabulary() -> None:
    onsets = tuple(f"{symptom}_onset_on" for symptom in case_questions.SymptomOnsets.model_fields)

    assert tuple(case_questions.RedFlags.model_fields) == tuple(fact.name for fact in vocabulary.RED_FLAGS)
    assert onsets == tuple(fact.name for fact in vocabulary.SYMPTOM_ONSETS)
    assert options(case.MusclePower.model_fields["muscle"].annotation) == vocabulary.MUSCLES
    assert options(case.MusclePower.model_fields["side"].annotation) == ("left", "right")


def options(annotation: Any) -> tuple[str, ...]:
    """The words of the Literal inside an annotation."""
    if isinstance(annotation, str):
        return (annotation,)
    return tuple(word for each in get_args(annotation) for word in options(each))


def constraints(annotation: Any) -> Iterator[Any]:
    """The bounds inside an annotation such as `Annotated[float, Field(ge=0, le=10)] | None`."""
    for each in get_args(annotation):
        if hasattr(each, "metadata"):
            yield from each.metadata
        yield from constraints(each)


def test_no_calculation_changes_without_a_new_edition() -> None:
    assert _differing(current(), pinned()) == [], "raise the edition, then: python -m tests.knowledge.pinned"


def _differing(now: Mapping[str, str], before: Mapping[str, str]) -> list[str]:
    return [name for name, text in now.items() if before.get(name) != text]
