"""One bit of the files is changed: it is found, or nothing of what is stored has changed."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from pysqlite3 import dbapi2  # type: ignore[import-untyped]  # the package ships no types
from sqlalchemy.exc import SQLAlchemyError

from app.audit.errors import RecordError
from app.audit.migrations import migrate
from app.audit.store import Store
from app.audit.whole.check import Asked, check_database
from app.audit.whole.findings import Finding
from tests.audit.whole.generated import events, fill, recordings
from tests.faults.gates import Measured, rounds
from tests.stores import store_at

pytestmark = pytest.mark.fault
SEED = 20261123
PAGE = 8192

Fate = Literal["found", "harmless", "silent"]


class Files(NamedTuple):
    """The two databases, whole: nothing is left in a write-ahead log."""

    records: Path
    keys: Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Two logs with records, corrections and reads; 300 entries, so that there are subtrees as well."""
    records = tmp_path_factory.mktemp("tamper") / "records.db"
    url = f"sqlite:///{records}"
    migrate(url)
    store = store_at(url)
    fill(store, recordings(store, 100, subjects=90), 20)
    fill(store, events(165), 55)
    fill(store, recordings(store, 10, tenant="other"), 5, "other")
    store.close()
    return Files(records, Path(f"{records}.keys"))


def dump(file: Path) -> list[object] | None:
    """All that is stored, and what SQLite says of its indices; None where it cannot be read."""
    connection = dbapi2.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
    connection.text_factory = bytes
    try:
        schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
        names = [name.decode() for kind, name, _, _ in schema if kind == b"table"]
        rows = [connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names]  # noqa: S608 - no data
        return [schema, rows, connection.execute("PRAGMA integrity_check").fetchall()]
    except (dbapi2.Error, UnicodeDecodeError):
        return None
    finally:
        connection.close()


def is_found(store: Store, keyed: bool) -> bool:
    """Whether the look through the databases finds anything, or cannot be made at all."""
    found: list[Finding] = []
    try:
        check_database(store, Asked(keyed=keyed), found.append)
    except (RecordError, SQLAlchemyError):
        return True
    finally:
        store.close()
    return bool(found)


def flips(size: int, count: int, chance: random.Random) -> Iterator[tuple[int, int]]:
    """Bytes and bits of a file."""
    for _ in range(count):
        yield chance.randrange(size), chance.randrange(8)


def fate(file: Path, whole: list[object] | None, store: Store, keyed: bool = True) -> Fate:
    """What becomes of a file that was changed."""
    if is_found(store, keyed):
        return "found"
    return "harmless" if dump(file) == whole else "silent"


def fates(files: Files, of: Path, count: int, folder: Path, keyed: bool = True) -> Counter[Fate]:
    """What becomes of so many flips in one of the two files, each in a fresh copy."""
    records, keys = folder / "records.db", folder / "records.db.keys"
    shutil.copy(files.records, records)
    shutil.copy(files.keys, keys)
    target = records if of == files.records else keys
    original, whole, seen = bytearray(of.read_bytes()), dump(of), Counter[Fate]()
    assert whole is not None
    for place, bit in flips(len(original), count, random.Random(SEED)):
        with target.open("r+b") as file:
            file.seek(place)
            file.write(bytes([original[place] ^ 1 << bit]))
        outcome = fate(target, whole, store_at(f"sqlite:///{records}"), keyed)
        if outcome == "silent":
            print("silent:", target.name, place // PAGE, place % PAGE, bit)  # noqa: T201 - where to look
        seen[outcome] += 1
        for left in folder.glob("*-wal"), folder.glob("*-shm"):
            for each in left:
                each.unlink()
        with target.open("r+b") as file:
            file.seek(place)
            file.write(bytes([original[place]]))
    return seen


def test_no_bit_of_either_file_is_changed_in_silence(
    files: Files, tmp_path: Path, measured: Measured
) -> None:
    count = rounds(500, 10_000)
    in_records = fates(files, files.records, count, tmp_path)
    in_keys = fates(files, files.keys, count, tmp_path)
    told = ", ".join(f"{name}: {dict(seen)}" for name, seen in (("records", in_records), ("keys", in_keys)))
    assert min(in_records["found"], in_keys["found"]) > 0

    measured("G5.silent", in_records["silent"] + in_keys["silent"], over=told)


def test_who_has_no_secrets_misses_what_is_changed_in_the_keys(files: Files, tmp_path: Path) -> None:
    """The control: the keyed part has something to find."""
    assert fates(files, files.keys, rounds(200, 2_000), tmp_path, keyed=False)["silent"] > 0
