"""A witness that is killed has forgotten nothing that it handed out, and goes on from there."""

import random
import sys
from pathlib import Path

import pytest

from app.transparency.checkpoint import Signer
from app.transparency.witness import new_state
from tests.faults.ledger import Ledger, run_and_kill
from tests.faults.witness_program import GrowingLog, remembered

pytestmark = pytest.mark.fault

ROUNDS = 10


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The program that cosigns until it is killed, with new keys and a new state."""
    for name in ("log", "witness"):
        (tmp_path / name).write_text(Signer.generate(f"{name}.example").to_text())
    new_state(tmp_path / "state")
    files = [str(tmp_path / name) for name in ("state", "log", "witness")]
    return [sys.executable, "-m", "tests.faults.witness_program", *files]


def sizes_known(folder: Path) -> set[str]:
    """Every size that the remembered head vouches for, once its root was found to be the log's own."""
    head = remembered(folder / "state", Signer.from_text((folder / "witness").read_text()))
    log = GrowingLog()
    log.grow_to(head.size)
    assert head.root == log.frontier.root
    return set(map(str, range(1, head.size + 1)))


def test_nothing_cosigned_is_forgotten_when_the_witness_is_killed(tmp_path: Path, command: list[str]) -> None:
    moments = random.Random(2607)
    ledger = Ledger()
    for _ in range(ROUNDS):
        run_and_kill(command, ledger, after=moments.randint(1, 60))
        known = sizes_known(tmp_path)
        assert ledger.lost(known) == set()
        assert ledger.invented(known) == set()


def test_a_witness_that_hands_out_before_it_remembers_is_found_out(
    tmp_path: Path, command: list[str]
) -> None:
    moments = random.Random(2608)
    lost = 0
    for _ in range(ROUNDS):
        ledger = Ledger()
        run_and_kill([*command, "--acknowledge-early"], ledger, after=moments.randint(1, 60))
        lost += len(ledger.lost(sizes_known(tmp_path)))
    assert lost > 0
