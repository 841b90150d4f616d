"""The commands for API keys make what opens, show what there is, and end it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.access.api_keys import ApiKeys, key_id_in
from app.access.errors import CredentialInvalid
from app.access.scopes import Scope
from app.audit.database import open_database
from app.main import now
from tests.access.opened import caller
from tests.cli.running import Run
from tests.stores import PEPPER, environment_of, opened_store

CREATE = ("keys", "create", "--tenant", "ward-7", "--scopes", "assess,read")


@pytest.fixture
def run(run: Run, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Run:
    """Run a command on a migrated database, beside a pepper."""
    for name, value in environment_of(sqlite_url).items():
        monkeypatch.setenv(name, value)

    return run


def test_a_key_is_made_shown_once_listed_and_revoked(run: Run, sqlite_url: str) -> None:
    status, out, err = run(*CREATE, "--label", "the [bold]ward", "--expires", "30")
    text = out.strip()
    key_id = str(key_id_in(text))
    database = open_database(sqlite_url)
    keys = ApiKeys(database, PEPPER, now)

    assert status == 0
    assert "shown this once" in err
    assert caller(keys, text).scopes == {Scope.ASSESS, Scope.READ}
    _, listed, _ = run("keys", "list")
    assert all(word in listed for word in (key_id, "ward-7", "the [bold]ward", "assess read", "active"))
    assert text.split("_")[2] not in listed

    assert run("keys", "revoke", key_id) == (0, "", "")
    assert "revoked" in run("keys", "list")[1]
    with pytest.raises(CredentialInvalid):
        caller(keys, text)
    database.close()


def test_the_log_of_the_tenant_tells_which_keys_were_made_and_revoked(run: Run, sqlite_url: str) -> None:
    key_id = str(key_id_in(run(*CREATE, "--label", "never told")[1].strip()))
    run("keys", "revoke", key_id)
    with opened_store(sqlite_url) as store:
        head = store.log.head("ward-7")
        assert head
        leaves = [json.loads(leaf.meta) for leaf in store.log.entries("ward-7", 0, head.size)]

    assert [(leaf["kind"], leaf["what"]) for leaf in leaves] == [("access", "created"), ("access", "revoked")]
    assert {(leaf["credential"], leaf["scopes"]) for leaf in leaves} == {(f"key:{key_id}", "assess read")}
    assert all(leaf["actor"].startswith("command-line:") for leaf in leaves)
    assert "never told" not in str(leaves)
    assert run("verify")[0] == 0


def test_a_key_is_revoked_even_where_the_log_cannot_say_so_and_repeating_says_it(
    run: Run, sqlite_url: str
) -> None:
    text = run(*CREATE)[1].strip()
    key_id = str(key_id_in(text))
    with opened_store(sqlite_url) as store, store.database.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE entry RENAME TO gone")

    assert run("keys", "revoke", key_id)[0] == 1
    with opened_store(sqlite_url) as store:
        with pytest.raises(CredentialInvalid):
            caller(ApiKeys(store.database, PEPPER, now), text)
        with store.database.writer.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO entry")

    assert run("keys", "revoke", key_id)[0] == 0
    with opened_store(sqlite_url) as store:
        (leaf,) = store.log.entries("ward-7", 1, 2)
    assert json.loads(leaf.meta)["what"] == "revoked"


def test_a_key_that_the_log_cannot_tell_of_is_shown_to_nobody(run: Run, sqlite_url: str) -> None:
    with opened_store(sqlite_url) as store, store.database.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE entry RENAME TO gone")

    status, out, _ = run(*CREATE)
    assert (status, out) == (1, "")


def test_a_key_that_was_altered_is_listed_as_such(run: Run, sqlite_url: str) -> None:
    run(*CREATE)
    database = open_database(sqlite_url)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE api_key SET tenant = 'ward-8'")
    database.close()

    _, listed, _ = run("keys", "list")
    assert "altered" in listed
    assert "ward-8" not in listed


def test_an_unknown_key_cannot_be_revoked(run: Run) -> None:
    assert run("keys", "revoke", "0" * 16) == (
        1,
        "",
        "There is no such key; `decompass keys list` shows them.\n",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ("--tenant", "Ward 7"),
        ("--scopes", "everything"),
        ("--scopes", ""),
        ("--scopes", "read,read"),
        ("--expires", "0"),
        ("--expires", "3651"),
        ("--expires", "-1"),
        ("--expires", "9" * 5000),
        ("--label", "a" * 101),
        ("--label", "two\nlines"),
    ],
)
def test_a_key_that_would_not_be_what_was_meant_is_not_made(run: Run, wrong: tuple[str, str]) -> None:
    status, out, _ = run(*CREATE, *wrong)

    assert (status, out) == (2, "")
    assert len(run("keys", "list")[1].splitlines()) == 1


@pytest.mark.parametrize("pepper", [None, "", "00" * 31, "not hexadecimal"])
def test_without_a_pepper_no_key_is_made_and_nothing_is_served(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pepper: str | None
) -> None:
    monkeypatch.setenv("DECOMPASS_CREDENTIALS", "required")
    monkeypatch.setenv("DECOMPASS_SECRETS", str(tmp_path))
    if pepper is None:
        monkeypatch.delenv("DECOMPASS_SECRETS_PEPPER")
    else:
        monkeypatch.setenv("DECOMPASS_SECRETS_PEPPER", pepper)

    for command in (CREATE, ("serve",)):
        status, out, err = run(*command)
        assert (status, out) == (1, "")
        assert "pepper" in err.lower()
        assert "Traceback" not in err
