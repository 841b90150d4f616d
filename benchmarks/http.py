"""POST /v1/assessments against a bare endpoint and a tutorial-style service. Run with `make bench`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.load import CONNECTIONS, Load, Posts, client, load
from benchmarks.report import Figure, print_figures
from benchmarks.servers import Running, running

STARTS = 3
WARM_UP_S = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """A load, and the processor time of the service for each request, which other work here moves less."""

    load: Load
    cpu_ms: float


Round = dict[str, Measured]
"""One load of each service, by its name."""


def main() -> None:
    """Start the services, load them in turn, print what came of it."""
    asked = arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        starts = [start_once(f"sqlite:///{folder}/start{i}.db") for i in range(STARTS)]
        services = {
            name: stack.enter_context(running(kind, url))
            for name, (kind, url) in compared(folder, stack, asked.postgres).items()
        }
        rounds = measure(services, asked.rounds, asked.seconds)
        memory = services["product, SQLite"].resident_mb()
    run = f"{asked.rounds} rounds of {asked.seconds:g} s"
    title = f"HTTP: one worker, {CONNECTIONS} connections, {client()}, {run}"
    print_figures(title, [*figures(rounds), *start_figures(starts, memory)])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--postgres", action="store_true", help="the product on PostgreSQL as well")
    return parser.parse_args()


def compared(folder: Path, stack: ExitStack, postgres: bool) -> dict[str, tuple[str, str]]:
    """The services by the name they are reported under: kind and database."""
    services = {
        "bare": ("bare", "none"),
        "bare with a ready object": ("ready object", "none"),
        "tutorial, SQLite": ("tutorial", f"sqlite:///{folder}/tutorial.db"),
        "product, SQLite": ("product", f"sqlite:///{folder}/product.db"),
    }
    if postgres:
        services["product, PostgreSQL"] = ("product", stack.enter_context(postgres_url()))
    return services


@contextmanager
def postgres_url() -> Iterator[str]:
    """An empty database on the PostgreSQL of the tests, with a role for which row-level security holds."""
    from tests.postgres import running_postgres  # noqa: PLC0415 - only who asks for it pays for it

    with running_postgres() as server:
        yield server.create_database()


def start_once(database_url: str) -> Running:
    """A start on a migrated database, from the start of the process until it is ready."""
    with running("product", database_url) as service:
        return service


def measure(services: dict[str, Running], rounds: int, seconds: float) -> list[Round]:
    """Every service in turn, and the next round backwards: what else runs falls on all alike."""
    for service in services.values():
        load(service.url, WARM_UP_S)
    came = []
    for number in range(rounds):
        order = list(services.items())
        came.append({name: one_load(service, seconds) for name, service in order[:: -1 if number % 2 else 1]})
    return came


def one_load(
    service: Running, seconds: float, connections: int = CONNECTIONS, posts: Posts | None = None
) -> Measured:
    """A load, and the processor time that each of its requests took."""
    before = service.cpu_s()
    done = load(service.url, seconds, connections, posts)
    return Measured(done, (service.cpu_s() - before) / done.requests * 1000)


def figures(rounds: list[Round]) -> list[Figure]:
    """The ratios, round by round and then the median; then what each service did."""
    compared: list[tuple[str, str, float | None]] = [
        ("product, SQLite", "bare", 0.5),
        ("product, SQLite", "bare with a ready object", None),
        ("product, SQLite", "tutorial, SQLite", 6),
    ]
    if "product, PostgreSQL" in rounds[0]:
        compared.append(("product, PostgreSQL", "bare", 0.4))
    figures = []
    for product, against, goal in compared:
        name = f"{product} / {against}"
        rate = median(each[product].load.per_second / each[against].load.per_second for each in rounds)
        cost = median(each[against].cpu_ms / each[product].cpu_ms for each in rounds)
        figures.append(Figure(name, rate, "x", at_least=goal))
        figures.append(Figure(f"{name}, by processor time alone", cost, "x"))
    for name in rounds[0]:
        figures += service_figures(name, [each[name] for each in rounds])
    return figures


def service_figures(name: str, rounds: list[Measured]) -> list[Figure]:
    """The medians of one service."""
    loads = [each.load for each in rounds]
    return [
        Figure(name, median(each.per_second for each in loads), "requests/s"),
        Figure(f"{name}, processor time", median(each.cpu_ms for each in rounds), "ms/request"),
        Figure(f"{name}, p50", median(each.p50_ms for each in loads), "ms"),
        Figure(f"{name}, p99", median(each.p99_ms for each in loads), "ms"),
        Figure(f"{name}, not answered 201", sum(each.bad for each in loads), "requests", at_most=0),
    ]


def start_figures(starts: list[Running], memory_mb: float) -> list[Figure]:
    """How long a start takes, and the memory after the load."""
    return [
        Figure("start to ready", median(each.started_in_s for each in starts), "s", at_most=2),
        Figure("resident memory after the load", memory_mb, "MB", at_most=120),
    ]


if __name__ == "__main__":
    main()
