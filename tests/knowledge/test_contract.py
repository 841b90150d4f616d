"""The case repeats the options and bounds of the vocabulary, in each member that gives a fact."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

import pytest
from annotated_types import Ge, Le, MaxLen
from pydantic.fields import FieldInfo

from app.engine.conditions import Fact
from app.engine.facts import Choice, Codes, Day, Quantity, Series, YesNo
from app.knowledge import vocabulary
from app.services import case
from app.services.case_part import Part
from app.services.case_provenance import Provenance, UsedResource
from app.services.facts import LABORATORY, MM_PER_POINT

FACTS = {fact.name: fact for fact in vocabulary.GIVEN}
NAMED_APART = {
    "Surgery.date": "surgery_date",
    "Surgery.side": "operated_side",
    "Surgery.levels": "operated_levels",
    "PriorSurgery.procedure": "procedure",
    "PriorSurgery.region": "region",
    "MusclePower.grade": "muscle_power",
    "Observation.leg_pain_nrs": "leg_pain",
    "Observation.leg_pain_vas_mm": "leg_pain",
    "Observation.back_pain_nrs": "back_pain",
    "Observation.back_pain_vas_mm": "back_pain",
    "Observation.odi_percent": "odi",
    "PainReturn.onset_on": "pain_return_onset_on",
    "PainReturn.plateau_on": "pain_return_plateau_on",
    "PainReturn.onset": "pain_return_onset",
    "PainReturn.side": "pain_return_side",
    **{f"LaboratoryResult.{member}": name for name, member in LABORATORY.items()},
    **{f"SymptomOnsets.{f.name.removesuffix('_onset_on')}": f.name for f in vocabulary.SYMPTOM_ONSETS},
}
"""Where a member is not called as the fact that it gives is."""
GIVES_NO_FACT = {
    "Case.subject",
    "MusclePower.muscle",
    "MusclePower.side",
    "PriorSurgery.date",
    *(f"{dated}.date" for dated in ("Observation", "LaboratoryResult", "Imaging")),
    *(f"{part.__name__}.{name}" for part in (Provenance, UsedResource) for name in part.model_fields),
} - {"Provenance.resources"}
"""Who it is, which muscle, the days of records, and where the case came from: no facts of their own."""
COUNTED = {"pain_converted": "a scale in millimetres was used", "prior_operations": "the list is counted"}
"""Facts that no member says: the case is looked at as a whole."""


class Member(NamedTuple):
    """One member of the case that holds a value."""

    name: str
    field: FieldInfo

    @property
    def fact(self) -> Fact:
        return FACTS[NAMED_APART.get(self.name, self.name.split(".")[1])]

    @property
    def scale(self) -> int:
        return MM_PER_POINT if self.name.endswith("_vas_mm") else 1


def members(part: type[Part]) -> Iterator[Member]:
    """The members of a part of the case, and of the parts inside it."""
    for name, field in part.model_fields.items():
        inside = [
            each for each in kinds(field.annotation) if isinstance(each, type) and issubclass(each, Part)
        ]
        for each in inside:
            yield from members(each)
        if not inside:
            yield Member(f"{part.__name__}.{name}", field)


def kinds(annotation: Any) -> Iterator[Any]:
    """All that an annotation such as `Annotated[float, Field(ge=0, le=10)] | None` is made of."""
    yield annotation
    for each in get_args(annotation):
        yield from kinds(each)


MEMBERS = tuple(members(case.Case))
GIVING = [each for each in MEMBERS if each.name not in GIVES_NO_FACT]


@pytest.mark.parametrize("member", GIVING, ids=lambda member: member.name)
def test_a_member_takes_what_its_fact_can_be(member: Member) -> None:
    fact = member.fact
    match fact.of if isinstance(fact, Series) else fact:
        case YesNo():
            assert words(member) == ("yes", "no", "unknown")
        case Choice(options=("yes", "no")):
            assert words(member) == ("yes", "no", "unknown")
        case Choice() | Codes() as of:
            assert words(member) == of.options
        case Day():
            assert datetime.date in kinds(member.field.annotation)
        case Quantity() as of:
            assert bounds(member, Ge, "ge") == [of.minimum * member.scale]
            assert bounds(member, Le, "le") == [of.maximum * member.scale]
        case _:
            pytest.fail(f"{fact.name} is of a kind that no member can hold")


def test_every_given_fact_has_its_member() -> None:
    assert {each.fact.name for each in GIVING} == FACTS.keys() - COUNTED.keys()
    assert {each.name for each in MEMBERS} >= {*NAMED_APART, *GIVES_NO_FACT}


def test_a_muscle_is_named_as_the_sites_of_its_test_are() -> None:
    parts = case.MusclePower.model_fields
    muscles, sides = (words(Member(name, parts[name])) for name in ("muscle", "side"))

    assert muscles == vocabulary.MUSCLES
    assert {f"{muscle}.{side}" for muscle in muscles for side in sides} == set(vocabulary.muscle_power.sites)


def test_as_many_earlier_operations_can_be_listed_as_are_counted() -> None:
    listed = case.Case.model_fields["prior_surgeries"]

    assert [each.max_length for each in listed.metadata if isinstance(each, MaxLen)] == [
        vocabulary.prior_operations.maximum
    ]


def words(member: Member) -> tuple[str, ...]:
    """The words of the Literal inside a member's annotation."""
    return tuple(each for each in kinds(member.field.annotation) if isinstance(each, str))


def bounds(member: Member, kind: type, name: str) -> list[float]:
    """The least or the greatest value that a member takes."""
    inside = (each.metadata for each in kinds(member.field.annotation) if isinstance(each, FieldInfo))
    found = [*member.field.metadata, *(bound for metadata in inside for bound in metadata)]
    return [getattr(each, name) for each in found if isinstance(each, kind)]
