"""The settings of the edge: what is logged and told of requests, and how many of them there may be."""

import re
from typing import Any, NamedTuple

from app.setting import Setting, switch

RATE = re.compile(r"([1-9][0-9]{0,5})(?::([1-9][0-9]{0,5}))?")


class Rate(NamedTuple):
    """Requests per second that are allowed without end, and how many may come at once."""

    per_second: int
    burst: int


def _rate(text: str) -> Rate | None:
    if text == "off":
        return None
    if not (match := RATE.fullmatch(text)):
        raise ValueError("must be off, or whole numbers up to 999999: requests per second, as 50 or 50:200.")
    per_second = int(match[1])
    return Rate(per_second, int(match[2] or per_second))


DOCS = Setting("DOCS", "on", "Whether `/docs` and `/openapi.json` are served: `on` or `off`.", switch)
ACCESS_LOG = Setting(
    "ACCESS_LOG",
    "off",
    "Whether every request is logged, `on` or `off`: a line of JSON with method, route, status, "
    "milliseconds, trace id, tenant and credential id; never an address, a path, an "
    "identifier of a patient or an input.",
    switch,
)
RATE_LIMIT = Setting(
    "RATE_LIMIT",
    "off",
    "Requests per second that one credential (without credentials: one address) may send to one process, "
    "with what may come at once after a colon: `50:200`. `off`: on one machine every caller has the same "
    "address, so that one would use up the share of all; the queue is bounded in any case.",
    _rate,
)
OPENTELEMETRY = Setting(
    "OPENTELEMETRY",
    "off",
    "Whether spans and metrics go to the OpenTelemetry SDK that the process was started with: `on` or `off`. "
    "Route templates only, no query, no body, no exception text.",
    switch,
)
EDGE_SETTINGS: tuple[Setting[Any], ...] = (DOCS, ACCESS_LOG, RATE_LIMIT, OPENTELEMETRY)
