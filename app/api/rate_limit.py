"""How many requests a caller may send: a token bucket for each, told in every answer.

The headers are those of draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy` says how many requests
(`q`) are given anew in a window (`w` seconds), `RateLimit` how many are left (`r`) and when all are back (`t`
seconds).
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.failed_attempts import network_of
from app.api.problems import RATE_LIMITED, problem_response
from app.edge_settings import Rate

EXEMPT = "/health/"
"""What watches over the service is never turned away."""
MOST_BUCKETS = 10_000
"""About 2 MB. Who was longest away is forgotten first, and begins again with all of its share."""
POLICY = "default"


class Bucket(NamedTuple):
    """What a caller has left, as of a time of the clock."""

    tokens: float
    at: float


class Standing(NamedTuple):
    """What came of one request: whether it may go on, and what its caller has left."""

    allowed: bool
    left: float


class Buckets:
    """A bucket for each caller, in bounded memory, filled at a constant rate; asked from one thread."""

    def __init__(
        self, rate: Rate, clock: Callable[[], float] = time.monotonic, most: int = MOST_BUCKETS
    ) -> None:
        self.rate = rate
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, caller: str) -> Standing:
        """Take one token of a caller's; one that has less than one is refused, and loses nothing by it."""
        now = self._clock()
        bucket = self._buckets.pop(caller, None) or Bucket(self.rate.burst, now)
        gained = max(0.0, now - bucket.at) * self.rate.per_second
        tokens = min(float(self.rate.burst), bucket.tokens + gained)
        allowed = tokens >= 1
        left = tokens - allowed
        self._buckets[caller] = Bucket(left, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return Standing(allowed, left)


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
        seconds = math.ceil((1 - standing.left) / self._rate.per_second)
        headers = {"Retry-After": str(max(1, seconds))}
        return problem_response(RATE_LIMITED, scope["state"]["trace_id"], headers=headers)


def caller_of(scope: Scope) -> str:
    """Whose share a request takes from: its credential's, or its address's where none was asked for."""
    caller: Any = scope["state"].get("caller")
    if caller is not None:
        return f"{caller.tenant} {caller.credential}"  # a subject is one of its tenant
    client = scope.get("client")
    return f"address {network_of(client[0])}" if client else "address"
