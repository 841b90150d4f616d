"""A problem list answers "yes" by what is on it, and never "no" by what is not."""

from __future__ import annotations

from typing import Any

import pytest

from app.knowledge.codes import SNOMED
from tests.interop.test_reading import draft_of
from tests.interop.test_reading_observations import FEVER, answer, observation
from tests.interop.test_reading_procedures import procedure

DAY = "2026-11-23"
RETENTION = {"system": SNOMED, "code": "267064002"}
DIABETES = {"system": SNOMED, "code": "73211009"}
CAUDA_EQUINA = {"system": SNOMED, "code": "192970008"}


def status(kind: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/condition-{kind}", "code": code}]}


def condition(coding: Any, onset: Any = "2026-11-20", **members: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": "c1",
        "clinicalStatus": status("clinical", "active"),
        "verificationStatus": status("ver-status", "confirmed"),
        "code": {"coding": [coding]},
        "onsetDateTime": onset,
        **members,
    }


def read(*resources: Any) -> Any:
    return draft_of([procedure(performed="2026-11-10"), *resources], DAY)


def test_a_problem_that_began_since_the_operation_answers_its_red_flag() -> None:
    assert read(condition(RETENTION)).case["red_flags"] == {"urinary_retention": "yes"}


@pytest.mark.parametrize(
    "told",
    [
        condition(RETENTION, "2026-11-09"),
        condition(RETENTION, None),
        condition(RETENTION, "2026"),
        condition(RETENTION, clinicalStatus=status("clinical", "resolved")),
        condition(RETENTION, verificationStatus=status("ver-status", "provisional")),
        condition(RETENTION, verificationStatus=None),
        condition({"system": SNOMED, "code": "1", "display": "Retention of urine"}),
    ],
)
def test_a_problem_that_is_old_over_unconfirmed_or_uncoded_answers_nothing(told: dict[str, Any]) -> None:
    assert "red_flags" not in read(told).case


def test_an_active_disease_is_part_of_the_history_whenever_it_began() -> None:
    assert read(condition(DIABETES, "1999-01-01")).case["history"] == {"diabetes": "yes"}


def test_a_problem_stays_yes_against_an_answer_of_no() -> None:
    denied = observation({**FEVER, "code": "red_flags.urinary_retention"}, **answer("no"))
    draft = read(condition(RETENTION), denied)

    assert draft.case["red_flags"] == {"urinary_retention": "yes"}
    assert [note.severity for note in draft.notes] == ["warning"]


def test_a_diagnosis_that_no_question_asks_for_is_pointed_out() -> None:
    draft = read(condition(CAUDA_EQUINA))

    assert "red_flags" not in draft.case
    assert [(note.severity, note.reference) for note in draft.notes] == [("warning", "Condition/c1")]
    assert "cauda equina syndrome" in draft.notes[0].text


@pytest.mark.parametrize(
    "told",
    [
        condition(RETENTION, None),
        condition(RETENTION, verificationStatus=status("ver-status", "provisional")),
        condition(RETENTION, verificationStatus=None),
    ],
)
def test_a_red_flag_on_the_problem_list_that_answers_nothing_is_to_be_asked(told: dict[str, Any]) -> None:
    note = read(told).notes[0]

    assert (note.severity, note.code, note.path) == ("warning", "incomplete", "red_flags.urinary_retention")
    assert note.text.endswith("; ask.")


UNREAD_STATUS = [
    None,
    "active",
    {"text": "Active"},
    {"coding": [{"code": "active"}]},
    status("clinical", "Active"),
]


@pytest.mark.parametrize("told", UNREAD_STATUS)
def test_a_problem_that_is_not_said_to_be_over_is_pointed_out_and_never_passed_over(told: Any) -> None:
    flag, diagnosis = (read(condition(coding, clinicalStatus=told)) for coding in (RETENTION, CAUDA_EQUINA))

    assert "red_flags" not in flag.case
    assert flag.notes[0].text.startswith("On the problem list, not said to be active or over: ")
    assert "cauda equina syndrome" in diagnosis.notes[0].text
    assert {note.severity for note in (*flag.notes, *diagnosis.notes)} == {"warning"}


@pytest.mark.parametrize("code", ["inactive", "remission", "resolved"])
def test_a_problem_that_is_over_is_not_asked_for(code: str) -> None:
    over = [
        condition(coding, clinicalStatus=status("clinical", code)) for coding in (RETENTION, CAUDA_EQUINA)
    ]

    assert read(*over).notes == ()


@pytest.mark.parametrize("onset", ["2026-11-24", "2026-11-24T00:30:00+13:00"])
def test_a_problem_of_today_answers_where_the_day_has_begun_before_utc(onset: str) -> None:
    draft = draft_of([procedure(performed="2026-11-10"), condition(RETENTION, onset)])

    assert draft.case["red_flags"] == {"urinary_retention": "yes"}
    assert draft.notes == ()


@pytest.mark.parametrize("onset", ["2026-11-25", "2026-12-24", "2026-11-24T00:30:00Z"])
def test_a_problem_with_an_onset_after_the_assessment_is_to_be_asked(onset: str) -> None:
    draft = draft_of([procedure(performed="2026-11-10"), condition(RETENTION, onset)])

    assert "red_flags" not in draft.case
    assert (draft.notes[0].severity, draft.notes[0].path) == ("warning", "red_flags.urinary_retention")


@pytest.mark.parametrize("code", ["refuted", "entered-in-error"])
def test_a_problem_that_was_refuted_is_not_asked_for(code: str) -> None:
    assert read(condition(RETENTION, verificationStatus=status("ver-status", code))).notes == ()


def test_a_diagnosis_that_is_not_confirmed_yet_is_pointed_out_as_well() -> None:
    draft = read(condition(CAUDA_EQUINA, verificationStatus=status("ver-status", "provisional")))

    assert "cauda equina syndrome" in draft.notes[0].text
