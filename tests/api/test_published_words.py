"""The document explains itself: when a member is null, which options recur, how far days go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from app.api.named_options import BY_OPTIONS, NAMED_OPTIONS
from app.transparency.checkpoint import Checkpoint, Signer
from app.transparency.receipt import Receipt, check_receipt
from tests.api.published import operations

pytestmark = pytest.mark.anyio

REFERENCE = "#/components/schemas/"
NAMES = {
    *("Tier", "OverallTier", "VerdictStatus", "PrognosisStatus", "Confidence", "Phase", "Truth", "Grade"),
    *("Verified", "YesNoUnknown", "Severity", "Side", "Level", "Region", "Procedure", "Indication", "Muscle"),
    "Normal",
}


def everything(part: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document."""
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from everything(inner)


def members(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every member of every schema, by its place."""
    for name, schema in document["components"]["schemas"].items():
        for member, described in schema.get("properties", {}).items():
            yield f"{name}.{member}", described


def can_be_null(member: dict[str, Any]) -> bool:
    return {"type": "null"} in member.get("anyOf", ())


async def test_whatever_an_answer_can_have_as_null_says_when_it_is(document: dict[str, Any]) -> None:
    # Answers have all their members always; in a request null means the same as absent: not known.
    always = {
        f"{name}.{member}"
        for name, schema in document["components"]["schemas"].items()
        for member in schema.get("required", ())
    }
    nullable = {place: each for place, each in members(document) if can_be_null(each) and place in always}

    assert [place for place, each in nullable.items() if "null" not in each["description"].lower()] == []
    assert len(nullable) > 35


async def test_generators_of_clients_find_one_type_for_every_list_and_no_default_of_null(
    document: dict[str, Any],
) -> None:
    for each in everything(document["components"]):
        if isinstance(each.get("enum"), list):
            assert {type(option) for option in each["enum"]} == {str}
        assert each.get("default", "") is not None


async def test_what_is_taken_for_an_absent_member_is_told_in_words(document: dict[str, Any]) -> None:
    described = dict(members(document))

    assert [place for place, each in described.items() if "default" in each] == []
    assert {place for place, each in described.items() if each["description"].endswith("when absent")} >= {
        *("Surgery.region", "PriorSurgery.region", "SearchRequest.limit"),
    }


async def test_options_that_recur_have_one_name(document: dict[str, Any]) -> None:
    lists = Counter(
        tuple(each["enum"]) for each in everything(document) if isinstance(each.get("enum"), list)
    )

    assert [options for options, times in lists.items() if times > 1] == []
    assert {each["title"] for each in NAMED_OPTIONS} == NAMES
    assert set(document["components"]["schemas"]) >= NAMES


async def test_no_options_have_two_names() -> None:
    assert len(BY_OPTIONS) == len(NAMED_OPTIONS)


@pytest.mark.parametrize("options", NAMED_OPTIONS, ids=lambda each: each["title"])
async def test_a_named_list_of_options_is_published_as_it_is_in_the_code(
    document: dict[str, Any], options: dict[str, Any]
) -> None:
    assert document["components"]["schemas"][options["title"]] == options


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("RaisedFlag.tier", "Tier"),
        ("SafetyQuestion.tier", "Tier"),
        ("NextStepAnswer.urgency", "Tier"),
        ("Safety.tier", "OverallTier"),
        ("Safety.worst_not_excluded", "OverallTier"),
        ("SearchHit.tier", "OverallTier"),
        ("VerdictAnswer.status", "VerdictStatus"),
        ("SearchHit.verdict", "VerdictStatus"),
        ("SymptomAnswer.prognosis", "PrognosisStatus"),
        ("CauseAnswer.grade", "Grade"),
        ("TracedRule.truth", "Truth"),
        ("TracedCondition.truth", "Truth"),
        ("Problem.code", "ProblemCode"),
        ("InputError.code", "InputErrorCode"),
    ],
)
async def test_what_is_of_one_kind_is_of_one_type(document: dict[str, Any], place: str, name: str) -> None:
    assert dict(members(document))[place]["$ref"] == REFERENCE + name


async def test_tier_and_urgency_are_said_to_be_one_scale(document: dict[str, Any]) -> None:
    described = dict(members(document))

    assert "`urgency`" in described["RaisedFlag.tier"]["description"]
    assert "`tier`" in described["NextStepAnswer.urgency"]["description"]
    assert "One scale" in document["components"]["schemas"]["Tier"]["description"]


async def test_every_answer_is_described_by_what_it_is(document: dict[str, Any]) -> None:
    described = [
        response["description"]
        for _, operation in operations(document)
        for response in operation["responses"].values()
    ]
    assert "Successful Response" not in described
    assert document["components"]["schemas"]["SearchPage"]["description"] in described


async def test_days_have_their_bounds_in_words_that_every_validator_keeps(document: dict[str, Any]) -> None:
    validator = Draft202012Validator(document["components"]["schemas"]["Surgery"]["properties"]["date"])
    own_words = [each for each in everything(document["components"]) if {"ge", "le", "gt", "lt"} & set(each)]

    for year in range(1, 10_000):
        allowed = 1950 <= year <= 2199
        assert [validator.is_valid(f"{year:04}-{day}") for day in ("01-01", "12-31")] == [allowed, allowed]
    assert own_words == []


async def test_texts_have_a_length_and_a_form(document: dict[str, Any]) -> None:
    texts = [each for each in everything(document) if each.get("type") == "string"]

    assert [each for each in texts if not {"enum", "const", "maxLength"} & set(each)] == []
    assert [each for each in texts if not {"enum", "const", "pattern", "format"} & set(each)] == []


async def test_every_flaw_of_a_receipt_is_named_where_it_is_answered(document: dict[str, Any]) -> None:
    signer = Signer.generate("log.example")
    root, other = bytes(32), b"1" * 32
    signed = Receipt(
        "log.example/a", 1, 1, root, signer.sign(Checkpoint("log.example/a", 2, root)), other, ()
    )
    unsigned = Receipt("log.example/a", 1, 1, root, "", other, ())
    flaws = {
        flaw for each in (signed, unsigned) for flaw in check_receipt(each, [signer.log_key], b"another leaf")
    }
    described = document["components"]["schemas"]["LogCheck"]["properties"]["flaws"]["description"]

    assert flaws == {"signature_invalid", "checkpoint_differs", "meta_altered", "path_invalid"}
    assert [flaw for flaw in flaws if f"`receipt_{flaw}`" not in described] == []
