"""One connection: uvicorn's protocol with a deadline for receiving a request, and problems for answers."""

from asyncio import TimerHandle, Transport
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.api.middleware import DEFAULT_HEADERS, TRACE_HEADER
from app.api.problems import (
    HEAD_TOO_LARGE,
    MALFORMED_REQUEST,
    MEDIA_TYPE,
    OVERLOADED,
    REQUEST_TIMEOUT,
    Problem,
    problem_body,
    problem_response,
)
from app.identifiers import new_trace_id


class GuardedProtocol(HttpToolsProtocol):
    """Closes a connection whose request has not arrived whole within the deadline.

    uvicorn has no such limit: silent, dripping and half-sent requests would stay open for ever and, since
    `limit_concurrency` counts connections, keep everybody else out. A slow handler is not affected.
    """

    receipt_seconds = 5.0
    head_bytes = 65_536
    _deadline: TimerHandle | None = None
    _head_received: int | None = None  # counted only while a head is on its way

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_received is not None:
            self._head_received += len(data)
            if self._head_received > self.head_bytes:
                self._refuse(HEAD_TOO_LARGE)
        elif self._deadline is None and self._is_idle():
            self._arm()  # what was sent began no request: white space also has to come to something

    def _is_idle(self) -> bool:
        cycle: Any = self.cycle
        return not self.transport.is_closing() and (cycle is None or cycle.response_complete)

    def on_message_begin(self) -> None:
        self._arm()
        self._head_received = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_received = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._disarm()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature; its text is not ours
        self._refuse(MALFORMED_REQUEST)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        # Over its limit uvicorn hands over an application of its own, which answers in plain text.
        chosen: Any = app if app is self.app else answer_overloaded
        super()._start_asgi_task(cycle, chosen)

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.receipt_seconds, self._give_up)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        cycle: Any = self.cycle  # None until the first request, whatever uvicorn's annotation says
        if cycle is not None and cycle.response_started:
            self.transport.close()
        else:
            self._refuse(REQUEST_TIMEOUT)

    def _refuse(self, problem: Problem) -> None:
        trace_id = new_trace_id()
        body = problem_body(problem, trace_id)
        headers = {
            **DEFAULT_HEADERS,
            b"content-type": MEDIA_TYPE.encode(),
            b"content-length": str(len(body)).encode(),
            b"connection": b"close",
            TRACE_HEADER: trace_id.encode(),
        }
        lines = (b"%s: %s\r\n" % item for item in [*self.server_state.default_headers, *headers.items()])
        self.transport.write(b"".join((STATUS_LINE[problem.status], *lines, b"\r\n", body)))
        self.transport.close()


async def answer_overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer to a request over the limit."""
    trace_id = new_trace_id()
    headers = {
        **{name.decode(): value.decode() for name, value in DEFAULT_HEADERS.items()},
        TRACE_HEADER.decode(): trace_id,
        "Connection": "close",
    }
    response: ASGIApp = problem_response(OVERLOADED, trace_id, headers=headers)
    await response(scope, receive, send)
