"""A witness cosigns what grew from the head it cosigned last, and remembers it before it says so."""

from __future__ import annotations

import fcntl
import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.transparency.checkpoint import Checkpoint, Cosignature, Signer, read_cosignatures, read_note
from app.transparency.receipt import Growth
from app.transparency.tree import consistency_path, root_of
from app.transparency.witness import Witness, WitnessRefused, new_state
from tests.transparency.trees import numbered_leaves, stored

MOST = 40
STORIES = {each: numbered_leaves(MOST, of=each) for each in "ab"}
NODES = {each: stored(leaves) for each, leaves in STORIES.items()}
UNHURRIED = settings(deadline=None)
"""To make a file durable takes as long as the disk needs."""


@cache
def log() -> Signer:
    return Signer.generate("log.example")


@cache
def key() -> Signer:
    return Signer.generate("witness.example")


def note(size: int, *, story: str = "a", origin: str = "log.example", by: Signer | None = None) -> str:
    return (by or log()).sign(Checkpoint(origin, size, root_of(STORIES[story][:size])))


def growth(old: int, new: int, *, story: str = "a") -> Growth:
    return Growth(old, new, tuple(consistency_path(old, new, NODES[story])))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    path = tmp_path / "witness.json"
    new_state(path)
    return path


@pytest.fixture
def witness(state: Path) -> Witness:
    return Witness(key(), [log().log_key], state)


def test_growth_is_cosigned_step_by_step(witness: Witness) -> None:
    for old, new in ((0, 7), (7, 7), (7, 8), (8, 40)):
        cosigned = witness.cosign(note(new), growth(old, new), at=100 + new)
        assert read_cosignatures(cosigned, [key().witness_key]) == (
            Cosignature("witness.example", 100 + new),
        )
        assert read_note(cosigned, [log().log_key]).size == new


def test_each_log_has_a_head_of_its_own(witness: Witness) -> None:
    witness.cosign(note(7), growth(0, 7), at=1)
    witness.cosign(note(9, origin="log.example/b", story="b"), growth(0, 9, story="b"), at=2)

    witness.cosign(note(8), growth(7, 8), at=3)


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, MOST), st.integers(0, MOST), st.sampled_from("ab")), max_size=12))
def test_all_that_is_ever_cosigned_is_one_growing_story(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, str]]
) -> None:
    state = tmp_path_factory.mktemp("witness") / "state"
    new_state(state)
    witness = Witness(key(), [log().log_key], state)
    last = Checkpoint("log.example", 0, root_of([]))
    for first, second, story in steps:
        old, new = sorted((first, second))
        told = note(new, story=story)
        try:
            witness.cosign(told, growth(old, new, story=story), at=1)
        except WitnessRefused:
            continue
        checkpoint = read_note(told, [log().log_key])
        assert (old, root_of(STORIES[story][:old])) == (last.size, last.root)
        last = checkpoint


@pytest.mark.parametrize(
    ("told", "proof", "why"),
    [
        (note(9, story="b"), growth(7, 9, story="b"), "not proved to have only grown"),
        (note(7, story="b"), growth(7, 7), "not proved to have only grown"),
        (note(5), growth(5, 5), "from size 7, the last cosigned, to 5"),
        (note(9), growth(0, 9), "from size 7, the last cosigned, to 9"),
        (note(9), growth(6, 9), "from size 7, the last cosigned, to 9"),
        (note(9), Growth(7, 9, ()), "not proved to have only grown"),
        (note(9, by=Signer.generate("log.example")), growth(7, 9), "No key that is trusted"),
        ("no note", growth(7, 9), "not a signed note"),
    ],
)
def test_what_does_not_follow_is_not_cosigned_nor_remembered(
    witness: Witness, state: Path, told: str, proof: Growth, why: str
) -> None:
    witness.cosign(note(7), growth(0, 7), at=1)
    before = state.read_bytes()

    with pytest.raises(WitnessRefused, match=why):
        witness.cosign(told, proof, at=2)
    assert state.read_bytes() == before


def test_of_heads_that_contradict_each_other_at_once_one_is_cosigned(state: Path) -> None:
    leaves = [numbered_leaves(8, of=f"story {number}") for number in range(24)]
    notes = [log().sign(Checkpoint("log.example", 8, root_of(each))) for each in leaves]

    def cosigned(told: str) -> bool:
        try:
            Witness(key(), [log().log_key], state).cosign(told, Growth(0, 8, ()), at=1)
        except WitnessRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(cosigned, notes)) == 1


def test_a_witness_waits_for_the_one_before_it_and_sees_what_that_one_wrote(
    state: Path, witness: Witness, tmp_path: Path
) -> None:
    new_state(tmp_path / "before")
    Witness(key(), [log().log_key], tmp_path / "before").cosign(
        note(8, story="b"), growth(0, 8, story="b"), at=1
    )
    with ThreadPoolExecutor(1) as pool, state.with_name(f"{state.name}.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = pool.submit(witness.cosign, note(8), growth(0, 8), 2)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        (tmp_path / "before").replace(state)
        fcntl.flock(lock, fcntl.LOCK_UN)
        with pytest.raises(WitnessRefused, match="from size 8"):
            waiting.result()


def test_a_log_that_changed_its_key_goes_on(state: Path, witness: Witness) -> None:
    witness.cosign(note(7), growth(0, 7), at=1)
    later = Signer.generate("log.example")

    Witness(key(), [later.log_key], state).cosign(note(9, by=later), growth(7, 9), at=2)


def test_without_its_state_a_witness_does_not_begin(tmp_path: Path) -> None:
    with pytest.raises(WitnessRefused, match="There is no state"):
        Witness(key(), [log().log_key], tmp_path / "gone").cosign(note(7), growth(0, 7), at=1)


def test_a_new_state_never_replaces_one(state: Path) -> None:
    with pytest.raises(WitnessRefused, match="There is a state already"):
        new_state(state)


@pytest.mark.parametrize("text", ["", "[]", '{"log.example":7}', '{"log.example":"x"}', "{"])
def test_a_damaged_state_stops_the_witness(state: Path, witness: Witness, text: str) -> None:
    state.write_text(text)
    with pytest.raises(WitnessRefused, match="not what this witness wrote"):
        witness.cosign(note(7), growth(0, 7), at=1)


def test_a_state_that_another_wrote_stops_the_witness(state: Path, witness: Witness) -> None:
    witness.cosign(note(7), growth(0, 7), at=1)
    heads = json.loads(state.read_text())
    for forged in ({"log.example": note(5)}, {"log.example/b": heads["log.example"]}):
        state.write_text(json.dumps(forged))
        (origin,) = forged
        with pytest.raises(WitnessRefused, match="not what this witness wrote"):
            witness.cosign(note(7, origin=origin), growth(5, 7), at=2)


def test_a_head_that_cannot_be_remembered_is_not_cosigned(state: Path, witness: Witness) -> None:
    witness.cosign(note(7), growth(0, 7), at=1)
    before = state.read_bytes()
    state.with_name(f"{state.name}.new").mkdir()  # where the next state would be written

    with pytest.raises(WitnessRefused, match="cannot be written"):
        witness.cosign(note(9), growth(7, 9), at=2)
    assert state.read_bytes() == before


def test_a_state_that_was_half_written_is_passed_over(state: Path, witness: Witness) -> None:
    witness.cosign(note(7), growth(0, 7), at=1)
    state.with_name(f"{state.name}.new").write_text('{"log.exa')

    witness.cosign(note(9), growth(7, 9), at=2)
