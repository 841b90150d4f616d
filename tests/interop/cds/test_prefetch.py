"""Absent, null, failed, cut off and complete are told apart: only the last one says that there is nothing."""

from __future__ import annotations

from typing import Any

import pytest

from app.interop.cds.discovery import PREFETCH
from app.interop.cds.prefetch import (
    LABELS,
    Part,
    State,
    complete_types,
    notes_of,
    parts_of,
    resources_in,
)
from app.interop.resources import resources_of

OUTCOME = {"resourceType": "OperationOutcome"}
PROCEDURE = {"resourceType": "Procedure", "id": "p"}
PATIENT = {"resourceType": "Patient", "id": "p1"}


def bundle(*resources: Any, **members: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources], **members}


def part(value: Any, key: str = "procedures") -> Part:
    return parts_of({key: value})[key]


def test_the_same_id_at_two_addresses_stays_two_resources() -> None:
    entries = [
        {"fullUrl": f"https://{host}/Procedure/p", "resource": PROCEDURE | {"meta": {"lastUpdated": written}}}
        for host, written in (("a", "2026-01-15T08:00:00Z"), ("b", "2026-01-15T09:00:00Z"))
    ]
    parts = parts_of({"procedures": {"resourceType": "Bundle", "entry": entries}})

    assert len(resources_of(resources_in(parts))) == 2
    assert complete_types(parts) == {"Procedure"}


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (None, State.NULL),
        (OUTCOME, State.FAILED),
        (bundle(OUTCOME), State.FAILED),
        ("text", State.UNREADABLE),
        ([PROCEDURE], State.UNREADABLE),
        ({}, State.UNREADABLE),
        (PATIENT, State.UNREADABLE),
        ({"resourceType": "Bundle", "entry": "none"}, State.UNREADABLE),
        (bundle(PATIENT), State.UNREADABLE),
        (bundle(None), State.UNREADABLE),
        (PROCEDURE, State.TRUNCATED),
        (bundle(PROCEDURE, OUTCOME), State.TRUNCATED),
        (bundle(PROCEDURE, "text"), State.TRUNCATED),
        (bundle(PROCEDURE, total=2), State.TRUNCATED),
        (bundle(PROCEDURE, total="1"), State.TRUNCATED),
        (bundle(PROCEDURE, link=[{"relation": "next", "url": "x"}]), State.TRUNCATED),
        (bundle(link=[{"relation": "next"}]), State.TRUNCATED),
        (bundle(link="next"), State.TRUNCATED),
        (bundle(PROCEDURE, link=[{"relation": "self", "url": "x"}], total=1), State.DATA),
        (bundle(), State.DATA),
        ({"resourceType": "Bundle", "type": "searchset", "total": 0}, State.DATA),
    ],
)
def test_each_way_to_answer_a_search_is_told_apart(value: Any, state: State) -> None:
    assert part(value).state is state


def test_a_key_that_is_not_there_is_absent_and_one_that_is_not_ours_is_ignored() -> None:
    parts = parts_of({"theirs": bundle(PROCEDURE)})

    assert list(parts) == list(PREFETCH)
    assert {each.state for each in parts.values()} == {State.ABSENT}
    assert resources_in(parts) == []


def test_the_answer_to_a_read_is_the_resource_itself() -> None:
    assert part(PATIENT, "patient") == Part(State.DATA, (PATIENT,))
    assert part(bundle(PATIENT), "patient") == Part(State.DATA, (PATIENT,))


@pytest.mark.parametrize(
    ("prefetch", "complete"),
    [
        ({"procedures": bundle()}, True),
        ({"procedures": bundle(PROCEDURE)}, True),
        ({"procedures": bundle(total=1)}, False),
        ({"procedures": None}, False),
        ({"conditions": bundle()}, False),
        ({}, False),
    ],
)
def test_only_an_answered_search_that_is_whole_says_what_there_is_not(
    prefetch: dict[str, Any], complete: bool
) -> None:
    assert ("Procedure" in complete_types(parts_of(prefetch))) is complete


def test_whatever_is_not_known_has_a_note_and_what_is_known_has_none() -> None:
    whole = {key: bundle() for key in PREFETCH} | {"patient": PATIENT}
    for key in PREFETCH:
        for value in (None, OUTCOME, "text"):
            notes = list(notes_of(parts_of({**whole, key: value})))
            assert len(notes) == 1
            assert "text" not in notes[0].text
    assert list(notes_of(parts_of(whole))) == []


def severities(prefetch: dict[str, Any]) -> dict[str, str]:
    """How much each key that was not fully answered weighs, by what it is called."""
    return {note.text.partition(":")[0]: note.severity for note in notes_of(parts_of(prefetch))}


def test_what_failed_was_cut_off_or_may_have_failed_is_a_warning() -> None:
    for key in PREFETCH.keys() - {"patient"}:
        cut_off = bundle(link=[{"relation": "next"}])
        for value in (None, OUTCOME, bundle(OUTCOME), "text", cut_off):
            assert severities({key: value})[LABELS[key]] == "warning"
    assert severities({"patient": OUTCOME})[LABELS["patient"]] == "warning"


def test_the_operations_and_the_list_of_problems_are_never_left_out_without_a_warning() -> None:
    said = severities({})

    assert {name for name, severity in said.items() if severity == "warning"} == {
        "The operations",
        "The list of problems",
    }
    assert severities({"patient": None})["The age of the patient"] == "information"
