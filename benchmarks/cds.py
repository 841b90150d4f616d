"""patient-view with a chart of 100 resources, at 8 connections, recorded. Run with `make bench`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.charts import RESOURCES, SERVICE, call_bodies, case_bodies
from benchmarks.http import WARM_UP_S, Measured, one_load
from benchmarks.load import Posts, assessments, client
from benchmarks.report import Figure, print_figures
from benchmarks.servers import Running, running

CONNECTIONS = 8
CALLS, PLAIN = "patient-view", "the same cases by REST"
GOAL_MS = 50

Round = dict[str, Measured]
"""One load of each kind, by its name."""


def main() -> None:
    """Start the service, call it and send it the same cases in turn, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running("product", f"sqlite:///{Path(folder)}/cds.db") as service,
    ):
        rounds = measure(service, asked.rounds, asked.seconds)
    run = f"{asked.rounds} rounds of {asked.seconds:g} s"
    title = f"CDS Hooks: {RESOURCES} resources, one worker, {CONNECTIONS} connections, {client()}, {run}"
    print_figures(title, figures(rounds))


def measure(service: Running, rounds: int, seconds: float) -> list[Round]:
    """Both kinds in turn, and the next round backwards: what else runs falls on both alike."""
    kinds = {
        CALLS: Posts(f"/cds-services/{SERVICE}", 200, call_bodies()),
        PLAIN: assessments(case_bodies()),
    }
    for posts in kinds.values():
        one_load(service, WARM_UP_S, CONNECTIONS, posts)
    came = []
    for number in range(rounds):
        order = list(kinds.items())[:: -1 if number % 2 else 1]
        came.append({name: one_load(service, seconds, CONNECTIONS, posts) for name, posts in order})
    return came


def figures(rounds: list[Round]) -> list[Figure]:
    """The goal of the call, and what it costs beside the plain request: the median of the rounds."""
    ratio = median(each[CALLS].load.per_second / each[PLAIN].load.per_second for each in rounds)
    cost = median(each[PLAIN].cpu_ms / each[CALLS].cpu_ms for each in rounds)
    compared = [
        Figure(f"{CALLS} / {PLAIN}", ratio, "x"),
        Figure(f"{CALLS} / {PLAIN}, by processor time alone", cost, "x"),
    ]
    return [*compared, *kind_figures(CALLS, rounds, GOAL_MS), *kind_figures(PLAIN, rounds)]


def kind_figures(name: str, rounds: list[Round], goal_ms: float | None = None) -> list[Figure]:
    """The medians of one kind."""
    measured = [each[name] for each in rounds]
    loads = [each.load for each in measured]
    return [
        Figure(name, median(each.per_second for each in loads), "requests/s"),
        Figure(f"{name}, processor time", median(each.cpu_ms for each in measured), "ms/request"),
        Figure(f"{name}, p50", median(each.p50_ms for each in loads), "ms"),
        Figure(f"{name}, p95", median(each.p95_ms for each in loads), "ms", at_most=goal_ms),
        Figure(f"{name}, not answered well", sum(each.bad for each in loads), "requests", at_most=0),
    ]


if __name__ == "__main__":
    main()
