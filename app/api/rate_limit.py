"""How many requests a caller may send: a token bucket for each, told in every answer.

The headers are those of draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy` says how many requests
(`q`) are given anew in a window (`w` seconds), `RateLimit` how many are left (`r`) and when all are back (`t`
seconds).
"""

from __future__ import annotations

import math
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.buckets import Buckets, Standing, network_of
from app.api.problems import RATE_LIMITED, problem_response

EXEMPT = "/health/"
"""What watches over the service is never turned away."""
POLICY = "default"


class RateLimit:
    """Refuses the requests of a caller who sends more than its share; not those that ask for the health.

    The share is one of each process: with several, each gives it.
    """

    def __init__(self, app: ASGIApp, buckets: Buckets) -> None:
        self._app = app
        self._rate = rate = buckets.rate
        self._buckets = buckets
        window = math.ceil(rate.burst / rate.per_second)
        self._policy = f'"{POLICY}";q={rate.burst};w={window}'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            await self._app(scope, receive, send)
            return
        standing = self._buckets.take(caller_of(scope))
        headers = self._headers(standing)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        app = self._app if standing.allowed else self._refusal(scope, standing)
        await app(scope, receive, send_with_headers)

    def _headers(self, standing: Standing) -> list[tuple[bytes, bytes]]:
        full = math.ceil((self._rate.burst - standing.left) / self._rate.per_second)
        state = f'"{POLICY}";r={int(standing.left)};t={full}'.encode()
        return [(b"ratelimit-policy", self._policy), (b"ratelimit", state)]

    def _refusal(self, scope: Scope, standing: Standing) -> ASGIApp:
        headers = {"Retry-After": str(self._buckets.seconds_to_wait(standing.left))}
        return problem_response(RATE_LIMITED, scope["state"]["trace_id"], headers=headers)


def caller_of(scope: Scope) -> str:
    """Whose share a request takes from: its credential's, or its address's where none was asked for."""
    caller: Any = scope["state"].get("caller")
    if caller is not None:
        return f"{caller.tenant} {caller.credential}"  # a subject is one of its tenant
    client = scope.get("client")
    return f"address {network_of(client[0])}" if client else "address"
