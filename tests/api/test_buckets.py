"""Who takes no more than its share is given it; nobody else notices, and no memory is filled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.buckets import Buckets, network_of
from app.edge_settings import Rate

RATES = st.builds(Rate, st.integers(1, 1000), st.integers(1, 1000))
WAITS = st.lists(st.floats(0, 10), max_size=200)


class Clock:
    """A clock that goes when it is told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(RATES, WAITS)
def test_no_caller_is_given_more_than_the_burst_and_the_rate(rate: Rate, waits: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    allowed = 0
    for wait in waits:
        clock.now += wait
        allowed += buckets.take("a").allowed

    assert allowed <= rate.burst + sum(waits) * rate.per_second + 1e-6


@given(RATES, st.integers(1, 2000))
def test_who_keeps_to_the_rate_is_never_refused(rate: Rate, requests: int) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    for _ in range(requests):
        clock.now += 1.001 / rate.per_second
        assert buckets.take("a").allowed


@given(RATES, st.floats(0, 1e9))
def test_a_clock_that_goes_back_gives_and_takes_nothing(rate: Rate, back: float) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    before = buckets.take("a").left
    clock.now -= back

    after = buckets.take("a")
    assert after.left == before - after.allowed


def test_the_share_of_one_caller_is_not_that_of_another() -> None:
    buckets = Buckets(Rate(1, 1), Clock())

    assert [buckets.take(caller).allowed for caller in "aabba"] == [True, False, True, False, False]


def test_the_memory_is_bounded_and_the_longest_away_is_forgotten_first() -> None:
    buckets = Buckets(Rate(1, 1), Clock(), most=3)
    for caller in "abca":
        buckets.take(caller)
    buckets.take("d")  # b has to go

    assert len(buckets) == 3
    assert [buckets.take(caller).allowed for caller in "ab"] == [False, True]


@given(RATES, st.integers(0, 2000), st.floats(0, 10))
def test_to_look_tells_what_may_be_taken_and_takes_nothing(rate: Rate, taken: int, wait: float) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    for _ in range(taken):
        buckets.take("a")
    clock.now += wait

    seen = buckets.left("a")
    assert buckets.left("a") == seen
    assert (buckets.seconds_to_wait(seen) == 0) == (seen >= 1) == buckets.take("a").allowed


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_whoever_has_one_ipv6_address_has_all_of_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
