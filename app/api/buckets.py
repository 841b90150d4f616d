"""Token buckets: how much each owner may do at once, and again as time goes by, in bounded memory."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from app.edge_settings import Rate

MOST_BUCKETS = 10_000
"""About 2 MB. Who was longest away is forgotten first, and begins again with a full bucket."""


class Bucket(NamedTuple):
    """The tokens that an owner has left, as of a time of the clock."""

    left: float
    at: float


class Standing(NamedTuple):
    """What came of taking a token: whether there was one, and what its owner has left."""

    allowed: bool
    left: float


class Buckets:
    """A bucket for each owner, filled at a constant rate; asked from one thread.

    The clock is monotonic, in seconds: to set the time changes nothing.
    """

    def __init__(
        self, rate: Rate, clock: Callable[[], float] = time.monotonic, most: int = MOST_BUCKETS
    ) -> None:
        self.rate = rate
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, owner: str) -> Standing:
        """Take one token of an owner's; one that has less than one is refused, and loses nothing by it."""
        now = self._clock()
        tokens = self._left(owner, now)
        allowed = tokens >= 1
        left = tokens - allowed
        self._buckets[owner] = Bucket(left, now)
        self._buckets.move_to_end(owner)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return Standing(allowed, left)

    def left(self, owner: str) -> float:
        """The tokens that an owner has; to look takes none."""
        return self._left(owner, self._clock())

    def seconds_to_wait(self, left: float) -> int:
        """0 for an owner with a whole token left; otherwise whole seconds until there is one again."""
        return max(0, math.ceil((1 - left) / self.rate.per_second))

    def _left(self, owner: str, now: float) -> float:
        full = float(self.rate.burst)
        bucket = self._buckets.get(owner)
        if bucket is None:
            return full
        gained = max(0.0, now - bucket.at) * self.rate.per_second
        return min(full, bucket.left + gained)


def network_of(address: str) -> str:
    """An IPv4 address is one; of IPv6 whoever has one has a /64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    # A socket for both kinds gives IPv4 addresses in the form of IPv6, all of them within one /64.
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
