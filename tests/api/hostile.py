"""Bodies that mean harm: valid ones broken in every way we can think of, seeded, each holding a canary."""

import json
import random
from collections.abc import Iterator
from typing import Any

from tests.api.sample import CANARY

VALID: dict[str, Any] = {
    "subject": "p-1",
    "assessed_on": "2025-01-31",
    "age_years": 50,
    "smoker": False,
    "visits": [{"on": "2025-01-01", "pain": 3.5}],
    "flags": {"fever": "no"},
}
RAW = [
    *(
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"-1e999",
        b"0x10",
        b"01",
        b"1_000",
        b"-",
        b"undefined",
        b"'",
    ),
    *(b"9" * 30, b"9" * 5000, b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"\x00"'),
    *(b'"\xff\xfe"', b'"\xed\xa0\x80"', b"{}", b"[]", b"null", b'""'),
    *(b"[" * 300 + b"]" * 300, b'{"a":' * 200 + b"1" + b"}" * 200, b"[" * 50_000),
]
VALUES: list[Any] = [
    *(
        CANARY,
        [CANARY],
        {CANARY: CANARY},
        True,
        None,
        -1,
        10**15,
        1e308,
        "",
        "3",
        [[]],
        "2025-13-41",
        "A" * 5000,
    ),
    *(
        "\u202e" + CANARY,
        "<script>" + CANARY,
        "${jndi:ldap://" + CANARY + "}",
        "{{7*7}}" + CANARY,
        "%00" + CANARY,
    ),
    *({"$ref": CANARY}, {"__proto__": {CANARY: 1}}, "../../" + CANARY, "' OR 1=1 --" + CANARY),
    json.loads("[" * 18 + f'"{CANARY}"' + "]" * 18),
]
CONTENT_TYPES = ["application/json"] * 8 + [
    "application/json; charset=utf-16",
    "text/plain",
    CANARY,
    "",
    "*/*",
]


def hostile_requests(
    seed: int, count: int, valid: dict[str, Any] = VALID
) -> Iterator[tuple[bytes, dict[str, str]]]:
    """Bodies with their headers, always the same for a seed; each made from a valid one."""
    source = random.Random(seed)
    breakers = [
        _mutated,
        _nested,
        _repeated_within,
        _long_number,
        _wrong_value,
        _raw_value,
        _unknown_member,
        _repeated_member,
        _encoded,
        _cut,
        _flipped,
        _noise,
        _large,
    ]
    for _ in range(count):
        body = source.choice(breakers)(source, valid)
        if source.random() < 0.2:
            body = _flip(source, body)
        headers = {"Content-Type": source.choice(CONTENT_TYPES)}
        if source.random() < 0.05:
            headers["Content-Encoding"] = source.choice(["gzip", "br", "identity", CANARY])
        yield body, headers


def _wrong_value(source: random.Random, valid: dict[str, Any]) -> bytes:
    return json.dumps(valid | {source.choice([*valid]): source.choice(VALUES)}).encode()


def _raw_value(source: random.Random, valid: dict[str, Any]) -> bytes:
    place = f'"{source.choice([*valid])}": '
    return (
        json.dumps(valid | {"note": CANARY})
        .encode()
        .replace(place.encode(), place.encode() + source.choice(RAW))
    )


def _unknown_member(source: random.Random, valid: dict[str, Any]) -> bytes:
    name = source.choice([CANARY, CANARY + "\n", "", "constructor", CANARY * 50])
    return json.dumps(valid | {name: source.choice(VALUES)}).encode()


def _repeated_member(source: random.Random, valid: dict[str, Any]) -> bytes:
    name = source.choice([*valid])
    return json.dumps(valid)[:-1].encode() + f',"{name}":"{CANARY}"}}'.encode()


def _encoded(source: random.Random, valid: dict[str, Any]) -> bytes:
    codec = source.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7", "latin-1"])
    return json.dumps(valid | {"subject": CANARY + "\u00e4"}, ensure_ascii=False).encode(codec)


def _cut(source: random.Random, valid: dict[str, Any]) -> bytes:
    text = json.dumps(valid | {"subject": CANARY}).encode()
    return text[: source.randrange(len(text))]


def _flipped(source: random.Random, valid: dict[str, Any]) -> bytes:
    return _flip(source, json.dumps({"subject": CANARY + "!"} | valid | {CANARY: 1}).encode())


def _flip(source: random.Random, body: bytes) -> bytes:
    if not body:
        return body
    place = source.randrange(len(body))
    return body[:place] + bytes([source.randrange(256)]) + body[place + 1 :]


def _noise(source: random.Random, _valid: dict[str, Any]) -> bytes:
    return source.randbytes(source.randrange(200)) + CANARY.encode() + source.randbytes(source.randrange(200))


def _large(source: random.Random, _valid: dict[str, Any]) -> bytes:
    size = source.choice([65_000, 65_536, 65_537, 200_000])
    return json.dumps({"subject": CANARY * (size // len(CANARY))}).encode()


def mutated(source: random.Random, whole: bytes) -> bytes:
    """The bytes with some of them changed, left out, put in, doubled or moved."""
    for _ in range(source.randint(1, 8)):
        start = source.randrange(len(whole) + 1)
        end = min(len(whole), start + source.randint(0, 12))
        part = whole[start:end]
        new = source.choice(
            [
                b"",
                part * 2,
                part[::-1],
                source.randbytes(len(part)),
                source.choice(RAW[:24]),
                b"\x00",
                b'"',
                b":",
            ]
        )
        whole = whole[:start] + new + whole[end:]
    return whole


def _mutated(source: random.Random, valid: dict[str, Any]) -> bytes:
    return mutated(source, json.dumps(valid | {"subject": CANARY}).encode())


def _nested(source: random.Random, valid: dict[str, Any]) -> bytes:
    depth = source.choice([15, 16, 17, 100, 1000, 20_000])
    opening, closing = source.choice(
        [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"' + CANARY.encode() + b'":', b"}]")]
    )
    inner = opening * min(depth, 60_000 // len(opening)) + b"1" + closing * source.choice([depth, depth - 1])
    return json.dumps(valid).encode()[:-1] + b',"observations":' + inner + b"}"


def _repeated_within(source: random.Random, valid: dict[str, Any]) -> bytes:
    text = json.dumps(valid | {"subject": CANARY}).encode()
    members = [place for place in range(len(text)) if text[place : place + 1] == b"{"]
    place = source.choice(members) + 1
    name = source.choice([*valid, "date", CANARY]).encode()
    return text[:place] + b'"%s":1,"%s":2,' % (name, name) + text[place:]


def _long_number(source: random.Random, valid: dict[str, Any]) -> bytes:
    digits = b"9" * source.choice([15, 16, 17, 19, 20, 309, 400, 4300, 4301, 20_000])
    number = source.choice([b"%s", b"-%s", b"0.%s", b"1e%s", b"1e-%s", b"%s.5", b"0%s"]) % digits
    text = json.dumps(valid | {"age_years": 41, "note": CANARY}).encode()
    return text.replace(b'"age_years": 41', b'"age_years": ' + number)
