"""No prefetch whatever reassures where the data do not, is passed over in silence, or breaks the service."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.interop.cds.discovery import PREFETCH
from app.interop.cds.prefetch import State, parts_of
from tests.api.hooked import CASE, TODAY, URGENT, VIEW, Hooked, hooked, prefetch_of
from tests.api.service import full_case
from tests.api.test_generated_routes import UNHURRIED
from tests.interop.cds.calls import found, new_call

pytestmark = pytest.mark.anyio

OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
NEXT = {"link": [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]}
WELL = dict.fromkeys(("numbness", "tingling", "weakness"), "none")
FULL = full_case() | {
    "assessed_on": TODAY,
    "surgery": {"date": "2025-12-01", "procedure": "microdiscectomy", "indication": "disc_herniation"},
    "prior_surgeries": [],
    "observations": [
        {"date": "2025-11-30", "leg_pain_nrs": 8, "back_pain_nrs": 4, **WELL},
        {"date": TODAY, "leg_pain_nrs": 1, "back_pain_nrs": 1, **WELL},
    ],
    "pain_return": {},
    "symptom_onsets": {},
}
"""Every question is answered, every red flag with no: the one case that may be reassured."""
CASES = (CASE, URGENT, FULL, CASE | {"surgery": {"date": "2025-12-01", "procedure": "fusion"}})
WORDS = (
    *("resourceType", "Bundle", "Procedure", "Observation", "Condition", "QuestionnaireResponse", "entry"),
    *(
        "resource",
        "code",
        "coding",
        "system",
        "value",
        "status",
        "completed",
        "final",
        "subject",
        "reference",
    ),
    *("Patient/patient-1", "performedDateTime", TODAY, "item", "linkId", "answer", "urn:decompass:case"),
    *("link", "relation", "next", "total", "patient", "meta", "valueQuantity", "unit", "178625001"),
)
TEXTS = st.sampled_from(WORDS) | st.text(max_size=20)
HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)
ABSENT = object()
STATES_THAT_MAY_HIDE = {State.NULL, State.FAILED, State.UNREADABLE, State.TRUNCATED}
REASSURING = "No flag that is looked for fires"
UNALARMING = {("none", "none"), ("routine", "routine")}


@st.composite
def prefetches(draw: st.DrawFn) -> dict[str, Any]:
    """Each key in any state: as a real case has it, cut off, empty, failed, null, absent, or anything."""
    whole = prefetch_of(draw(st.sampled_from(CASES)))
    chosen: dict[str, Any] = {}
    for key in PREFETCH:
        real = whole[key]
        cut = {**real, **NEXT} if real["resourceType"] == "Bundle" else real
        usual = st.sampled_from([real, real, real, cut, found(), OUTCOME, None, ABSENT])
        value = draw(usual | HOSTILE | HOSTILE.map(found))
        if value is not ABSENT:
            chosen[key] = value
    return chosen


@pytest.fixture(scope="module")
async def ward(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hooked]:
    copied = shutil.copy(migrated_file, tmp_path_factory.mktemp("any") / "decompass.db")
    async with hooked(f"sqlite:///{copied}") as running:
        yield running


async def check(ward: Hooked, prefetch: dict[str, Any]) -> None:
    """Hold the answer to what is promised of every one."""
    answer = await ward.call(new_call(prefetch=prefetch))
    assert answer.status_code in (200, 400, 422), answer.text
    if answer.status_code != 200:
        return
    cards = answer.json()["cards"]
    if parts_of(prefetch)["procedures"].state is not State.DATA:
        assert len(cards) == 1
    for card in cards:
        if card["summary"].startswith("Cannot assess: "):
            assert card["indicator"] == "warning"
            continue
        stored = (await ward.service.client.get(f"/v1/assessments/{card['uuid']}")).json()
        if card["indicator"] == "info" or REASSURING in card["summary"]:
            assert stored["safety"]["complete"]
            assert (stored["safety"]["tier"], stored["safety"]["worst_not_excluded"]) in UNALARMING
            assert prefetch["survey"] == prefetch_of(FULL)["survey"]
            assert STATES_THAT_MAY_HIDE.isdisjoint(
                part.state for key, part in parts_of(prefetch).items() if key != "patient"
            )


@pytest.mark.parametrize(
    "procedures", [None, OUTCOME, ABSENT, prefetch_of(CASE)["procedures"] | NEXT, "x", 7]
)
async def test_a_patient_with_an_operation_never_gets_silence_because_data_are_missing(
    ward: Hooked, procedures: Any
) -> None:
    prefetch = {**prefetch_of(CASE), "procedures": procedures}
    if procedures is ABSENT:
        del prefetch["procedures"]

    answer = await ward.call(new_call(prefetch=prefetch))

    assert len(answer.json()["cards"]) == 1


@pytest.mark.parametrize("key", [key for key in PREFETCH if key != "procedures"])
@pytest.mark.parametrize("value", [None, OUTCOME, found(), "text"])
async def test_whatever_else_is_missing_an_operation_has_its_card(ward: Hooked, key: str, value: Any) -> None:
    await check(ward, prefetch := {**prefetch_of(FULL), key: value})

    assert len((await ward.call(new_call(prefetch=prefetch))).json()["cards"]) == 1


async def test_the_case_that_answers_every_question_may_be_reassured(ward: Hooked) -> None:
    card = await ward.card(prefetch_of(FULL))

    assert REASSURING in card["summary"]
    assert "not excluded" not in card["summary"]


@pytest.mark.parametrize("key", [key for key in PREFETCH if key not in ("patient", "procedures")])
async def test_a_search_that_failed_or_may_have_failed_never_reassures(ward: Hooked, key: str) -> None:
    for value in (None, OUTCOME, found(OUTCOME), "text"):
        card = await ward.card({**prefetch_of(FULL), key: value})

        assert card["indicator"] != "info"
        assert REASSURING not in card["summary"]


async def test_without_the_list_of_problems_nobody_is_reassured(ward: Hooked) -> None:
    card = await ward.card({key: value for key, value in prefetch_of(FULL).items() if key != "conditions"})

    assert card["indicator"] != "info"
    assert card["summary"] == "Not all could be used: The list of problems: not supplied."


@settings(UNHURRIED, max_examples=60)
@given(prefetch=prefetches())
async def test_no_prefetch_whatever_reassures_by_what_it_lacks(
    ward: Hooked, prefetch: dict[str, Any]
) -> None:
    await check(ward, prefetch)


@settings(UNHURRIED, max_examples=60)
@given(document=HOSTILE, prefetch=HOSTILE, context=HOSTILE)
async def test_no_call_whatever_breaks_the_service(
    ward: Hooked, document: Any, prefetch: Any, context: Any
) -> None:
    for sent in (document, new_call(prefetch=prefetch), new_call() | {"context": context}):
        assert (await ward.post(VIEW, sent)).status_code in (200, 400, 422)
    for told in (document, {"feedback": document}, {"feedback": [document, prefetch]}):
        assert (await ward.post(f"{VIEW}/feedback", told)).status_code in (200, 400, 404, 422)


@pytest.mark.fault
@settings(UNHURRIED, max_examples=1000)
@given(prefetch=prefetches())
async def test_a_thousand_prefetches_keep_the_same_promise(ward: Hooked, prefetch: dict[str, Any]) -> None:
    await check(ward, prefetch)
