"""An answer that leans on evidence overdue for review says so, by the day on which it was made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.engine.canonical import canonical
from app.engine.load import ruleset_from_json
from app.engine.ruleset import Ruleset
from app.knowledge.conclusions import CONCLUSIONS
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.sources import CHECKED_ON, GUIDANCE_REVIEW_YEARS, STUDIES, STUDY_REVIEW_YEARS
from app.knowledge.upkeep import UPKEEP
from app.services.library import sources_of
from tests.api.service import ASSESS, Service, application_of, example, running_service
from tests.stores import store_at

pytestmark = pytest.mark.anyio
Serving = Callable[[datetime], AbstractAsyncContextManager[Service]]
SOURCES = sources_of(POSTOP_LUMBAR)
GUIDANCE_DAY, STUDY_DAY = date(2027, 11, 23), date(2029, 11, 23)


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.fixture
def serving(sqlite_url: str) -> Serving:
    """The service with a clock that stands."""

    @asynccontextmanager
    async def served(now: datetime) -> AsyncIterator[Service]:
        store = store_at(sqlite_url)
        async with running_service(application_of(store, clock=lambda: now), sqlite_url) as service:
            yield service
        store.close()

    return served


def overdue(said: dict[str, Any]) -> dict[str, str]:
    return {each["source"]: each["review_by"] for each in said["evidence_overdue"]}


def test_every_source_has_a_day_of_review_by_its_kind() -> None:
    days = {source.id: source.review_by for source in SOURCES.values()}

    assert all(days.values())
    assert {days[source.id] for source in SOURCES.values() if source.kind in STUDIES} == {STUDY_DAY}
    assert {days[source.id] for source in SOURCES.values() if source.kind not in STUDIES} == {GUIDANCE_DAY}
    assert SOURCES["nice-cks-2018"].review_by == GUIDANCE_DAY
    assert SOURCES["werner-2017"].review_by == STUDY_DAY


def test_the_two_values_behind_the_days_are_named_and_await_sign_off() -> None:
    assert [each.value for each in UPKEEP] == [GUIDANCE_REVIEW_YEARS, STUDY_REVIEW_YEARS]
    assert all(each.needs_sign_off for each in UPKEEP)
    assert CHECKED_ON.replace(year=CHECKED_ON.year + GUIDANCE_REVIEW_YEARS) == GUIDANCE_DAY


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        ("2026-11-23T12:00", ()),
        ("2027-11-23T23:59", ()),
        ("2027-11-24T00:00", ("guidance",)),
        ("2029-11-23T12:00", ("guidance",)),
        ("2029-11-24T12:00", ("guidance", "study")),
    ],
)
async def test_sources_are_overdue_from_the_day_after_their_day_of_review(
    serving: Serving, now: str, kinds: tuple[str, ...]
) -> None:
    async with serving(at(now)) as service:
        said = await service.preview(example("sudden_return"))
    cited = {source["id"] for source in said["sources"]}
    wanted = {name for name in cited if ("study" if SOURCES[name].kind in STUDIES else "guidance") in kinds}
    upkeep = {each.name for each in UPKEEP} & {each.get("name") for each in said["assumptions"]}

    assert overdue(said).keys() == wanted
    assert all(source["review_by"] for source in said["sources"])
    assert upkeep == ({each.name for each in UPKEEP} if wanted else set())


async def test_the_day_of_the_assessment_does_not_count(serving: Serving) -> None:
    """A visit of 2025 that is assessed in 2028 leans on what is known in 2028."""
    async with serving(at("2028-01-01")) as service:
        said = await service.preview(example("sudden_return"))

    assert said["assessed_on"] == "2025-04-23"
    assert overdue(said)


@pytest.mark.parametrize("made", ["2027-01-01", "2027-11-23T23:59:59", "2027-11-24", "2030-01-01"])
async def test_a_record_says_years_later_what_it_said_on_its_day(serving: Serving, made: str) -> None:
    async with serving(at(made)) as service:
        record_id = await service.recorded(example("sudden_return"))
        told = (await service.client.get(f"{ASSESS}/{record_id}")).content
    async with serving(at("2035-01-01")) as service:
        again = (await service.client.get(f"{ASSESS}/{record_id}")).content
        verification = await service.verification(record_id)

    assert told == again
    assert verification["execution"] == {"same": True, "flaws": [], "not_run": None}


def loaded(ruleset: Ruleset) -> Ruleset:
    return ruleset_from_json(canonical(ruleset), POSTOP_LUMBAR.calculations, CONCLUSIONS)


def test_a_stored_ruleset_keeps_its_days_of_review() -> None:
    assert sources_of(loaded(POSTOP_LUMBAR)) == SOURCES
    assert canonical(loaded(POSTOP_LUMBAR)) == canonical(POSTOP_LUMBAR)


def test_a_source_without_a_day_of_review_is_stored_as_it_always_was_and_never_overdue() -> None:
    rule = POSTOP_LUMBAR.rules[0]
    bare = replace(rule.evidence[0], source=replace(rule.evidence[0].source, review_by=None))
    chapter = replace(POSTOP_LUMBAR.chapters[0], steps=(replace(rule, evidence=(bare,)),))
    ruleset = replace(POSTOP_LUMBAR, chapters=(chapter,))

    assert b"review_by" not in canonical(ruleset)
    assert canonical(loaded(ruleset)) == canonical(ruleset)
    assert not bare.source.overdue(date(2199, 12, 31))
