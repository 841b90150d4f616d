"""How often an address may send credentials that open nothing: a token bucket for each, in bounded memory."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

BURST = 10
SECONDS_FOR_ONE = 1.0
MOST_ADDRESSES = 10_000
"""About 2 MB. Who was longest away is forgotten first, and begins again with all attempts."""


class Bucket(NamedTuple):
    """The attempts that an address has left, as of a time of the clock."""

    left: float
    at: float


class FailedAttempts:
    """Asked from one thread. The clock is monotonic: to set the time changes nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_ADDRESSES) -> None:
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def seconds_to_wait(self, address: str) -> int:
        """0 while the address has attempts left; otherwise whole seconds until it has one again."""
        left = self._left(network_of(address))
        return 0 if left >= 1 else math.ceil((1 - left) * SECONDS_FOR_ONE)

    def count(self, address: str) -> None:
        """One more credential from this address opened nothing."""
        network = network_of(address)
        left = max(0.0, self._left(network) - 1)
        self._buckets[network] = Bucket(left, self._clock())
        self._buckets.move_to_end(network)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)

    def _left(self, network: str) -> float:
        bucket = self._buckets.get(network)
        if bucket is None:
            return float(BURST)
        return min(float(BURST), bucket.left + (self._clock() - bucket.at) / SECONDS_FOR_ONE)


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
