"""At 64 connections, signed and in the tree: how fast beside a bare endpoint, how late, no memory lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest

from benchmarks.load import Load, load
from benchmarks.servers import Running, running
from tests.faults.gates import Measured, is_long, rounds

pytestmark = pytest.mark.fault

CONNECTIONS = 64
WARM_UP_SECONDS = 2
Workers = list[Running]


def loaded(workers: Workers, seconds: float) -> list[Load]:
    """Every worker at once, with its share of the connections."""
    share = CONNECTIONS // len(workers)
    with ThreadPoolExecutor(len(workers)) as pool:
        return list(pool.map(lambda each: load(each.url, seconds, share), workers))


def in_turn(
    one: Workers, other: Workers, seconds: float, times: int
) -> Iterator[tuple[list[Load], list[Load]]]:
    """Both services in turn, and the next time backwards: what else runs falls on both alike."""
    for number in range(times):
        first, second = (one, other) if number % 2 else (other, one)
        told = {id(each): loaded(each, seconds) for each in (first, second)}
        yield told[id(one)], told[id(other)]


def compare(workers: Workers, bare: Workers, measured: Measured, name: str) -> None:
    """Some minutes in the long form, in one run; the ratio round by round, then the median."""
    seconds, times = rounds(4, 15), rounds(3, 8)
    for each in (workers, bare):
        loaded(each, WARM_UP_SECONDS)
    memory = max(each.resident_mb() for each in workers)
    done = list(in_turn(workers, bare, seconds, times))
    over = f"{times} × {seconds} s each, {sum(each.requests for ours, _ in done for each in ours)} records"
    ratios = [sum(a.per_second for a in ours) / sum(b.per_second for b in theirs) for ours, theirs in done]
    assert sum(each.bad for ours, theirs in done for each in (*ours, *theirs)) == 0
    measured(f"G4.{name}", round(median(ratios), 2), over)
    # Milliseconds of a few seconds tell of the machine: two minutes on a quiet one decide.
    judged = measured if is_long() else measured.tell
    judged("G4.p99", median(max(each.p99_ms for each in ours) for ours, _ in done), over)
    measured("G4.growth", max(each.resident_mb() for each in workers) - memory, over)


def test_one_process_on_sqlite_keeps_its_share_of_the_speed_of_a_bare_endpoint(
    tmp_path: Path, measured: Measured
) -> None:
    with running("product", f"sqlite:///{tmp_path / 'load.db'}") as product, running("bare", "none") as bare:
        compare([product], [bare], measured, "sqlite")


@pytest.mark.postgres
def test_two_processes_on_postgresql_keep_their_share_of_the_speed_of_a_bare_endpoint(
    postgres_url: str, measured: Measured
) -> None:
    with ExitStack() as stack:
        workers = [stack.enter_context(running("product", postgres_url)) for _ in range(2)]
        compare(workers, [stack.enter_context(running("bare", "none"))], measured, "postgres")
