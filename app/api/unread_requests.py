"""Answers to what no application sees: requests that do not arrive whole, or for which there is no room."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from app.api.middleware import DEFAULT_HEADERS, TRACE_HEADER
from app.api.outcome_errors import OutcomeErrors, error_for
from app.api.problems import Problem, problem_body, problem_response
from app.api.served import log_refusal
from app.identifiers import new_trace_id


def refusal_text(problem: Problem, server_headers: Iterable[tuple[bytes, bytes]], path: str) -> bytes:
    """An answer as it goes over the wire, the last on its connection; *path* is empty where none was read."""
    trace_id = new_trace_id()
    log_refusal(problem.status, trace_id)
    media_type, body = error_for(path, problem_body(problem, trace_id))
    headers = {
        **DEFAULT_HEADERS,
        b"content-type": media_type.encode(),
        b"content-length": str(len(body)).encode(),
        b"connection": b"close",
        TRACE_HEADER: trace_id.encode(),
    }
    lines = (b"%s: %s\r\n" % item for item in [*server_headers, *headers.items()])
    return b"".join((STATUS_LINE[problem.status], *lines, b"\r\n", body))


def answer_with(problem: Problem) -> ASGIApp:
    """An application whose answer is that problem, and the last on its connection."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        trace_id = new_trace_id()
        log_refusal(problem.status, trace_id)
        headers = {
            **{name.decode(): value.decode() for name, value in DEFAULT_HEADERS.items()},
            TRACE_HEADER.decode(): trace_id,
            "Connection": "close",
        }
        await problem_response(problem, trace_id, headers=headers)(scope, receive, send)

    return OutcomeErrors(answer)
