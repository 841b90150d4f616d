"""What is told of a request once it is answered: to the log, and to whoever counts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.types import Scope

NO_ROUTE = "-"
"""Instead of a route where none was reached: an unknown address, or a request that was refused before."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
OTHER_METHOD = "other"
"""Instead of a method that a caller may have made up."""

requests_log = logging.getLogger("decompass.requests")


class Served(NamedTuple):
    """An answered request, without anything that was sent."""

    method: str
    route: str
    """The template, never the path: a path can name a patient."""
    status: int
    seconds: float
    trace_id: str
    tenant: str | None
    credential: str | None


Observer = Callable[[Served], None]


def served(scope: Scope, status: int, seconds: float) -> Served:
    """The request of this scope, with the status that it was answered with."""
    route: Any = scope.get("route")
    caller: Any = scope["state"].get("caller")
    return Served(
        method if (method := scope["method"]) in METHODS else OTHER_METHOD,
        getattr(route, "path_format", NO_ROUTE),
        status,
        seconds,
        scope["state"]["trace_id"],
        getattr(caller, "tenant", None),
        getattr(caller, "credential", None),
    )


def log_request(request: Served) -> None:
    """One line for one request."""
    if requests_log.isEnabledFor(logging.INFO):
        fields = request._asdict()
        fields["milliseconds"] = round(fields.pop("seconds") * 1000, 1)
        requests_log.info("request", extra={"fields": fields})


def log_refusal(status: int, trace_id: str) -> None:
    """One line for what was refused before it was a request: no method and no route were read."""
    requests_log.info("refused", extra={"fields": {"status": status, "trace_id": trace_id}})
