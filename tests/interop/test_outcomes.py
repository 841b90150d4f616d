"""What an OperationOutcome says of a problem, or of what was not used."""

from __future__ import annotations

import pytest

from app.api.access_problems import EVERY_PROBLEM
from app.interop.notes import Note
from app.interop.outcomes import ISSUE_TYPES, operation_outcome

PROBLEM = {
    "type": "/problems/invalid-request",
    "title": "Invalid request",
    "status": 422,
    "code": "invalid-request",
    "detail": "See errors.",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
}


def test_every_problem_of_the_service_has_its_issue_type() -> None:
    assert {problem.code for problem in EVERY_PROBLEM} == ISSUE_TYPES.keys()


def test_a_problem_keeps_its_code_its_sentence_and_its_trace() -> None:
    assert operation_outcome(PROBLEM)["issue"] == [
        {
            "severity": "error",
            "code": "invalid",
            "details": {
                "coding": [
                    {
                        "system": "urn:decompass:problem",
                        "code": "invalid-request",
                        "display": "Invalid request",
                    }
                ],
                "text": "See errors.",
            },
            "diagnostics": "trace_id 0af7651916cd43dd8448eb211c80319c",
        }
    ]


def test_a_problem_that_is_not_in_the_table_is_told_all_the_same() -> None:
    assert operation_outcome(PROBLEM | {"code": "brand-new"})["issue"][0]["code"] == "processing"


@pytest.mark.parametrize(
    ("pointer", "expression"),
    [
        ("/entry/0/resource", ["entry[0].resource"]),
        ("/red_flags/fever", ["red_flags.fever"]),
        ("/a~1b/c~0d", ["`a/b`.`c~d`"]),
        ("/0", ["[0]"]),
        ("", None),
    ],
)
def test_a_pointer_becomes_a_path(pointer: str, expression: list[str] | None) -> None:
    error = {"pointer": pointer, "code": "missing", "message": "This member is required."}
    issue = operation_outcome(PROBLEM | {"errors": [error]})["issue"][1]

    assert issue.get("expression") == expression
    assert issue["details"]["text"] == "This member is required."


def test_a_note_keeps_its_place_and_its_reference() -> None:
    note = Note("warning", "value", "The unit cannot be converted.", "Observation/o1", "vitals.temperature_c")
    assert operation_outcome([note])["issue"] == [
        {
            "severity": "warning",
            "code": "value",
            "details": {
                "coding": [{"system": "urn:decompass:case", "code": "vitals.temperature_c"}],
                "text": "The unit cannot be converted.",
            },
            "expression": ["Observation/o1"],
        }
    ]


def test_without_notes_there_is_one_issue_that_says_so() -> None:
    assert [each["severity"] for each in operation_outcome([])["issue"]] == ["information"]
