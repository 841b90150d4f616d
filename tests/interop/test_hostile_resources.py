"""Whatever is sent, reading never raises, and what comes out is a case that the service takes."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.interop.paths import FIELDS
from app.interop.reading import Draft, subjects_of
from app.services.case import Case
from app.services.timeline import refuse_impossible
from tests.interop.as_fhir import bundle_of, in_bundle
from tests.interop.as_form import response_of
from tests.interop.test_reading import draft_of
from tests.knowledge.answers import Answers
from tests.knowledge.corpus import examples
from tests.knowledge.random_cases import facts_from

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
RICH = [each.sent for each in sorted(examples(), key=lambda each: -len(json.dumps(each.sent)))[:12]]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=20),
    st.sampled_from(["2026-11-23", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00", "2026-W01-1"]),
    st.sampled_from(["Patient/p1", "Patient/p2", "Observation", "Bundle", "final", "completed", *FIELDS]),
)
NAMES = st.sampled_from(
    (
        *(
            "resourceType",
            "id",
            "meta",
            "status",
            "code",
            "coding",
            "system",
            "value",
            "unit",
            "valueQuantity",
        ),
        *(
            "valueBoolean",
            "component",
            "subject",
            "reference",
            "entry",
            "resource",
            "item",
            "answer",
            "linkId",
        ),
        *("bodySite", "performedDateTime", "effectiveDateTime", "display", "text"),
    )
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=25,
)


def holds(draft: Draft) -> None:
    """A draft of an operation is a case that the service takes; any other holds nothing."""
    if draft.finding != "operation":
        assert draft.case == {}
        return
    case = Case.model_validate_json(json.dumps(draft.case))
    assert case.assessed_on
    refuse_impossible(case, case.assessed_on, NOW)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of everything in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for key, inner in inside for place in places(inner, (*way, key)))]


def with_value(document: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    document[way[0]] = with_value(document[way[0]], way[1:], value)
    return document


@settings(UNHURRIED, max_examples=150)
@given(sent=st.lists(ANY_JSON, max_size=5))
def test_any_json_is_read_without_raising(sent: list[Any]) -> None:
    holds(draft_of(sent))
    subjects_of(sent)


@settings(UNHURRIED, max_examples=60)
@given(data=st.data())
def test_any_json_at_any_place_of_a_record_leaves_a_case_that_the_service_takes(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(RICH))
    sent: Any = [*copy.deepcopy(bundle_of(case)), response_of(case)]
    for _ in range(data.draw(st.integers(1, 6))):
        way = data.draw(st.sampled_from(places(sent)[1:]))
        sent = with_value(sent, way, data.draw(ANY_JSON))

    holds(draft_of(sent, case["assessed_on"], now=NOW))


@settings(UNHURRIED, max_examples=60)
@given(data=st.data())
def test_records_of_several_patients_and_days_leave_a_case_that_the_service_takes(
    data: st.DataObject,
) -> None:
    several = data.draw(st.lists(st.sampled_from(RICH), min_size=2, max_size=3))
    sent = [resource for case in several for resource in bundle_of(case)]
    sent += [{**each, "id": f"x{number}"} for number, each in enumerate(sent) if number % 3 == 0]
    day = data.draw(st.sampled_from([None, *(case["assessed_on"] for case in several)]))

    holds(draft_of(sent, day, now=NOW))


def test_what_is_deep_long_or_much_is_read_all_the_same() -> None:
    case = RICH[0]
    deep: Any = {}
    for _ in range(5000):
        deep = {"resourceType": "Bundle", "entry": [{"resource": deep}]}
    long = {
        "resourceType": "Observation",
        "id": "x" * 10**6,
        "status": "y" * 10**6,
        "code": {"text": "z" * 10**6},
    }
    observation = next(each for each in bundle_of(case) if each["resourceType"] == "Observation")
    much = [{**observation, "id": f"m{number}"} for number in range(10_000)]
    draft = draft_of([deep, long, *much, *bundle_of(case)], case["assessed_on"], now=NOW)

    holds(draft)
    assert draft.finding == "operation"
    assert len(draft.notes) <= 200


def test_more_days_than_a_case_holds_leave_the_latest() -> None:
    surgery = {"date": "2026-11-10", "procedure": "microdiscectomy"}
    case: dict[str, Any] = {"subject": "p1", "assessed_on": "2026-11-23", "surgery": surgery}
    days = [date.fromordinal(date(2026, 11, 23).toordinal() - back).isoformat() for back in range(400)]
    case["observations"] = [{"date": day, "odi_percent": 20} for day in days]
    draft = draft_of(bundle_of(case), "2026-11-23", now=NOW)

    holds(draft)
    assert [entry["date"] for entry in draft.case["observations"]] == sorted(days)[-200:]
    assert "business-rule" in {note.code for note in draft.notes}


@pytest.mark.parametrize("number", range(3))
def test_leaving_a_resource_out_never_answers_a_question_nor_makes_the_safety_part_complete(
    number: int,
) -> None:
    case = RICH[number]
    whole = bundle_of(case)
    known = draft_of(whole, case["assessed_on"]).case
    is_complete = Answers.to(facts_from(known)).complete
    for left_out in range(len(whole)):
        less = draft_of(whole[:left_out] + whole[left_out + 1 :], case["assessed_on"]).case
        assert less.get("red_flags", {}).items() <= known["red_flags"].items()
        if less:
            assert is_complete >= Answers.to(facts_from(less)).complete


@settings(UNHURRIED, max_examples=50)
@given(canary=st.text(min_size=8, max_size=30).filter(lambda text: not text.isascii()), data=st.data())
def test_no_note_ever_repeats_what_was_sent(canary: str, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(RICH))
    sent: Any = copy.deepcopy(bundle_of(case))
    for way in data.draw(st.lists(st.sampled_from(places(sent)[1:]), min_size=1, max_size=3)):
        try:
            sent = with_value(sent, way, canary)
        except (TypeError, IndexError, KeyError):
            continue  # an earlier one took the place away

    assert not [note for note in draft_of(sent, case["assessed_on"]).notes if canary in str(note)]


def test_a_bundle_is_read_as_its_resources_are() -> None:
    case = RICH[0]
    resources = bundle_of(case)

    assert draft_of([in_bundle(resources)], case["assessed_on"]) == draft_of(resources, case["assessed_on"])
