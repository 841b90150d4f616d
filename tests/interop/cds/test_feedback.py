"""Feedback is taken whole or not at all, and of it ids and known codes alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.interop.cds.cards import REASON_SYSTEM
from app.interop.cds.feedback import read_feedback
from app.interop.cds.request import Flaw, NotACall
from tests.interop.cds.invariants import faults_of_feedback

CARD = "0190a0b0-0000-7000-8000-000000000001"
SUGGESTION = "0190a0b0-0000-5000-8000-000000000002"
AT = "2026-11-22T10:11:59.700Z"
OVERRIDDEN = {"card": CARD, "outcome": "overridden", "outcomeTimestamp": AT}
NO_MOMENTS: tuple[Any, ...] = (
    *("yesterday", "2026-11-22", "2026-11-22T10:11:59", "0001-01-01T00:00:00+23:59"),
    *("2026-11-22-05:00", "2026-W47-7T10:11:59Z", "2026-11-22x10:11:59Z", "2026-02-30T10:11:59Z"),
    *(7, []),
)
ACCEPTED = {
    "card": CARD,
    "outcome": "accepted",
    "acceptedSuggestions": [{"id": SUGGESTION}],
    "outcomeTimestamp": AT,
}


def feedback(*entries: Any) -> dict[str, Any]:
    return {"feedback": list(entries)}


def flaws_of(document: Any) -> set[Flaw]:
    with pytest.raises(NotACall) as refused:
        read_feedback(document)
    return set(refused.value.flaws)


def test_what_was_done_is_kept_in_ids_and_codes() -> None:
    document = feedback(OVERRIDDEN, ACCEPTED)
    overridden, accepted = read_feedback(document)

    assert faults_of_feedback(document) == []
    assert overridden.card == UUID(CARD)
    assert overridden.detail == {"what": "overridden", "happened": "2026-11-22T10:11:59.700000+00:00"}
    assert accepted.detail["suggestions"] == SUGGESTION


def test_a_comment_is_not_kept_and_that_there_was_one_is() -> None:
    reason = {"reason": {"code": "action-completed", "system": REASON_SYSTEM}, "userComment": "Jane Doe fell"}

    (told,) = read_feedback(feedback(OVERRIDDEN | {"overrideReason": reason}))

    assert told.detail["reason"] == "action-completed"
    assert told.detail["commented"] == 1
    assert "Jane" not in f"{told}{told.key}"


@pytest.mark.parametrize(
    "reason",
    [
        {"code": "Jane-Doe", "system": "https://ehr.example/reasons"},
        {"code": "Jane-Doe", "system": REASON_SYSTEM},
        {"code": "action-completed"},
        {"display": "Jane Doe"},
        {"code": ["action-completed"], "system": REASON_SYSTEM},
        "Jane Doe",
    ],
)
def test_a_reason_that_is_not_ours_is_accepted_and_its_words_are_not_kept(reason: Any) -> None:
    (told,) = read_feedback(feedback(OVERRIDDEN | {"overrideReason": {"reason": reason}}))

    assert told.detail["reason"] == "other"
    assert "Jane" not in str(told)


def test_the_key_is_the_same_for_the_same_moment_in_another_zone() -> None:
    elsewhere = OVERRIDDEN | {"outcomeTimestamp": "2026-11-22T12:11:59.700+02:00", "card": CARD.upper()}
    first, second = read_feedback(feedback(OVERRIDDEN, elsewhere))
    (accepted,) = read_feedback(feedback(ACCEPTED))

    assert first.key == second.key
    assert accepted.key != first.key


def test_what_differs_in_anything_that_is_kept_has_a_key_of_its_own() -> None:
    other = {"id": SUGGESTION.replace("0002", "0003")}
    reason = {"reason": {"code": "action-completed", "system": REASON_SYSTEM}}
    entries = (
        ACCEPTED,
        ACCEPTED | {"acceptedSuggestions": [other]},
        ACCEPTED | {"acceptedSuggestions": [{"id": SUGGESTION}, other]},
        OVERRIDDEN,
        OVERRIDDEN | {"overrideReason": reason},
        OVERRIDDEN | {"overrideReason": reason | {"userComment": "Jane Doe fell"}},
    )
    keys = [told.key for told in read_feedback(feedback(*entries))]

    assert len(set(keys)) == len(entries)


def test_the_order_of_suggestions_makes_no_other_key() -> None:
    both = [{"id": SUGGESTION}, {"id": SUGGESTION.replace("0002", "0003")}]
    turned = [ACCEPTED | {"acceptedSuggestions": each} for each in (both, both[::-1])]
    first, second = read_feedback(feedback(*turned))

    assert first.key == second.key


@pytest.mark.parametrize(
    ("document", "flaws"),
    [
        ([], {Flaw("", "model_type")}),
        ({}, {Flaw("/feedback", "missing")}),
        ({"feedback": {}}, {Flaw("/feedback", "list_type")}),
        (feedback(*[OVERRIDDEN] * 101), {Flaw("/feedback", "too_long")}),
        (feedback("text"), {Flaw("/feedback/0", "model_type")}),
        (
            feedback(OVERRIDDEN, {"card": "x"}),
            {
                Flaw("/feedback/1/card", "uuid_parsing"),
                Flaw("/feedback/1/outcome", "missing"),
                Flaw("/feedback/1/outcomeTimestamp", "missing"),
            },
        ),
        (feedback(OVERRIDDEN | {"outcome": "ignored"}), {Flaw("/feedback/0/outcome", "literal_error")}),
        (feedback(OVERRIDDEN | {"outcome": []}), {Flaw("/feedback/0/outcome", "literal_error")}),
        (
            feedback(OVERRIDDEN | {"outcome": "accepted"}),
            {Flaw("/feedback/0/acceptedSuggestions", "missing")},
        ),
        (
            feedback(ACCEPTED | {"acceptedSuggestions": []}),
            {Flaw("/feedback/0/acceptedSuggestions", "too_short")},
        ),
        (
            feedback(ACCEPTED | {"acceptedSuggestions": [{"id": SUGGESTION}] * 21}),
            {Flaw("/feedback/0/acceptedSuggestions", "too_long")},
        ),
        (
            feedback(ACCEPTED | {"acceptedSuggestions": "all"}),
            {Flaw("/feedback/0/acceptedSuggestions", "list_type")},
        ),
        (
            feedback(ACCEPTED | {"acceptedSuggestions": [{"id": "1"}, "2"]}),
            {
                Flaw("/feedback/0/acceptedSuggestions/0/id", "uuid_parsing"),
                Flaw("/feedback/0/acceptedSuggestions/1", "model_type"),
            },
        ),
        (feedback(OVERRIDDEN | {"overrideReason": {}}), {Flaw("/feedback/0/overrideReason", "missing")}),
        (feedback(OVERRIDDEN | {"overrideReason": "x"}), {Flaw("/feedback/0/overrideReason", "model_type")}),
        *(
            (
                feedback(OVERRIDDEN | {"outcomeTimestamp": text}),
                {Flaw("/feedback/0/outcomeTimestamp", "datetime_parsing")},
            )
            for text in NO_MOMENTS
        ),
    ],
)
def test_whatever_is_wrong_is_told_with_its_place(document: Any, flaws: set[Flaw]) -> None:
    assert flaws_of(document) == flaws
