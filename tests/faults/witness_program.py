"""Cosigns a log that grows leaf by leaf until it is killed, and says what it was asked and what it gave.

    python -m tests.faults.witness_program STATE LOG_KEY_FILE WITNESS_KEY_FILE [--acknowledge-early]

With --acknowledge-early it lies: it hands out before it remembers. A test has to notice.
"""

import sys
from itertools import count
from pathlib import Path

from app.transparency.checkpoint import Checkpoint, Signer, read_cosigned
from app.transparency.members import members_of, text_of
from app.transparency.receipt import Growth
from app.transparency.tree import EMPTY_ROOT, Frontier, append, consistency_path, leaf_hash
from app.transparency.witness import Witness

ORIGIN = "log.example"


class GrowingLog:
    """A log whose leaves are the numbers from 0, and all of its complete subtrees."""

    def __init__(self) -> None:
        self.frontier = Frontier()
        self._known: dict[tuple[int, int], bytes] = {}

    def grow_to(self, size: int) -> None:
        numbers = range(self.frontier.size, size)
        appended = append(self.frontier, [leaf_hash(str(number).encode()) for number in numbers])
        self.frontier = appended.frontier
        self._known |= appended.known

    def note(self, signer: Signer) -> str:
        return signer.sign(Checkpoint(ORIGIN, self.frontier.size, self.frontier.root))

    def growth(self, old: int) -> Growth:
        new = self.frontier.size
        return Growth(old, new, tuple(consistency_path(old, new, lambda *place: self._known[place])))


def remembered(state: Path, witness: Signer) -> Checkpoint:
    """The head that the state holds, once it was found to be the witness's own."""
    heads = members_of(state.read_bytes())
    if ORIGIN not in heads:
        return Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    return read_cosigned(text_of(heads, ORIGIN), witness.witness_key)


def say(word: str, size: int) -> None:
    """One line, at once: what stays in a buffer dies with the program."""
    sys.stdout.write(f"{word} {size}\n")
    sys.stdout.flush()


def main(state: Path, log_key: Path, witness_key: Path, *, early: bool) -> None:
    """Go on from where the state stands."""
    log, key = (Signer.from_text(path.read_text()) for path in (log_key, witness_key))
    witness = Witness(key, [log.log_key], state)
    grown = GrowingLog()
    grown.grow_to(remembered(state, key).size)
    for size in count(grown.frontier.size + 1):
        grown.grow_to(size)
        say("try", size)
        if early:
            say("ack", size)
        witness.cosign(grown.note(log), grown.growth(size - 1), at=size)
        if not early:
            say("ack", size)


if __name__ == "__main__":
    state, log_key, witness_key = map(Path, sys.argv[1:4])
    main(state, log_key, witness_key, early="--acknowledge-early" in sys.argv[4:])
