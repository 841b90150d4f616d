"""Every route that needs a credential, with every kind of one: nobody is told more than the table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.access.admission import Admission
from app.access.caller import LOCAL, Caller
from app.access.scopes import Scope
from tests.api.guarded import CLINIC, GUARDED, WARD, Guarded, guarded_service, new_key
from tests.api.service import ASSESS, SEARCH, example
from tests.api.test_guard import kinds
from tests.faults.gates import Measured

pytestmark = [pytest.mark.fault, pytest.mark.anyio]
UNKNOWN = "00000000-0000-4000-8000-000000000000"
BY_ID = (("GET", ""), ("GET", "/case"), ("GET", "/trace"), ("POST", "/verify"), ("POST", "/corrections"))


async def wrongly_opened(ward: Guarded) -> list[tuple[str, str, str]]:
    """Routes that answered a credential that opens nothing there with anything but a refusal."""
    found = []
    for number, (route, scope) in enumerate(GUARDED):
        async with ward.seen_from(f"192.0.2.{number}") as asked:
            for kind, (credential, problem) in kinds(ward.url, scope).items():
                answer = await asked.ask(route, credential)
                if problem is not None and f'"code":"{problem}"' not in answer.text:
                    found.append((*route, kind))
    return found


async def told_of_others(ward: Guarded) -> list[str]:
    """Where another tenant is answered anything else for an id of ours than for one that nobody has."""
    ours, theirs = (
        {"Authorization": f"Bearer {new_key(ward.url, *Scope, tenant=tenant)}"} for tenant in (WARD, CLINIC)
    )
    posted = await ward.client.post(ASSESS, json=example(subject="ours-alone"), headers=ours)
    record_id, found = posted.json()["id"], []
    # Before they name the id themselves: their own log keeps what they asked for.
    leaves = await ward.client.get("/v1/log/entries?from=0&to=1000", headers=theirs)
    for method, part in BY_ID:
        body = example() if part == "/corrections" else None
        answers = [
            await ward.client.request(method, f"{ASSESS}/{each}{part}", headers=theirs, json=body)
            for each in (record_id, UNKNOWN)
        ]
        told = [{**answer.json(), "trace_id": None, "status": answer.status_code} for answer in answers]
        if told[0] != told[1] or answers[0].status_code != 404:
            found.append(f"{method} {part}")
    page = await ward.client.post(SEARCH, json={"subject": "ours-alone"}, headers=theirs)
    return found + [text for text in (page.text, leaves.text) if record_id in text]


async def test_nobody_is_told_more_than_the_table_allows(
    sqlite_url: str, tmp_path: Path, measured: Measured
) -> None:
    async with guarded_service(sqlite_url, tmp_path) as ward:
        asked = f"{len(GUARDED)} routes × {len(kinds(ward.url, Scope.READ))} credentials"
        over = f"{asked}, {len(BY_ID) + 2} looks at another tenant"
        measured("G11.leaks", len(await wrongly_opened(ward)) + len(await told_of_others(ward)), over)


async def test_a_guard_that_lets_everybody_in_is_found_out(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def admit(*_: object) -> Caller:
        return LOCAL

    monkeypatch.setattr(Admission, "admit", admit)
    async with guarded_service(sqlite_url, tmp_path) as ward:
        assert len(await wrongly_opened(ward)) > len(GUARDED)
