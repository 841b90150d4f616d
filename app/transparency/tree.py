"""The Merkle tree of RFC 9162, section 2.1: its root, its growth by batches, and its two kinds of proof.

A hash is 32 bytes. A complete subtree is named by its level and its index: it holds the 2**level leaves from
index * 2**level on, so that level 0 names the leaves. It never changes when the tree grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from hashlib import sha256
from typing import Self

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()
"""The root of the tree without leaves."""
STORED_LEVELS = 8
"""Of every so many levels the complete subtrees are told, to be stored for later proofs."""

Path = tuple[bytes, ...]
Node = Callable[[int, int], bytes]
"""The hash of the complete subtree of this level and this index."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf; never that of an inner node, whatever the data."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above these two."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaves, by the recursion that defines it (RFC 9162, 2.1.1)."""
    if len(leaf_hashes) < 2:
        return leaf_hashes[0] if leaf_hashes else EMPTY_ROOT
    split = _split(len(leaf_hashes))
    return node_hash(root_of(leaf_hashes[:split]), root_of(leaf_hashes[split:]))


def _split(size: int) -> int:
    """The leaves of the left subtree: the largest power of two below the size, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


def _compact_range(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Level and index of the complete subtrees over the leaves from `start` to before `end`, largest first.

    The leaves are a subtree of some tree, complete or not, as every split gives it.
    """
    for level in reversed(range((end - start).bit_length())):
        if (end - start) >> level & 1:
            yield level, ((end >> level) - 1)


def _joined(nodes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, largest first; there is at least one."""
    return reduce(lambda right, left: node_hash(left, right), reversed(nodes))


def _range_root(start: int, end: int, node: Node) -> bytes:
    return _joined([node(level, index) for level, index in _compact_range(start, end)])


@dataclass(frozen=True, slots=True)
class Frontier:
    """All of a tree that its growth depends on: the roots of its largest complete subtrees, largest first.

    Raises ``ValueError`` where the nodes cannot be those of a tree of that size.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count() or not _are_hashes(self.nodes):
            raise ValueError("the frontier does not fit the size")

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        return _joined(self.nodes) if self.nodes else EMPTY_ROOT

    def to_bytes(self) -> bytes:
        """The nodes one after the other; the size is kept apart."""
        return b"".join(self.nodes)

    @classmethod
    def from_bytes(cls, size: int, raw: bytes) -> Self:
        """What `to_bytes` wrote of a tree of this size; raises ``ValueError`` at any other length."""
        return cls(size, tuple(raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)))


@dataclass(frozen=True, slots=True)
class Subtree:
    """A complete subtree: 2**level leaves from index * 2**level on."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True)
class Appended:
    """What one batch made of a tree."""

    before: Frontier
    frontier: Frontier
    known: dict[tuple[int, int], bytes]
    """Every complete subtree of the new tree that is new, or that a new leaf's proof needs."""

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The inclusion path of each new leaf in the tree of the new size."""
        first, size = self.before.size, self.frontier.size
        return tuple(_paths(first, 0, size, (), self._node)) if first < size else ()

    @property
    def subtrees(self) -> tuple[Subtree, ...]:
        """The subtrees of 2**8, 2**16, ... leaves that the batch completed; they may begin before it."""
        return tuple(
            Subtree(level, index, self._node(level, index))
            for level in range(STORED_LEVELS, self.frontier.size.bit_length(), STORED_LEVELS)
            for index in range(self.before.size >> level, self.frontier.size >> level)
        )

    def _node(self, level: int, index: int) -> bytes:
        return self.known[level, index]


def append(frontier: Frontier, leaf_hashes: Sequence[bytes]) -> Appended:
    """The tree with these leaves after its own, from its frontier alone; in time linear in the batch."""
    old, new = frontier.size, frontier.size + len(leaf_hashes)
    known = dict(zip(_compact_range(0, old), frontier.nodes, strict=True))
    known.update(zip(((0, index) for index in range(old, new)), leaf_hashes, strict=True))
    for level in range(1, new.bit_length()):
        for index in range(old >> level, new >> level):
            known[level, index] = node_hash(known[level - 1, 2 * index], known[level - 1, 2 * index + 1])
    return Appended(frontier, Frontier(new, tuple(known[at] for at in _compact_range(0, new))), known)


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that the leaf is in the tree of this size, nearest sibling first (RFC 9162, 2.1.3.1).

    Raises ``ValueError`` when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("the tree has no such leaf")
    return list(next(_paths(index, 0, size, (), node)))


def _paths(first: int, start: int, end: int, above: Path, node: Node) -> Iterator[Path]:
    """The inclusion paths of a subtree's leaves from the first asked for on, below the siblings above."""
    if end - start == 1:
        yield above
        return
    middle = start + _split(end - start)
    if first < middle:
        yield from _paths(first, start, middle, (_range_root(middle, end, node), *above), node)
    yield from _paths(first, middle, end, (_range_root(start, middle, node), *above), node)


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of the new size only added to that of the old size (RFC 9162, 2.1.4.1).

    Empty where there is nothing to prove: from the empty tree, and between equal sizes.
    Raises ``ValueError`` when the old size is negative or the larger.
    """
    if not 0 <= old <= new:
        raise ValueError("a tree only grows")
    path: list[bytes] = []
    start, end = 0, new
    while 0 < old < end:
        middle = start + _split(end - start)
        left, right = (start, middle), (middle, end)
        (start, end), sibling = (left, right) if old <= middle else (right, left)
        path.append(_range_root(*sibling, node))
    if start > 0:  # otherwise this is the root of the old tree, which the verifier has
        path.append(_range_root(start, end, node))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves the leaf hash at this place of the tree of this root (RFC 9162, 2.1.3.2).

    False, and never an error, for arguments that no tree has.
    """
    if not 0 <= index < size or not _are_hashes((leaf, root, *path)):
        return False
    place, last, computed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            computed = node_hash(sibling, computed)
            place, last = _up_to_a_right_child(place, last)
        else:
            computed = node_hash(computed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the path proves that the new tree only added to the old one (RFC 9162, 2.1.4.2).

    Between equal sizes the roots must be equal, and any tree grows from the empty one; both without a path.
    False, and never an error, for arguments that no tree has.
    """
    if not 0 <= old_size <= new_size or not _are_hashes((old_root, new_root, *path)):
        return False
    if old_size == 0 and (path or old_root != EMPTY_ROOT):
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    return old_size == 0 or (len(path) > 0 and _grew(old_size, new_size, old_root, new_root, path))


def _grew(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    if old_size.bit_count() == 1:
        path = (old_root, *path)
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            place, last = _up_to_a_right_child(place, last)
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _up_to_a_right_child(place: int, last: int) -> tuple[int, int]:
    """Past the levels at which the right edge has no sibling."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
