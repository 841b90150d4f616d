"""Liveness never asks anybody; readiness asks every check and names those that fail."""

import asyncio

from tests.api.sample import sample_application, send


async def works() -> bool:
    return True


async def fails() -> bool:
    return False


async def hangs() -> bool:
    await asyncio.Event().wait()
    return True


def test_a_running_process_is_alive_whatever_fails() -> None:
    answer = send(sample_application(checks={"record": fails}), "GET", "/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_it_is_ready_when_every_check_passes() -> None:
    answer = send(sample_application(checks={"record": works, "rules": works}), "GET", "/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_it_is_not_ready_when_a_check_fails_and_names_it() -> None:
    answer = send(sample_application(checks={"rules": works, "record": fails}), "GET", "/health/ready")

    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["record"]
    assert "retry-after" in answer.headers


def test_a_check_that_does_not_answer_fails() -> None:
    application = sample_application(checks={"record": hangs}, check_seconds=0.01)

    assert send(application, "GET", "/health/ready").status_code == 503
