"""OpenTelemetry through FastAPI's own telemetry, with nothing in it that a caller chose.

FastAPI puts the path, the query and the host of a request into its spans, and the texts of exceptions into
log records. A path can name a record, and whoever calls can write anything into the others. So there are no
log records, and a span begins with the few attributes that are named here; the path is told by its template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Tracer, TracerProvider

from app.identifiers import new_trace_id

TOLD = frozenset({"url.scheme", "http.request.method", "network.protocol.version"})
"""What a span may begin with; the route, the status and the kind of an error are added to it later."""

TELEMETRY_OFF: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Otherwise whatever OpenTelemetry finds in the process would be told, and every request would pay for it."""


def telemetry_on(
    tracer_provider: Callable[[], TracerProvider] = trace.get_tracer_provider,
    meter_provider: MeterProvider | None = None,
) -> TelemetryConfig:
    """Spans and metrics go to these providers, or to those that the process has when it serves."""
    return TELEMETRY_OFF | {
        "tracing": True,
        "metrics": True,
        "tracer_provider": DiscreetTracers(tracer_provider),
        "meter_provider": meter_provider,
    }


def span_trace_id() -> str:
    """The trace id of the span that this request runs in, so that log, answer and span tell the same."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else new_trace_id()


class DiscreetTracers(TracerProvider):
    """Gives tracers whose spans begin with nothing that a caller chose."""

    def __init__(self, provider: Callable[[], TracerProvider]) -> None:
        self._provider = provider

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Tracer:
        return _DiscreetTracer(
            self._provider().get_tracer(
                instrumenting_module_name, instrumenting_library_version, schema_url, attributes
            )
        )


class _DiscreetTracer(Tracer):
    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, Any] | None = None,
        *rest: Any,
        **options: Any,
    ) -> Span:
        told = {key: value for key, value in (attributes or {}).items() if key in TOLD}
        return self._tracer.start_span(name, _without_state(context), kind, told, *rest, **options)

    def start_as_current_span(self, name: str, *rest: Any, **options: Any) -> Any:
        return self._tracer.start_as_current_span(name, *rest, **options)


def _without_state(context: Context | None) -> Context | None:
    """The same parent without its `tracestate`, which can hold anything and would go into every span."""
    parent = trace.get_current_span(context).get_span_context()
    if not parent.is_valid or not parent.trace_state:
        return context
    bare = SpanContext(parent.trace_id, parent.span_id, parent.is_remote, parent.trace_flags)
    return trace.set_span_in_context(NonRecordingSpan(bare), context)
