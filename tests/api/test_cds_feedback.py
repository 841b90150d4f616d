"""Feedback is in the log against its card, once, in ids and codes; bad feedback changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.access.scopes import Scope
from app.interop.cds.cards import REASON_SYSTEM
from app.main import create_app
from app.settings import Settings
from tests.api.guarded import CLINIC, WARD, guarded_service, new_key
from tests.api.hooked import CASE, URGENT, Hooked, hooked, hooked_application, places, prefetch_of, refusal
from tests.interop.cds.calls import new_call
from tests.stores import SECRETS, environment_of

pytestmark = pytest.mark.anyio

AT = "2026-01-15T12:00:00Z"
NOBODYS = "0190a0b0-0000-7000-8000-000000000000"


@pytest.fixture
async def ward(sqlite_url: str) -> AsyncIterator[Hooked]:
    async with hooked(sqlite_url) as running:
        yield running


def overridden(card: str, **members: Any) -> dict[str, Any]:
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": AT, **members}


async def test_what_became_of_a_card_is_in_the_log_against_its_record(ward: Hooked) -> None:
    card = await ward.card(prefetch_of(URGENT))
    accepted = {
        "card": card["uuid"],
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}],
        "outcomeTimestamp": AT,
    }
    reason = {"reason": {"code": "need-more-info", "system": REASON_SYSTEM}, "userComment": "Jane Doe fell"}

    answer = await ward.tell(accepted, overridden(card["uuid"], overrideReason=reason))

    assert (answer.status_code, answer.content) == (200, b"")
    by_outcome = {leaf["what"]: leaf for leaf in ward.leaves("feedback")}
    assert by_outcome.keys() == {"accepted", "overridden"}
    assert all(leaf["of"] == [card["uuid"]] for leaf in by_outcome.values())
    assert by_outcome["accepted"]["suggestions"] == card["suggestions"][0]["uuid"]
    assert by_outcome["overridden"]["reason"] == "need-more-info"
    assert by_outcome["overridden"]["commented"] == 1
    assert "Jane" not in str(by_outcome)


async def test_the_same_feedback_again_is_in_the_log_once(ward: Hooked) -> None:
    card = (await ward.card(prefetch_of(CASE)))["uuid"]

    for _ in range(2):
        assert (await ward.tell(overridden(card), overridden(card))).status_code == 200
    await ward.tell(overridden(card, outcomeTimestamp="2026-01-15T12:00:01Z"))

    assert len(ward.leaves("feedback")) == 2


async def test_two_suggestions_taken_in_the_same_second_are_both_in_the_log(ward: Hooked) -> None:
    card = await ward.card(prefetch_of(URGENT))
    taken = [each["uuid"] for each in card["suggestions"][:2]]
    told = {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": AT}

    await ward.tell(*(told | {"acceptedSuggestions": [{"id": each}]} for each in taken))

    assert {leaf["suggestions"] for leaf in ward.leaves("feedback")} == set(taken)


async def test_the_card_that_cannot_assess_takes_feedback_too(ward: Hooked) -> None:
    card = (await ward.card({}))["uuid"]

    assert (await ward.tell(overridden(card))).status_code == 200
    assert [leaf["of"] for leaf in ward.leaves("feedback")] == [[card]]


async def test_feedback_about_no_card_is_not_found_and_none_of_its_batch_is_kept(ward: Hooked) -> None:
    card = (await ward.card(prefetch_of(CASE)))["uuid"]

    answer = await ward.tell(overridden(card), overridden(NOBODYS))

    assert answer.status_code == 404
    assert ward.leaves("feedback") == []


async def test_an_entry_of_the_log_that_is_no_card_takes_no_feedback(ward: Hooked) -> None:
    card = (await ward.card(prefetch_of(CASE)))["uuid"]
    await ward.service.client.get(f"/v1/assessments/{card}")
    (read,) = ward.leaves("read")

    assert (await ward.tell(overridden(read["id"]))).status_code == 404


async def test_bad_feedback_is_refused_with_its_places_and_nothing_is_kept(ward: Hooked) -> None:
    card = (await ward.card(prefetch_of(CASE)))["uuid"]

    answer = await ward.tell(overridden(card), {"card": "Jane Doe", "outcome": "accepted"})

    assert refusal(answer) == (422, "invalid-request")
    assert places(answer) == [
        f"feedback[1].{name}" for name in ("card", "outcomeTimestamp", "acceptedSuggestions")
    ]
    assert "Jane" not in answer.text
    assert ward.leaves("feedback") == []


async def test_what_is_still_to_come_is_refused_and_the_clock_of_an_ehr_may_be_off_by_a_day(
    ward: Hooked,
) -> None:
    card = (await ward.card(prefetch_of(CASE)))["uuid"]
    ahead, soon = (
        overridden(card, outcomeTimestamp=f"{day}T08:00:00Z") for day in ("2999-01-01", "2026-01-16")
    )

    answer = await ward.tell(soon, ahead)

    assert refusal(answer) == (422, "invalid-request")
    assert places(answer) == ["feedback[1].outcomeTimestamp"]
    assert ward.leaves("feedback") == []
    assert (await ward.tell(soon)).status_code == 200


async def test_an_empty_batch_is_accepted(ward: Hooked) -> None:
    assert (await ward.tell()).status_code == 200


async def test_the_served_application_answers_calls_and_feedback(sqlite_url: str) -> None:
    """As `app.main` puts it together, with the clock of today: an operation of long ago is assessed."""
    application = create_app(Settings.from_environment(environment_of(sqlite_url)), SECRETS)
    async with hooked_application(application, sqlite_url) as ward:
        card = (await ward.call(new_call(prefetch=prefetch_of(CASE)))).json()["cards"][0]
        answer = await ward.tell(overridden(card["uuid"]))

    assert answer.status_code == 200


async def test_a_card_of_another_tenant_is_not_there(sqlite_url: str, tmp_path: Path) -> None:
    path = "/cds-services/postop-lumbar-view"
    async with guarded_service(sqlite_url, tmp_path) as running:
        ours, theirs = (
            {"Authorization": f"Bearer {new_key(sqlite_url, Scope.ASSESS, tenant=tenant)}"}
            for tenant in (WARD, CLINIC)
        )
        called = await running.client.post(path, json=new_call(prefetch={}), headers=ours)
        told = {"feedback": [overridden(called.json()["cards"][0]["uuid"])]}
        answers = [
            await running.client.post(f"{path}/feedback", json=told, headers=headers)
            for headers in (theirs, ours)
        ]

    assert [answer.status_code for answer in answers] == [404, 200]
