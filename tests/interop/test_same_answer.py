"""By whatever way a golden case comes in, the same is said of it, byte for byte."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from app.cli import commands
from app.interop.cds.cards import says_nothing
from app.interop.guidance import clinical_content
from tests.api.fhired import Fhired, content_of, data, fhired
from tests.api.hooked import prefetch_of
from tests.cli.running import status
from tests.faults.gates import rounds
from tests.interop.as_form import response_of
from tests.interop.cds.calls import new_call
from tests.knowledge.corpus import Example, examples

pytestmark = pytest.mark.anyio

SHARES = 8
"""The golden cases are shared out, so that several processes can look through them."""
STRIDE = rounds(10, 1)
"""Each of them is taken with FAULTS=long, every tenth without."""
CALL = "/cds-services/postop-lumbar-view"


class Clock:
    """The clock of the service and of the command line: noon of the day of the case."""

    day = date(2026, 1, 15)

    def __call__(self) -> datetime:
        return datetime.combine(self.day, time(12), UTC)

    def now(self, _zone: Any = UTC) -> datetime:
        """What the command line asks in place of the clock of the machine."""
        return self()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    chosen = Clock()
    monkeypatch.setattr(commands, "datetime", chosen)
    return chosen


@pytest.fixture
async def ward(sqlite_url: str, clock: Clock) -> AsyncIterator[Fhired]:
    async with fhired(sqlite_url, clock=clock) as running:
        yield running


async def by_rest(ward: Fhired, case: dict[str, Any]) -> dict[str, Any]:
    """The answer of the service's own route."""
    answer = await ward.service.record(case)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def by_fhir(ward: Fhired, case: dict[str, Any]) -> str:
    return content_of(await ward.assessed(data(case, case["subject"])))


async def by_form(ward: Fhired, case: dict[str, Any]) -> str:
    return content_of(await ward.assessed(response_of(case)))


async def by_hook(ward: Fhired, case: dict[str, Any]) -> str | None:
    """What the record behind the card says; None where there is no card."""
    called = new_call(patient=case["subject"], prefetch=prefetch_of(case, case["subject"]))
    answer = await ward.service.client.post(CALL, json=called)
    assert answer.status_code == 200, answer.text
    if not (cards := answer.json()["cards"]):
        return None
    return clinical_content((await ward.service.client.get(f"/v1/assessments/{cards[0]['uuid']}")).json())


def by_command(folder: Path, case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    file = folder / "case.json"
    file.write_text(json.dumps(case))
    assert status("assess", "--json", str(file)) == 0
    return clinical_content(json.loads(capsys.readouterr().out))


async def test_every_way_in_gives_the_same_answer(
    ward: Fhired, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await different(examples()[::60], ward, clock, tmp_path, capsys) == []


@pytest.mark.fault
@pytest.mark.parametrize("share", range(SHARES))
async def test_every_way_in_gives_the_same_answer_to_golden_cases_of_every_kind(
    ward: Fhired, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str], share: int
) -> None:
    assert await different(examples()[share :: SHARES * STRIDE], ward, clock, tmp_path, capsys) == []


async def different(
    cases: Sequence[Example], ward: Fhired, clock: Clock, folder: Path, capsys: pytest.CaptureFixture[str]
) -> list[tuple[str, str]]:
    """The cases of which something else is said, and by which way."""
    found: list[tuple[str, str]] = []
    for example in cases:
        clock.day = date.fromisoformat(example.sent["assessed_on"])
        ways = await said_of(ward, example, folder, capsys)
        found += [(example.id, way) for way, content in ways.items() if content != ways["rest"]]
    return found


async def said_of(
    ward: Fhired, example: Example, folder: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """What is said of a case, by the way in. A hook is silent only where there is nothing to say."""
    case = example.sent
    answer = await by_rest(ward, case)
    ways = {
        "rest": clinical_content(answer),
        "fhir": await by_fhir(ward, case),
        "form": await by_form(ward, case),
        "command": by_command(folder, case, capsys),
    }
    by_card = await by_hook(ward, case)
    if says_nothing(answer, ()):
        assert by_card is None, example.id
    else:
        ways["hook"] = by_card or ""
    return ways
