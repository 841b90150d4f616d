"""patient-view with a chart of 100 resources, at 8 connections, recorded. Run with `make bench`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.charts import RESOURCES, SERVICE, call_bodies, case_bodies
from benchmarks.http import WARM_UP_S, Measured, one_load, postgres_url
from benchmarks.load import Posts, assessments, client
from benchmarks.report import Figure, print_figures
from benchmarks.servers import Running, running

CONNECTIONS = 8
PROCESSES = 2
"""Of the service on PostgreSQL, as it is run where it matters: each of them has one processor."""
CALLS, PLAIN = "patient-view", "the same cases by REST"
CALLS_OF_TWO = f"{CALLS}, {PROCESSES} processes on PostgreSQL"
GOAL_MS = 50

Round = dict[str, list[Measured]]
"""One load of each kind, by its name; of each process."""


class Kind(NamedTuple):
    """What is sent, and to which processes; each has its share of the connections."""

    posts: Posts
    processes: Sequence[Running]


def main() -> None:
    """Start the services, call them and send the same cases in turn, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        alone = [stack.enter_context(running("product", f"sqlite:///{folder}/cds.db"))]
        url = stack.enter_context(postgres_url())
        both = [stack.enter_context(running("product", url)) for _ in range(PROCESSES)]
        calls = Posts(f"/cds-services/{SERVICE}", 200, call_bodies())
        kinds = {
            CALLS_OF_TWO: Kind(calls, both),
            CALLS: Kind(calls, alone),
            PLAIN: Kind(assessments(case_bodies()), alone),
        }
        rounds = measure(kinds, asked.rounds, asked.seconds)
    run = f"{asked.rounds} rounds of {asked.seconds:g} s"
    title = f"CDS Hooks: {RESOURCES} resources, {CONNECTIONS} connections, {client()}, {run}"
    print_figures(title, figures(rounds))


def measure(kinds: dict[str, Kind], rounds: int, seconds: float) -> list[Round]:
    """Every kind in turn, and the next round backwards: what else runs falls on all alike."""
    for kind in kinds.values():
        loaded(kind, WARM_UP_S)
    came = []
    for number in range(rounds):
        order = list(kinds.items())[:: -1 if number % 2 else 1]
        came.append({name: loaded(kind, seconds) for name, kind in order})
    return came


def loaded(kind: Kind, seconds: float) -> list[Measured]:
    """All processes of a kind at once."""
    share = CONNECTIONS // len(kind.processes)
    with ThreadPoolExecutor(len(kind.processes)) as pool:
        return list(pool.map(lambda each: one_load(each, seconds, share, kind.posts), kind.processes))


def figures(rounds: list[Round]) -> list[Figure]:
    """The goal of the call, and what it costs beside the plain request: the median of the rounds."""
    pairs = [(each[CALLS][0], each[PLAIN][0]) for each in rounds]
    ratio = median(calls.load.per_second / plain.load.per_second for calls, plain in pairs)
    cost = median(plain.cpu_ms / calls.cpu_ms for calls, plain in pairs)
    return [
        Figure(f"{CALLS} / {PLAIN}", ratio, "x"),
        Figure(f"{CALLS} / {PLAIN}, by processor time alone", cost, "x"),
        *kind_figures(CALLS_OF_TWO, rounds, GOAL_MS),
        *kind_figures(CALLS, rounds, GOAL_MS),
        *kind_figures(PLAIN, rounds),
    ]


def kind_figures(name: str, rounds: list[Round], goal_ms: float | None = None) -> list[Figure]:
    """The medians of one kind; of several processes the slower one."""
    measured = [each[name] for each in rounds]
    loads = [[process.load for process in each] for each in measured]
    cpu_ms = median(max(process.cpu_ms for process in each) for each in measured)
    bad = sum(load.bad for each in loads for load in each)
    return [
        Figure(name, median(sum(load.per_second for load in each) for each in loads), "requests/s"),
        Figure(f"{name}, processor time", cpu_ms, "ms/request"),
        Figure(f"{name}, p50", median(max(load.p50_ms for load in each) for each in loads), "ms"),
        Figure(
            f"{name}, p95", median(max(load.p95_ms for load in each) for each in loads), "ms", at_most=goal_ms
        ),
        Figure(f"{name}, not answered well", bad, "requests", at_most=0),
    ]


if __name__ == "__main__":
    main()
