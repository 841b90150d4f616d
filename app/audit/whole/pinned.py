"""What was pinned outside against what is here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Restored:
    """A leaf that declares a restore from a backup."""

    index: int
    size: int
    """How many entries the backup had."""
    pinned: int
    """The largest size that was known to have been handed out."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a pin shows, and whether a leaf of the log declares it."""

    what: str
    declared: bool = False


def flaws_of_pins(
    pinned: Mapping[int, frozenset[bytes]],
    roots: Mapping[int, bytes],
    size: int,
    restored: Sequence[Restored],
) -> Iterator[Flaw]:
    """Every pin must be a prefix of the log of this size that is here.

    A pin that a restore explains is still told, with the leaf that declares it.
    """
    for at, told in sorted(pinned.items()):
        if len(told) > 1:
            yield Flaw(f"two checkpoints of size {at} were handed out: the log was forked")
        if roots.get(at) not in told:
            yield _not_there(at, size, restored)


def _not_there(at: int, size: int, restored: Sequence[Restored]) -> Flaw:
    for each in restored:
        if each.size < at <= each.pinned:
            return Flaw(
                f"rolled back to {each.size} from {each.pinned}, declared at index {each.index}",
                declared=True,
            )
    if at > size:
        return Flaw(f"rolled back: a checkpoint of size {at} was handed out, and {size} entries are here")
    return Flaw(f"rewritten: the first {at} entries are not those of the checkpoint that was handed out")
