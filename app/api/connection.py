"""One connection: uvicorn's protocol with limits for both directions, and problems for answers."""

import re
from asyncio import TimerHandle, Transport
from heapq import nsmallest
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.problems import HEAD_TOO_LARGE, MALFORMED_REQUEST, OVERLOADED, REQUEST_TIMEOUT, Problem
from app.api.reader_deadline import ReaderDeadline
from app.api.unread_requests import answer_with, refusal_text

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
    _moved_at = 0.0
    _answering: Any = None  # uvicorn remembers the cycle of the newest request only

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(transport)
        self._reader = ReaderDeadline(transport, self.loop, self.reading_seconds)
        self._moved_at = self.loop.time()
        self._make_room()
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
        self._moved_at = self.loop.time()
        self._reader.moved()

    def on_response_complete(self) -> None:
        self._moved_at = self.loop.time()
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
        self._moved_at = self.loop.time()
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

    def _make_room(self) -> None:
        """Let go who has kept us waiting the longest, where there are as many as may be.

        Otherwise one client that never sends a whole request could hold every connection. Several go at once,
        so that a flood does not pay for a look at all of them each time.
        """
        most = self.limit_concurrency
        if most is None or len(self.connections) < most:
            return
        here: Any = self.connections  # all are of this class
        waiting = [each for each in here if each is not self and each.waits()]
        for each in nsmallest(max(1, most // 16), waiting, key=lambda each: each._moved_at):
            self.connections.discard(each)  # it counts no more, though it is lost a moment later
            each.give_way()

    def waits(self) -> bool:
        """Whether it is the client's turn: to ask, to send the rest of it, or to read."""
        cycle: Any = self.cycle
        if self.transport.is_closing():
            return False
        if cycle is None or cycle.response_complete or self.flow.write_paused:
            return True
        return bool(cycle.more_body and not self.pipeline and not self.flow.read_paused)

    def give_way(self) -> None:
        """Close, without a word to whom nothing is owed."""
        cycle: Any = self.cycle
        if self.transport.get_write_buffer_size():
            self._reader.cut()
        elif cycle is not None and cycle.response_complete and self._head_received is None:
            self.transport.close()
        else:
            self._refuse(OVERLOADED)

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
            self._close_with(problem, self.scope["path"])

    def _close_with(self, problem: Problem, path: str = "") -> None:
        self.transport.write(refusal_text(problem, self.server_state.default_headers, path))
        self.transport.close()
