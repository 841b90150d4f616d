"""Seven attacks with write access to the database, the signing key and an old backup: one pin finds them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import delete, insert, select, update

from app.audit.anchors import Anchors
from app.audit.meta import columns_of, read_meta, write_meta
from app.audit.migrations import migrate
from app.audit.pins import Pins, load_pins
from app.audit.sinks import FileSink
from app.audit.store import Store
from app.audit.tables import entry, log_head, subtree
from app.audit.whole.check import Asked, check_database
from app.audit.whole.findings import Finding
from app.transparency.checkpoint import Checkpoint
from app.transparency.receipt import Receipt
from app.transparency.tree import Frontier, append, leaf_hash
from tests.audit.whole.generated import START, events, fill, recordings
from tests.faults.gates import Measured
from tests.roles import tampering
from tests.stores import store_at

pytestmark = pytest.mark.fault
TENANT, OTHER = "local", "other"
IN_BACKUP, IN_ALL = 20, 30

Rows = list[dict[str, Any]]


class Scene(NamedTuple):
    """A service that was attacked, its backup, and what was pinned a moment before."""

    store: Store
    file: Path
    backup: Path
    pins_file: Path


def staged(folder: Path) -> Scene:
    """Two logs; the backup is older than the pin, as any backup is."""
    folder.mkdir()
    file, backup = folder / "records.db", folder / "backup.db"
    migrate(f"sqlite:///{file}")
    store = store_at(f"sqlite:///{file}")
    fill(store, recordings(store, IN_BACKUP), 4)
    fill(store, events(5, OTHER), 5, OTHER)
    store.database.close()
    shutil.copy(file, backup)
    fill(store, recordings(store, IN_ALL - IN_BACKUP), 3)
    Anchors(store.database.reader, [FileSink(folder / "pins")], lambda: START).anchor()
    return Scene(store, file, backup, folder / "pins")


def rewrite_a_record(scene: Scene) -> None:
    rows = rows_of(scene.store)
    change(rows[3], actor="somebody else")
    sign_anew(scene.store, rows)


def drop_the_last(scene: Scene) -> None:
    sign_anew(scene.store, rows_of(scene.store)[:-7])


def restore_an_old_backup(scene: Scene) -> None:
    scene.store.database.close()
    shutil.copy(scene.backup, scene.file)


def delete_a_log(scene: Scene) -> None:
    with tampering(scene.store.database.writer.url) as connection:
        for table in (subtree, entry, log_head):
            connection.execute(delete(table).where(table.c.tenant == OTHER))


def insert_a_back_dated_record(scene: Scene) -> None:
    rows = rows_of(scene.store)
    later = rows_of_events(scene)
    rows.insert(5, later)
    sign_anew(scene.store, rows)


def swap_two_records(scene: Scene) -> None:
    rows = rows_of(scene.store)
    rows[4], rows[9] = rows[9], rows[4]
    sign_anew(scene.store, rows)


def fork(scene: Scene) -> None:
    """Another log of the same size is shown to the next reader; the first has seen the pinned one."""
    scene.store.database.close()
    shutil.copy(scene.backup, scene.file)
    fill(scene.store, recordings(scene.store, IN_ALL - IN_BACKUP), 3)


ATTACKS: Sequence[Callable[[Scene], None]] = (
    rewrite_a_record,
    drop_the_last,
    restore_an_old_backup,
    delete_a_log,
    insert_a_back_dated_record,
    swap_two_records,
    fork,
)


def test_every_attack_passes_without_a_pin_and_is_found_with_one(tmp_path: Path, measured: Measured) -> None:
    outcomes = [outcome(attack, tmp_path / attack.__name__) for attack in ATTACKS]
    found, passed = [each.found for each in outcomes], [each.passed for each in outcomes]

    assert all(passed)  # the control: who signs everything anew leaves nothing to see
    measured("G6.attacks", sum(found), over=f"one pin; without it {sum(passed)} of 7 pass")


class Outcome(NamedTuple):
    """Whether an attack was found with a pin, and whether it passed without."""

    found: bool
    passed: bool


def outcome(attack: Callable[[Scene], None], folder: Path) -> Outcome:
    """What one attack came to."""
    scene = staged(folder)
    try:
        pins = load_pins(scene.pins_file, scene.store.vault.verifier_keys)
        assert findings(scene.store, pins) == []
        attack(scene)
        return Outcome(findings(scene.store, pins) != [], findings(scene.store, Pins()) == [])
    finally:
        scene.store.close()


def findings(store: Store, pins: Pins) -> list[Finding]:
    """What an operator with the secrets sees."""
    found: list[Finding] = []
    check_database(store, Asked(pins=pins), found.append)
    return found


def rows_of(store: Store) -> Rows:
    """The log as it stands there."""
    with store.database.reader.connect() as connection:
        asked = select(entry).where(entry.c.tenant == TENANT).order_by(entry.c.idx)
        return [dict(row) for row in connection.execute(asked).mappings()]


def rows_of_events(scene: Scene) -> dict[str, Any]:
    """One more entry, of a moment long ago, that was never in the log."""
    row = dict(rows_of(scene.store)[0])
    new = next(events(1))
    members = {**new.members, "index": 0}
    blank = dict.fromkeys(row) | columns_of(members)
    return blank | {"meta": write_meta(new.members, 0, None)}


def change(row: dict[str, Any], **members: object) -> None:
    """Write another leaf."""
    row["meta"] = write_meta({**read_meta(row["meta"]), **members}, row["idx"], None)


def sign_anew(store: Store, rows: Rows) -> None:
    """Make a log of these rows that is as right as any: leaves, receipts, subtrees and head."""
    for index, row in enumerate(rows):
        row["idx"] = index
        change(row)
        row["leaf_hash"] = leaf_hash(row["meta"])
    grown = append(Frontier(), [row["leaf_hash"] for row in rows])
    head = Checkpoint(store.vault.origin_of(TENANT), len(rows), grown.frontier.root)
    note = store.vault.signer.sign(head)
    for row, path in zip(rows, grown.paths, strict=True):
        receipt = Receipt(head.origin, row["idx"], head.size, head.root, note, row["leaf_hash"], path)
        row["receipt"] = receipt.to_json().encode()
    values = {"size": len(rows), "frontier": grown.frontier.to_bytes(), "note": note.encode()}
    with tampering(store.database.writer.url) as connection:
        connection.execute(delete(entry).where(entry.c.tenant == TENANT))
        connection.execute(insert(entry), rows)
        connection.execute(update(log_head).where(log_head.c.tenant == TENANT).values(values))
