"""An address has a few attempts at once and one more a second, whatever the clock on the wall says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.api.failed_attempts import BURST, FailedAttempts


class Clock:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 5), max_size=60))
def test_in_any_time_an_address_fails_at_most_its_burst_and_once_a_second(pauses: list[float]) -> None:
    clock = Clock()
    attempts = FailedAttempts(clock)
    failed = 0
    for pause in pauses:
        clock.now += pause
        if not attempts.seconds_to_wait("192.0.2.7"):
            attempts.count("192.0.2.7")
            failed += 1

    assert failed <= BURST + sum(pauses) + 1e-6


@given(st.integers(0, 100))
def test_whoever_waits_as_long_as_told_may_try_again(failures: int) -> None:
    clock = Clock()
    attempts = FailedAttempts(clock)
    for _ in range(failures):
        attempts.count("192.0.2.7")
    clock.now += attempts.seconds_to_wait("192.0.2.7")

    assert attempts.seconds_to_wait("192.0.2.7") == 0


def test_what_one_address_does_is_not_laid_to_another() -> None:
    attempts = FailedAttempts(Clock())
    for _ in range(BURST):
        attempts.count("192.0.2.7")

    assert attempts.seconds_to_wait("192.0.2.7") > 0
    assert attempts.seconds_to_wait("192.0.2.8") == 0


def test_however_many_addresses_fail_no_more_than_the_bound_are_kept() -> None:
    attempts = FailedAttempts(Clock(), most=100)
    for number in range(10_000):
        attempts.count(f"10.0.{number // 256}.{number % 256}")

    assert len(attempts) == 100
