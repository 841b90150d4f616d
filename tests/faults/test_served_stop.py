"""A server that is told to stop finishes what it has accepted: nobody is left without an answer."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text

from app.audit.archive import Search
from app.audit.database import Database, open_database
from tests.api.service import ASSESS, example
from tests.faults.gates import Measured
from tests.faults.served import PATIENCE_SECONDS, Served, served
from tests.roles import OWNER, as_role
from tests.stores import opened_store

pytestmark = pytest.mark.fault

IN_FLIGHT = 64


class Exchange(NamedTuple):
    """A request that the application is reading."""

    client: socket.socket
    body: bytes

    def finish(self) -> None:
        self.client.sendall(self.body)

    def answer(self) -> tuple[int, bytes]:
        response = HTTPResponse(self.client)
        response.begin()
        return response.status, response.read()


def begun(server: Served, name: str) -> Exchange:
    """A request whose head the application has taken: it was told to go on with its body."""
    body = json.dumps(example(subject=name)).encode()
    client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)
    head = (
        f"POST {ASSESS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    client.sendall(head.encode())
    assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    return Exchange(client, body)


@contextmanager
def nothing_can_be_written(database: Database) -> Iterator[Callable[[], None]]:
    """Another writer holds the table until it is told to let go."""
    with database.writer.connect() as connection:
        transaction = connection.begin()
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE entry IN EXCLUSIVE MODE"))
        yield transaction.rollback


def test_what_was_accepted_before_the_end_is_answered_and_stored(
    database_url: str, measured: Measured
) -> None:
    database = open_database(as_role(database_url, OWNER))
    with served(database_url) as server, ExitStack() as stack:
        let_go = stack.enter_context(nothing_can_be_written(database))
        exchanges = [begun(server, f"last-{number}") for number in range(IN_FLIGHT)]
        for exchange in exchanges:
            exchange.finish()
        began = time.monotonic()
        server.ask_to_stop()
        let_go()
        answers = [exchange.answer() for exchange in exchanges]
        status = server.process.wait(PATIENCE_SECONDS)
        for exchange in exchanges:
            exchange.client.close()

    measured("G14.exit", round(time.monotonic() - began, 2), f"{IN_FLIGHT} in flight")
    unanswered = IN_FLIGHT - [code for code, _ in answers].count(201)
    measured("G14.unanswered", unanswered, f"{IN_FLIGHT} in flight")
    database.close()
    with opened_store(database_url) as store:
        for _, body in answers:
            assert store.archive.answer("local", UUID(json.loads(body)["id"])) == body
    assert status == -signal.SIGTERM
    assert [line for line in server.told if "Traceback" in line or "ERROR" in line] == []


def test_a_server_that_has_stopped_takes_nothing_more(sqlite_url: str) -> None:
    with served(sqlite_url) as server:
        server.ask_to_stop()
        server.process.wait(PATIENCE_SECONDS)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port))


GRACE_SECONDS = 20
"""After which the server would cut what it has not answered."""


def test_what_cannot_be_stored_before_the_end_is_told_so_within_the_grace(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with served(sqlite_url) as server, nothing_can_be_written(database):
        exchanges = [begun(server, f"never-{number}") for number in range(IN_FLIGHT)]
        for exchange in exchanges:
            exchange.finish()
        began = time.monotonic()
        server.ask_to_stop()
        answers = [exchange.answer() for exchange in exchanges]
        status = server.process.wait(PATIENCE_SECONDS)
        seconds = time.monotonic() - began
        for exchange in exchanges:
            exchange.client.close()
    database.close()
    with opened_store(sqlite_url) as store:
        stored = store.archive.search("local", Search(), None, 1).records

    assert {(code, json.loads(body)["code"]) for code, body in answers} == {(503, "store-unavailable")}
    assert (status, stored) == (-signal.SIGTERM, [])
    assert seconds <= GRACE_SECONDS
