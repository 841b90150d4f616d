"""One connection: uvicorn's protocol with limits for both directions, and problems for answers."""

import re
from asyncio import TimerHandle, Transport
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import service_unavailable
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
from app.api.reader_deadline import ReaderDeadline
from app.api.served import log_refusal
from app.identifiers import new_trace_id

WHOLE_ADDRESS = re.compile(rb"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)


class GuardedProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not arrive whole in time, or whose answers nobody reads.

    uvicorn has no such limits: silent, dripping and half-sent requests would stay open for ever and, since
    `limit_concurrency` counts connections, keep everybody else out. A slow handler is not affected.

    What surrounds a request changes nothing about it: an offered upgrade and what trails a body are ignored,
    and what stands behind it is refused only after its answer.
    """

    receipt_seconds = 5.0
    reading_seconds = 60.0
    head_bytes = 65_536
    _deadline: TimerHandle | None = None
    _head_received: int | None = None  # counted only while a head is on its way
    _hears = True  # until something is refused: nothing behind it is heard
    _answering: Any = None  # uvicorn remembers the cycle of the newest request only

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(transport)
        self._reader = ReaderDeadline(transport, self.loop, self.reading_seconds)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._reader.stop()
        if self._answering is not None:
            self._answering.disconnected = True
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader.moved()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reader.moved()

    def on_response_complete(self) -> None:
        self._reader.moved()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        if not self._hears:
            return
        self._unset_keepalive_if_required()
        try:
            self._parse(memoryview(data))
        except HttpParserError:
            self._refuse(MALFORMED_REQUEST)
            return
        if self._head_received is not None:
            self._head_received += len(data)
            if self._head_received > self.head_bytes:
                self._refuse(HEAD_TOO_LARGE)
        elif self._deadline is None and self._is_idle():
            self._arm()  # what was sent began no request: white space also has to come to something

    def _parse(self, data: memoryview) -> None:
        """Feed the parser. It stops where a client offers an upgrade; a server may ignore that, and we do."""
        while True:
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as stop:
                if self.parser.get_method() == b"CONNECT":
                    self._refuse(MALFORMED_REQUEST)  # what follows is meant for somebody else
                    return
                data = data[stop.args[0] :]
                self._begin_again_without_upgrade()
            else:
                return

    def _begin_again_without_upgrade(self) -> None:
        """The parser takes a request with an upgrade for one without a body: it gets the head once more."""
        target = b"%s %s HTTP/%s" % (
            self.parser.get_method(),
            self.url,
            self.parser.get_http_version().encode(),
        )
        headers = (b"%s: %s" % each for each in self.headers if each[0] != b"upgrade")
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own
        self.parser.feed_data(b"\r\n".join((target, *headers, b"", b"")))

    def _offers_upgrade(self) -> bool:
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _is_idle(self) -> bool:
        cycle: Any = self.cycle
        return not self.transport.is_closing() and (cycle is None or cycle.response_complete)

    def on_message_begin(self) -> None:
        self._arm()
        self._head_received = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_received is not None:  # what trails a body could not be told from a header any more
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_received = None
        self._require_one_framing()
        self._take_the_host_of_the_target()
        if not self._offers_upgrade():
            super().on_headers_complete()

    def _require_one_framing(self) -> None:
        """Refuse a body of which a proxy could see another end than we do (RFC 9112, 6.1).

        The parser refuses two lengths, and a length beside a coding.
        """
        codings = [value.strip().lower() for name, value in self.headers if name == b"transfer-encoding"]
        if codings and (codings != [b"chunked"] or self.parser.get_http_version() != "1.1"):
            raise HttpParserError("The transfer coding is not one that ends a body for everybody.")

    def _take_the_host_of_the_target(self) -> None:
        """An address that names its host is for that host, whatever the header says (RFC 9112, 3.2.2)."""
        if target := WHOLE_ADDRESS.match(self.url):
            host = target[1]
            self.headers[:] = [(name, host if name == b"host" else value) for name, value in self.headers]

    def on_message_complete(self) -> None:
        if not self._offers_upgrade():
            self._disarm()
            super().on_message_complete()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        # Over its limit uvicorn hands over an application of its own, which answers in plain text.
        chosen: Any = answer_with(OVERLOADED) if app is service_unavailable else app
        self._answering = cycle
        super()._start_asgi_task(cycle, chosen)

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.receipt_seconds, self._give_up)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        cycle: Any = self.cycle  # None until the first request, whatever uvicorn's annotation says
        if self.flow.read_paused:
            self._arm()  # it is we who do not read
        elif cycle is not None and cycle.response_complete:
            self.transport.close()
        else:
            self._refuse(REQUEST_TIMEOUT)

    def _refuse(self, problem: Problem) -> None:
        """Answer what is being received with a problem, and close; what came before is answered first."""
        self._hears = False
        self._disarm()
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete:
            self._close_with(problem)
        elif not cycle.more_body:  # the last request has arrived: what is refused is none
            cycle.keep_alive = False
        elif self.pipeline:  # the newest request stands first, and is the one that is being received
            self.pipeline[0] = (cycle, answer_with(problem))  # type: ignore[assignment] # uvicorn's names for ASGI
        elif cycle.response_started:
            self.transport.close()
        else:
            self._close_with(problem)

    def _close_with(self, problem: Problem) -> None:
        trace_id = new_trace_id()
        log_refusal(problem.status, trace_id)
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

    return answer
