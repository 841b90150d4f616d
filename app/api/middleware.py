"""What surrounds every request, in three layers: security headers; a trace id and a last resort; hosts."""

import logging
import re
import time
from asyncio import CancelledError
from collections.abc import Callable, Sequence

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.log_lines import failure
from app.api.problems import (
    INTERNAL_ERROR,
    MALFORMED_REQUEST,
    MISDIRECTED,
    STOPPING,
    Problem,
    problem_response,
)
from app.api.served import Observer, served
from app.audit import patience
from app.identifiers import new_trace_id

TRACE_HEADER = b"trace-id"
TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?", re.DOTALL)
HOST_PORT = re.compile(r":[0-9]{1,5}$")
CLIENT_CLOSED_REQUEST = 499

# Every answer has these unless it brings its own: the docs page allows its scripts, its files may be cached.
DEFAULT_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}

OVER_TLS = (b"strict-transport-security", b"max-age=63072000")
"""Only where the request came over TLS (RFC 6797, 7.2); of other names below the host nothing is known."""

failures_log = logging.getLogger("decompass.failures")


class SecurityHeaders:
    """Adds the security headers that an answer does not bring itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        over_tls = [OVER_TLS] if scope.get("scheme") == "https" else []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(item for item in DEFAULT_HEADERS.items() if item[0] not in own),
                    *over_tls,
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Tracing:
    """Gives each request a trace id, and an answer even when everything else fails.

    Nothing is raised further: the server would log the exception's text, which can hold clinical data.
    """

    def __init__(
        self,
        app: ASGIApp,
        trace_ids: Callable[[], str] = new_trace_id,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._app = app
        self._trace_ids = trace_ids
        self._observers = observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace_id = _sent_trace_id(scope) or self._trace_ids()
        scope.setdefault("state", {})["trace_id"] = trace_id
        answer = _Answer(send, trace_id)
        began = time.perf_counter()
        try:
            with patience.of_a_request():
                await self._app(scope, receive, answer.send)
        except CancelledError:
            await answer.fail(scope, receive, STOPPING)
            raise
        except ClientDisconnect:
            answer.status = CLIENT_CLOSED_REQUEST
        except Exception as error:  # noqa: BLE001 - the last resort: whatever failed, the caller gets a problem
            fields = {"trace_id": trace_id, **failure(error)}
            failures_log.error("A request failed", extra={"fields": fields})
            await answer.fail(scope, receive, INTERNAL_ERROR)
        finally:
            request = served(scope, answer.status, time.perf_counter() - began)
            for observe in self._observers:
                observe(request)


class TrustedHosts:
    """Answers only to the names it was given.

    Without it a page on the web could have its own name lead to this machine, and read the records here.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (problem := self._problem(scope)):
            await problem_response(problem, scope["state"]["trace_id"])(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> Problem | None:
        sent = [value for name, value in scope["headers"] if name == b"host"]
        if len(sent) != 1:
            return MALFORMED_REQUEST  # RFC 9112, 3.2
        return None if HOST_PORT.sub("", sent[0].decode("latin-1").lower()) in self._hosts else MISDIRECTED


class _Answer:
    """The way out: adds the trace id, and remembers whether an answer was begun."""

    def __init__(self, send: Send, trace_id: str) -> None:
        self._send = send
        self._trace_id = trace_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], (TRACE_HEADER, self._trace_id.encode())]
        await self._send(message)

    async def fail(self, scope: Scope, receive: Receive, problem: Problem) -> None:
        # An answer that was begun cannot be changed; the server closes the connection on it.
        if not self.status:
            await problem_response(problem, self._trace_id)(scope, receive, self.send)


def _sent_trace_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent" and (match := TRACEPARENT.fullmatch(value)):
            return match[1].decode()
    return None
