"""Laws of the tree: growth agrees with the definition, every proof verifies, and nothing else does."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.transparency.tree import (
    EMPTY_ROOT,
    Frontier,
    Subtree,
    append,
    consistency_path,
    inclusion_path,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.transparency.trees import numbered_leaves, stored

MOST = 300
LEAVES = numbered_leaves(1 << 16)
NODE = stored(LEAVES)
ROOTS = [root_of(LEAVES[:size]) for size in range(MOST + 1)]
CUTS = st.lists(st.integers(0, 1500), max_size=9).map(sorted)
SIZES = st.integers(1, len(LEAVES))
BIT = st.integers(0, 255)
UNHURRIED = settings(deadline=None)
"""The hashes of a large tree take as long as the machine needs."""


def flipped(value: bytes, bit: int) -> bytes:
    """The same but for one bit."""
    return (int.from_bytes(value) ^ 1 << bit).to_bytes(len(value))


def altered(path: list[bytes], at: int, bit: int) -> list[bytes]:
    """The same path but for one bit of one hash."""
    return [*path[:at], flipped(path[at], bit), *path[at + 1 :]]


def grown(size: int) -> Frontier:
    """By the definition: a complete subtree for every power of two in the size, largest first."""
    levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
    return Frontier(size, tuple(NODE(level, (size >> level) - 1) for level in levels))


@UNHURRIED
@given(CUTS)
def test_a_tree_that_grew_in_any_batches_is_the_one_the_definition_gives(cuts: list[int]) -> None:
    frontier = Frontier()
    for start, end in pairwise([0, *cuts]):
        frontier = append(frontier, LEAVES[start:end]).frontier

    assert frontier.size == max(cuts, default=0)
    assert frontier.root == root_of(LEAVES[: frontier.size])
    assert frontier == grown(frontier.size)


@UNHURRIED
@given(st.integers(0, 4000), st.integers(0, 256))
def test_every_new_leaf_has_the_path_the_definition_gives(before: int, batch: int) -> None:
    size = before + batch
    appended = append(grown(before), LEAVES[before:size])

    assert [*map(list, appended.paths)] == [
        inclusion_path(index, size, NODE) for index in range(before, size)
    ]
    for index, path in zip(range(before, size), appended.paths, strict=True):
        assert verify_inclusion(LEAVES[index], index, size, path, appended.frontier.root)


@UNHURRIED
@given(st.integers(0, 3000), st.integers(0, 1500))
def test_a_batch_tells_every_large_subtree_that_it_completes(before: int, batch: int) -> None:
    subtrees = append(grown(before), LEAVES[before : before + batch]).subtrees

    assert [(each.level, each.index) for each in subtrees] == [
        (8, index) for index in range(before // 256, (before + batch) // 256)
    ]
    for each in subtrees:
        assert each.hash == root_of(LEAVES[each.index * 256 : (each.index + 1) * 256])


def test_the_leaf_that_completes_65536_tells_the_subtrees_of_both_levels() -> None:
    subtrees = append(grown(len(LEAVES) - 1), LEAVES[-1:]).subtrees

    assert subtrees == (Subtree(8, 255, root_of(LEAVES[-256:])), Subtree(16, 0, root_of(LEAVES)))


@UNHURRIED
@given(SIZES, st.data())
def test_every_inclusion_path_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))

    assert verify_inclusion(LEAVES[index], index, size, inclusion_path(index, size, NODE), grown(size).root)


def test_every_inclusion_path_of_every_small_tree_verifies() -> None:
    for size in range(1, 70):
        for index in range(size):
            path = inclusion_path(index, size, NODE)
            assert verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])


def test_every_pair_of_sizes_is_proved_consistent() -> None:
    for new in range(MOST + 1):
        for old in range(new + 1):
            path = consistency_path(old, new, NODE)
            assert verify_consistency(old, new, ROOTS[old], ROOTS[new], path), (old, new)


@UNHURRIED
@given(SIZES, st.data())
def test_any_two_sizes_of_a_large_tree_are_proved_consistent(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    path = consistency_path(old, new, NODE)

    assert verify_consistency(old, new, grown(old).root, grown(new).root, path)


@UNHURRIED
@given(st.integers(1, MOST), BIT, st.data())
def test_no_inclusion_is_proved_once_anything_is_changed(size: int, bit: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf, path, root = LEAVES[index], inclusion_path(index, size, NODE), ROOTS[size]

    assert not verify_inclusion(flipped(leaf, bit), index, size, path, root)
    assert not verify_inclusion(leaf, index, size, path, flipped(root, bit))
    assert not verify_inclusion(leaf, index, size, [*path, root], root)
    for at in range(len(path)):
        assert not verify_inclusion(leaf, index, size, altered(path, at, bit), root)
        assert not verify_inclusion(leaf, index, size, path[:at] + path[at + 1 :], root)
    for other in {*range(-1, size + 2)} - {index}:
        assert not verify_inclusion(leaf, other, size, path, root)


def test_a_leaf_is_proved_of_another_size_only_where_the_path_has_the_same_shape() -> None:
    """The size is bound by the signed checkpoint; the path alone binds the turns that it takes."""
    for size in range(1, 40):
        for index in range(size):
            path = inclusion_path(index, size, NODE)
            for other in {*range(40)} - {size}:
                proved = verify_inclusion(LEAVES[index], index, other, path, ROOTS[size])
                assert not proved or turns(index, other) == turns(index, size)


def turns(index: int, size: int) -> list[bool]:
    """At each hash of the path, whether it stands to the right, by the definition."""
    taken: list[bool] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        taken.append(index < middle)
        start, end = (start, middle) if index < middle else (middle, end)
    return taken[::-1]


@UNHURRIED
@given(st.integers(2, MOST), BIT, st.data())
def test_no_growth_is_proved_once_anything_is_changed(new: int, bit: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    path, before, after = consistency_path(old, new, NODE), ROOTS[old], ROOTS[new]

    assert not verify_consistency(old, new, flipped(before, bit), after, path)
    assert not verify_consistency(old, new, before, flipped(after, bit), path)
    assert not verify_consistency(old, new, before, after, [*path, after])
    for at in range(len(path)):
        assert not verify_consistency(old, new, before, after, altered(path, at, bit))
        assert not verify_consistency(old, new, before, after, path[:at] + path[at + 1 :])
    for other in {*range(-1, new + 2)} - {old}:
        assert not verify_consistency(other, new, before, after, path)


@UNHURRIED
@given(st.integers(1, MOST), st.data())
def test_a_rewritten_leaf_is_never_consistent(old: int, data: st.DataObject) -> None:
    new = data.draw(st.integers(old, MOST))
    rewritten = [*LEAVES[:new]]
    rewritten[data.draw(st.integers(0, old - 1))] = LEAVES[-1]
    path = consistency_path(old, new, stored(rewritten))

    assert not verify_consistency(old, new, ROOTS[old], root_of(rewritten), path)


@given(
    st.integers(-(2**80), 2**80) | st.integers(-2, 9),
    st.integers(-(2**80), 2**80) | st.integers(-2, 9),
    st.lists(st.binary(max_size=40) | st.sampled_from(LEAVES[:4]), max_size=100),
    st.binary(max_size=40) | st.sampled_from([EMPTY_ROOT, *ROOTS[:9]]),
    st.binary(max_size=40) | st.sampled_from([EMPTY_ROOT, *ROOTS[:9]]),
)
def test_hostile_arguments_prove_nothing_and_break_nothing(
    first: int, second: int, path: list[bytes], some: bytes, other: bytes
) -> None:
    if verify_inclusion(some, first, second, path, other):
        assert (first, second, path) == (0, 1, [])
        assert some == other
    if verify_consistency(first, second, some, other, path):
        assert path == []
        assert (first, some) == (0, EMPTY_ROOT) or (first, some) == (second, other)


def test_a_path_goes_no_further_than_the_root_even_to_a_hash_that_fits() -> None:
    above = LEAVES[-1]
    for size in range(1, 20):
        path = inclusion_path(size - 1, size, NODE)
        for root in (node_hash(above, ROOTS[size]), node_hash(ROOTS[size], above)):
            assert not verify_inclusion(LEAVES[size - 1], size - 1, size, [*path, above], root)
        for old in range(1, size):
            grown_path = [*consistency_path(old, size, NODE), above]
            before, after = (node_hash(above, ROOTS[each]) for each in (old, size))
            assert not verify_consistency(old, size, before, after, grown_path)
            assert not verify_consistency(old, size, ROOTS[old], node_hash(ROOTS[size], above), grown_path)


def test_the_empty_tree_has_one_root() -> None:
    assert not verify_consistency(0, 5, ROOTS[3], ROOTS[5], [])
    assert not verify_consistency(0, 0, ROOTS[3], ROOTS[3], [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 4), (4, 4), (0, -1)])
def test_a_leaf_that_is_not_there_has_no_path(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_path(index, size, NODE)


@pytest.mark.parametrize(("old", "new"), [(5, 4), (-1, 4)])
def test_a_tree_that_shrinks_has_no_path(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="only grows"):
        consistency_path(old, new, NODE)


@given(st.integers(0, 4000))
def test_a_stored_frontier_is_read_back(size: int) -> None:
    frontier = grown(size)

    assert Frontier.from_bytes(size, frontier.to_bytes()) == frontier


@given(st.integers(0, 4000), st.integers(-2, 4100), st.integers(-33, 33))
def test_a_frontier_of_the_wrong_length_is_refused(size: int, claimed: int, longer: int) -> None:
    raw = grown(size).to_bytes()
    raw = raw + bytes(longer) if longer >= 0 else raw[:longer]
    if claimed >= 0 and len(raw) == 32 * claimed.bit_count():
        return
    with pytest.raises(ValueError, match="does not fit"):
        Frontier.from_bytes(claimed, raw)
