"""The receipts of one commit say the same of the tree: they are written again and compared."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from app.transparency.checkpoint import Checkpoint, NoteRefused, read_note
from app.transparency.keys import VerifierKey
from app.transparency.receipt import ProofRefused, Receipt
from app.transparency.text import base64_text
from app.transparency.tree import HASH_BYTES, Appended, node_hash

NOWHERE = bytes(HASH_BYTES)
NO_RECEIPT = "the receipt cannot be read"
NOT_SIGNED = "the checkpoint of the receipt is not signed by this log"
OTHER_TREE = "the receipt is of another tree than the one that is here"
DIFFERS = "the receipt does not prove this entry"
SIZE = re.compile(rb'\{"origin":"[^"]*","index":[0-9]+,"size":([0-9]{1,18}),')


def size_told(stored: Any) -> int | None:
    """How many leaves the tree had when this receipt was made; None where it does not tell."""
    found = SIZE.match(stored) if isinstance(stored, bytes) else None
    return int(found[1]) if found else None


def flaws_of_receipts(
    stored: Sequence[Any], grown: Appended, origin: str, keys: Collection[VerifierKey]
) -> Iterator[tuple[int, str]]:
    """The place and the flaw of each receipt that is wrong, of those of the newest leaves of a tree.

    Their common checkpoint is read and verified once.
    """
    first, head = grown.before.size, Checkpoint(origin, grown.frontier.size, grown.frontier.root)
    note, flaw = _common_note(stored, head, keys)
    if note is None:
        yield first, f"{flaw} (and so up to {grown.frontier.size - 1})"
        return
    for place, (receipt, expected) in enumerate(zip(stored, _written(head, note, grown), strict=True)):
        # Other bytes may still say the same: a later release may write receipts in another order.
        if receipt != expected and _read(receipt) != Receipt.from_json(expected):
            yield first + place, NO_RECEIPT if _read(receipt) is None else DIFFERS


def _read(stored: Any) -> Receipt | None:
    try:
        return Receipt.from_json(stored) if isinstance(stored, bytes) else None
    except ProofRefused:
        return None


def _common_note(
    stored: Sequence[Any], head: Checkpoint, keys: Collection[VerifierKey]
) -> tuple[str | None, str]:
    """The first signed note of this head that a receipt holds; without one, what is wrong with all."""
    flaw, tried = NO_RECEIPT, set()
    for receipt in filter(None, map(_read, stored)):
        if receipt.note in tried:
            continue
        if (flaw := _flaw_of(receipt.note, head, keys)) == "":
            return receipt.note, flaw
        tried.add(receipt.note)
    return None, flaw


def _flaw_of(note: str, head: Checkpoint, keys: Collection[VerifierKey]) -> str:
    try:
        return "" if read_note(note, keys) == head else OTHER_TREE
    except NoteRefused:
        return NOT_SIGNED


def _written(head: Checkpoint, note: str, grown: Appended) -> Iterator[bytes]:
    """What the service writes, put together from the parts that all of these receipts share."""
    form = Receipt(head.origin, 0, head.size, head.root, note, NOWHERE, ()).to_json()
    start, _, rest = form.partition('"index":0,')
    middle, _, end = rest.partition(base64_text(NOWHERE))
    end = end.removesuffix("]}")
    paths: list[str] = []
    _write_paths(grown, 0, grown.frontier.size, "", paths)
    for index, path in enumerate(paths, grown.before.size):
        leaf = base64_text(grown.known[0, index])
        yield f'{start}"index":{index},{middle}{leaf}{end}{path}]}}'.encode()


def _write_paths(grown: Appended, start: int, end: int, above: str, paths: list[str]) -> None:
    """The paths of the new leaves of a subtree, as receipts write them: what they share is written once."""
    if end - start == 1:
        paths.append(above)
        return
    middle, comma = _middle(start, end), "," if above else ""
    if grown.before.size < middle:
        right = f'"{base64_text(_root(grown, middle, end))}"{comma}{above}'
        _write_paths(grown, start, middle, right, paths)
    left = f'"{base64_text(_root(grown, start, middle))}"{comma}{above}'
    _write_paths(grown, middle, end, left, paths)


def _middle(start: int, end: int) -> int:
    """Where RFC 9162 splits a tree of two leaves or more."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _root(grown: Appended, start: int, end: int) -> bytes:
    if (width := end - start).bit_count() == 1:
        return grown.known[level := width.bit_length() - 1, start >> level]
    middle = _middle(start, end)
    return node_hash(_root(grown, start, middle), _root(grown, middle, end))
