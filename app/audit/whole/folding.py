"""Grows the tree of a log along with its rows, one commit at a time, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from app.audit.whole.receipts import OTHER_TREE, flaws_of_receipts, size_told
from app.transparency.keys import VerifierKey
from app.transparency.tree import EMPTY_ROOT, STORED_LEVELS, Appended, Frontier, append

LARGEST_COMMIT = 4096
"""No service appends so many entries at once; a receipt that says so is wrong."""

Flaws = Sequence[tuple[int, str]]
"""Places in the log, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Level:
    """The complete subtrees of one level: how many, and the digest of their roots, one after the other."""

    count: int
    digest: str


class Fold:
    """The tree over the leaves given so far. *wanted* are sizes whose roots will be asked for."""

    def __init__(self, origin: str, keys: Collection[VerifierKey], wanted: Collection[int]) -> None:
        self.frontier = Frontier()
        self.roots: dict[int, bytes] = {0: EMPTY_ROOT} if 0 in wanted else {}
        self._origin = origin
        self._keys = keys
        self._wanted = sorted(wanted)
        self._hashes: list[bytes] = []
        self._receipts: list[Any] = []
        self._due: int | None = None
        self._levels: dict[int, Any] = {}
        self._counts: dict[int, int] = {}
        self._other_tree = False

    @property
    def levels(self) -> Mapping[int, Level]:
        """What must be stored of the subtrees, by level."""
        return {level: Level(self._counts[level], each.hexdigest()) for level, each in self._levels.items()}

    def add(self, hashed: bytes, receipt: Any) -> Flaws:
        """The next leaf and its receipt; what is wrong with receipts, as soon as it can be told."""
        self._hashes.append(hashed)
        self._receipts.append(receipt)
        waiting = len(self._hashes)
        size = self.frontier.size + waiting
        if self._due is None:
            self._due = self._end_of_commit(receipt, size)
        if size == self._due or waiting == LARGEST_COMMIT:
            return self._commit()
        return ()

    def finish(self) -> Flaws:
        """What is left behind the last whole commit."""
        return self._commit() if self._hashes else ()

    def _end_of_commit(self, receipt: Any, size: int) -> int | None:
        told = size_told(receipt)
        return told if told is not None and size <= told <= self.frontier.size + LARGEST_COMMIT else None

    def _commit(self) -> Flaws:
        grown, flaws = append(self.frontier, self._hashes), []
        if not self._other_tree:
            flaws = list(flaws_of_receipts(self._receipts, grown, self._origin, self._keys))
            # Behind one leaf that was changed every tree is another one: that is told once.
            self._other_tree = any(what.startswith(OTHER_TREE) for _, what in flaws)
        self._keep_roots(self._hashes)
        self._keep_subtrees(grown)
        self.frontier, self._hashes, self._receipts, self._due = grown.frontier, [], [], None
        return flaws

    def _keep_roots(self, hashes: Sequence[bytes]) -> None:
        while self._wanted and self._wanted[0] <= self.frontier.size + len(hashes):
            size = self._wanted.pop(0)
            part = hashes[: max(0, size - self.frontier.size)]
            self.roots.setdefault(size, append(self.frontier, part).frontier.root)

    def _keep_subtrees(self, grown: Appended) -> None:
        if grown.before.size >> STORED_LEVELS == grown.frontier.size >> STORED_LEVELS:
            return
        for each in grown.subtrees:
            self._levels.setdefault(each.level, sha256()).update(each.hash)
            self._counts[each.level] = each.index + 1
