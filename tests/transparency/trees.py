"""Trees for the tests: leaves by number, and the complete subtrees over them by the definition."""

from __future__ import annotations

from collections.abc import Sequence

from app.transparency.tree import Node, leaf_hash, node_hash


def numbered_leaves(count: int, *, of: str = "leaf") -> list[bytes]:
    """The hashes of that many leaves that differ."""
    return [leaf_hash(f"{of} {number}".encode()) for number in range(count)]


def stored(leaf_hashes: Sequence[bytes]) -> Node:
    """The complete subtrees over these leaves; an error for one that is not complete."""
    known: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hashes[index]
        if (level, index) not in known:
            known[level, index] = node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
        return known[level, index]

    return node
