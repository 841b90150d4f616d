"""Over a real socket: whoever keeps all connections and sends nothing whole keeps nobody out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest

from app.api.connection import GuardedProtocol
from tests.api.sample import sample_application
from tests.api.serving import running
from tests.api.test_connection import BUNDLE, READY, narrow_client, request, slow

pytestmark = pytest.mark.wire
MOST = 8
HELD = MOST - 1
HALF = b"GET /health/live HTTP/1.1\r\nHost:"
HALF_A_BODY = request("POST", "/v1/cases", "Content-Type: application/json", "Content-Length: 9", body=b"{")
WHOLE = request("GET", "/health/live")


class Crowded(GuardedProtocol):
    """The control: whoever comes first keeps its place."""

    def _make_room(self) -> None:
        pass


@contextmanager
def held(port: int, sent: bytes, count: int) -> Iterator[list[socket.socket]]:
    """So many connections of one client, each with no more than this sent."""
    with ExitStack() as opened:
        clients = [opened.enter_context(holding(port, sent)) for _ in range(count)]
        yield clients


def holding(port: int, sent: bytes) -> socket.socket:
    client = narrow_client(port)
    client.sendall(sent)
    if sent in (WHOLE, BUNDLE):
        client.recv(1)  # it is answered, or begun to be
    return client


def asked(port: int) -> int:
    with httpx.Client() as client:
        return client.get(f"http://127.0.0.1:{port}/health/live").status_code


@pytest.mark.parametrize(
    "sent", [b"", HALF, HALF_A_BODY, WHOLE, BUNDLE], ids=["silent", "head", "body", "idle", "unread"]
)
@pytest.mark.parametrize(("protocol", "status"), [(GuardedProtocol, 200), (Crowded, 503)])
def test_who_holds_all_connections_and_sends_nothing_keeps_nobody_out(
    protocol: type[GuardedProtocol], status: int, sent: bytes
) -> None:
    with (
        running(sample_application(), limit_concurrency=MOST, http=protocol) as port,
        held(port, sent, HELD),
    ):
        assert [asked(port) for _ in range(3 * MOST)] == [status] * 3 * MOST


def test_who_opens_new_connections_for_those_that_he_loses_keeps_nobody_out() -> None:
    with running(sample_application(), limit_concurrency=64) as port:
        ended = threading.Event()

        def flood() -> None:
            with ExitStack() as opened:
                while not ended.wait(0.005):
                    opened.enter_context(holding(port, HALF))

        thread = threading.Thread(target=flood)
        thread.start()
        statuses = {asked(port) for _ in range(50)}
        ended.set()
        thread.join()

    assert statuses == {200}


OWED = [(b"", b"503"), (HALF, b"503"), (HALF_A_BODY, b"503"), (WHOLE, b"200")]


@pytest.mark.parametrize(("sent", "told"), OWED)
def test_who_gives_way_is_told_why_unless_he_asks_for_nothing(sent: bytes, told: bytes) -> None:
    with running(sample_application(), limit_concurrency=MOST) as port, held(port, sent, HELD) as clients:
        asked(port)
        answer = received(clients[0]).rpartition(b"HTTP/1.1 ")[2]

    assert answer.startswith(told)
    assert (b"overloaded" in answer) == (told == b"503")


def received(client: socket.socket) -> bytes:
    """What comes until the connection is closed."""
    parts = [b"HTTP/1.1 200"]
    with suppress(ConnectionResetError):  # it was closed with some of the request unread
        parts.extend(iter(lambda: client.recv(65_536), b""))
    return b"".join(parts)


def test_who_is_being_answered_never_gives_way() -> None:
    with (
        running(sample_application(checks={"slow": slow}), limit_concurrency=MOST) as port,
        held(port, READY, HELD) as clients,
    ):
        assert asked(port) == 503
        assert {client.recv(65_536).split()[1] for client in clients} == {b"200"}
