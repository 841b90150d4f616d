"""GET /metrics for Prometheus: counts and times, and no label that a patient or a caller can choose.

The counts are those of one process; with several, each is scraped at its own address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.served import Served
from app.audit.anchors import Lag
from app.services.rule_tally import RuleTally, Tally

LATENCY_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Everything that one process counts, in a registry of its own."""

    def __init__(self, tally: RuleTally) -> None:
        self._registry = registry = CollectorRegistry()
        registry.register(_Rules(tally))
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "decompass_http_requests",
            "Answered requests.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "decompass_http_request_seconds",
            "From the head of a request to the end of its answer.",
            ("method", "route"),
            buckets=LATENCY_SECONDS,
            registry=registry,
        )
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._batch_size = Histogram(
            "decompass_batch_records",
            "Records that were committed together.",
            buckets=BATCH_SIZES,
            registry=registry,
        )
        self._batch_seconds = Histogram(
            "decompass_batch_commit_seconds",
            "From the first statement of a batch to its end, its commit included.",
            buckets=COMMIT_SECONDS,
            registry=registry,
        )
        self._queue = Gauge("decompass_queue_records", "Records that wait to be written.", registry=registry)

    def watch_queue(self, depth: Callable[[], int]) -> None:
        """Ask there how many records wait, whenever the metrics are read."""
        self._queue.set_function(depth)

    def watch_anchors(self, lags: Callable[[], Sequence[Lag]]) -> None:
        """Ask there how far each place of the anchors is behind, whenever the metrics are read."""
        self._registry.register(_Anchors(lags))

    def on_request(self, request: Served) -> None:
        """Count an answered request."""
        kind = (request.method, request.route, request.status)
        requests, seconds = self._series.get(kind) or self._series_of(*kind)
        requests.inc()
        seconds.observe(request.seconds)

    def _series_of(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Looked up once: to find a series by its labels takes longer than to count in it."""
        found = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
        self._series[method, route, status] = found
        return found

    def on_batch(self, size: int, seconds: float) -> None:
        """Count a batch that the recorder wrote, or could not write."""
        self._batch_size.observe(size)
        self._batch_seconds.observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)


class _Anchors(Collector):
    """How far the anchors are behind; a place is named by its number: its address may hold a secret."""

    def __init__(self, lags: Callable[[], Sequence[Lag]]) -> None:
        self._lags = lags

    def collect(self) -> Iterator[Metric]:
        age = GaugeMetricFamily(
            "decompass_anchor_age_seconds",
            "Since the place had every signed head; before the first time, since the start.",
            labels=("place",),
        )
        waiting = GaugeMetricFamily(
            "decompass_anchor_waiting_heads",
            "Logs whose newest signed head the place has not taken, as of the last look.",
            labels=("place",),
        )
        for number, lag in enumerate(self._lags(), start=1):
            age.add_metric((str(number),), lag.seconds)
            waiting.add_metric((str(number),), lag.heads)
        yield from (age, waiting)


class _Rules(Collector):
    """The counts of the rules, put in words when they are asked for."""

    def __init__(self, tally: RuleTally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        tallies = self._tally.tallies()
        yield _family(
            "decompass_assessments",
            "Recorded assessments.",
            ("version",),
            (((version,), tally.assessments) for version, tally in tallies.items()),
        )
        yield _family(
            "decompass_rule_truths",
            "Recorded assessments by what became of a rule: true is fired, unknown is open.",
            ("version", "rule", "truth"),
            (
                ((version, rule, truth.name.lower()), count)
                for version, tally in tallies.items()
                for (rule, truth), count in tally.truths.items()
            ),
        )
        yield _by_name(
            "decompass_rule_missing_input", "rule", tallies, lambda tally: tally.missing_input.items()
        )
        yield _by_name("decompass_fact_unknown", "fact", tallies, lambda tally: tally.unknown.items())


MISSING = {
    "rule": "Recorded assessments in which a question of the rule had no answer, whatever the rule came to.",
    "fact": "Recorded assessments in which a fact that a rule asks of was not known.",
}


def _by_name(
    name: str,
    label: str,
    tallies: Mapping[str, Tally],
    counts: Callable[[Tally], Iterable[tuple[str, int]]],
) -> CounterMetricFamily:
    return _family(
        name,
        MISSING[label],
        ("version", label),
        (((version, each), count) for version, tally in tallies.items() for each, count in counts(tally)),
    )


def _family(
    name: str, text: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], int]]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=labels)
    for named, count in values:
        family.add_metric(named, count)
    return family


def metrics_router(metrics: Metrics) -> APIRouter:
    """`/metrics`, for those who run the service; the published document is for those who call it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    async def read_metrics() -> Response:
        """Tell what was counted."""
        text = await run_in_threadpool(metrics.text)
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router
