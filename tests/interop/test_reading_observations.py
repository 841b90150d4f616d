"""Observations are read by code, site, unit and day; what cannot be is left out and named: never "no"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.interop.reading import Draft
from app.knowledge.codes import LOINC, SNOMED, UCUM
from tests.interop.test_reading import draft_of
from tests.interop.test_reading_procedures import procedure

DAY = "2026-11-23"
TEMPERATURE = {"system": LOINC, "code": "8310-5"}
PAIN = {"system": LOINC, "code": "72514-3"}
FEVER = {"system": "urn:decompass:case", "code": "red_flags.fever"}
NONE_BEFORE = {"system": "urn:decompass:case", "code": "prior_surgeries"}
YES, NO = ({"system": "urn:decompass:answer", "code": word} for word in ("yes", "no"))
LEG, BACK = ({"system": SNOMED, "code": code} for code in ("61685007", "77568009"))


def observation(coding: Any, day: Any = DAY, **members: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"o{abs(hash(str((coding, day, members))))}",
        "status": "final",
        "code": {"coding": [coding]},
        "effectiveDateTime": day,
        **members,
    }


def quantity(value: Any, unit: str | None, **members: Any) -> dict[str, Any]:
    coded = {} if unit is None else {"system": UCUM, "code": unit}
    return {"valueQuantity": {"value": value, **coded, **members}}


def answer(word: str) -> dict[str, Any]:
    return {"valueCodeableConcept": {"coding": [{"system": "urn:decompass:answer", "code": word}]}}


def read(*resources: Any, day: str = DAY, **told: Any) -> Draft:
    return draft_of([procedure(performed="2026-11-10"), *resources], day, **told)


def told_of(draft: Draft) -> list[tuple[str, str, str]]:
    return [(note.severity, note.code, note.path) for note in draft.notes]


@pytest.mark.parametrize(
    ("value", "unit", "found"), [(38.2, "Cel", 38.2), (100.4, "[degF]", 38.0), (311.15, "K", 38.0)]
)
def test_a_temperature_is_read_in_the_unit_of_the_case(value: float, unit: str, found: float) -> None:
    draft = read(observation(TEMPERATURE, **quantity(value, unit)))

    assert draft.case["vitals"] == {"temperature_c": found}
    assert draft.notes == ()


@pytest.mark.parametrize(
    ("value", "severity", "code"),
    [
        (quantity(38.2, "10*99999"), "error", "value"),
        (quantity(38.2, "mg/L"), "error", "value"),
        (quantity(38.2, None), "warning", "value"),
        (quantity(38.2, "Cel", comparator=">"), "warning", "value"),
        (quantity("38.2", "Cel"), "warning", "value"),
        (quantity(382, "Cel"), "warning", "value"),
        ({"valueString": "38.2"}, "warning", "structure"),
        ({}, "warning", "structure"),
        ({"dataAbsentReason": {"text": "not taken"}}, "information", "incomplete"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out_and_named(
    value: dict[str, Any], severity: str, code: str
) -> None:
    draft = read(observation(TEMPERATURE, **value))

    assert "vitals" not in draft.case
    assert told_of(draft) == [(severity, code, "vitals.temperature_c")]


def test_pain_is_of_the_leg_or_of_the_back_only_where_its_site_says_so() -> None:
    leg = observation(PAIN, bodySite={"coding": [LEG]}, **quantity(7, "{score}"))
    back = observation(PAIN, bodySite={"coding": [BACK]}, valueInteger=3)
    nowhere = read(observation(PAIN, valueInteger=5))

    assert read(leg, back).case["observations"] == [{"date": DAY, "leg_pain_nrs": 7, "back_pain_nrs": 3}]
    assert "observations" not in nowhere.case
    assert "Leg pain" in nowhere.notes[0].text
    assert "Back pain" in nowhere.notes[0].text


def test_the_parts_of_a_panel_are_read_by_their_own_codes() -> None:
    systolic = {"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}, **quantity(118.4, "mm[Hg]")}
    draft = read(observation({"system": LOINC, "code": "85354-9"}, component=[systolic]))

    assert draft.case["vitals"] == {"systolic_bp_mmhg": 118}


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered", "unknown", None, []])
def test_an_observation_that_does_not_stand_is_not_read(status: Any) -> None:
    draft = read(observation(FEVER, status=status, **answer("yes")))

    assert "red_flags" not in draft.case


@pytest.mark.parametrize("status", ["unknown", "Final", "in-progress", None, []])
def test_an_observation_that_is_not_said_to_stand_is_named(status: Any) -> None:
    draft = read(observation(FEVER, status=status, **answer("yes")))

    assert told_of(draft) == [("warning", "incomplete", "red_flags.fever")]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered"])
def test_an_observation_that_says_nothing_valid_is_passed_over(status: Any) -> None:
    assert read(observation(FEVER, status=status, **answer("yes"))).notes == ()


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (answer("yes"), "yes"),
        (answer("unknown"), "unknown"),
        ({"valueBoolean": False}, "no"),
        ({"valueString": "no"}, "no"),
        ({"valueCodeableConcept": {"coding": [{"system": SNOMED, "code": "373066001"}]}}, "yes"),
    ],
)
def test_a_question_is_answered_by_code_by_boolean_or_by_the_very_word(
    value: dict[str, Any], word: str
) -> None:
    assert read(observation(FEVER, **value)).case["red_flags"] == {"fever": word}


@pytest.mark.parametrize(
    "value", [{"valueString": "No."}, {"valueInteger": 0}, {"valueBoolean": 0}, answer("nein")]
)
def test_what_is_no_answer_is_not_taken_for_one(value: dict[str, Any]) -> None:
    assert "red_flags" not in read(observation(FEVER, **value)).case


@pytest.mark.parametrize(
    "members",
    [
        {"valueBoolean": False, **answer("yes")},
        {"valueBoolean": False, "valueString": "no"},
        {"valueBoolean": False, "dataAbsentReason": {"text": "error"}},
        {"valueBoolean": False, "focus": [{"reference": "RelatedPerson/mother"}]},
        {"valueBoolean": False, "focus": [{"display": "the mother"}]},
    ],
)
def test_an_answer_that_says_two_things_or_is_about_somebody_else_is_not_used_and_is_a_warning(
    members: dict[str, Any],
) -> None:
    for coding, path in ((FEVER, "red_flags.fever"), (NONE_BEFORE, "prior_surgeries")):
        draft = read(observation(coding, **members))
        within = read(observation({}, component=[{"code": {"coding": [coding]}, **members}], **members))

        assert path.partition(".")[0] not in {**draft.case, **within.case}
        if coding is FEVER:
            assert [(severity, at) for severity, _, at in told_of(draft)] == [("warning", path)]
            assert ("warning", path) in [(severity, at) for severity, _, at in told_of(within)]


def test_an_answer_about_the_patient_is_used() -> None:
    patient = {"reference": "Patient/p1"}
    told = observation(FEVER, subject=patient, focus=[patient], **answer("no"))

    assert read(told).case["red_flags"] == {"fever": "no"}


@pytest.mark.parametrize(
    "beyond",
    [
        observation({}, component=[{}] * 100 + [{"code": {"coding": [FEVER]}, **answer("yes")}]),
        observation({}) | {"code": {"coding": [{}] * 20 + [FEVER]}, **answer("yes")},
        observation(FEVER, valueCodeableConcept={"coding": [NO] * 20 + [YES]}),
        {"resourceType": "Condition", "id": "c1", "code": {"coding": [{}] * 20 + [FEVER]}},
    ],
)
def test_what_lies_beyond_what_is_looked_at_is_a_warning(beyond: dict[str, Any]) -> None:
    assert ("warning", "structure", "") in told_of(read(beyond))


def test_an_answer_of_an_earlier_day_is_not_an_answer_of_today() -> None:
    denied = read(observation(FEVER, "2026-11-15", **answer("no")))
    affirmed = read(observation(FEVER, "2026-11-15", **answer("yes")))

    assert "red_flags" not in denied.case
    assert "red_flags" not in affirmed.case
    assert (affirmed.notes[0].severity, affirmed.notes[0].path) == ("warning", "red_flags.fever")
    assert affirmed.notes[0].text.startswith("Answered yes on 2026-11-15 to:")


def test_what_asks_for_an_answer_again_is_told_first() -> None:
    pain = observation(PAIN, valueInteger=5)
    draft = read(pain, observation(FEVER, "2026-11-15", **answer("yes")))

    assert [note.path for note in draft.notes] == ["red_flags.fever", "observations.leg_pain_nrs"]


def test_of_two_values_of_one_day_the_later_one_stands() -> None:
    early = observation(TEMPERATURE, f"{DAY}T08:00:00Z", **quantity(37.0, "Cel"))
    late = observation(TEMPERATURE, f"{DAY}T11:00:00Z", **quantity(38.6, "Cel"))

    assert read(late, early).case["vitals"] == {"temperature_c": 38.6}


def test_of_two_values_without_an_order_neither_stands() -> None:
    draft = read(*(observation(TEMPERATURE, **quantity(value, "Cel")) for value in (37.0, 38.6)))

    assert "vitals" not in draft.case
    assert told_of(draft) == [("warning", "business-rule", "vitals.temperature_c")]


def test_a_red_flag_that_was_answered_both_ways_on_the_day_stays_yes() -> None:
    morning = observation(FEVER, f"{DAY}T08:00:00Z", **answer("yes"))
    evening = observation(FEVER, f"{DAY}T18:00:00Z", **answer("no"))

    assert read(morning, evening).case["red_flags"] == {"fever": "yes"}


@pytest.mark.parametrize(
    ("now", "effective"),
    [
        ("2026-11-23T19:00:00", "2026-11-24T08:00:00+13:00"),  # already tomorrow in Auckland
        ("2026-11-23T04:00:00", "2026-11-22T22:30:00-05:00"),  # still yesterday in New York
        ("2026-11-23T19:00:00", "2026-11-24"),
    ],
)
def test_a_day_is_the_day_where_the_patient_lives(now: str, effective: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    draft = read(observation(TEMPERATURE, effective, **quantity(38.6, "Cel")), now=at)

    assert draft.case["vitals"] == {"temperature_c": 38.6}


@pytest.mark.parametrize("effective", ["2026-11-25", "2026-11-24T23:00:00Z", "2026-11", "soon", None])
def test_what_is_after_the_assessment_or_of_no_day_is_not_used(effective: Any) -> None:
    draft = read(observation(TEMPERATURE, effective, **quantity(38.6, "Cel")))

    assert "vitals" not in draft.case
    assert [note.path for note in draft.notes] == ["vitals.temperature_c"]


@pytest.mark.parametrize("effective", ["2026-11-23T23:59:00Z", "2026-11-23T12:06:00Z", "2026-11-25"])
def test_an_answer_that_has_not_been_given_yet_is_not_used_and_is_a_warning(effective: str) -> None:
    draft = read(observation(FEVER, effective, **answer("no")))

    assert "red_flags" not in draft.case
    assert told_of(draft) == [("warning", "incomplete", "red_flags.fever")]


def test_a_clock_that_is_somewhat_ahead_of_this_one_is_believed() -> None:
    assert read(observation(FEVER, "2026-11-23T12:04:00Z", **answer("no"))).case["red_flags"] == {
        "fever": "no"
    }


def test_a_yes_after_the_day_that_is_asked_for_is_told_as_a_warning() -> None:
    later = observation(FEVER, "2026-11-22", **answer("yes"))

    assert ("warning", "incomplete", "red_flags.fever") in told_of(read(later, day="2026-11-20"))


def test_every_resource_that_is_used_is_named_with_its_version_and_what_it_gives() -> None:
    told = observation(TEMPERATURE, **quantity(38.6, "Cel"))
    told |= {"id": "o1", "meta": {"versionId": "3", "lastUpdated": "2026-11-23T08:15:00.123+01:00"}}
    unused = observation({"system": LOINC, "code": "718-7"}, **quantity(13, "g/dL")) | {"id": "o2"}
    draft = read(told, unused, request="hook-1", service="postop-lumbar-view", encounter="Encounter/e1")

    assert draft.case["provenance"]["resources"][1:] == [
        {
            "reference": "Observation/o1",
            "version": "3",
            "updated_at": "2026-11-23T08:15:00.123+01:00",
            "gives": ["vitals.temperature_c"],
        }
    ]
    assert draft.case["provenance"]["encounter"] == "Encounter/e1"


def test_what_is_of_another_patient_is_an_error_and_never_used() -> None:
    told = observation(FEVER, subject={"reference": "Patient/p2"}, **answer("yes"))
    draft = read({"resourceType": "Patient", "id": "p1"}, told)

    assert "red_flags" not in draft.case
    assert [(note.severity, note.code) for note in draft.notes] == [("error", "business-rule")]


@pytest.mark.parametrize(
    "reference",
    ["Patient/p1", "https://ehr.example.org/fhir/Patient/p1", "Patient/p1/_history/4", "urn:uuid:1"],
)
def test_a_patient_is_known_by_every_form_of_reference(reference: str) -> None:
    told = observation(FEVER, subject={"reference": reference}, **answer("yes"))
    patient = {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p1"}}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": told}, patient]}

    assert read(bundle).case["red_flags"] == {"fever": "yes"}


def version_of(word: str, written: str | None) -> dict[str, Any]:
    """One resource as it was at a time."""
    meta = {} if written is None else {"meta": {"lastUpdated": written}}
    return observation(FEVER, DAY, **answer(word)) | {"id": "o1"} | meta


@pytest.mark.parametrize(
    ("no", "yes"),
    [
        ("2026-11-23T10:00:00+14:00", "2026-11-23T05:00:00Z"),
        ("2026-11-23T05:00:00Z", "2026-11-23T05:00:00.5Z"),
        ("2026-11-23T05:00:00Z", "2026-11-23T05:00:00Z"),
        ("2026-11-23T05:00:00Z", None),
        (None, "2026-11-23T05:00:00Z"),
        (None, None),
    ],
)
def test_a_yes_is_hidden_by_no_version_that_is_not_known_to_be_later(no: str | None, yes: str | None) -> None:
    versions = [version_of("no", no), version_of("yes", yes)]

    for sent in (versions, versions[::-1]):
        assert read(*sent).case["red_flags"] == {"fever": "yes"}


def test_of_two_versions_the_one_that_was_written_later_counts() -> None:
    versions = [
        version_of("yes", "2026-11-23T05:00:00.5+14:00"),
        version_of("no", "2026-11-23T05:00:00Z"),
    ]

    for sent in (versions, versions[::-1]):
        draft = read(*sent)
        assert (draft.case["red_flags"], draft.notes) == ({"fever": "no"}, ())


@pytest.mark.parametrize(
    ("word", "taken"), [("no", None), ("unknown", {"fever": "unknown"}), ("yes", {"fever": "yes"})]
)
def test_a_result_that_is_not_final_never_answers_no(word: str, taken: dict[str, str] | None) -> None:
    draft = read(observation(FEVER, status="preliminary", **answer(word)))

    assert draft.case.get("red_flags") == taken
    if taken is None:
        assert told_of(draft) == [("warning", "incomplete", "red_flags.fever")]
