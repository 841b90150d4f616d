"""Errors under `/fhir` and `/cds-services` are OperationOutcomes (FHIR R4), made of the problems of RFC 9457.

Routes, the guard and the last resort answer with problems there as everywhere; here they are translated.
"""

from __future__ import annotations

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.free_bodies import TELLS_OUTCOMES
from app.api.problems import MEDIA_TYPE
from app.interop.elements import FHIR_JSON
from app.interop.outcomes import operation_outcome


def error_for(path: str, problem: bytes) -> tuple[str, bytes]:
    """The media type and the text of an error at a path, from the text of a problem."""
    if not TELLS_OUTCOMES.match(path):
        return MEDIA_TYPE, problem
    outcome = operation_outcome(json.loads(problem))
    return FHIR_JSON, json.dumps(outcome, ensure_ascii=False, separators=(",", ":")).encode()


class OutcomeErrors:
    """Translates the problems that come from inside; every other answer goes by as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and TELLS_OUTCOMES.match(scope["path"]):
            send = _Translation(scope["path"], send).send
        await self._app(scope, receive, send)


class _Translation:
    """Holds a problem back until all of it is there."""

    def __init__(self, path: str, send: Send) -> None:
        self._path = path
        self._send = send
        self._start: Message | None = None
        self._problem = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._problem += message.get("body", b"")
            if not message.get("more_body"):
                await self._answer(self._start)

    async def _answer(self, start: Message) -> None:
        media_type, text = error_for(self._path, self._problem)
        kept = [item for item in start["headers"] if item[0] not in (b"content-type", b"content-length")]
        length = str(len(text)).encode()
        headers = [*kept, (b"content-type", media_type.encode()), (b"content-length", length)]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": text})


def _is_problem(start: Message) -> bool:
    return (b"content-type", MEDIA_TYPE.encode()) in start["headers"]
