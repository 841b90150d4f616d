"""An API key opens what it was made for, until it expires or is revoked; the database alone makes none."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from app.access.api_keys import ALPHABET, ApiKeys, key_id_in
from app.access.caller import Caller
from app.access.errors import AccessMisconfigured, CredentialExpired, CredentialInvalid, KeyUnknown
from app.access.scopes import Scope
from app.audit.database import Database, open_database
from app.audit.errors import StoreUnavailable
from app.audit.tables import api_key
from tests.access.opened import caller
from tests.roles import tampering

PEPPER = bytes(range(32))
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
SCOPES = (Scope.READ, Scope.ASSESS)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(database: Database, clock: Clock) -> ApiKeys:
    return ApiKeys(database, PEPPER, clock)


def altered(database: Database, **columns: Any) -> None:
    """Every key's row as somebody with access to the database could change it."""
    with tampering(database.writer.url) as connection:
        connection.execute(update(api_key).values(**columns))


def test_a_key_tells_whose_it_is_and_what_it_opens(keys: ApiKeys) -> None:
    key, text = keys.create("ward-7", SCOPES, "the ward", YEAR)

    assert caller(keys, text) == Caller("ward-7", f"key:{key.key_id}", frozenset(SCOPES))
    assert keys.listed() == [(key.key_id, key)]


def test_no_two_keys_are_alike_and_the_secret_is_nowhere_in_the_database(
    keys: ApiKeys, database: Database
) -> None:
    texts = [keys.create("ward-7", SCOPES, "", YEAR)[1] for _ in range(20)]
    with database.reader.connect() as connection:
        stored = repr(connection.execute(select(api_key)).all())

    assert len({text.split("_")[2] for text in texts}) == 20
    assert [text for text in texts if text.split("_")[2] in stored] == []


def test_a_key_is_good_until_the_moment_it_expires(keys: ApiKeys, clock: Clock) -> None:
    _, text = keys.create("ward-7", SCOPES, "", timedelta(days=1))

    clock.now = NOW + timedelta(days=1) - timedelta(microseconds=1)
    caller(keys, text)
    clock.now = NOW + timedelta(days=1)
    with pytest.raises(CredentialExpired):
        caller(keys, text)


def test_a_revoked_key_is_refused_by_every_process_from_the_next_request_on(
    keys: ApiKeys, database_url: str, clock: Clock
) -> None:
    key, text = keys.create("ward-7", SCOPES, "", YEAR)
    elsewhere = open_database(database_url)
    other = ApiKeys(elsewhere, PEPPER, clock)
    caller(other, text)

    keys.revoke(key.key_id)

    for process in (keys, other):
        with pytest.raises(CredentialInvalid):
            caller(process, text)
    elsewhere.close()


def test_a_key_that_is_revoked_twice_keeps_its_first_day(keys: ApiKeys, clock: Clock) -> None:
    key, _ = keys.create("ward-7", SCOPES, "", YEAR)
    keys.revoke(key.key_id)
    clock.now = NOW + YEAR
    keys.revoke(key.key_id)

    ((_, kept),) = keys.listed()
    assert kept is not None
    assert (kept.revoked_at, kept.state(clock.now)) == (NOW, "revoked")


def test_a_key_that_is_not_there_cannot_be_revoked(keys: ApiKeys) -> None:
    with pytest.raises(KeyUnknown, match="keys list"):
        keys.revoke("0" * 16)


def test_a_secret_of_another_key_opens_nothing(keys: ApiKeys, clock: Clock, database: Database) -> None:
    texts = [keys.create("ward-7", SCOPES, "", YEAR)[1] for _ in range(2)]
    (_, mine, _, _), (_, _, other_secret, _) = (text.split("_") for text in texts)

    with pytest.raises(CredentialInvalid):
        caller(keys, with_sum(f"dcp_{mine}_{other_secret}"))
    with pytest.raises(CredentialInvalid):
        caller(ApiKeys(database, bytes(32), clock), texts[0])


def with_sum(body: str) -> str:
    """As an attacker, who can count, would write it."""
    from zlib import crc32  # noqa: PLC0415 -- the service's own way is what is tried

    return f"{body}_{crc32(body.encode()):08x}"


ALTERATIONS: dict[str, Any] = {
    "key_id": "f" * 16,
    "tenant": "ward-8",
    "label": "mine",
    "scopes": "assess log metrics read",
    "secret_hash": b"\0" * 32,
    "made_at": NOW - YEAR,
    "expires_at": NOW + 20 * YEAR,
    "revoked_at": NOW + YEAR,
    "seal": b"\0" * 32,
}


def test_every_column_is_tried() -> None:
    assert set(ALTERATIONS) == {column.name for column in api_key.c}


@pytest.mark.parametrize("column", ALTERATIONS)
def test_a_row_that_was_altered_without_the_pepper_opens_nothing(
    keys: ApiKeys, database: Database, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    key, text = keys.create("ward-7", SCOPES, "", YEAR)
    altered(database, **{column: ALTERATIONS[column]})
    if column == "key_id":
        text = with_sum(text.rsplit("_", 1)[0].replace(key.key_id, ALTERATIONS["key_id"]))

    with caplog.at_level(logging.ERROR), pytest.raises(CredentialInvalid):
        caller(keys, text)
    assert keys.listed() == [(ALTERATIONS["key_id"] if column == "key_id" else key.key_id, None)]
    assert "was altered" in caplog.text
    assert text not in caplog.text


def test_a_revocation_that_was_taken_back_in_the_database_is_none(keys: ApiKeys, database: Database) -> None:
    key, text = keys.create("ward-7", SCOPES, "", YEAR)
    keys.revoke(key.key_id)
    altered(database, revoked_at=None)

    with pytest.raises(CredentialInvalid):
        caller(keys, text)


def test_a_row_that_was_added_without_the_pepper_opens_nothing(
    keys: ApiKeys, database: Database, clock: Clock
) -> None:
    mine = ApiKeys(database, b"a pepper of the attacker's, 32 by", clock)
    _, text = mine.create("ward-7", Scope, "", YEAR)
    caller(mine, text)

    with pytest.raises(CredentialInvalid):
        caller(keys, text)


def test_the_row_of_one_key_under_the_id_of_another_opens_nothing(keys: ApiKeys, database: Database) -> None:
    narrow, text = keys.create("ward-7", [Scope.RULES], "", YEAR)
    keys.create("ward-8", Scope, "", YEAR)
    with tampering(database.writer.url) as connection:
        rows = connection.execute(select(api_key)).mappings().all()
        weak, strong = sorted(rows, key=lambda row: len(row["scopes"]))
        connection.execute(api_key.delete())
        mixed = dict(strong) | {"key_id": narrow.key_id, "secret_hash": weak["secret_hash"]}
        connection.execute(insert(api_key).values(**mixed))

    with pytest.raises(CredentialInvalid):
        caller(keys, text)


@pytest.mark.parametrize("column", ["tenant", "scopes", "made_at", "expires_at", "secret_hash", "seal"])
@pytest.mark.parametrize("value", ["7", "x'00ff'", "1e999", "'2026-99-99'", "''"])
def test_a_value_that_nobody_can_read_opens_nothing(
    sqlite_url: str, clock: Clock, column: str, value: str
) -> None:
    database = open_database(sqlite_url)
    keys = ApiKeys(database, PEPPER, clock)
    _, text = keys.create("ward-7", SCOPES, "", YEAR)
    with database.writer.begin() as connection:
        connection.exec_driver_sql(f"UPDATE api_key SET {column} = {value}")  # noqa: S608 -- ours

    with pytest.raises(CredentialInvalid):
        caller(keys, text)
    assert [key for _, key in keys.listed()] == [None]
    database.close()


def test_nobody_gets_in_while_the_store_is_away(sqlite_url: str, clock: Clock) -> None:
    database = open_database(sqlite_url)
    keys = ApiKeys(database, PEPPER, clock)
    _, text = keys.create("ward-7", SCOPES, "", YEAR)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("DROP TABLE api_key")

    for act in (lambda: caller(keys, text), keys.listed, lambda: keys.create("ward-7", SCOPES, "", YEAR)):
        with pytest.raises(StoreUnavailable):
            act()
    database.close()


def test_a_pepper_under_which_no_key_is_good_is_refused_at_the_start(
    database: Database, keys: ApiKeys, clock: Clock
) -> None:
    other = ApiKeys(database, PEPPER[::-1], clock)
    other.require_known_pepper()  # there is no key that it could not be for
    keys.create("ward-7", SCOPES, "", YEAR)
    keys.require_known_pepper()
    with pytest.raises(AccessMisconfigured, match="bring back the pepper"):
        other.require_known_pepper()
    other.create("ward-7", SCOPES, "", YEAR)  # whoever changed it on purpose makes new keys
    other.require_known_pepper()


def test_a_short_pepper_is_refused(sqlite_url: str, clock: Clock) -> None:
    database = open_database(sqlite_url)
    with pytest.raises(AccessMisconfigured, match="32 random bytes"):
        ApiKeys(database, b"pepper", clock)
    database.close()


GOOD = with_sum(f"dcp_{'0' * 16}_{'a' * 43}")


def test_the_sum_of_a_key_is_that_of_its_text() -> None:
    assert key_id_in(GOOD) == "0" * 16


@given(st.integers(0, len(GOOD) - 1), st.sampled_from(ALPHABET + "_-. \n\x00é"))
def test_one_wrong_character_is_told_without_a_look_into_the_database(place: int, character: str) -> None:
    wrong = GOOD[:place] + character + GOOD[place + 1 :]

    assert wrong == GOOD or key_id_in(wrong) is None


@given(st.text(max_size=100) | st.from_regex(r"dcp_[0-9a-f]{16}_[0-9A-Za-z]{43}_[0-9a-f]{8}\n?"))
def test_whatever_is_no_key_is_told_without_a_look_into_the_database(text: str) -> None:
    assert key_id_in(text) is None
