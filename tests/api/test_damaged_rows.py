"""A row that somebody damaged in the database file says so itself, and takes nothing else with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.api.record_answers import VerificationAnswer
from app.transparency.tree import leaf_hash
from tests.api.conftest import Check
from tests.api.service import ASSESS, SEARCH, Service, application_of, example, running_service
from tests.stores import store_at

pytestmark = pytest.mark.anyio
NO_TEXT = b"\xff\xfe"
UNREADABLE: list[tuple[str, Any]] = [
    *(("at", value) for value in ("yesterday", "", "9999-12-31 23:59:59-14:00", NO_TEXT)),
    *(("assessed_on", value) for value in ("2025-02-30", "", "0", NO_TEXT)),
    *((column, NO_TEXT) for column in ("kind", "ruleset_digest")),
    *((column, "text") for column in ("meta", "leaf_hash", "content", "receipt", "idempotency_tag")),
    *((column, 1e12) for column in ("meta", "content")),
    *((column, 10**12) for column in ("content", "receipt")),
]
STRANGE: list[tuple[str, Any]] = [
    *(("assessed_on", value) for value in ("0001-01-01", "9999-12-31")),
    *(("at", value) for value in ("0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "2025-01-01")),
]


@pytest.fixture(scope="module")
async def damaged(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """A service whose database is damaged by these tests alone."""
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path_factory.mktemp('damaged') / 'decompass.db')}"
    store = store_at(url)
    async with running_service(application_of(store), url) as running:
        yield running
    store.close()


async def every_id(damaged: Service, limit: int) -> list[str]:
    """The ids on all pages of a search for everything."""
    ids: list[str] = []
    wanted: dict[str, Any] = {"limit": limit}
    while True:
        answer = await damaged.client.post(SEARCH, json=wanted)
        assert answer.status_code == 200, answer.text
        ids += [hit["id"] for hit in answer.json()["items"]]
        if (cursor := answer.json()["next_cursor"]) is None:
            return ids
        wanted["cursor"] = cursor


def damage(damaged: Service, record_id: str, column: str, value: object) -> None:
    """Put a value where SQLite would not check it; bytes into a text without a word about it."""
    as_text = column in ("at", "assessed_on", "kind", "ruleset_digest")
    written = "CAST(? AS TEXT)" if as_text and isinstance(value, bytes) else "?"
    damaged.rows(f"UPDATE entry SET {column} = {written} WHERE id = ?", value, UUID(record_id).hex)  # noqa: S608 -- ours


def read(answer: httpx.Response) -> tuple[int, Any]:
    """The status, and the bytes or the kind of problem."""
    good = answer.status_code == 200
    return answer.status_code, answer.content if good else answer.json()["code"]


@pytest.mark.parametrize(("column", "value"), UNREADABLE, ids=str)
async def test_a_value_that_cannot_be_read_is_named_and_nothing_of_the_record_is_shown(
    damaged: Service, as_published: Check, column: str, value: object
) -> None:
    record_id = await damaged.recorded(example())
    damage(damaged, record_id, column, value)

    read_back = [
        read(await damaged.client.get(f"{ASSESS}/{record_id}{part}")) for part in ("", "/case", "/trace")
    ]
    said = await damaged.verification(record_id)
    as_published("VerificationAnswer", said)
    assert read_back == [(409, "record-damaged")] * 3
    assert said["record"] == {"intact": False, "flaws": [f"{column}_unreadable"]}
    assert said["execution"] == {"same": None, "flaws": [], "not_run": "record_unreadable"}


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_a_search_finds_everything_around_the_damaged_rows(
    damaged: Service, limit: int, caplog: pytest.LogCaptureFixture
) -> None:
    sound = []
    for column, value in (("at", "yesterday"), ("assessed_on", ""), ("content", b"altered")):
        sound.append(await damaged.recorded(example()))
        for _ in range(2):
            damage(damaged, await damaged.recorded(example()), column, value)

    assert sorted(each for each in await every_id(damaged, limit) if each in sound) == sorted(sound)
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize(("column", "value"), STRANGE, ids=str)
async def test_a_value_that_no_record_was_made_with_is_found_out_and_no_failure(
    damaged: Service, column: str, value: object
) -> None:
    stored = await damaged.record(example())
    record_id = stored.json()["id"]
    damage(damaged, record_id, column, value)

    said = await damaged.verification(record_id)
    trace = await damaged.client.get(f"{ASSESS}/{record_id}/trace")
    found = await damaged.client.post(SEARCH, json={"limit": 100})

    assert said["record"]["flaws"] == [f"{column}_altered"]
    assert (found.status_code, trace.status_code) == (200, 200)
    assert (await damaged.client.get(f"{ASSESS}/{record_id}")).content == stored.content


@pytest.mark.parametrize(("column", "value"), [("json", 10**12), ("json", "text"), ("version", NO_TEXT)])
async def test_a_damaged_ruleset_is_told_and_no_failure(damaged: Service, column: str, value: object) -> None:
    record_id = await damaged.recorded(example())
    ((digest, sound),) = damaged.rows(f"SELECT digest, {column} FROM ruleset")  # noqa: S608 -- ours
    written = "CAST(? AS TEXT)" if column == "version" else "?"
    damaged.rows(f"UPDATE ruleset SET {column} = {written}", value)  # noqa: S608 -- ours

    said = await damaged.verification(record_id)
    listed = await damaged.client.get("/v1/rulesets")
    damaged.rows(f"UPDATE ruleset SET {column} = ?", sound)  # noqa: S608 -- ours

    VerificationAnswer.model_validate_json(json.dumps(said))
    assert ("ruleset_altered" in said["record"]["flaws"]) == (column == "json")
    assert [each["digest"] for each in listed.json()["items"]] == [digest]


@pytest.mark.parametrize("meta", [b'{"schema":1}', b'{"schema":1,"key":7,"kind":"assess"}'])
async def test_a_leaf_that_was_rewritten_with_its_hash_is_told_by_every_route(
    damaged: Service, meta: bytes
) -> None:
    record_id = await damaged.recorded(example())
    damage(damaged, record_id, "meta", meta)
    damage(damaged, record_id, "leaf_hash", leaf_hash(meta))

    read_back = [
        read(await damaged.client.get(f"{ASSESS}/{record_id}{part}")) for part in ("", "/case", "/trace")
    ]
    said = await damaged.verification(record_id)
    found = await damaged.client.post(SEARCH, json={"limit": 100})

    assert read_back == [(409, "record-damaged")] * 3
    assert said["record"] == {"intact": False, "flaws": ["meta_altered"]}
    assert not said["log"]["proved"]
    assert found.status_code == 200
