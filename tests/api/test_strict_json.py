"""A text is either refused or means exactly what every other JSON parser takes it to mean."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.api.strict_json import MAX_DEPTH, MAX_INTEGER, Flaw, JsonRefused, JsonValue, parse_json

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(alphabet=':",{}[]\\u0 ae\x00\ud800', max_size=8)
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)
TOKENS = st.sampled_from(
    [
        '{"a":1',
        '"a"',
        '"b"',
        ":",
        ",",
        "{",
        "}",
        "[",
        "]",
        "1",
        "-0",
        "1e999",
        "1e5",
        "NaN",
        "-Infinity",
        "null",
        "true",
        "9" * 16,
        "9" * 20,
        "1.0",
        '"\\u0000"',
        '"\\ud800"',
        '"\\\\u0000"',
        '"\\u003a"',
        '":"',
        " ",
        "\ufeff",
    ]
)


def refused(text: bytes) -> bool:
    try:
        parse_json(text)
    except JsonRefused:
        return True
    return False


def same(ours: Any, theirs: Any) -> bool:
    """Equal in value and in kind: 1, 1.0 and true are three things."""
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, dict):
        return list(ours) == list(theirs) and all(same(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return bool(ours == theirs)


def refuse_if_repeated(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    assert len(dict(pairs)) == len(pairs), "accepted an object that names a member twice"
    return dict(pairs)


def check(text: bytes) -> None:
    if refused(text):
        return
    theirs = json.loads(text.decode("utf-8"), object_pairs_hook=refuse_if_repeated)
    assert same(parse_json(text), theirs)


@given(DOCUMENTS, st.booleans())
def test_a_written_document_is_refused_or_read_as_the_standard_library_reads_it(
    document: Any, ascii_only: bool
) -> None:
    check(json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


@given(st.lists(TOKENS, max_size=12).map("".join))
@example('{"a":1,"a":1}')
@example('{"a":1,"\\u0061":2}')
@example('[{"a":":","a":":"}]')
@example('{"a":{"b":1,"b":2}}')
@example('{"a":1,"b":"\\u003a","a":1}')
@example('{"a":1,"b":"\\u003A","a":1}')
def test_a_row_of_tokens_is_refused_or_read_as_the_standard_library_reads_it(text: str) -> None:
    check(text.encode("utf-8"))


@given(st.binary(max_size=20))
def test_any_bytes_are_refused_or_read_as_the_standard_library_reads_them(text: bytes) -> None:
    check(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_its_exact_value(number: float) -> None:
    read = parse_json(repr(number).encode())

    assert isinstance(read, float)
    assert read == number
    assert math.copysign(1, read) == math.copysign(1, number)


FLAWS = [
    # text, flaw, why
    (b"", Flaw.MALFORMED, "nothing"),
    (b"{", Flaw.MALFORMED, "unfinished"),
    (b"{} {}", Flaw.MALFORMED, "two documents"),
    (b'{"a":1,}', Flaw.MALFORMED, "trailing comma"),
    (b"{'a':1}", Flaw.MALFORMED, "single quotes"),
    (b'{"a":1}//', Flaw.MALFORMED, "comment"),
    (b"[01]", Flaw.MALFORMED, "leading zero"),
    (b"[+1]", Flaw.MALFORMED, "plus sign"),
    (b"[NaN]", Flaw.MALFORMED, "NaN"),
    (b"[Infinity]", Flaw.MALFORMED, "infinity"),
    (b"[-Infinity]", Flaw.MALFORMED, "minus infinity"),
    (b'["\t"]', Flaw.MALFORMED, "control character"),
    (b'["\x00"]', Flaw.MALFORMED, "raw NUL"),
    (b'["\\ud800"]', Flaw.MALFORMED, "half a surrogate pair"),
    (b'["\\udc00\\ud800"]', Flaw.MALFORMED, "surrogates in the wrong order"),
    (b'["\xed\xa0\x80"]', Flaw.MALFORMED, "raw surrogate"),
    (b'["\xff"]', Flaw.MALFORMED, "not UTF-8"),
    (b'["\xc0\xaf"]', Flaw.MALFORMED, "overlong UTF-8"),
    (b"\xef\xbb\xbf{}", Flaw.MALFORMED, "byte order mark"),
    ("{}".encode("utf-16"), Flaw.MALFORMED, "UTF-16 with a mark"),
    ("{}".encode("utf-16-le"), Flaw.MALFORMED, "UTF-16"),
    ("{}".encode("utf-32-be"), Flaw.MALFORMED, "UTF-32"),
    (b"[" * 100_000, Flaw.MALFORMED, "an attack on the stack"),
    (b'{"a":1,"a":1}', Flaw.DUPLICATE_MEMBER, "the same member twice"),
    (b'{"a":1,"\\u0061":1}', Flaw.DUPLICATE_MEMBER, "the same member, escaped"),
    (b'[{"b":{"a":1,"a":2}}]', Flaw.DUPLICATE_MEMBER, "twice in an inner object"),
    (b"[1e999]", Flaw.NUMBER_OUT_OF_RANGE, "overflows"),
    (b"-1e400", Flaw.NUMBER_OUT_OF_RANGE, "overflows on its own"),
    (b'{"a":[-1e999]}', Flaw.NUMBER_OUT_OF_RANGE, "overflows inside"),
    (str(MAX_INTEGER + 1).encode(), Flaw.NUMBER_OUT_OF_RANGE, "more than a double can hold"),
    (b"[" + b"9" * 400 + b"]", Flaw.NUMBER_OUT_OF_RANGE, "hundreds of digits"),
    (b'["\\u0000"]', Flaw.NUL, "NUL"),
    (b'{"\\u0000":1}', Flaw.NUL, "NUL in a name"),
    (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), Flaw.TOO_DEEP, "one list too deep"),
    (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), Flaw.TOO_DEEP, "one object too deep"),
]


@pytest.mark.parametrize(("text", "flaw"), [pytest.param(t, f, id=why) for t, f, why in FLAWS])
def test_a_text_with_more_or_less_than_one_meaning_is_refused(text: bytes, flaw: Flaw) -> None:
    with pytest.raises(JsonRefused) as caught:
        parse_json(text)

    assert caught.value.flaw is flaw


ACCEPTED: list[tuple[bytes, JsonValue, str]] = [
    (b' {"a" : [1, 2.5, true, null, "x"]} \n', {"a": [1, 2.5, True, None, "x"]}, "white space"),
    (b'{"a":":","b":"::"}', {"a": ":", "b": "::"}, "colons in texts"),
    (b'{"":1}', {"": 1}, "an empty name"),
    (b'"\\ud83d\\ude00"', "\U0001f600", "a whole surrogate pair"),
    (
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH),
        "as deep as allowed",
    ),
    (str(-MAX_INTEGER).encode(), -MAX_INTEGER, "the smallest safe integer"),
]


@pytest.mark.parametrize(("text", "value"), [pytest.param(t, v, id=why) for t, v, why in ACCEPTED])
def test_plain_json_is_read(text: bytes, value: JsonValue) -> None:
    assert parse_json(text) == value
