"""Where checkpoints are kept outside the database: what a sink has taken, it has for good."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import httpx

from app.audit.errors import RecordError
from app.transparency.durable import keep_names

FILE = "file:"
PRIVATE = 0o600
ANSWER_SECONDS = 5.0


class NotAnchored(RecordError):
    """The sink has not the checkpoints: they are sent again, by themselves. It names no address."""


class Sink(Protocol):
    """A place for pins."""

    def send(self, pins: Sequence[bytes]) -> None:
        """Keep these lines. Raises NotAnchored; what was sent before may be sent again."""

    def close(self) -> None:
        """Nothing more is sent."""


class FileSink:
    """A file that only grows; `decompass verify --pins` reads it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, pins: Sequence[bytes]) -> None:
        """Append, and return when the disk has it."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE)
            try:
                _append(descriptor, b"".join(pins))
            finally:
                os.close(descriptor)
            keep_names(self._path.parent)
        except OSError as error:
            raise NotAnchored(f"The file of the anchors cannot be written: {error.strerror}.") from error

    def close(self) -> None:
        """Nothing is open between two calls."""


class WebSink:
    """An address that each pin is POSTed to."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url
        self._client = httpx.Client(timeout=ANSWER_SECONDS, transport=transport, trust_env=False)

    def send(self, pins: Sequence[bytes]) -> None:
        """One request for each; only an answer of 2xx means that it was taken."""
        try:
            for pin in pins:
                headers = {"Content-Type": "application/json"}
                answer = self._client.post(self._url, content=pin, headers=headers)
                if not answer.is_success:
                    raise NotAnchored(f"The anchor answered {answer.status_code}.")
        except httpx.HTTPError as error:
            raise NotAnchored(f"The anchor did not answer: {type(error).__name__}.") from error

    def close(self) -> None:
        """End its connections."""
        self._client.close()


def sink_of(place: str) -> Sink:
    """The sink of one place of the setting ANCHORS."""
    return FileSink(Path(place.removeprefix(FILE))) if place.startswith(FILE) else WebSink(place)


def _append(descriptor: int, lines: bytes) -> None:
    # A crash may have left half a line: it must not spoil the next one.
    end = os.lseek(descriptor, 0, os.SEEK_END)
    left = (b"\n" if end and os.pread(descriptor, 1, end - 1) != b"\n" else b"") + lines
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)
