"""A request waits no longer than its patience in all; without one each wait has its own limit."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import monotonic

import pytest
from sqlalchemy import text

from app.audit import patience
from app.audit.connected import connected
from app.audit.database import open_database
from app.audit.errors import StoreUnavailable
from app.audit.recorder import Recorder
from app.audit.records import Stored
from tests.audit.examples import a_recording


@pytest.fixture
def silent_url() -> Iterator[str]:
    """A server that takes every connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql://nobody@127.0.0.1:{server.getsockname()[1]}/none?sslmode=disable"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What happens in it takes no longer."""
    began = monotonic()
    yield
    assert monotonic() - began <= seconds


def ask(url: str) -> None:
    with closing(open_database(url)) as database, connected(database.reader) as connection:
        connection.execute(text("SELECT 1"))


@pytest.mark.wire
def test_a_connection_to_a_silent_server_is_given_up_with_the_patience_of_the_request(
    silent_url: str,
) -> None:
    for seconds, longest in ((1.0, 0.5), (2.5, 2.5), (60.0, 3.5)):
        with (
            patience.until(monotonic() + seconds),
            at_most(longest),
            pytest.raises(StoreUnavailable),
        ):
            ask(silent_url)


@pytest.mark.postgres
def test_an_answer_is_waited_for_no_longer_than_the_patience_of_the_request(postgres_url: str) -> None:
    slow = text("SELECT pg_sleep(3)")
    with closing(open_database(postgres_url)) as database:
        with database.reader.connect() as connection:
            connection.execute(slow)  # the control: without one, a server that lives is waited for
        with (
            at_most(2),
            pytest.raises(StoreUnavailable),
            connected(database.reader) as connection,
            patience.until(monotonic() + 1),
        ):
            connection.execute(slow)
        with database.reader.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1


@pytest.mark.anyio
async def test_who_has_no_patience_left_is_told_at_once_and_cuts_nobody_short(
    recorder: Recorder, database_url: str
) -> None:
    """On SQLite, whose waits are not cut short, all are stored."""
    with patience.until(monotonic() + 0.5):
        late = asyncio.create_task(recorder.record(a_recording()))
    others = [asyncio.create_task(recorder.record(a_recording())) for _ in range(5)]
    outcomes = await asyncio.gather(late, *others, return_exceptions=True)
    expected = Stored if database_url.startswith("sqlite") else StoreUnavailable
    assert [type(each) for each in outcomes] == [expected, *[Stored] * 5]


def test_the_patience_of_a_request_ends_with_the_request() -> None:
    with patience.of_a_request():
        with patience.until(monotonic() - 1):
            assert patience.left() < 0
            patience.renew()
            assert 8 < patience.left() <= patience.REQUEST_SECONDS
        assert 8 < patience.left() <= patience.REQUEST_SECONDS
    assert patience.ends() == float("inf")
