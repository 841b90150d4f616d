"""The commands that need no service: check what a log handed out, and be a witness of its growth."""

from __future__ import annotations

import argparse
import os
import stat
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.cli.commands import DONE, NOT_VERIFIED, InputRefused
from app.transparency.checkpoint import NoteRefused, Signer
from app.transparency.keys import KeyRefused, VerifierKey
from app.transparency.offline import (
    RECEIPT,
    answer_flaws,
    consistency_flaws,
    note_text,
    receipt_flaws,
    receipt_in,
)
from app.transparency.receipt import FLAWS, Growth, ProofRefused
from app.transparency.witness import Witness, WitnessRefused, new_state

KEY = "a verifier key of the log, name+hash+base64; may be repeated"
_UNUSABLE = (ProofRefused, NoteRefused, KeyRefused)
_READ_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def add_to(commands_of: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the commands."""
    receipt = commands_of.add_parser("check-receipt", help="check an answer or receipt without a database")
    receipt.add_argument(
        "receipt", type=Path, metavar="FILE", help="an answer as it was received, or its receipt alone"
    )
    receipt.add_argument("--key", action="append", required=True, metavar="VKEY", dest="keys", help=KEY)
    receipt.add_argument("--meta", type=Path, metavar="FILE", help="the exact metadata of the entry")
    receipt.add_argument(
        "--origin", metavar="NAME", help="the log it has to be of, such as decompass.example.org/ward-7"
    )
    receipt.set_defaults(
        command=lambda given: check_receipt(given.receipt, given.keys, given.meta, given.origin)
    )

    growth = commands_of.add_parser(
        "check-consistency", help="check that a log only grew, without a database"
    )
    growth.add_argument("old", type=Path, metavar="OLD", help="the older checkpoint, a signed note")
    growth.add_argument("new", type=Path, metavar="NEW", help="the newer checkpoint")
    growth.add_argument("proof", type=Path, metavar="PROOF", help="the proof of consistency, as JSON")
    growth.add_argument("--key", action="append", required=True, metavar="VKEY", dest="keys", help=KEY)
    growth.set_defaults(
        command=lambda given: check_consistency(given.old, given.new, given.proof, given.keys)
    )

    key = commands_of.add_parser("witness-key", help="make the key of a witness and print what verifies it")
    key.add_argument("name", metavar="NAME", help="the name it cosigns in, such as witness.example/w1")
    key.add_argument(
        "--key-file", type=Path, required=True, metavar="FILE", help="where the key is to be kept"
    )
    key.set_defaults(command=lambda given: make_witness_key(given.name, given.key_file))

    witness = commands_of.add_parser("witness", help="cosign a checkpoint of a log that only grew")
    witness.add_argument("note", type=Path, metavar="NOTE", help="the checkpoint, a signed note")
    witness.add_argument("proof", type=Path, metavar="PROOF", help="that it grew from the last one, as JSON")
    witness.add_argument("--state", type=Path, required=True, metavar="FILE", help="what was cosigned last")
    witness.add_argument("--new", action="store_true", help="begin the state; there must be none")
    witness.add_argument(
        "--key-file", type=Path, required=True, metavar="FILE", help="the key of the witness"
    )
    witness.add_argument("--trust", action="append", required=True, metavar="VKEY", help=KEY)
    witness.set_defaults(command=run_witness)


def check_receipt(receipt: Path, keys: Sequence[str], meta: Path | None, origin: str | None) -> int:
    """Check an answer by its receipt, or a receipt alone; say what is proved, or what is wrong with it."""
    metadata = None if meta is None else _bytes(meta)
    try:
        text = _bytes(receipt)
        is_answer = RECEIPT in text
        flaws = answer_flaws(text, keys, origin) if is_answer else receipt_flaws(text, keys, metadata, origin)
        place = receipt_in(text)
    except _UNUSABLE as refusal:
        raise InputRefused(str(refusal)) from refusal
    return _told(flaws, f"Proved: leaf {place.index} of {place.origin}, when it had {place.size} leaves.")


def check_consistency(old: Path, new: Path, proof: Path, keys: Sequence[str]) -> int:
    """Check that a log only grew from one checkpoint to the other."""
    try:
        return _told(consistency_flaws(_bytes(old), _bytes(new), _bytes(proof), keys))
    except _UNUSABLE as refusal:
        raise InputRefused(str(refusal)) from refusal


def _told(flaws: Sequence[str], proved: str = "Proved.") -> int:
    lines = [FLAWS[flaw] for flaw in flaws] or [proved]
    print("\n".join(lines))  # noqa: T201 - what the command is for
    return NOT_VERIFIED if flaws else DONE


def make_witness_key(name: str, key_file: Path) -> int:
    """Keep a new key in a file that only its owner can read, and print what verifies its cosignatures."""
    try:
        signer = Signer.generate(name)
        with os.fdopen(os.open(key_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"{signer.to_text()}\n")
    except ValueError as error:
        raise InputRefused(f"The name cannot be used: {error}.") from error
    except OSError as error:
        raise InputRefused(f"{key_file} cannot be written: {error.strerror}.") from error
    print(signer.witness_key)  # noqa: T201 - what the command is for
    return DONE


def run_witness(given: argparse.Namespace) -> int:
    """Cosign a checkpoint and print it; say why when it is refused."""
    note, proof = _bytes(given.note), _bytes(given.proof)
    try:
        trusted = [VerifierKey.from_text(text) for text in given.trust]
        witness = Witness(_signer(given.key_file), trusted, given.state)
        if given.new:
            new_state(given.state)
        cosigned = witness.cosign(note_text(note), Growth.from_json(proof), int(time.time()))
    except _UNUSABLE as refusal:
        raise InputRefused(str(refusal)) from refusal
    except WitnessRefused as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - standard output is for the cosigned note alone
        return NOT_VERIFIED
    print(cosigned, end="")  # noqa: T201 - what the command is for
    return DONE


def _signer(key_file: Path) -> Signer:
    text = _bytes(key_file)
    if key_file.stat().st_mode & _READ_BY_OTHERS:
        raise InputRefused(f"{key_file} can be read by others: chmod 600 {key_file}")
    return Signer.from_text(text.decode(errors="replace").rstrip("\n"))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputRefused(f"{file} cannot be read: {error.strerror}.") from error
