"""Whoever asks at the same time is answered by one look, each for himself and as of now."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.access.api_keys import ApiKeys, Found
from app.access.caller import Caller
from app.access.errors import CredentialInvalid
from app.access.key_checks import KeyChecks
from app.access.scopes import Scope
from app.audit.database import Database, open_database
from app.audit.errors import StoreUnavailable

pytestmark = pytest.mark.anyio


class CountingKeys(ApiKeys):
    """The real keys; counts the looks, and can hold one up after it was taken."""

    looks = 0
    go_on = threading.Event()

    def callers(self, texts: Iterable[str]) -> dict[str, Found]:
        found = super().callers(texts)
        self.looks += 1
        assert self.go_on.wait(10)
        return found


@pytest.fixture
def opened(sqlite_url: str) -> Iterator[Database]:
    database = open_database(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def keys(opened: Database) -> CountingKeys:
    made = CountingKeys(opened, bytes(range(32)), lambda: datetime.now(UTC))
    made.go_on = threading.Event()
    made.go_on.set()
    return made


def new_keys(keys: ApiKeys, count: int) -> list[str]:
    return [keys.create(f"ward-{number}", [Scope.READ], "", timedelta(days=1))[1] for number in range(count)]


async def test_many_who_ask_at_once_are_answered_by_few_looks_and_each_with_his_own(
    keys: CountingKeys,
) -> None:
    texts = new_keys(keys, 5)
    checks = KeyChecks(keys)
    callers = await asyncio.gather(*(checks.caller(texts[number % 5]) for number in range(200)))

    assert [caller.tenant for caller in callers] == [f"ward-{number % 5}" for number in range(200)]
    assert keys.looks <= 2


async def test_a_wrong_key_among_right_ones_is_wrong_alone(keys: CountingKeys) -> None:
    (right,) = new_keys(keys, 1)
    checks = KeyChecks(keys)
    found = await asyncio.gather(
        *(checks.caller(text) for text in (right, "dcp_wrong", right, "dcp_wrong")), return_exceptions=True
    )

    assert [type(each) for each in found] == [Caller, CredentialInvalid, Caller, CredentialInvalid]
    assert found[1] is not found[3]


async def test_what_is_no_key_costs_no_look(keys: CountingKeys) -> None:
    checks = KeyChecks(keys)
    for text in ("dcp_wrong", "", "dcp_" + "0" * 9000):
        with pytest.raises(CredentialInvalid):
            await checks.caller(text)

    assert keys.looks == 0


async def test_whoever_asks_after_a_revocation_is_not_answered_by_a_look_from_before(
    keys: CountingKeys,
) -> None:
    (text,) = new_keys(keys, 1)
    checks = KeyChecks(keys)
    keys.go_on.clear()
    before = asyncio.create_task(checks.caller(text))
    while not keys.looks:  # noqa: ASYNC110 -- counted in a thread, as in the service
        await asyncio.sleep(0.001)
    await asyncio.to_thread(keys.revoke, text.split("_")[1])
    after = asyncio.create_task(checks.caller(text))
    await asyncio.sleep(0.01)
    keys.go_on.set()

    assert (await before).tenant == "ward-0"
    with pytest.raises(CredentialInvalid):
        await after


async def test_whoever_gives_up_takes_nobody_along(keys: CountingKeys) -> None:
    (text,) = new_keys(keys, 1)
    checks = KeyChecks(keys)
    keys.go_on.clear()
    impatient, patient = (asyncio.create_task(checks.caller(text)) for _ in range(2))
    await asyncio.sleep(0.01)
    impatient.cancel()
    keys.go_on.set()

    assert (await patient).tenant == "ward-0"


async def test_when_the_store_is_away_each_is_told_and_the_next_one_asks_again(
    keys: CountingKeys, opened: Database
) -> None:
    (text,) = new_keys(keys, 1)
    checks = KeyChecks(keys)
    with opened.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE api_key RENAME TO gone")
    found = await asyncio.gather(*(checks.caller(text) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in found] == [StoreUnavailable] * 3

    with opened.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO api_key")
    assert (await checks.caller(text)).tenant == "ward-0"
