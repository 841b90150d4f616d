"""The headers that answers have whatever they answer, each described once."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

TRACE_ID, ALLOWED_ORIGIN, RETRY_AFTER = "Trace-Id", "Access-Control-Allow-Origin", "Retry-After"
RATE = ("RateLimit", "RateLimit-Policy")
HEADERS: Document = {
    TRACE_ID: {
        "description": "Quote it when you report a problem",
        "schema": {"type": "string", "maxLength": 32, "pattern": "^[0-9a-f]{32}$"},
    },
    ALLOWED_ORIGIN: {
        "description": "The origin of the page that asks, where it is one of those that the service allows; "
        "absent for every other",
        "schema": {"type": "string", "format": "uri", "maxLength": 300},
    },
    RETRY_AFTER: {
        "description": "After how many seconds to try again",
        "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86_400},
    },
    "RateLimit": {
        "description": "How many requests the caller may send (`r`), and after how many seconds all are back "
        "(`t`). Absent under `/health/`, which takes no share, and where a request was refused unread",
        "schema": {"type": "string", "maxLength": 100, "pattern": '^"default";r=[0-9]+;t=[0-9]+$'},
    },
    "RateLimit-Policy": {
        "description": "How many requests (`q`) are given in how many seconds (`w`). Absent like `RateLimit`",
        "schema": {"type": "string", "maxLength": 100, "pattern": '^"default";q=[0-9]+;w=[0-9]+$'},
    },
}
LATER = ("429", "503")
"""The statuses that are worth another try."""


def add_headers(document: Document, rate_limited: bool) -> None:
    """Describe at every answer the headers that it can have; those of rates only where rates are limited."""
    always = (TRACE_ID, ALLOWED_ORIGIN, *(RATE if rate_limited else ()))
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                names = (*always, RETRY_AFTER) if status in LATER else always
                references = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
                response["headers"] = response.get("headers", {}) | references
    document["components"]["headers"] = {
        name: header for name, header in HEADERS.items() if rate_limited or name not in RATE
    }
