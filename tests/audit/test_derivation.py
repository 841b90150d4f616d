"""Every key has one purpose and one place, and is the one that the standards say."""

from typing import get_args

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from hypothesis import given
from hypothesis import strategies as st

from app.audit.derivation import derive, framed
from app.audit.secrets import Indexed, index_tag, tenant_key

SECRET = bytes(range(32))
PARTS = st.lists(st.binary(max_size=4), max_size=4)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


def test_hkdf_is_that_of_rfc_5869() -> None:
    """Appendix A.1 and A.3, the second without salt and info."""
    first = HKDF(SHA256(), 42, bytes(range(13)), bytes(range(0xF0, 0xFA))).derive(b"\x0b" * 22)
    third = HKDF(SHA256(), 42, None, b"").derive(b"\x0b" * 22)

    assert first.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
    assert third.hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


def test_the_wrapping_of_a_key_is_that_of_rfc_3394() -> None:
    """Section 4.6: 256 bits of key data under 256 bits."""
    data = bytes.fromhex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
    wrapped = aes_key_wrap(SECRET, data)

    assert wrapped.hex() == (
        "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
    )
    assert aes_key_unwrap(SECRET, wrapped) == data


def test_what_was_derived_once_is_derived_for_ever() -> None:
    """These bytes open records that were written before: they may not change in any release."""
    assert derive(SECRET, "record", b"place").hex() == (
        "fb00fee74be6bfe5fcf4a57bb411cdbf84aec695907caeb709de9dffa757989f"
    )
    assert tenant_key(SECRET, "local").hex() == (
        "dabbbf179df9fcf86da1bf638293e4e331769fdb5fa32920b5513b9769ae6cbd"
    )
    assert index_tag(SECRET, "local", "subject", "patient-7").hex() == (
        "20429fb71096106d1c558f98a5fac470a88f188b498068cc3b6eafc5e6591c9c"
    )


@given(PARTS, PARTS)
def test_different_parts_are_never_framed_alike(some: list[bytes], others: list[bytes]) -> None:
    assert (framed(*some) == framed(*others)) is (some == others)


@given(TEXTS, TEXTS)
def test_each_tenant_has_its_own_key(one: str, other: str) -> None:
    assert (tenant_key(SECRET, one) == tenant_key(SECRET, other)) is (one == other)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_a_tag_tells_tenants_and_texts_apart(tenant: str, text: str, tenant_2: str, text_2: str) -> None:
    same = index_tag(SECRET, tenant, "subject", text) == index_tag(SECRET, tenant_2, "subject", text_2)
    assert same is ((tenant, text) == (tenant_2, text_2))


def test_the_same_text_has_another_tag_for_each_use_and_each_key() -> None:
    uses: tuple[Indexed, ...] = get_args(Indexed)
    keys = (SECRET, SECRET[::-1])
    tags = {index_tag(key, "local", what, "on_track") for what in uses for key in keys}
    assert len(tags) == len(uses) * len(keys)
