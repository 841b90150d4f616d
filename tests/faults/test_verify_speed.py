"""How fast a whole database is looked through without keys, on one core."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from app.audit.migrations import migrate
from app.audit.store import Store
from app.audit.whole.check import Asked, check_database
from app.audit.whole.findings import Finding
from tests.audit.whole.generated import events, fill
from tests.faults.gates import Measured, rounds
from tests.stores import opened_store

pytestmark = pytest.mark.fault
TRIES = 5
"""The best of them counts: what shares the machine only ever makes it slower."""


def seconds(store: Store) -> float:
    """Time of the processor for one look, with the schema and the file itself."""
    found: list[Finding] = []
    before = process_time()
    check_database(store, Asked(keyed=False), found.append)
    assert found == []
    return process_time() - before


def test_a_log_is_verified_fast_without_keys(tmp_path: Path, measured: Measured) -> None:
    url, count = f"sqlite:///{tmp_path / 'records.db'}", rounds(20_000, 100_000)
    migrate(url)
    with opened_store(url) as store:
        fill(store, events(count))
        best = min(seconds(store) for _ in range(TRIES))

    measured("G10.verify", count / best, over=f"{count:,} entries in commits of 256, processor time")
