"""The log: a line of JSON for everything that is told, and never the text of an exception.

Texts of exceptions and of other people's log lines quote values, which can be clinical data. Of an exception
its kind and its places are told; of a line of somebody else's code the sentence that stands in that code.
"""

from __future__ import annotations

import json
import logging
import logging.config
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

OWN = ("decompass", "app")
"""Loggers whose lines are written in this repository, and hold nothing of a request."""
SERVER = "uvicorn"
WARNINGS = "py.warnings"
NOT_TOLD = "not told: the line was put together from values"

log = logging.getLogger("decompass.process")


class JsonLines(logging.Formatter):
    """`time`, `level`, `logger`, `message`; then what the line is about: the members of its `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            **getattr(record, "fields", {}),
        }
        if record.name.partition(".")[0] not in OWN:
            line["place"] = f"{record.pathname}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            line |= failure(record.exc_info[1])
        return json.dumps(line, separators=(",", ":"))


def failure(error: BaseException) -> dict[str, Any]:
    """What is told of an exception: its kind, and where it came through, the innermost place last."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "exception": type(error).__qualname__,
        "places": [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames],
    }


def _message(record: logging.LogRecord) -> str:
    root, template = record.name.partition(".")[0], str(record.msg)
    if root in OWN:
        return record.getMessage()
    if record.name == WARNINGS:
        # "file:line: Category: text", and the text can quote what was sent.
        return ": ".join(template.split(": ")[:2])
    first = template.partition("\n")[0]
    if root == SERVER and _only_numbers(record.args):
        return first % record.args if record.args else first
    return first if record.args else NOT_TOLD


def _only_numbers(args: Any) -> bool:
    return isinstance(args, tuple | None) and all(isinstance(each, int | float) for each in args or ())


def configuration(*, log_requests: bool) -> dict[str, Any]:
    """The set-up of `logging` for a served process: everything goes to standard error, in one form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "decompass": {"level": "INFO"},
            "decompass.requests": {"level": "INFO" if log_requests else "WARNING"},
            "uvicorn": {"level": "WARNING"},
        },
    }


def log_in_lines(*, log_requests: bool) -> None:
    """Send the log, warnings and whatever ends the process or a thread to standard error, in one form."""
    logging.config.dictConfig(configuration(log_requests=log_requests))
    logging.captureWarnings(True)
    sys.excepthook = _tell_the_end
    threading.excepthook = _tell_the_end_of_a_thread
    sys.unraisablehook = _tell_what_could_not_be_raised


def _tell_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error.with_traceback(None), None)
        return
    log.critical("The process ends", exc_info=(kind, error, trace))


def _tell_the_end_of_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        log.critical("A thread ends", exc_info=ended.exc_value)


def _tell_what_could_not_be_raised(unraisable: sys.UnraisableHookArgs) -> None:
    if unraisable.exc_value is not None:
        log.error("An exception could not be raised", exc_info=unraisable.exc_value)
