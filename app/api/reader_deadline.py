"""A deadline for clients that do not read what they asked for."""

from __future__ import annotations

import socket
import struct
from asyncio import AbstractEventLoop, TimerHandle, Transport

KERNEL_BYTES = 131_072
"""The kernel takes more when a third of this was read; of its own megabytes that is too much to wait for."""
FORGET_WHAT_IS_UNSENT = struct.pack("ii", 1, 0)


class ReaderDeadline:
    """Cuts a connection when nothing of what waits for its client was taken within the time.

    Any progress begins the time again, so that a slow client gets everything.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop, seconds: float) -> None:
        self._transport = transport
        self._socket = transport.get_extra_info("socket")
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        self._loop = loop
        self._seconds = seconds
        self._waiting = 0
        self._timer: TimerHandle | None = None

    def restart(self) -> None:
        """Begin the time again, when there is anything to read."""
        self.stop()
        self._waiting = self._transport.get_write_buffer_size()
        if self._waiting:
            self._timer = self._loop.call_later(self._seconds, self._require_progress)

    def stop(self) -> None:
        """Ask nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _require_progress(self) -> None:
        if self._transport.get_write_buffer_size() < self._waiting:
            self.restart()
            return
        # Otherwise the kernel would go on offering what is left to a client that does not take it.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, FORGET_WHAT_IS_UNSENT)
        self._transport.abort()
