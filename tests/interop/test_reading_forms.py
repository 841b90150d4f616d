"""A filled form is read beside everything else that was sent."""

from __future__ import annotations

from typing import Any

from tests.interop.as_fhir import bundle_of
from tests.interop.as_form import response_of
from tests.interop.test_reading import draft_of, plain
from tests.knowledge.corpus import examples

CASE: dict[str, Any] = {
    "subject": "p1",
    "assessed_on": "2026-11-23",
    "surgery": {"date": "2026-11-10", "procedure": "microdiscectomy"},
    "red_flags": {"fever": "yes", "rigors": "no"},
    "vitals": {"temperature_c": 38.4},
}


def authored(case: dict[str, Any], **members: Any) -> dict[str, Any]:
    return response_of(case) | members


def test_a_form_alone_gives_the_case_that_was_meant() -> None:
    for example in examples()[::20]:
        draft = draft_of([response_of(example.sent)], subject=example.sent["subject"])

        assert plain(draft.case) == plain(example.sent), example.id
        assert draft.notes == ()


def test_a_form_and_the_resources_of_the_same_case_do_not_contradict_each_other() -> None:
    for example in examples()[::20]:
        draft = draft_of([response_of(example.sent), *bundle_of(example.sent)], example.sent["assessed_on"])

        assert plain(draft.case) == plain(example.sent), example.id


def test_a_form_that_was_answered_under_another_id_is_asked_about() -> None:
    draft = draft_of([authored(CASE | {"subject": "other"}, id="f1", subject={"reference": "Patient/p1"})])
    told = [(note.severity, note.reference) for note in draft.notes if note.path == "subject"]

    assert told == [("warning", "QuestionnaireResponse/f1")]


def test_the_answers_of_an_older_form_are_asked_again() -> None:
    draft = draft_of([authored(CASE, id="q1")], "2026-11-24")

    assert draft.case["surgery"]["date"] == "2026-11-10"
    assert draft.case.keys() & {"red_flags", "vitals"} == set()
    first = draft.notes[0]
    assert (first.severity, first.path, first.reference) == (
        "warning",
        "red_flags.fever",
        "QuestionnaireResponse/q1",
    )
    assert first.text.startswith("Answered yes on 2026-11-23 to:")


def test_a_form_that_is_not_finished_says_nothing() -> None:
    draft = draft_of([authored(CASE, status="in-progress")], "2026-11-23", complete=frozenset({"Procedure"}))

    assert draft.case == {}
    assert draft.finding == "cannot_tell"


def test_no_form_is_of_a_later_day_than_that_on_which_it_was_written() -> None:
    old = draft_of([authored(CASE, authored="2026-11-20T09:00:00Z")], "2026-11-23")
    fresh = draft_of([authored(CASE, authored="2026-11-22T23:30:00-05:00")], "2026-11-23")

    assert "red_flags" not in old.case
    assert old.notes[0].text.startswith("Answered yes on 2026-11-20 to:")
    assert fresh.case["red_flags"] == {"fever": "yes", "rigors": "no"}
