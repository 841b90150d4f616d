"""A receipt proves its entry under the key of its log, and not once anything of it is changed."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transparency.checkpoint import Checkpoint, Signer
from app.transparency.keys import KeyRefused
from app.transparency.offline import consistency_flaws, receipt_flaws
from app.transparency.receipt import FLAWS, Growth, ProofRefused, Receipt, check_growth, check_receipt
from app.transparency.text import base64_text
from app.transparency.tree import Frontier, append, consistency_path, leaf_hash, root_of
from tests.test_architecture import SOURCES, imports, part_of
from tests.transparency.trees import numbered_leaves, stored

ORIGIN = "log.example/clinic"
COUNT = 40
META = [f"entry {number}".encode() for number in range(COUNT)]


@cache
def log() -> Signer:
    return Signer.generate("log.example")


def note(size: int, *, origin: str = ORIGIN, leaves: list[bytes] | None = None) -> str:
    root = root_of((leaves or [leaf_hash(each) for each in META])[:size])
    return log().sign(Checkpoint(origin, size, root))


@cache
def issued() -> tuple[Receipt, ...]:
    """The receipts of one batch: the entries 30 to 39 of 40."""
    hashes = [leaf_hash(each) for each in META]
    appended = append(append(Frontier(), hashes[:30]).frontier, hashes[30:])
    root = appended.frontier.root
    return tuple(
        Receipt(ORIGIN, index, COUNT, root, note(COUNT), hashes[index], path)
        for index, path in zip(range(30, COUNT), appended.paths, strict=True)
    )


def receipt() -> Receipt:
    return issued()[3]


def with_member(name: str, value: Any) -> str:
    return json.dumps({**receipt().members(), name: value})


def test_every_receipt_of_a_batch_proves_its_entry_after_its_way_through_json() -> None:
    for each in issued():
        read = Receipt.from_json(each.to_json())
        assert read == each
        assert check_receipt(read, [log().log_key], META[each.index]) == ()


def test_the_members_are_the_published_ones() -> None:
    members = json.loads(receipt().to_json())

    assert [*members] == ["origin", "index", "size", "root", "signature", "checkpoint", "leaf_hash", "path"]
    assert members["checkpoint"].endswith(f" {members['signature']}\n")


@pytest.mark.parametrize(
    ("change", "flaws"),
    [
        ({"origin": "log.example/other"}, {"checkpoint_differs"}),
        ({"index": 34}, {"path_invalid"}),
        ({"size": 41}, {"checkpoint_differs", "path_invalid"}),
        ({"root": leaf_hash(b"")}, {"checkpoint_differs", "path_invalid"}),
        ({"note": note(39)}, {"checkpoint_differs"}),
        ({"note": note(40, origin="log.example/other")}, {"checkpoint_differs"}),
        ({"note": note(40).replace("\n40\n", "\n41\n")}, {"signature_invalid"}),
        ({"leaf_hash": leaf_hash(b"")}, {"meta_altered", "path_invalid"}),
        ({"path": receipt().path[:-1]}, {"path_invalid"}),
        ({"path": ()}, {"path_invalid"}),
    ],
)
def test_a_changed_receipt_tells_what_was_changed(change: dict[str, Any], flaws: set[str]) -> None:
    found = check_receipt(replace(receipt(), **change), [log().log_key], META[33])

    assert set(found) == flaws
    assert {*found} <= {*FLAWS}


def test_a_receipt_proves_nothing_under_the_key_of_another_log() -> None:
    assert check_receipt(receipt(), [Signer.generate("log.example").log_key]) == ("signature_invalid",)
    assert check_receipt(receipt(), []) == ("signature_invalid",)


def test_other_metadata_than_those_of_the_entry_are_told() -> None:
    assert check_receipt(receipt(), [log().log_key], META[34]) == ("meta_altered",)
    assert check_receipt(receipt(), [log().log_key]) == ()


@given(st.data())
def test_a_receipt_with_any_byte_changed_is_refused_or_flawed_or_says_the_same(data: st.DataObject) -> None:
    raw = bytearray(receipt().to_json().encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    try:
        read = Receipt.from_json(bytes(raw))
    except ProofRefused:
        return
    assert read == receipt() or check_receipt(read, [log().log_key], META[33]) != ()


HASH = base64_text(bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "{}",
        '{"a":NaN}',
        "[" * 100_000,
        '{"index":1,"index":1}',
        "\ufeff{}",
        "9" * 5000,
        with_member("index", -1),
        with_member("index", True),
        with_member("index", 1.0),
        with_member("index", "1"),
        with_member("size", 2**63),
        with_member("root", HASH[:-2]),
        with_member("root", HASH[:-2] + "B="),
        with_member("root", base64_text(bytes(31))),
        with_member("path", [HASH] * 65),
        with_member("path", [7]),
        with_member("path", HASH),
        with_member("origin", None),
        with_member("signature", "x"),
        with_member("checkpoint", "\ud800"),
    ],
)
def test_what_is_no_receipt_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ProofRefused) as refused:
        Receipt.from_json(text.encode(errors="surrogatepass"))
    assert len(str(refused.value)) < 80


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_refused_or_read(raw: bytes) -> None:
    for read in (Receipt.from_json, Growth.from_json):
        with pytest.raises(ProofRefused):
            read(raw)


def test_members_of_a_later_version_are_passed_over() -> None:
    assert Receipt.from_json(with_member("later", {"a": 1})) == receipt()


def test_growth_is_proved_between_any_two_checkpoints() -> None:
    node = stored([leaf_hash(each) for each in META])
    for new in range(COUNT + 1):
        for old in (0, new // 3, new):
            growth = Growth(old, new, tuple(consistency_path(old, new, node)))
            assert Growth.from_json(growth.to_json()) == growth
            assert check_growth(note(old), note(new), growth, [log().log_key]) == ()


@pytest.mark.parametrize(
    ("old", "new", "sizes", "flaw"),
    [
        (note(5), note(9, origin="log.example/other"), (5, 9), "origin_differs"),
        (note(5), note(9), (4, 9), "size_differs"),
        (note(9), note(5), (5, 9), "size_differs"),
        (note(5, leaves=numbered_leaves(9)), note(9), (5, 9), "growth_unproved"),
        (note(5), note(9, leaves=numbered_leaves(9)), (5, 9), "growth_unproved"),
        (note(9, leaves=numbered_leaves(9)), note(9), (9, 9), "growth_unproved"),
        (note(5).replace("\n5\n", "\n6\n"), note(9), (5, 9), "signature_invalid"),
    ],
)
def test_growth_that_is_not_proved_is_told(old: str, new: str, sizes: tuple[int, int], flaw: str) -> None:
    path = consistency_path(*sizes, stored([leaf_hash(each) for each in META]))

    assert check_growth(old, new, Growth(*sizes, tuple(path)), [log().log_key]) == (flaw,)


def test_the_checks_work_on_bytes_alone() -> None:
    key = log().verifier_key
    proof = Growth(5, 9, tuple(consistency_path(5, 9, stored([leaf_hash(each) for each in META]))))

    assert receipt_flaws(receipt().to_json().encode(), [key], META[33]) == ()
    assert consistency_flaws(note(5).encode(), note(9).encode(), proof.to_json().encode(), [key]) == ()
    with pytest.raises(KeyRefused):
        receipt_flaws(receipt().to_json().encode(), ["not a key"])


def test_an_auditor_needs_this_folder_and_one_package() -> None:
    roots = {
        name.split(".")[0] for path in SOURCES if part_of(path) == "transparency" for name in imports(path)
    }
    assert roots & {"app", "cryptography", "sqlalchemy", "pydantic", "fastapi", "rich"} == {
        "app",
        "cryptography",
    }
