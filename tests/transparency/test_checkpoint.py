"""A checkpoint counts only as it was signed, by a key of its own log; every other text is refused."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transparency.checkpoint import (
    MAX_SIZE,
    Checkpoint,
    Cosignature,
    NoteRefused,
    Signer,
    cosign,
    countersign,
    is_last_signed_by,
    read_cosignatures,
    read_note,
)
from app.transparency.keys import COSIGNATURE, LOG_SIGNATURE, KeyRefused, VerifierKey
from app.transparency.text import base64_text

ROOT = bytes(range(32))
CONTROL = st.characters(categories=["Cc", "Cs"])
LINE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
NAME = LINE.filter(lambda text: not any(each.isspace() or each == "+" for each in text))


@cache
def log() -> Signer:
    return Signer.generate("log.example")


@cache
def witness() -> Signer:
    return Signer.generate("witness.example")


def head(origin: str = "log.example/clinic", size: int = 7) -> Checkpoint:
    return Checkpoint(origin, size, ROOT)


@given(NAME, LINE, st.integers(0, MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_read_back(name: str, tenant: str, size: int, root: bytes) -> None:
    signer = Signer.generate(name)
    for origin in (name, f"{name}/{tenant}"):
        checkpoint = Checkpoint(origin, size, root)
        assert read_note(signer.sign(checkpoint), [signer.log_key]) == checkpoint


@given(st.data())
def test_a_note_with_one_character_changed_is_refused(data: st.DataObject) -> None:
    note = log().sign(head())
    at = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(exclude_characters=note[at]))
    with pytest.raises(NoteRefused):
        read_note(note[:at] + other + note[at + 1 :], [log().log_key])


@given(st.text() | st.text("\n— ab01+/=").map(lambda text: head().text + text))
def test_any_text_is_refused_in_words_that_do_not_repeat_it(text: str) -> None:
    with pytest.raises(NoteRefused) as refused:
        read_note(text, [log().log_key])
    assert len(str(refused.value)) < 80


@pytest.mark.parametrize("size", ["07", "+7", "-7", "7.0", "٧", "", str(2**63), "9" * 5000])
def test_a_size_has_one_spelling(size: str) -> None:
    lines = log().sign(head()).split("\n")
    with pytest.raises(NoteRefused):
        read_note("\n".join([lines[0], size, *lines[2:]]), [log().log_key])


def test_a_key_of_another_log_does_not_count() -> None:
    stranger = Signer("log.example", Signer.generate("x").private_key)
    with pytest.raises(NoteRefused, match="No key that is trusted"):
        read_note(stranger.sign(head()), [log().log_key])
    with pytest.raises(NoteRefused, match="No key that is trusted"):
        read_note(log().sign(head()), [])


@pytest.mark.parametrize("origin", ["other.example", "log.example.org", "log.example2/clinic", "log.exampl"])
def test_a_key_speaks_for_its_own_logs_only(origin: str) -> None:
    with pytest.raises(ValueError, match="signs only for the origin of its name"):
        log().sign(head(origin))

    elsewhere = Signer(origin, log().private_key)
    with pytest.raises(NoteRefused):
        read_note(elsewhere.sign(head(origin)), [log().log_key])


def test_a_key_that_signs_for_another_log_is_not_believed() -> None:
    foreign = head("other.example")
    signature = base64_text(log().log_key.key_id + log().private_key.sign(foreign.text.encode()))
    with pytest.raises(NoteRefused, match="No key that is trusted"):
        read_note(f"{foreign.text}\n— log.example {signature}\n", [log().log_key])


@pytest.mark.parametrize(
    "line",
    ["", "x", "- x AAAAAAA=", "— x", "— x AAAAAA==", "— x  AAAAAAA=", "— x AAAAAAA= ", "— x+y AAAAAAA="],
)
def test_a_note_with_a_line_that_is_no_signature_is_refused(line: str) -> None:
    with pytest.raises(NoteRefused):
        read_note(f"{log().sign(head())}{line}\n", [log().log_key])


def test_a_wrong_signature_of_a_trusted_key_spoils_the_note() -> None:
    good, other = log().sign(head()), log().sign(head(size=8))
    spoiled = good + other.split("\n")[-2] + "\n"
    with pytest.raises(NoteRefused, match="does not verify"):
        read_note(spoiled, [log().log_key])


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    note = log().sign(head())
    for _ in range(20):
        note = cosign(note, Signer.generate("log.example"), 1)

    assert read_note(note, [log().log_key]) == head()


@given(st.integers(0, MAX_SIZE))
def test_a_cosignature_is_read_with_its_time_and_leaves_the_log_signed(at: int) -> None:
    note = cosign(log().sign(head()), witness(), at)

    assert read_cosignatures(note, [witness().witness_key]) == (Cosignature("witness.example", at),)
    assert read_note(note, [log().log_key]) == head()


def test_a_witness_that_signs_twice_counts_once() -> None:
    note = cosign(cosign(log().sign(head()), witness(), 5), witness(), 6)

    assert read_cosignatures(note, [witness().witness_key]) == (Cosignature("witness.example", 5),)


def test_a_cosignature_is_no_signature_of_a_log_nor_the_other_way() -> None:
    both = Signer("log.example", log().private_key)
    cosigned = cosign(both.sign(head()), both, 5)
    alone = "\n".join(line for number, line in enumerate(cosigned.split("\n")) if number != 4)

    with pytest.raises(NoteRefused):
        read_note(alone, [both.log_key, both.witness_key])
    assert read_cosignatures(both.sign(head()), [both.log_key, both.witness_key]) == ()


@given(st.integers(0, 2**64 - 1), st.integers(0, 63))
def test_a_cosignature_with_another_time_is_refused(at: int, bit: int) -> None:
    note = cosign(log().sign(head()), witness(), at)
    if at > MAX_SIZE:
        with pytest.raises(NoteRefused):
            read_cosignatures(note, [witness().witness_key])
        return
    line = note.split("\n")[-2]
    moved = cosign(log().sign(head()), witness(), at ^ 1 << bit if bit < 63 else at ^ 1).split("\n")[-2]
    forged = line[: len(line) - 88] + moved[len(moved) - 88 :]
    with pytest.raises(NoteRefused):
        read_cosignatures(note.replace(line, forged), [witness().witness_key])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x00", "\ud800"])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Signer.generate(name)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 1, ROOT),
        ("a\nb", 1, ROOT),
        ("a", -1, ROOT),
        ("a", 2**63, ROOT),
        ("a", 1, b""),
        ("a", 1, ROOT * 2),
    ],
)
def test_a_head_that_no_log_has_is_refused(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(ValueError, match="no log"):
        Checkpoint(origin, size, root)


@given(NAME)
def test_keys_are_written_and_read_back(name: str) -> None:
    signer = Signer.generate(name)
    read = Signer.from_text(signer.to_text())

    assert (read.name, read.verifier_key) == (name, signer.verifier_key)
    assert VerifierKey.from_text(signer.verifier_key) == signer.log_key
    assert VerifierKey.from_text(str(signer.witness_key)) == signer.witness_key
    assert (signer.log_key.kind, signer.witness_key.kind) == (LOG_SIGNATURE, COSIGNATURE)


@given(st.data())
def test_a_key_with_one_character_changed_is_refused(data: st.DataObject) -> None:
    for text, read in ((log().verifier_key, VerifierKey.from_text), (log().to_text(), Signer.from_text)):
        at = data.draw(st.integers(0, len(text) - 1))
        other = data.draw(st.characters(codec="utf-8", exclude_characters=text[at]))
        with pytest.raises(KeyRefused):
            read(text[:at] + other + text[at + 1 :])


def test_a_refused_secret_is_not_repeated() -> None:
    secret = log().to_text()
    for wrong in (secret[:-4], secret.replace("PRIVATE", "private"), secret + "x"):
        with pytest.raises(KeyRefused) as refused:
            Signer.from_text(wrong)
        assert secret[-40:-4] not in str(refused.value)
        assert refused.value.__cause__ is None
    with pytest.raises(KeyRefused):
        VerifierKey.from_text(secret)


@given(st.integers(0, MAX_SIZE))
def test_a_countersigned_head_is_of_both_keys_and_goes_on_with_the_second(size: int) -> None:
    second = Signer.generate("log.example")
    signed = log().sign(head(size=size))
    both = countersign(signed, second)

    assert is_last_signed_by(signed, log().log_key)
    assert is_last_signed_by(both, second.log_key)
    assert not is_last_signed_by(both, log().log_key)
    for keys in ([log().log_key], [second.log_key], [second.log_key, log().log_key]):
        assert read_note(both, keys) == head(size=size)


@given(st.text())
def test_what_is_no_checkpoint_is_not_countersigned(text: str) -> None:
    with pytest.raises(NoteRefused):
        countersign(text, log())
    with pytest.raises(NoteRefused):
        is_last_signed_by(text, log().log_key)
    with pytest.raises(ValueError, match="only for the origin"):
        countersign(log().sign(head()), Signer.generate("other.example"))
