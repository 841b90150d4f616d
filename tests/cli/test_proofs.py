"""Proofs are checked, and heads cosigned, on the command line with nothing but files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from app.transparency.checkpoint import Checkpoint, Signer, read_cosignatures
from app.transparency.keys import VerifierKey
from app.transparency.receipt import Growth, Receipt
from app.transparency.tree import Frontier, append, consistency_path, leaf_hash
from tests.cli.running import Run
from tests.transparency.trees import stored

META = [f"entry {number}".encode() for number in range(9)]
HASHES = [leaf_hash(each) for each in META]


@cache
def log() -> Signer:
    return Signer.generate("log.example")


def note(size: int) -> str:
    root = append(Frontier(), HASHES[:size]).frontier.root
    return log().sign(Checkpoint("log.example/clinic", size, root))


def growth(old: int, new: int) -> str:
    return Growth(old, new, tuple(consistency_path(old, new, stored(HASHES)))).to_json()


@pytest.fixture
def run(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command beside a receipt, two checkpoints and what proves them."""
    appended = append(Frontier(), HASHES)
    receipt = Receipt(
        "log.example/clinic", 5, 9, appended.frontier.root, note(9), HASHES[5], appended.paths[5]
    )
    written = {
        "receipt.json": receipt.to_json(),
        "meta": META[5].decode(),
        "other": "entry 6",
        "old": note(4),
        "new": note(9),
        "first": growth(0, 4),
        "proof": growth(4, 9),
        "wrong": growth(3, 9),
        "altered": note(9).replace("\n9\n", "\n8\n"),
    }
    for name, text in written.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)

    return run


def test_a_receipt_is_proved_with_its_metadata(run: Run) -> None:
    key = ["--key", log().verifier_key]

    proved = "Proved: leaf 5 of log.example/clinic, when it had 9 leaves.\n"
    assert run("check-receipt", "receipt.json", *key) == (0, proved, "")
    assert run("check-receipt", "receipt.json", *key, "--meta", "meta") == (0, proved, "")


@pytest.mark.parametrize(("origin", "status"), [("log.example/clinic", 0), ("log.example/ward", 1)])
def test_a_receipt_of_another_log_of_the_service_proves_nothing_of_the_one_asked_for(
    run: Run, origin: str, status: int
) -> None:
    key = ["--key", log().verifier_key]
    found, said, _ = run("check-receipt", "receipt.json", *key, "--origin", origin)

    assert found == status
    assert ("of another log" in said) == bool(status)


def test_one_of_several_keys_is_enough(run: Run) -> None:
    keys = ["--key", Signer.generate("log.example").verifier_key, "--key", log().verifier_key]

    assert run("check-receipt", "receipt.json", *keys)[0] == 0


def test_a_receipt_that_proves_nothing_is_told(run: Run) -> None:
    status, said, errors = run(
        "check-receipt", "receipt.json", "--key", log().verifier_key, "--meta", "other"
    )
    assert (status, errors) == (1, "")
    assert "not those that the leaf stands for" in said

    stranger = Signer.generate("log.example").verifier_key
    status, said, errors = run("check-receipt", "receipt.json", "--key", stranger)
    assert (status, errors) == (1, "")
    assert "has signed the checkpoint" in said


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["check-receipt", "nowhere"], "cannot be read"),
        (["check-receipt", "meta"], "not a receipt"),
        (["check-receipt", "receipt.json", "--meta", "nowhere"], "cannot be read"),
        (["check-consistency", "old", "new", "meta"], "not a proof"),
    ],
)
def test_what_cannot_be_read_is_refused(run: Run, arguments: list[str], why: str) -> None:
    status, said, errors = run(*arguments, "--key", log().verifier_key)

    assert (status, said) == (2, "")
    assert why in errors
    assert "Traceback" not in errors


def test_a_key_that_is_none_is_refused_and_not_repeated(run: Run) -> None:
    status, said, errors = run("check-receipt", "receipt.json", "--key", log().to_text())

    assert (status, said) == (2, "")
    assert log().to_text()[-30:] not in errors


def test_growth_is_proved_between_two_checkpoints(run: Run) -> None:
    key = ["--key", log().verifier_key]

    assert run("check-consistency", "old", "new", "proof", *key) == (0, "Proved.\n", "")
    assert run("check-consistency", "old", "new", "wrong", *key)[0] == 1
    assert run("check-consistency", "old", "altered", "proof", *key)[0] == 1
    assert run("check-consistency", "new", "old", "proof", *key)[0] == 1


def test_a_witness_cosigns_what_grew_and_refuses_the_rest(run: Run, tmp_path: Path) -> None:
    status, printed, _ = run("witness-key", "witness.example/w1", "--key-file", "key")
    assert status == 0
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    options = ["--state", "state", "--key-file", "key", "--trust", log().verifier_key]

    assert run("witness", "old", "first", *options)[0] == 1, "there is no state"
    for arguments in (["old", "first", "--new"], ["new", "proof"]):
        status, cosigned, errors = run("witness", *arguments, *options)
        assert (status, errors) == (0, "")
        assert cosigned.startswith((tmp_path / arguments[0]).read_text())
        (told,) = read_cosignatures(cosigned, [VerifierKey.from_text(printed.strip())])
        assert told.witness == "witness.example/w1"

    status, said, errors = run("witness", "old", "first", *options)
    assert (status, said) == (1, "")
    assert "from size 9" in errors
    assert run("witness", "old", "first", "--new", *options)[0] == 1


def test_a_key_that_others_can_read_is_not_used(run: Run, tmp_path: Path) -> None:
    run("witness-key", "witness.example/w1", "--key-file", "key")
    (tmp_path / "key").chmod(0o640)
    options = ["--state", "state", "--key-file", "key", "--trust", log().verifier_key]

    status, _, errors = run("witness", "old", "first", "--new", *options)
    assert status == 2
    assert "chmod 600" in errors
    assert not (tmp_path / "state").exists()


def test_a_key_is_never_written_over(run: Run) -> None:
    assert run("witness-key", "witness.example/w1", "--key-file", "old")[0] == 2
    assert run("witness-key", "a name", "--key-file", "key")[0] == 2
