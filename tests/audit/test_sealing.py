"""A sealed content is opened by its own key, in its own place, unaltered; by nothing else."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.errors import RecordDamaged, Unsealable
from app.audit.sealing import Sealed, SubjectKey, pack, seal, unpack, unseal

KEY = SubjectKey(UUID(int=7), bytes(range(32)))
ENTRY = UUID("6f2d3a5e-0b8f-4b53-9a31-0f5a7b0c1d2e")
CONTENTS = st.binary(max_size=200)
KEYS = st.binary(min_size=32, max_size=32)
PARTS = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), st.binary(max_size=40), max_size=5)


def flipped(data: bytes, bit: int) -> bytes:
    """The same with one bit turned over."""
    place, bit = divmod(bit % (8 * len(data)), 8)
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def opens(key: SubjectKey, tenant: str, entry_id: UUID, sealed: Sealed) -> bool:
    try:
        unseal(key, tenant, entry_id, sealed)
    except Unsealable:
        return False
    return True


@given(KEYS, st.text(st.characters(codec="utf-8")), st.uuids(), CONTENTS)
def test_what_was_sealed_is_unsealed_as_it_was(key: bytes, tenant: str, entry: UUID, content: bytes) -> None:
    subject = SubjectKey(ENTRY, key)
    assert unseal(subject, tenant, entry, seal(subject, tenant, entry, content)) == content


@given(CONTENTS, st.integers(min_value=0))
def test_no_bit_can_be_altered(content: bytes, bit: int) -> None:
    sealed = seal(KEY, "local", ENTRY, content)

    assert opens(KEY, "local", ENTRY, sealed)
    assert not opens(KEY, "local", ENTRY, replace(sealed, ciphertext=flipped(sealed.ciphertext, bit)))
    assert not opens(KEY, "local", ENTRY, replace(sealed, commitment=flipped(sealed.commitment, bit)))
    assert not opens(KEY, "local", UUID(bytes=flipped(ENTRY.bytes, bit)), sealed)
    assert not opens(KEY, flipped(b"local", bit - bit % 8).decode(), ENTRY, sealed)
    assert not opens(replace(KEY, key=flipped(KEY.key, bit)), "local", ENTRY, sealed)


def test_every_single_bit_of_a_sealed_content_counts() -> None:
    sealed = seal(KEY, "local", ENTRY, b"no weakness")
    for bit in range(8 * len(sealed.ciphertext)):
        assert not opens(KEY, "local", ENTRY, replace(sealed, ciphertext=flipped(sealed.ciphertext, bit)))
    for bit in range(8 * len(sealed.commitment)):
        assert not opens(KEY, "local", ENTRY, replace(sealed, commitment=flipped(sealed.commitment, bit)))


@given(KEYS, st.integers(min_value=0, max_value=27))
def test_a_second_key_opens_nothing(other: bytes, length: int) -> None:
    sealed = seal(KEY, "local", ENTRY, b"content")
    assert opens(SubjectKey(KEY.id, other), "local", ENTRY, sealed) is (other == KEY.key)
    assert not opens(KEY, "local", ENTRY, replace(sealed, ciphertext=sealed.ciphertext[:length]))


def test_the_commitment_and_not_only_the_cipher_refuses_another_key() -> None:
    """Of a ciphertext that a second key opens as well, only the commitment shows which one sealed it."""
    other = SubjectKey(uuid4(), bytes(range(1, 33)))
    under_the_other = seal(other, "local", ENTRY, b"what was never said")
    mixed = replace(under_the_other, commitment=seal(KEY, "local", ENTRY, b"").commitment)

    with pytest.raises(Unsealable, match="another key"):
        unseal(other, "local", ENTRY, mixed)


def test_the_same_content_is_never_sealed_alike() -> None:
    assert len({seal(KEY, "local", ENTRY, b"the same").ciphertext for _ in range(100)}) == 100


def test_a_content_that_was_sealed_by_an_earlier_release_opens() -> None:
    """These bytes stand in databases: they may not become unreadable in any release."""
    sealed = Sealed(
        bytes.fromhex("516cef9abfc1fc606e76cdb7c9bb3e9781108f92e5dc68412f4484b108215176199b36c942cf7c"),
        bytes.fromhex("d90b592e2912e38da75a6a6af23dd4e41e4b55cb6f2c3774129830947f894559"),
    )
    assert unseal(KEY, "local", ENTRY, sealed) == b"no weakness"


def test_a_key_is_never_shown() -> None:
    assert KEY.key.hex() not in repr(KEY)
    assert repr(KEY.key) not in repr(KEY)


@given(PARTS)
def test_what_was_packed_is_unpacked_as_it_was(parts: dict[str, bytes]) -> None:
    assert unpack(pack(parts)) == parts


@given(PARTS, PARTS)
def test_different_parts_are_never_packed_alike(some: dict[str, bytes], others: dict[str, bytes]) -> None:
    assert (pack(some) == pack(others)) is (some == others)


@given(st.binary(max_size=60) | PARTS.map(pack).map(lambda packed: packed[:-1]))
def test_only_what_was_packed_is_unpacked(content: bytes) -> None:
    try:
        parts = unpack(content)
    except RecordDamaged:
        return
    assert pack(parts) == content


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\0", id="half a length"),
        pytest.param(b"\0\0\0\2a", id="less than its length"),
        pytest.param(b"\0\0\0\1a", id="a name without a value"),
        pytest.param(b"\0\0\0\1\xff\0\0\0\0", id="a name that is not UTF-8"),
        pytest.param(pack({"a": b""}) * 2, id="a name twice"),
        pytest.param(pack({"b": b""}) + pack({"a": b""}), id="names out of order"),
        pytest.param(pack({"a": b""}) + b"\0", id="more than was packed"),
    ],
)
def test_a_malformed_content_is_refused(content: bytes) -> None:
    with pytest.raises(RecordDamaged):
        unpack(content)
