"""Lets pages of the origins that are listed call the service from a browser, and read what it answers.

A page never sends credentials by itself: no cookies are taken, a key or a token is put into `Authorization`.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

SHARED = re.compile(r"/(cds-services|fhir|v1)(/|$)")
METHODS = ("GET", "POST", "OPTIONS")
SENT = ("Authorization", "Content-Type", "Accept", "Idempotency-Key", "traceparent")
READ = (
    *("Location", "Content-Location", "Link", "Allow", "WWW-Authenticate"),
    *("Trace-Id", "RateLimit", "RateLimit-Policy", "Retry-After"),
)
SECONDS_KEPT = 600
"""How long a browser need not ask again."""


class Cors(CORSMiddleware):
    """Stands outside of all that answers errors: a page must be able to read why it was refused.

    A question of a browser (preflight) that is not answered with yes is answered as if it were none: with an
    error that every other OPTIONS gets, and without the headers that a browser looks for.
    """

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=READ,
            max_age=SECONDS_KEPT,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and SHARED.match(scope["path"]) and not self._is_refused(scope):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_refused(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        asks = scope["method"] == "OPTIONS" and {"origin", "access-control-request-method"} <= set(headers)
        return asks and self.preflight_response(headers).status_code != 200
