"""Spans and metrics tell of routes, times and statuses; what a caller sends is in nothing that is told."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.api.application import Application
from app.api.log_lines import JsonLines
from app.api.telemetry import span_trace_id, telemetry_on
from tests.api.sample import CANARY, sample_application, send

TRACE_ID, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = {"traceparent": f"00-{TRACE_ID}-{PARENT}-01"}


class Telling(NamedTuple):
    """An application with telemetry, and what it has told."""

    application: Application
    spans: InMemorySpanExporter
    metrics: InMemoryMetricReader

    def told(self) -> str:
        """Everything that would leave the process."""
        measured = self.metrics.get_metrics_data()
        return "\n".join(
            [span.to_json() for span in self.spans.get_finished_spans()]
            + ([measured.to_json()] if measured else [])
        )

    def span(self) -> dict[str, Any]:
        (span,) = self.spans.get_finished_spans()
        told: dict[str, Any] = json.loads(span.to_json())
        return told


@pytest.fixture
def telling() -> Iterator[Telling]:
    spans, metrics = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(), MeterProvider([metrics])
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    application = sample_application(
        log_requests=True,
        trace_ids=span_trace_id,
        telemetry=telemetry_on(lambda: tracers, meters),
    )
    yield Telling(application, spans, metrics)
    tracers.shutdown()
    meters.shutdown()


def test_a_span_tells_the_template_of_the_route_and_the_status(telling: Telling) -> None:
    send(telling.application, "GET", "/v1/cases/john7?limit=7")

    assert telling.span()["name"] == "GET /v1/cases/{case_id}"
    assert telling.span()["attributes"] == {
        "url.scheme": "http",
        "http.request.method": "GET",
        "network.protocol.version": "1.1",
        "http.route": "/v1/cases/{case_id}",
        "http.response.status_code": 200,
    }
    assert "http.server.request.duration" in telling.told()


def test_the_trace_of_the_caller_is_continued_without_its_state(telling: Telling) -> None:
    headers = TRACEPARENT | {"tracestate": f"vendor={CANARY}"}
    answer = send(telling.application, "GET", "/health/live", headers=headers)

    assert telling.span()["context"]["trace_id"] == f"0x{TRACE_ID}"
    assert telling.span()["parent_id"] == f"0x{PARENT}"
    assert answer.headers["trace-id"] == TRACE_ID
    assert CANARY not in telling.told()


def test_answer_and_span_have_one_trace_id(telling: Telling) -> None:
    answer = send(telling.application, "GET", "/health/live")

    assert telling.span()["context"]["trace_id"] == f"0x{answer.headers['trace-id']}"


def test_a_failure_tells_its_kind_and_nothing_of_its_text(telling: Telling) -> None:
    send(telling.application, "POST", "/v1/failing")

    assert telling.span()["status"]["status_code"] == "ERROR"
    assert telling.span()["events"] == []
    assert CANARY not in telling.told()


def test_without_telemetry_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    spans = InMemorySpanExporter()
    send(sample_application(), "GET", "/health/live")

    assert spans.get_finished_spans() == ()
    assert not [record for record in caplog.records if record.name.startswith("opentelemetry")]


CASE, JSON = {"subject": "p-1"}, {"Content-Type": "application/json"}
REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "path": ("GET", f"/v1/{CANARY}", {}),
    "path parameter": ("GET", f"/v1/cases/{CANARY}", {}),
    "query": ("GET", f"/v1/cases/p1?limit={CANARY}&{CANARY}=1", {}),
    "header": ("GET", "/v1/cases/p1", {"headers": {"X-Patient": CANARY, CANARY: "1"}}),
    "host": ("GET", "/v1/cases/p1", {"headers": {"Host": CANARY}}),
    "cookie": ("GET", "/v1/cases/p1", {"headers": {"Cookie": f"{CANARY}={CANARY}"}}),
    "user agent": ("GET", "/v1/cases/p1", {"headers": {"User-Agent": CANARY}}),
    "credential": ("GET", "/v1/cases/p1", {"headers": {"Authorization": f"Bearer {CANARY}"}}),
    "idempotency key": ("GET", "/v1/cases/p1", {"headers": {"Idempotency-Key": f"{CANARY} two"}}),
    "tracestate": ("GET", "/v1/cases/p1", {"headers": TRACEPARENT | {"tracestate": f"v={CANARY}"}}),
    "baggage": ("GET", "/v1/cases/p1", {"headers": {"baggage": f"patient={CANARY}"}}),
    "method": (CANARY, "/v1/cases/p1", {}),
    "subject": ("POST", "/v1/cases", {"json": {"subject": f"{CANARY} "}}),
    "member name": ("POST", "/v1/cases", {"json": CASE | {CANARY: 1}}),
    "member value": ("POST", "/v1/cases", {"json": CASE | {"age_years": CANARY}}),
    "nested member": ("POST", "/v1/cases", {"json": CASE | {"visits": [{"on": CANARY, CANARY: CANARY}]}}),
    "option": ("POST", "/v1/cases", {"json": CASE | {"side": CANARY}}),
    "map key": ("POST", "/v1/cases", {"json": CASE | {"flags": {CANARY: CANARY}}}),
    "broken body": ("POST", "/v1/cases", {"content": f'{{"subject":"{CANARY}', "headers": JSON}),
    "content type": ("POST", "/v1/cases", {"content": "{}", "headers": {"Content-Type": f"text/{CANARY}"}}),
    "a failing handler": ("POST", "/v1/failing", {}),
    "a failing answer": ("GET", "/v1/broken-answer", {}),
    "a domain error": ("GET", "/v1/queue", {}),
}


@pytest.mark.parametrize("place", REQUESTS)
def test_the_canary_is_in_no_span_metric_line_or_error_answer(
    telling: Telling, place: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    method, path, sent = REQUESTS[place]
    with caplog.at_level(logging.DEBUG):
        answer = send(telling.application, method, path, **sent)

    lines = [JsonLines().format(record) for record in caplog.records]
    printed = capfd.readouterr()
    assert telling.spans.get_finished_spans()
    assert any('"route"' in line for line in lines)
    for told in (telling.told(), "\n".join(lines), printed.err, printed.out):
        assert not re.search("canary", told, re.IGNORECASE)
    if not answer.is_success:
        assert "canary" not in answer.text.lower() + str(answer.headers).lower()


def test_the_search_for_the_canary_has_teeth(telling: Telling) -> None:
    answer = send(telling.application, "POST", "/v1/cases", json={"subject": CANARY})

    assert isinstance(answer, httpx.Response)
    assert CANARY in answer.text
