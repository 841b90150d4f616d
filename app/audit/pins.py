"""Pins: checkpoints that somebody outside the database keeps, one line of JSON each.

    {"at":"2026-11-23T16:00:00.000000+00:00","checkpoint":"decompass.example.org/local\\n42\\n…"}

The file sink of the anchors writes exactly this, and `decompass verify --pins` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.audit.errors import RecordError
from app.audit.meta import moment
from app.transparency.checkpoint import Checkpoint, NoteRefused, read_note
from app.transparency.keys import VerifierKey


class PinsRefused(RecordError):
    """The pins cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Pins:
    """The pinned roots of each log by size, under the origin of the log."""

    roots: Mapping[str, Mapping[int, frozenset[bytes]]] = field(default_factory=dict)
    unreadable: int = 0
    """Lines that are no pins: a crash while one was written leaves such a line."""

    def of(self, origin: str) -> Mapping[int, frozenset[bytes]]:
        """The pinned roots of one log by size."""
        return self.roots.get(origin, {})

    def newest_size(self, origin: str) -> int:
        """The largest size that was pinned of a log; 0 where none was."""
        return max(self.of(origin), default=0)


def pin_line(note: str, at: datetime) -> bytes:
    """One pin as it is written."""
    return json.dumps({"at": moment(at), "checkpoint": note}, separators=(",", ":")).encode() + b"\n"


def load_pins(path: Path, keys: Collection[VerifierKey]) -> Pins:
    """Every checkpoint in the file that one of these keys has signed. Raises PinsRefused."""
    try:
        with path.open("rb") as lines:
            pins = _pins(lines, keys)
    except OSError as error:
        raise PinsRefused(f"The pins in {path} cannot be read: {error.strerror}.") from error
    if not pins.roots:
        raise PinsRefused(f"There is no checkpoint of this service in {path}.")
    return pins


def _pins(lines: Iterable[bytes], keys: Collection[VerifierKey]) -> Pins:
    roots: dict[str, dict[int, frozenset[bytes]]] = {}
    unreadable = 0
    for line in filter(bytes.strip, lines):
        if (pinned := _checkpoint(line, keys)) is None:
            unreadable += 1
            continue
        of_log = roots.setdefault(pinned.origin, {})
        of_log[pinned.size] = of_log.get(pinned.size, frozenset()) | {pinned.root}
    return Pins(roots, unreadable)


def _checkpoint(line: bytes, keys: Collection[VerifierKey]) -> Checkpoint | None:
    try:
        return read_note(json.loads(line)["checkpoint"], keys)
    except (NoteRefused, ValueError, KeyError, TypeError, AttributeError):
        return None
