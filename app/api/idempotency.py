"""The Idempotency-Key header, bare or as a quoted string, which mean the same: one key, one record."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header
from pydantic import WithJsonSchema
from starlette.requests import Request

from app.api.messages import message_for
from app.api.problems import INVALID_KEY, InputError, RequestRefused

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{8,128}")
"""Eight to 128 visible characters, without the quote and the backslash."""

Documented = Annotated[str, WithJsonSchema({"type": "string", "minLength": 8, "maxLength": 130})]
"""For the published document alone: the framework would refuse a long key as a wrong member of the body."""


async def idempotency_key(
    request: Request,
    _documented: Annotated[
        Documented | None,
        Header(
            alias=HEADER,
            description="8 to 128 visible characters, bare or quoted. The same key and case give the stored "
            "answer again (200, `Idempotency-Replayed: true`); with another case the key is refused.",
        ),
    ] = None,
) -> str | None:
    """The key, or None; two headers or a malformed key are refused, because a guess could double a record."""
    sent = request.headers.getlist(HEADER)
    if not sent:
        return None
    bare = sent[0][1:-1] if len(sent[0]) > 1 and sent[0][0] == sent[0][-1] == '"' else sent[0]
    if len(sent) > 1 or not KEY.fullmatch(bare):
        flaw = InputError(HEADER, "idempotency_key", message_for("idempotency_key"))
        raise RequestRefused(INVALID_KEY, (flaw,))
    return bare


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
