"""A filled form gives the case that was meant; what cannot be read is left out and told, never guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.interop.forms import case_of_form
from app.interop.notes import Note
from app.interop.paths import FIELDS, NO_FACTS
from app.interop.questionnaire import ASKED
from app.services.case import Case
from tests.api.case_strategy import cases
from tests.interop.as_form import response_of
from tests.knowledge.corpus import examples

SURGERY = {"date": "2025-03-03", "procedure": "microdiscectomy"}
CASE = {"subject": "p-1", "assessed_on": "2025-04-23", "surgery": SURGERY}
UCUM = "http://unitsofmeasure.org"
MEANS_THE_SAME_AS_ABSENT = ("observations", "labs", "imaging", "muscle_power")
"""Lists in which "none were taken" and "nothing is said" lead to the same facts."""
NOT_CARRIED = ("levels",)
"""A question with no answer is not asked: a form cannot say that no level was operated on."""


def read(*items: dict[str, Any], **members: Any) -> tuple[dict[str, Any], list[Note]]:
    """What the items of a form say besides the operation."""
    form = response_of(CASE, **members)
    return case_of_form({**form, "item": [*form["item"], *items]})


def group(path: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": path, "item": list(items)}


def answered(path: str, *answers: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": path, "answer": list(answers)}


def coding(path: str, code: str) -> dict[str, Any]:
    return {"valueCoding": {"system": FIELDS[path].system, "code": code}}


def quantity(value: Any, code: Any, **members: Any) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "system": UCUM, "code": code, **members}}


def red_flag(*answers: dict[str, Any]) -> dict[str, Any]:
    return group("red_flags", answered("red_flags.fever", *answers))


def test_every_golden_case_comes_back_from_its_form_as_it_was() -> None:
    wrong = [each.id for each in examples() if case_of_form(response_of(each.sent)) != (each.sent, [])]
    assert wrong == []


def as_asked(value: Any) -> Any:
    """A case without what no form asks for: empty lists, and where the case came from."""
    if not isinstance(value, dict):
        return [as_asked(each) for each in value] if isinstance(value, list) else value
    unsaid = {name for name in (*MEANS_THE_SAME_AS_ABSENT, *NOT_CARRIED) if value.get(name) == []} | NO_FACTS
    return {name: as_asked(each) for name, each in value.items() if name not in unsaid}


@given(cases())
@settings(max_examples=150, deadline=None)
def test_whatever_the_contract_takes_comes_back_from_its_form(case: dict[str, Any]) -> None:
    found, notes = case_of_form(response_of(case))

    assert notes == []
    assert Case.model_validate_json(json.dumps(found)) == Case.model_validate_json(json.dumps(as_asked(case)))


def test_no_earlier_operation_is_said_by_its_own_question() -> None:
    case, notes = case_of_form(response_of({**CASE, "prior_surgeries": []}))
    assert (case["prior_surgeries"], notes) == ([], [])


def test_listed_operations_stand_against_the_word_that_there_were_none() -> None:
    before = [{"date": "2020-01-01", "procedure": "laminectomy"}]
    form = response_of({**CASE, "prior_surgeries": before})
    none = answered("any_prior_surgeries", {"valueBoolean": False})
    case, notes = case_of_form({**form, "item": [*form["item"], none]})

    assert case["prior_surgeries"] == before
    assert [(note.severity, note.path) for note in notes] == [("warning", "prior_surgeries")]


def test_an_unreadable_earlier_operation_is_neither_counted_nor_taken_for_none() -> None:
    unread = group("prior_surgeries", answered("prior_surgeries.date", {"valueDate": "2020"}))
    whole = group(
        "prior_surgeries",
        answered("prior_surgeries.date", {"valueDate": "2020-01-01"}),
        answered("prior_surgeries.procedure", coding("prior_surgeries.procedure", "laminectomy")),
    )
    undated = group(
        "prior_surgeries",
        answered("prior_surgeries.procedure", coding("prior_surgeries.procedure", "laminectomy")),
    )
    none = answered("any_prior_surgeries", {"valueBoolean": False})

    assert "prior_surgeries" not in read(unread, none)[0]
    assert "prior_surgeries" not in read(whole, undated)[0]


@pytest.mark.parametrize(
    ("path", "answer", "value"),
    [
        ("vitals.temperature_c", {"valueDecimal": 38.2}, 38.2),
        ("vitals.temperature_c", {"valueInteger": 38}, 38),
        ("vitals.temperature_c", quantity(38.2, "Cel"), 38.2),
        ("vitals.heart_rate_bpm", {"valueDecimal": 90.0}, 90),
        ("vitals.temperature_c", quantity(100.4, "[degF]"), 38.0),
        ("history.annular_defect_mm", quantity(1, "cm"), 10.0),
        ("vitals.heart_rate_bpm", quantity(90, "/min"), 90),
        ("scores.dn4", quantity(4, "{score}"), 4),
        ("scores.dn4", {"valueQuantity": {"value": 4}}, 4),
        ("red_flags.fever", {"valueBoolean": True}, "yes"),
        ("red_flags.fever", {"valueBoolean": False}, "no"),
        (
            "red_flags.fever",
            {"valueCoding": {"system": "urn:decompass:answer", "code": "unknown"}},
            "unknown",
        ),
    ],
)
def test_a_value_may_come_in_any_type_that_holds_it_exactly(path: str, answer: Any, value: Any) -> None:
    case, notes = read(group(FIELDS[path].group, answered(path, answer)))

    assert notes == []
    assert case[FIELDS[path].group][FIELDS[path].name] == value
    assert type(case[FIELDS[path].group][FIELDS[path].name]) is type(value)


@pytest.mark.parametrize(
    ("path", "answer", "severity", "code"),
    [
        ("vitals.temperature_c", quantity(101, "[degRe]"), "error", "value"),
        ("vitals.temperature_c", quantity(38, None), "warning", "value"),
        ("vitals.temperature_c", quantity(38, "Cel", system="urn:other"), "error", "value"),
        ("vitals.temperature_c", quantity(38, "Cel", comparator=">"), "warning", "value"),
        ("vitals.temperature_c", quantity("38", "Cel"), "warning", "value"),
        ("vitals.temperature_c", quantity(38, ["Cel"]), "error", "value"),
        ("vitals.temperature_c", quantity(float("nan"), "Cel"), "warning", "value"),
        ("vitals.temperature_c", {"valueQuantity": None}, "warning", "value"),
        ("vitals.temperature_c", {"valueDecimal": 100.4}, "warning", "value"),
        ("vitals.temperature_c", {"valueString": "38"}, "warning", "value"),
        ("vitals.temperature_c", {"valueDecimal": 38, "valueInteger": 39}, "warning", "value"),
        ("vitals.temperature_c", {}, "warning", "value"),
        ("scores.dn4", {"valueDecimal": 3.5}, "warning", "value"),
        ("vitals.heart_rate_bpm", {"valueInteger": True}, "warning", "value"),
        ("red_flags.fever", {"valueCoding": {"code": "yes"}}, "warning", "code-invalid"),
        ("red_flags.fever", {"valueCoding": {"display": "yes"}}, "warning", "code-invalid"),
        ("red_flags.fever", {"valueCoding": True}, "warning", "code-invalid"),
        ("red_flags.fever", {"valueBoolean": "true"}, "warning", "code-invalid"),
        ("red_flags.fever", {"valueString": "no"}, "warning", "value"),
        ("examination.leg_power", {"valueBoolean": True}, "warning", "value"),
        ("pain_return.onset_on", {"valueDate": "2025-03"}, "warning", "value"),
    ],
)
def test_an_answer_that_cannot_be_read_is_left_out_and_told(
    path: str, answer: Any, severity: str, code: str
) -> None:
    case, notes = read(group(FIELDS[path].group, answered(path, answer)))

    assert case[FIELDS[path].group] == {}
    assert [(note.severity, note.code, note.path) for note in notes] == [(severity, code, path)]
    assert FIELDS[path].label in notes[0].text


YES_HERE = answered("red_flags.fever", coding("red_flags.fever", "yes"))


@pytest.mark.parametrize(
    "item",
    [
        red_flag() | {"item": [answered("red_flags.fever") | {"answer": YES_HERE["answer"][0]}]},
        red_flag() | {"item": [answered("red_flags.fever") | {"answer": "yes"}]},
        group("red_flags", {"linkId": "red_flags.fever", "answer": [None]}),
        group("red_flags", {"linkId": "red_flags.fever", "answer": [[YES_HERE]]}),
        group("red_flags", {"linkId": "red_flags.rigors", "item": [YES_HERE]}),
        group(
            "red_flags", answered("red_flags.rigors", coding("red_flags.rigors", "no") | {"item": [YES_HERE]})
        ),
        group("red_flags", YES_HERE | {"modifierExtension": [{"url": "x"}]}),
        {"linkId": "red_flags", "item": YES_HERE},
        {"linkId": "red_flags", "item": [[YES_HERE]]},
    ],
)
def test_an_answer_in_a_form_that_is_not_read_is_told_as_a_warning(item: dict[str, Any]) -> None:
    case, notes = read(item)

    assert "fever" not in case.get("red_flags", {})
    assert "warning" in {note.severity for note in notes}


def test_two_answers_that_differ_leave_the_question_open() -> None:
    case, notes = read(red_flag({"valueBoolean": True}), red_flag({"valueBoolean": False}))

    assert case["red_flags"] == {}
    assert [note.path for note in notes] == ["red_flags.fever"]


def test_the_same_answer_twice_is_one_answer() -> None:
    case, notes = read(red_flag({"valueBoolean": True}), red_flag({"valueBoolean": True}))
    assert (case["red_flags"], notes) == ({"fever": "yes"}, [])


def test_one_unread_level_leaves_the_levels_unknown_because_the_list_is_taken_as_whole() -> None:
    levels = answered("surgery.levels", coding("surgery.levels", "L5-S1"), {"valueString": "L4"})
    case, notes = read(group("surgery", levels))

    assert case["surgery"] == SURGERY
    assert [note.path for note in notes] == ["surgery.levels"]


def test_an_entry_without_its_day_is_left_out_and_told() -> None:
    undated = group("labs", answered("labs.crp_mg_l", {"valueDecimal": 120}))
    dated = group("labs", answered("labs.date", {"valueDate": "2025-04-23"}))
    case, notes = read(undated, dated)

    assert case["labs"] == [{"date": "2025-04-23"}]
    assert [(note.code, note.path) for note in notes] == [("incomplete", "labs")]


def test_an_operation_without_its_day_is_no_operation_and_the_form_says_so() -> None:
    case, notes = case_of_form(response_of({"surgery": {"procedure": "laminectomy"}}))

    assert case == {}
    assert notes[0].path == "surgery"
    assert "Day of the latest decompression" in notes[0].text


def test_a_form_without_a_subject_is_read() -> None:
    case, notes = case_of_form(response_of({"surgery": SURGERY}))
    assert (case, notes) == ({"surgery": SURGERY}, [])


def test_more_entries_than_the_case_takes_are_an_error_and_none_is_used() -> None:
    days = [{"date": "2025-04-01", "leg_pain_nrs": 3}] * 201
    case, notes = case_of_form(response_of({**CASE, "observations": days}))

    assert case == CASE
    assert [(note.severity, note.path) for note in notes] == [("error", "observations")]


@pytest.mark.parametrize("status", ["in-progress", "entered-in-error", "stopped", None, ["completed"], {}])
def test_a_form_that_is_not_finished_says_nothing(status: Any) -> None:
    case, notes = case_of_form(response_of(CASE, status=status))

    assert case == {}
    assert [note.code for note in notes] == ["incomplete"]


def test_an_amended_form_is_read() -> None:
    assert case_of_form(response_of(CASE, status="amended")) == (CASE, [])


@pytest.mark.parametrize("form", ["http://site/fhir/Questionnaire/phq-9", "postop", 7, []])
def test_another_questionnaire_is_not_read_as_ours(form: Any) -> None:
    case, notes = case_of_form(response_of(CASE, questionnaire=form))

    assert case == {}
    assert [note.code for note in notes] == ["not-supported"]


def test_a_form_that_does_not_name_its_questionnaire_is_read_by_its_link_ids() -> None:
    form = response_of(CASE)
    del form["questionnaire"]
    assert case_of_form(form) == (CASE, [])


def test_items_of_another_form_are_told_once_and_not_repeated() -> None:
    strangers = [answered(f"mary-jones-{number}", {"valueString": "Mary"}) for number in range(50)]
    misplaced = answered("red_flags.fever", {"valueBoolean": True})
    case, notes = read(*strangers, misplaced, {"linkId": "title"})

    assert case == CASE
    assert [(note.severity, note.code) for note in notes] == [("warning", "structure")]


def test_a_note_names_the_response_where_its_id_is_well_formed() -> None:
    assert read(red_flag({}), id="r-1")[1][0].reference == "QuestionnaireResponse/r-1"
    assert read(red_flag({}), id="<b>Mary</b>")[1][0].reference == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=8,
)
LINKS = st.sampled_from(sorted(ASKED)) | JSON
ANSWERS = st.dictionaries(
    st.sampled_from(
        ["valueCoding", "valueBoolean", "valueDecimal", "valueInteger", "valueDate", "valueQuantity"]
    ),
    JSON | st.fixed_dictionaries({"value": JSON, "code": JSON, "system": JSON}),
    max_size=2,
)
ITEMS = st.recursive(
    JSON,
    lambda below: st.fixed_dictionaries(
        {}, optional={"linkId": LINKS, "answer": st.lists(ANSWERS) | JSON, "item": st.lists(below) | JSON}
    ),
    max_leaves=12,
)


@given(JSON)
def test_nothing_that_is_sent_as_a_form_raises(sent: Any) -> None:
    assert case_of_form(sent)[0] == {}


@given(st.lists(ITEMS | st.fixed_dictionaries({"linkId": LINKS, "item": st.lists(ITEMS)}), max_size=6))
@settings(deadline=None)
def test_whatever_a_form_says_the_case_takes_what_is_left(items: list[Any]) -> None:
    case, notes = read(*items)

    assert len(notes) < 2 * len(ASKED)
    if "surgery" in case and "subject" in case:
        Case.model_validate_json(json.dumps(case))
