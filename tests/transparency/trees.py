"""Trees for the tests: leaves by number, and the complete subtrees over them by the definition."""

from __future__ import annotations

from collections.abc import Sequence

from app.transparency.tree import Node, leaf_hash, root_of


def numbered_leaves(count: int, *, of: str = "leaf") -> list[bytes]:
    """The hashes of that many leaves that differ."""
    return [leaf_hash(f"{of} {number}".encode()) for number in range(count)]


def stored(leaf_hashes: Sequence[bytes]) -> Node:
    """The complete subtrees over these leaves; an error for one that is not complete."""
    known: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        if (level, index) not in known:
            leaves = leaf_hashes[index << level : (index + 1) << level]
            assert len(leaves) == 1 << level, "the subtree is not complete"
            known[level, index] = root_of(leaves)
        return known[level, index]

    return node
