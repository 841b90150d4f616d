"""How often an address may send credentials that open nothing: a few times at once, then once a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.api.buckets import MOST_BUCKETS, Buckets, network_of
from app.edge_settings import Rate

BURST = 10
RATE = Rate(per_second=1, burst=BURST)


class FailedAttempts:
    """The attempts that each address has left; asked from one thread. The clock is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_BUCKETS) -> None:
        self._buckets = Buckets(RATE, clock, most)

    def __len__(self) -> int:
        return len(self._buckets)

    def seconds_to_wait(self, address: str) -> int:
        """0 while the address has attempts left; otherwise whole seconds until it has one again."""
        return self._buckets.seconds_to_wait(self._buckets.left(network_of(address)))

    def count(self, address: str) -> None:
        """One more credential from this address opened nothing."""
        self._buckets.take(network_of(address))
