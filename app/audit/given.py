"""What a client gets with an answer, to prove it later."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import NamedTuple


class Given(NamedTuple):
    """The receipt of a leaf as it was written, the leaf, and what ties the answer to it."""

    receipt: bytes
    meta: bytes
    salt: bytes | None


def answer_with(answer: bytes, given: Given) -> bytes:
    """The answer as a client gets it: the stored bytes, and behind them its receipt, leaf and salt."""
    salt = b64encode(given.salt or b"")
    leaf = json.dumps(given.meta.decode()).encode()
    return b'%s,"receipt":%s,"meta":%s,"salt":"%s"}}' % (
        answer.removesuffix(b"}"),
        given.receipt.removesuffix(b"}"),
        leaf,
        salt,
    )
