"""Several processes that meet the same new subjects at once: one key for each subject."""

import multiprocessing
import random
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.audit.database import open_database
from app.audit.secret_files import make_secrets
from app.audit.secrets import Secrets
from app.audit.subject_keys import SubjectKeys

if TYPE_CHECKING:
    Found = multiprocessing.Queue[dict[tuple[str, str], bytes]]

pytestmark = pytest.mark.fault

PROCESSES = 4
SUBJECTS = [("clinic", f"patient-{number}") for number in range(400)]
AT_ONCE = 40


def process(seed: int, url: str, folder: Path, together: Barrier, results: "Found") -> None:
    """One replica of the service: another order in each, batch by batch."""
    database = open_database(url)
    keys = SubjectKeys(database, Secrets.load(folder, {}))
    subjects = SUBJECTS.copy()
    random.Random(seed).shuffle(subjects)  # unsorted, such batches would deadlock
    found: dict[tuple[str, str], bytes] = {}
    together.wait(timeout=60)
    for start in range(0, len(subjects), AT_ONCE):
        batch = keys.keys_for(subjects[start : start + AT_ONCE])
        found |= {subject: key.key for subject, key in batch.items()}
    database.close()
    results.put(found)


def test_four_processes_agree_on_one_key_for_each_subject(keys_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(folder)
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(PROCESSES), spawn.Queue()
    shared = (keys_url, folder, together, results)
    racers = [spawn.Process(target=process, args=(seed, *shared)) for seed in range(PROCESSES)]
    for racer in racers:
        racer.start()
    found = [results.get(timeout=60) for _ in racers]
    for racer in racers:
        racer.join(timeout=60)

    assert [racer.exitcode for racer in racers] == [0] * PROCESSES
    assert all(each == found[0] for each in found)
    assert len(set(found[0].values())) == len(SUBJECTS)
