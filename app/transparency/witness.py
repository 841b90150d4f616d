"""A witness: it remembers the last head it has seen of every log, and cosigns only what grew from there.

Checking and remembering are one step, under a lock and made durable before the cosignature is handed out:
otherwise two heads that contradict each other could both be cosigned.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from app.transparency.checkpoint import Checkpoint, NoteRefused, Signer, cosign, read_cosigned, read_note
from app.transparency.durable import keep_names
from app.transparency.keys import VerifierKey
from app.transparency.members import members_of, text_of
from app.transparency.receipt import Growth
from app.transparency.tree import EMPTY_ROOT, verify_consistency

DAMAGED = "The state is not what this witness wrote: find out what changed it before anything is cosigned."


class WitnessRefused(Exception):
    """The witness does not cosign; the text says why."""


class Witness:
    """One witness: its key, the log keys that it trusts, and the file with the heads it has cosigned."""

    def __init__(self, signer: Signer, trusted: Collection[VerifierKey], state: Path) -> None:
        self._signer = signer
        self._trusted = trusted
        self._state = state

    def cosign(self, note: str, growth: Growth, at: int) -> str:
        """The note with our cosignature, given at this POSIX second, after the new head was made durable.

        Raises ``WitnessRefused`` when the state cannot be read or is not ours, the note is of no trusted log,
        or the log is not proved to have only grown since the head last cosigned; from nothing, if none was.
        """
        checkpoint = self._trusted_head(note)
        with _locked(self._state):
            heads = _heads(self._state)
            _require_growth(self._last_head(heads, checkpoint.origin), checkpoint, growth)
            cosigned = cosign(note, self._signer, at)
            _replace(self._state, {**heads, checkpoint.origin: cosigned})
        return cosigned

    def _trusted_head(self, note: str) -> Checkpoint:
        try:
            return read_note(note, self._trusted)
        except NoteRefused as refusal:
            raise WitnessRefused(str(refusal)) from refusal

    def _last_head(self, heads: Mapping[str, str], origin: str) -> Checkpoint:
        """The head last cosigned; known by our own signature, as the log may have changed its key since."""
        if origin not in heads:
            return Checkpoint(origin, 0, EMPTY_ROOT)
        try:
            last = read_cosigned(heads[origin], self._signer.witness_key)
        except NoteRefused as refusal:
            raise WitnessRefused(DAMAGED) from refusal
        if last.origin != origin:
            raise WitnessRefused(DAMAGED)
        return last


def _require_growth(old: Checkpoint, new: Checkpoint, growth: Growth) -> None:
    if (growth.old, growth.new) != (old.size, new.size):
        raise WitnessRefused(f"The proof has to be from size {old.size}, the last cosigned, to {new.size}.")
    if not verify_consistency(old.size, new.size, old.root, new.root, growth.path):
        raise WitnessRefused("The log is not proved to have only grown since it was last cosigned.")


def new_state(state: Path) -> None:
    """Begin a state that knows no log; raises ``WitnessRefused`` when there is one already."""
    with _locked(state):
        if state.exists():
            raise WitnessRefused("There is a state already: a new one would forget what was cosigned.")
        _replace(state, {})


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    """Alone with the state. The lock is a file of its own, as the state is replaced; it stays behind."""
    try:
        lock = os.open(state.with_name(f"{state.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise WitnessRefused(f"The state cannot be locked: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _heads(state: Path) -> dict[str, str]:
    """By origin, the note that was cosigned last."""
    try:
        heads = members_of(state.read_bytes())
        return {origin: text_of(heads, origin) for origin in heads}
    except FileNotFoundError as error:
        raise WitnessRefused("There is no state: a witness that has forgotten proves nothing.") from error
    except OSError as error:
        raise WitnessRefused(f"The state cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise WitnessRefused(DAMAGED) from error


def _replace(state: Path, heads: Mapping[str, str]) -> None:
    """Write the state so that after a crash it is the old one or the new one, whole."""
    written = state.with_name(f"{state.name}.new")
    try:
        with written.open("w", encoding="utf-8") as file:
            json.dump(heads, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        written.replace(state)
        keep_names(state.parent)
    except OSError as error:
        with suppress(OSError):
            written.unlink(missing_ok=True)
        raise WitnessRefused(f"The state cannot be written: {error.strerror}.") from error
