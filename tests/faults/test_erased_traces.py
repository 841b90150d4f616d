"""After an erasure neither the subject nor its key is in any file of the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.examples import RULESET, TENANT
from tests.audit.test_erasure import CANARY, WHO, canaries, erase, files_of, recorded
from tests.faults.gates import Measured, rounds
from tests.stores import opened_store

pytestmark = [pytest.mark.fault, pytest.mark.anyio]


async def test_no_trace_is_left_of_an_erased_subject(
    sqlite_url: str, tmp_path: Path, measured: Measured
) -> None:
    others = rounds(100, 1000)
    with opened_store(sqlite_url) as store:
        store.archive.save_ruleset(*RULESET)
        store.recorder.start()
        for number in range(others):
            await recorded(store.recorder, subject=f"patient-{number}")
        recording = await recorded(store.recorder, **CANARY)
        (key_id,) = store.vault.subject_keys.key_ids_of(TENANT, WHO)
        key = store.vault.subject_keys.key(TENANT, key_id)
        assert key
        assert erase(store, WHO).what == "erased"
        left = [each for each in canaries(recording, key.key, key.key) if each in files_of(tmp_path)]
    measured("G13.traces", len(left), f"one subject among {others}")
