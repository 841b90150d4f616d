"""The Idempotency-Key header, bare or as a quoted string, which mean the same: one key, one record."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header
from pydantic import WithJsonSchema
from starlette.requests import Request

from app.api.problems import InputError, RequestRefused
from app.api.record_problems import INVALID_KEY

HEADER = "Idempotency-Key"
BARE = r"[\x21\x23-\x5b\x5d-\x7e]{8,128}"
"""Eight to 128 visible characters, without the quote and the backslash."""
SENT = re.compile(rf'{BARE}|"{BARE}"')

Documented = Annotated[
    str | None,
    WithJsonSchema({"type": "string", "minLength": 8, "maxLength": 130, "pattern": f"^({SENT.pattern})$"}),
]
"""For the published document alone: the framework would refuse a long key as a wrong member of the body."""


async def idempotency_key(
    request: Request,
    _documented: Annotated[
        Documented,
        Header(
            alias=HEADER,
            description='8 to 128 visible ASCII characters without `"` and `\\`, bare or in double quotes, '
            "which mean the same. The same key and case give the stored answer again (200, "
            "`Idempotency-Replayed: true`); with another case, or on another route, the key is refused. "
            "Send it once.",
        ),
    ] = None,
) -> str | None:
    """The key, or None; two headers or a malformed key are refused, because a guess could double a record."""
    sent = request.headers.getlist(HEADER)
    if not sent:
        return None
    if len(sent) > 1 or not SENT.fullmatch(sent[0]):
        flaw = InputError.of(HEADER, "idempotency_key")
        raise RequestRefused(INVALID_KEY, (flaw,))
    return sent[0].strip('"')


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
