"""When a part of the service fails: a problem that says whether to try again, and never half an answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from app.api.log_lines import JsonLines
from app.audit.recorder import Recorder
from app.audit.store import Store
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import Check
from tests.api.sample import CANARY
from tests.api.service import ASSESS, PREVIEW, SEARCH, Service, application_of, example, running_service
from tests.stores import SECRETS, environment_of, opened_store

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def service_with(store: Store, url: str, **parts: Any) -> AsyncIterator[Service]:
    """A service with some parts of the test's choice."""
    async with running_service(application_of(store, **parts), url) as service:
        yield service


@pytest.fixture
def opened(sqlite_url: str) -> Iterator[Store]:
    with opened_store(sqlite_url) as store:
        yield store


def failing_id() -> UUID:
    raise ZeroDivisionError(CANARY)


async def test_a_part_that_fails_is_a_problem_without_a_word_of_the_failure(
    opened: Store, sqlite_url: str, as_published: Check, caplog: pytest.LogCaptureFixture
) -> None:
    async with service_with(opened, sqlite_url, new_id=failing_id) as service:
        record, preview = await service.record(example(), "key-for-later"), await service.preview(example())
        stored = service.stored()

    as_published("Problem", record.json())
    assert (record.status_code, record.json()["code"], stored) == (500, "internal-error", 0)
    assert preview["verdict"]["status"] == "too_early_to_judge"
    (told,) = [JsonLines().format(each) for each in caplog.records if each.name == "decompass.failures"]
    line = json.loads(told)
    assert (line["exception"], line["trace_id"]) == ("ZeroDivisionError", record.json()["trace_id"])
    assert CANARY not in told
    assert CANARY not in record.text + str(record.headers)


async def test_a_key_is_free_after_a_failure(opened: Store, sqlite_url: str) -> None:
    failures = [ZeroDivisionError(CANARY)]

    def new_id() -> UUID:
        if failures:
            raise failures.pop()
        return UUID(int=7)

    async with service_with(opened, sqlite_url, new_id=new_id) as service:
        answers = [await service.record(example(), "key-for-later") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [500, 201]


async def test_a_full_queue_is_told_to_try_again(opened: Store, sqlite_url: str, as_published: Check) -> None:
    full = replace(opened, recorder=Recorder(opened.database, opened.vault, queue_size=0))
    async with service_with(full, sqlite_url) as service:
        answer, stored = await service.record(example()), service.stored()

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"]) == (503, "queue-full")
    assert (answer.headers["retry-after"], stored) == ("1", 0)


async def test_a_read_whose_leaf_finds_no_room_in_the_queue_is_not_answered(
    opened: Store, sqlite_url: str, as_published: Check
) -> None:
    async with service_with(opened, sqlite_url) as service:
        path = f"{ASSESS}/{await service.recorded(example())}"
    full = replace(opened, recorder=Recorder(opened.database, opened.vault, queue_size=0))
    async with service_with(full, sqlite_url) as service:
        answers = [
            await service.client.get(path),
            await service.client.get(f"{path}/case"),
            await service.client.get(f"{path}/trace"),
            await service.client.post(f"{path}/verify"),
            await service.client.post(SEARCH, json={}),
        ]

    for answer in answers:
        as_published("Problem", answer.json())
        assert (answer.status_code, answer.json()["code"]) == (503, "queue-full")
        assert answer.headers["retry-after"] == "1"


async def test_a_full_disk_is_told_to_try_again_and_the_same_key_succeeds_later(
    opened: Store, sqlite_url: str
) -> None:
    async with service_with(opened, sqlite_url) as service:
        first = await service.record(example())
        _limit_pages(opened, 1)
        full = await service.record(example(), "key-full-disk")
        read = await service.client.get(first.headers["location"])
        _limit_pages(opened, 100_000)
        later = await service.record(example(), "key-full-disk")
        stored = service.stored()

    assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (
        503,
        "store-unavailable",
        "1",
    )
    assert (
        read.status_code == 503 or read.content == first.content
    )  # as the leaf of the read found room or not
    assert (later.status_code, stored) == (201, 2)


def _limit_pages(store: Store, pages: int) -> None:
    # Never fewer than there are: a file that has reached its limit cannot grow.
    with store.database.writer.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


async def test_a_store_that_lost_its_table_is_unavailable_on_every_route_and_previews_go_on(
    opened: Store, sqlite_url: str, as_published: Check
) -> None:
    async with service_with(opened, sqlite_url) as service:
        path = f"{ASSESS}/{await service.recorded(example())}"
        service.rows("ALTER TABLE entry RENAME TO gone")
        answers = [
            await service.record(example()),
            await service.client.post(SEARCH, json={}),
            await service.client.get(path),
            await service.client.get(f"{path}/trace"),
            await service.client.post(f"{path}/verify"),
        ]
        preview = await service.client.post(PREVIEW, json=example())

    for answer in answers:
        as_published("Problem", answer.json())
        assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
        assert answer.headers["retry-after"] == "1"
    assert preview.status_code == 200


@pytest.mark.postgres
@pytest.mark.fault
async def test_readiness_follows_postgresql_down_and_up(
    postgres: Postgres, postgres_url: str, as_published: Check
) -> None:
    application = create_app(Settings.from_environment(environment_of(postgres_url)), SECRETS)
    async with running_service(application, postgres_url) as service:
        before = await service.client.get("/health/ready")
        first = await service.record(example(), "key-before-the-stop")
        postgres.stop()
        down = await service.client.get("/health/ready")
        refused = await service.record(example(), "key-during-the-stop")
        unread = await service.client.get(first.headers["location"])
        alive = await service.client.get("/health/live")
        preview = await service.client.post(PREVIEW, json=example())
        postgres.restart()
        up = await service.client.get("/health/ready")
        again = await service.record(example(), "key-during-the-stop")
        read = await service.client.get(first.headers["location"])

    statuses = [answer.status_code for answer in (before, down, refused, unread, alive, preview)]
    assert statuses == [200, 503, 503, 503, 200, 200]
    assert [down.json()["code"], refused.json()["code"]] == ["not-ready", "store-unavailable"]
    assert [answer.headers["retry-after"] for answer in (down, refused, unread)] == ["1"] * 3
    assert [error["pointer"] for error in down.json()["errors"]] == ["record"]
    assert (up.status_code, again.status_code, read.content) == (200, 201, first.content)
    for answer in (down, refused, unread):
        as_published("Problem", answer.json())
