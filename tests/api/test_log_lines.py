"""Every line of the log is JSON, whoever writes it, and none holds the text of an exception or a value."""

import asyncio
import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from app.api.log_lines import NOT_TOLD, JsonLines
from tests.api.sample import CANARY


def line_of(logger: str, text: str, *args: object, error: BaseException | None = None) -> dict[str, Any]:
    """What is told of a line that some code logs."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(logger, logging.ERROR, __file__, 7, text, args, exc_info)
    told = JsonLines().format(record)
    assert "\n" not in told
    assert CANARY not in told
    line: dict[str, Any] = json.loads(told)
    return line


def caught() -> RuntimeError:
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as error:
        return error


LOGGERS = [
    "decompass.x",
    "app.audit.recorder",
    "uvicorn.error",
    "asyncio",
    "sqlalchemy.pool",
    "alembic",
    "httpx",
]


@pytest.mark.parametrize("logger", LOGGERS)
def test_a_logged_exception_tells_its_kind_and_its_places_and_never_its_text(logger: str) -> None:
    line = line_of(logger, "failed", error=caught())

    assert line["exception"] == "RuntimeError"
    assert "test_log_lines.py" in line["places"][-1]


@pytest.mark.parametrize("logger", ["asyncio", "sqlalchemy.pool", "alembic.runtime", "httpx", "some.library"])
def test_of_other_peoples_lines_only_the_sentence_in_their_code_is_told(logger: str) -> None:
    assert line_of(logger, "Could not send %s", CANARY)["message"] == "Could not send %s"
    assert line_of(logger, f"Could not send {CANARY}")["message"] == NOT_TOLD


def test_of_the_server_the_first_line_and_numbers_are_told() -> None:
    assert line_of("uvicorn.error", "Cancel %d tasks", 3)["message"] == "Cancel 3 tasks"
    assert line_of("uvicorn.error", "Went wrong: %s", CANARY)["message"] == "Went wrong: %s"
    assert line_of("uvicorn.error", f"Traceback:\n{CANARY}")["message"] == "Traceback:"


def test_a_warning_tells_where_and_which_kind_and_not_its_text() -> None:
    text = warnings.formatwarning(f"{CANARY}: {CANARY}", UserWarning, "file.py", 3, line="")

    assert line_of("py.warnings", text)["message"] == "file.py:3: UserWarning"


async def forgotten() -> None:
    async def fail() -> None:
        raise RuntimeError(CANARY)

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    del task


async def called_back() -> None:
    def fail(value: str) -> None:
        raise RuntimeError(value)

    asyncio.get_running_loop().call_soon(fail, CANARY)
    await asyncio.sleep(0)


@pytest.mark.parametrize("fault", [forgotten, called_back])
def test_the_event_loop_tells_nothing_of_what_failed_in_it(
    fault: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(fault())

    lines = [JsonLines().format(record) for record in caplog.records if record.name == "asyncio"]
    assert lines
    assert CANARY in caplog.text  # what a usual formatter would have told
    assert CANARY not in "".join(lines)


CRASHES = {
    "The process ends": "raise RuntimeError(canary)",
    "A thread ends": "import threading\nt = threading.Thread(target=lambda: {}[canary])\nt.start()",
    "An exception could not be raised": "class A:\n  def __del__(self): raise RuntimeError(canary)\nA()",
    "<string>:4: UserWarning": "import warnings\nwarnings.warn(canary)",
}


@pytest.mark.wire
@pytest.mark.parametrize("message", CRASHES)
def test_whatever_ends_a_process_is_told_in_a_line_without_its_text(message: str) -> None:
    program = (
        f"from app.api.log_lines import log_in_lines\nlog_in_lines(log_requests=False); canary = {CANARY!r}\n"
    )
    command = [sys.executable, "-c", program.removesuffix("\n") + "\n" + CRASHES[message]]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})  # noqa: S603 - ours

    (line,) = map(json.loads, ended.stderr.splitlines())
    assert line["message"] == message
    assert CANARY not in ended.stderr
