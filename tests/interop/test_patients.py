"""Of whom resources are: the same id on another server is another patient."""

from __future__ import annotations

from typing import Any

import pytest

from app.interop.addresses import Named, home_of, named, server_of
from app.interop.resources import resources_of
from tests.interop.as_form import response_of
from tests.interop.test_reading import draft_of
from tests.interop.test_reading_observations import FEVER, observation
from tests.interop.test_reading_procedures import ALL_SENT, DAY, procedure

HERE, THERE = "https://ehr.example.org/fhir", "https://other.example.org/fhir"


def of(server: str, **members: Any) -> dict[str, Any]:
    return procedure(subject={"reference": f"{server}/Patient/p1"}, **members)


@pytest.mark.parametrize(
    ("reference", "patient"),
    [
        ("Patient/p1", Named("p1")),
        (f"{HERE}/Patient/p1", Named("p1", "ehr.example.org/fhir")),
        ("HTTP://EHR.example.org:80/fhir/Patient/p1/_history/3", Named("p1", "ehr.example.org/fhir")),
        ("Patient/..", None),
        ("Practitioner/p1", None),
        ("", None),
    ],
)
def test_a_reference_names_an_id_and_the_server_that_gave_it(reference: str, patient: Named | None) -> None:
    assert named(reference) == patient


def test_a_server_is_known_by_host_and_path_and_not_by_how_it_is_spelt() -> None:
    assert len({server_of(each) for each in (HERE, f"{HERE}/", "http://EHR.example.org:443/fhir")}) == 1
    assert len({server_of(each) for each in (HERE, f"{HERE}/r4", "https://ehr.example.org/FHIR", THERE)}) == 4
    assert home_of(f"{HERE}/Observation/o1/_history/2") == server_of(HERE)
    assert home_of("urn:uuid:0198c0de-0000-7000-8000-00000000000a") == ""


@pytest.mark.parametrize("server", [HERE, f"{HERE}/", None])
def test_what_is_of_a_patient_of_another_server_is_told_and_never_used(server: str | None) -> None:
    ours, theirs = of(HERE, performed="2026-11-10"), of(THERE, performed="2026-11-20", id="theirs")
    draft = draft_of([procedure(performed="2026-11-01"), ours, theirs], DAY, server=server)
    told = [(note.severity, note.reference) for note in draft.notes if "another server" in note.text]

    assert ("warning", "Procedure/theirs") in told
    assert draft.case["surgery"]["date"] == ("2026-11-10" if server else "2026-11-01")
    assert not draft.holds_another


def test_one_server_alone_is_that_of_the_patient_where_none_is_known() -> None:
    assert draft_of([of(THERE)], DAY).finding == "operation"
    assert draft_of([of(THERE)], DAY, server=HERE).finding == "cannot_tell"


@pytest.mark.parametrize("subject", [{"reference": f"{THERE}/Patient/p1"}, {"reference": "#contained"}, 7])
def test_an_operation_that_was_left_out_is_never_taken_for_none(subject: Any) -> None:
    draft = draft_of([procedure(subject=subject)], DAY, server=HERE, complete=ALL_SENT)

    assert draft.finding == "cannot_tell"


BY_IDENTIFIER = {"identifier": {"system": "urn:mrn", "value": "1"}}
NAMELESS = (BY_IDENTIFIER, {"display": "Jane"}, {"reference": "urn:uuid:1"}, "p1")
TURNED_AROUND = {"modifierExtension": [{"url": "x", "valueBoolean": True}]}


@pytest.mark.parametrize("subject", NAMELESS)
def test_an_operation_of_which_it_cannot_be_read_of_whom_it_is_leaves_a_doubt(subject: Any) -> None:
    later = procedure(performed="2026-11-20", subject=subject, id="later")
    beside, alone = draft_of([procedure(), later], DAY), draft_of([later], DAY, complete=ALL_SENT)

    assert (beside.finding, alone.finding) == ("cannot_tell", "cannot_tell")
    assert (beside.notes[0].path, beside.notes[0].reference) == ("surgery.date", "Procedure/later")


@pytest.mark.parametrize("subject", NAMELESS)
def test_what_is_plainly_another_procedure_leaves_no_doubt_whoever_it_is_of(subject: Any) -> None:
    other = procedure({"display": "Appendectomy"}, performed="2026-11-20", subject=subject)

    assert draft_of([procedure(), other], DAY).finding == "operation"
    assert draft_of([other], DAY, complete=ALL_SENT).finding == "no_operation"


@pytest.mark.parametrize("members", [TURNED_AROUND, {"implicitRules": "x"}])
def test_what_says_that_it_is_meant_otherwise_is_never_used_nor_taken_for_none(members: Any) -> None:
    later = procedure(performed="2026-11-20", **members)
    answer = observation(FEVER, DAY, valueBoolean=False) | members
    draft = draft_of([procedure(), answer], DAY)

    assert draft_of([procedure(), later], DAY).finding == "cannot_tell"
    assert draft_of([later], DAY, complete=ALL_SENT).finding == "cannot_tell"
    assert "red_flags" not in draft.case
    assert [note.severity for note in draft.notes] == ["warning"]


@pytest.mark.parametrize("subject", NAMELESS)
def test_a_form_of_which_it_cannot_be_read_of_whom_it_is_leaves_a_doubt(subject: Any) -> None:
    surgery = {"date": "2026-11-10", "procedure": "microdiscectomy"}
    form = response_of({"assessed_on": DAY, "surgery": surgery}) | {"subject": subject}
    of_another_kind = form | {"questionnaire": "http://example.org/Questionnaire/phq-9"}

    assert draft_of([form], DAY, complete=ALL_SENT).finding == "cannot_tell"
    assert draft_of([of_another_kind], DAY, complete=ALL_SENT).finding == "no_operation"


def test_two_patients_without_an_id_that_differ_are_two_patients() -> None:
    one, other = ({"resourceType": "Patient", "birthDate": f"198{n}-01-01"} for n in (0, 1))

    assert draft_of([procedure(), one, other], DAY).holds_another
    assert draft_of([procedure(), one, {**other, "id": "p1"}], DAY).holds_another
    assert not draft_of([procedure(), one, dict(one)], DAY).holds_another


def test_the_same_id_on_two_servers_is_two_resources() -> None:
    sent = [of(HERE, id="1"), of(THERE, id="1"), of(HERE, id="1")]

    assert len(resources_of(sent)) == 3
    written = [{**each, "meta": {"lastUpdated": f"2026-11-1{n}T00:00:00Z"}} for n, each in enumerate(sent)]
    assert len(resources_of(written)) == 2


@pytest.mark.parametrize(
    ("said", "is_deceased"),
    [
        ({"deceasedBoolean": True}, True),
        ({"deceasedBoolean": True, "deceasedDateTime": "2030-01-01"}, True),
        ({"deceasedDateTime": "2026-11-20"}, True),
        ({"deceasedDateTime": "2026-11-23T08:00:00+01:00"}, True),
        ({"deceasedDateTime": "2026-11"}, True),
        ({"deceasedDateTime": "2026"}, True),
        ({"deceasedDateTime": "in the autumn"}, True),
        ({"deceasedBoolean": False}, False),
        ({"deceasedDateTime": "2026-11-25"}, False),
        ({"deceasedDateTime": "2027"}, False),
        ({"deceasedDateTime": None}, False),
        ({"deceasedBoolean": "true"}, False),
        ({}, False),
    ],
)
def test_nobody_is_assessed_who_had_died_by_the_day_of_the_assessment(said: Any, is_deceased: bool) -> None:
    draft = draft_of([{"resourceType": "Patient", "id": "p1", **said}, procedure()], DAY, complete=ALL_SENT)

    assert draft.is_deceased == is_deceased
    assert (draft.case == {}) == is_deceased


def test_that_another_patient_died_is_nothing_of_this_one() -> None:
    other = {"resourceType": "Patient", "id": "p2", "deceasedBoolean": True}

    assert not draft_of([other, procedure()], DAY).is_deceased
