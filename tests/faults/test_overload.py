"""More than the service accepts is told so at once, and what was accepted before is answered."""

from __future__ import annotations

import json
import select
import time
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from app.api.server import MOST_CONNECTIONS
from app.audit.database import open_database
from tests.api.service import ASSESS, example
from tests.faults.served import PATIENCE_SECONDS, Served, served
from tests.faults.small_queue_server import QUEUE
from tests.faults.test_served_stop import nothing_can_be_written

pytestmark = pytest.mark.fault

GATE_SECONDS = 0.050
REFUSALS = 100
MORE = 24
"""Than the writer has in hand and the queue holds: so many are refused."""
QUIET_SECONDS = 0.3
JSON = {"Content-Type": "application/json"}


def posted(server: Served, subject: str) -> HTTPConnection:
    """A case on its way; the answer is not read yet."""
    client = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    client.request("POST", ASSESS, json.dumps(example(subject=subject)), JSON)
    return client


def waiting(server: Served, stack: ExitStack) -> list[HTTPConnection]:
    """The requests that the writer has in hand and those that the full queue holds, of all that were sent."""
    held = [posted(server, f"in-hand-{number}") for number in range(QUEUE)]
    assert not select.select([each.sock for each in held], [], [], QUIET_SECONDS)[0]
    sent = held + [posted(server, f"waiting-{number}") for number in range(QUEUE + MORE)]
    for client in sent:
        stack.callback(client.close)
    left = {each.sock: each for each in sent}
    while len(left) == len(sent) or select.select(list(left), [], [], QUIET_SECONDS)[0]:
        for refused in select.select(list(left), [], [], PATIENCE_SECONDS)[0]:
            answer = left.pop(refused).getresponse()
            assert json.loads(answer.read())["code"] == "queue-full"
    return list(left.values())


def test_a_full_queue_refuses_within_the_gate_and_what_it_holds_is_stored(sqlite_url: str) -> None:
    database, seconds = open_database(sqlite_url), list[float]()
    with served(sqlite_url, ("tests.faults.small_queue_server",)) as server, ExitStack() as stack:
        with closing(posted(server, "the-first")) as first:  # has the rules stored as well
            assert first.getresponse().status == 201
        let_go = stack.enter_context(nothing_can_be_written(database))
        accepted = waiting(server, stack)
        client = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
        stack.callback(client.close)
        client.connect()
        for number in range(REFUSALS):
            began = time.perf_counter()
            client.request("POST", ASSESS, json.dumps(example(subject=f"over-{number}")), JSON)
            refused = client.getresponse()
            problem = json.loads(refused.read())
            seconds.append(time.perf_counter() - began)
            assert (refused.status, problem["code"]) == (503, "queue-full")
            assert refused.headers["Retry-After"] == "1"
        let_go()
        statuses = [each.getresponse().status for each in accepted]
    database.close()

    assert len(statuses) == 2 * QUEUE
    assert set(statuses) == {201}
    print_measured("a full queue", seconds)
    assert percentile(seconds, 95) <= GATE_SECONDS


def test_beside_as_many_requests_as_can_be_answered_another_is_refused_within_the_gate(
    sqlite_url: str,
) -> None:
    """Connections that wait for their clients would give way: see `tests/api/test_crowding.py`."""
    database, seconds = open_database(sqlite_url), list[float]()
    with served(sqlite_url) as server, ExitStack() as stack:
        with closing(posted(server, "the-first")) as first:  # has the rules stored as well
            assert first.getresponse().status == 201
        let_go = stack.enter_context(nothing_can_be_written(database))
        # One less: the limit counts whoever asks for one more.
        accepted = [posted(server, f"accepted-{number}") for number in range(MOST_CONNECTIONS - 1)]
        for each in accepted:
            stack.callback(each.close)
        time.sleep(QUIET_SECONDS)  # until the last of them was received, and gives way to nobody
        for _ in range(REFUSALS):
            began = time.perf_counter()
            client = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
            client.request("GET", "/health/live")
            refused = client.getresponse()
            problem = json.loads(refused.read())
            seconds.append(time.perf_counter() - began)
            client.close()
            assert (refused.status, problem["code"]) == (503, "overloaded")
            assert refused.headers["Retry-After"] == "1"
        let_go()
        answers = [json.loads(each.getresponse().read()) for each in accepted]
    database.close()

    assert {each.get("code") for each in answers} == {None}
    print_measured("too many connections", seconds)
    assert percentile(seconds, 95) <= GATE_SECONDS


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


def print_measured(what: str, seconds: list[float]) -> None:
    """For the table of gates: pytest shows it with -rP."""
    half, most = percentile(seconds, 50) * 1000, percentile(seconds, 95) * 1000
    print(f"{what}: refused in {half:.1f} ms (median), {most:.1f} ms (p95); gate 50 ms")  # noqa: T201 -- figures are told
