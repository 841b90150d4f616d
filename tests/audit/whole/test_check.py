"""A database that the service wrote is in order; whatever is changed in it is found and named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.audit.pins import Pins, load_pins, pin_line
from app.audit.records import Actor, Event
from app.audit.store import Store
from app.audit.whole.check import Asked, check_database
from app.audit.whole.contents import GONE
from app.audit.whole.findings import Finding
from app.audit.whole.recovery import declare_recovery
from app.identifiers import record_ids
from tests.audit.whole.generated import RULESET, START, events, fill, recordings
from tests.roles import tampering
from tests.stores import opened_store

ELSEWHERE = "other"
UNASKED = {
    "sqlite": "the table 'unasked' was not made by the migrations",
    "postgresql": "the schema is not that of the migrations: remove table",
}


@pytest.fixture
def filled(database_url: str) -> Iterator[Store]:
    """Two logs: 30 records and 600 reads, in commits of 1, 7 and 256; and one of five reads."""
    with opened_store(database_url) as store:
        fill(store, recordings(store, 30), 7)
        fill(store, events(5), 1)
        fill(store, events(595), 256)
        fill(store, events(5, ELSEWHERE), 2, ELSEWHERE)
        yield store


def findings(store: Store, asked: Asked | None = None) -> list[Finding]:
    """What a look through the database finds."""
    found: list[Finding] = []
    check_database(store, asked or Asked(), found.append)
    return found


def told(store: Store, asked: Asked | None = None) -> list[str]:
    """The same, as it is printed."""
    return [str(finding) for finding in findings(store, asked)]


def alter(store: Store, statement: str) -> None:
    """Change the database as nobody should."""
    with tampering(store.database.writer.url) as connection:
        connection.execute(text(statement))


def test_a_database_as_the_service_wrote_it_is_in_order(filled: Store) -> None:
    assert told(filled) == []
    assert told(filled, Asked(keyed=False)) == []
    assert check_database(filled, Asked(tenant=ELSEWHERE), lambda _: None).entries == 5


def test_a_database_without_an_entry_is_in_order(database_url: str) -> None:
    with opened_store(database_url) as store:
        assert told(store) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE entry SET kind = 'query' WHERE tenant = 'local' AND idx = 40",
            "local[40]: the column kind differs from the leaf",
        ),
        (
            "UPDATE entry SET at = '2026-03-01 12:30:15.123457+00' WHERE tenant = 'local' AND idx = 3",
            "local[3]: the column at differs from the leaf",
        ),
        (
            "UPDATE entry SET assessed_on = '2026-03-02' WHERE tenant = 'local' AND idx = 3",
            "local[3]: the column assessed_on differs from the leaf",
        ),
        (
            "UPDATE entry SET idempotency_tag = leaf_hash WHERE tenant = 'local' AND idx = 3",
            "local[3]: the column idempotency_tag differs from the leaf",
        ),
        (
            "UPDATE entry SET corrects = NULL WHERE tenant = 'local' AND idx = 2",
            "local[2]: the column corrects differs from the leaf",
        ),
        (
            "UPDATE entry SET key_id = NULL WHERE tenant = 'local' AND idx = 2",
            "local[2]: the column key_id differs from the leaf",
        ),
        (
            "UPDATE entry SET content = leaf_hash WHERE tenant = 'local' AND idx = 2",
            "local[2]: the content is not that of the leaf",
        ),
        (
            "UPDATE entry SET content = NULL WHERE tenant = 'local' AND idx = 2",
            "local[2]: the content is not that of the leaf",
        ),
        (
            "UPDATE entry SET leaf_hash = content WHERE tenant = 'local' AND idx = 2",
            "local[2]: the leaf is not that of its hash",
        ),
        (
            "UPDATE entry SET meta = leaf_hash WHERE tenant = 'local' AND idx = 2",
            "local[2]: the leaf cannot be read",
        ),
        (
            "UPDATE entry SET receipt = leaf_hash WHERE tenant = 'local' AND idx = 2",
            "local[2]: the receipt cannot be read",
        ),
        (
            "UPDATE entry SET receipt = (SELECT receipt FROM entry WHERE tenant = 'local' AND idx = 3) "
            "WHERE tenant = 'local' AND idx = 2",
            "local[2]: the receipt does not prove this entry",
        ),
        (
            "DELETE FROM entry WHERE tenant = 'local' AND idx = 50",
            "local: the entries from 50 to before 51 are missing",
        ),
        (
            "DELETE FROM entry WHERE tenant = 'local' AND idx > 600",
            "local: the head counts 630 entries, and 601 are here",
        ),
        (
            "UPDATE log_head SET size = 631 WHERE tenant = 'local'",
            "local: the head counts 631 entries, and 630 are here",
        ),
        (
            "UPDATE log_head SET note = frontier WHERE tenant = 'local'",
            "local: the head is not signed by this log",
        ),
        (
            "UPDATE log_head SET note = (SELECT note FROM log_head WHERE tenant = 'other') "
            "WHERE tenant = 'local'",
            "local: the signed head is that of another tree",
        ),
        (
            "UPDATE log_head SET frontier = note WHERE tenant = 'local'",
            "local: the frontier of the head is not that of the leaves",
        ),
        (
            "UPDATE subtree SET hash = (SELECT leaf_hash FROM entry WHERE idx = 4 AND tenant = 'local') "
            "WHERE idx = 1",
            "local: the stored subtrees of level 8 are not those of the leaves",
        ),
        (
            "DELETE FROM subtree WHERE idx = 1",
            "local: the stored subtrees of level 8 are not those of the leaves",
        ),
        (
            "INSERT INTO subtree SELECT tenant, 8, 0, leaf_hash FROM entry "
            "WHERE idx = 0 AND tenant = 'other'",
            "other: the stored subtrees of level 8 are not those of the leaves",
        ),
        (
            "INSERT INTO erased SELECT tenant, key_id, 0 FROM entry WHERE idx = 0 AND tenant = 'local'",
            "local[0]: the list of erased keys differs from the leaves that say so",
        ),
        ("CREATE TABLE unasked (id INTEGER)", "database: UNASKED"),
    ],
)
def test_whatever_is_changed_is_found(filled: Store, statement: str, expected: str) -> None:
    alter(filled, statement)

    assert expected.replace("UNASKED", UNASKED[filled.database.reader.dialect.name]) in told(filled)
    assert findings(filled, Asked(keyed=False)) != []


def test_what_is_changed_in_the_keys_is_found_by_who_has_the_secrets_alone(filled: Store) -> None:
    with filled.keys.writer.begin() as connection:
        connection.execute(text("UPDATE subject_key SET subject_tag = wrapped WHERE tenant = 'local'"))

    assert "local: a key of a subject was altered, or wrapped for another subject" in told(filled)
    assert told(filled, Asked(keyed=False)) == []


def test_a_key_that_was_taken_away_is_found(filled: Store) -> None:
    with filled.keys.writer.begin() as connection:
        connection.execute(text("DELETE FROM subject_key"))

    assert f"local[3]: {GONE}" in told(filled)


def test_a_key_that_was_altered_is_found(filled: Store) -> None:
    with filled.keys.writer.begin() as connection:
        connection.execute(text("UPDATE subject_key SET wrapped = subject_tag"))

    assert "local: a key of a subject was altered, or wrapped for another subject" in told(filled)


def test_what_was_held_and_erased_as_the_log_says_is_in_order(filled: Store) -> None:
    by = Actor("local", "tests")
    filled.erasure.hold("patient-1", Event(uuid4(), START, by, "hold"), on=True)
    filled.erasure.erase("patient-2", Event(uuid4(), START, by, "erase"), "request")
    assert told(filled) == []
    with filled.keys.writer.begin() as connection:
        connection.execute(text("UPDATE subject_key SET held = NOT held"))

    assert set(told(filled)) == {
        "local: the legal hold on a key is not what its log says: repeat it, or end it"
    }


def test_a_ruleset_that_was_altered_is_found(filled: Store) -> None:
    alter(filled, "UPDATE ruleset SET version = 'x'")

    assert told(filled) == [f"database: the ruleset {RULESET[0]} is not that of its digest"]


def test_a_file_whose_schema_is_no_text_is_found_and_ends_nothing(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    with opened_store(sqlite_url) as store:
        assert told(store) == []
    file.write_bytes(file.read_bytes().replace(b"CREATE TABLE entry", b"CREATE TABLE \xd2ntry"))
    with opened_store(sqlite_url) as store:
        assert "database: the database cannot be read to the end" in told(store)


def test_pins_are_prefixes_of_what_is_here(filled: Store, tmp_path: Path) -> None:
    pins = pinned(filled, tmp_path)
    fill(filled, events(300), 100)

    assert told(filled, Asked(pins=pins)) == []


def test_a_log_that_was_pinned_and_is_gone_is_found(filled: Store, tmp_path: Path) -> None:
    pins = pinned(filled, tmp_path)
    for table in ("entry", "log_head"):
        alter(filled, f"DELETE FROM {table} WHERE tenant = 'other'")  # noqa: S608 - no data

    assert told(filled) == []
    assert told(filled, Asked(pins=pins)) == [
        "database: the log test.example/other is gone: a checkpoint of it was handed out"
    ]


def test_a_restore_that_was_declared_is_told_apart(filled: Store, tmp_path: Path) -> None:
    backup = Path(tmp_path, "backup.db")
    if filled.database.reader.dialect.name != "sqlite":
        pytest.skip(reason="a backup of PostgreSQL is not a file")
    filled.database.close()
    file = Path(str(filled.database.writer.url.database))
    shutil.copy(file, backup)
    fill(filled, events(20), 20)
    pins = pinned(filled, tmp_path)
    filled.database.close()
    shutil.copy(backup, file)
    rolled_back = told(filled, Asked(pins=pins))
    declared = declare_recovery(filled, pins, lambda: START, record_ids())
    found = findings(filled, Asked(pins=pins))

    assert rolled_back == [
        "local: rolled back: a checkpoint of size 650 was handed out, and 630 entries are here"
    ]
    assert declared == [("local", 630, 650), ("other", 5, 5)]
    assert [(str(each), each.declared) for each in found] == [
        ("local: rolled back to 630 from 650, declared at index 630", True)
    ]


def pinned(store: Store, folder: Path) -> Pins:
    """Pins of every log as it is now."""
    heads = [store.log.head(tenant) for tenant in ("local", ELSEWHERE)]
    file = folder / "pins"
    file.write_bytes(b"".join(pin_line(head.note, START) for head in heads if head))
    return load_pins(file, store.vault.verifier_keys)
