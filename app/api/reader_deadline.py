"""A deadline for clients that do not read what they asked for."""

from __future__ import annotations

import socket
import struct
from asyncio import AbstractEventLoop, TimerHandle, Transport

KERNEL_BYTES = 131_072
"""The kernel takes more when a third of this was read; of its own megabytes that is too much to wait for."""
FORGET_WHAT_IS_UNSENT = struct.pack("ii", 1, 0)


class ReaderDeadline:
    """Cuts a connection when nothing of what waits for its client was taken from one look to the next.

    Any progress counts, so that a slow client gets everything. To look now and then, and not to start a
    clock with each answer, costs an answer nothing.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop, seconds: float) -> None:
        self._transport = transport
        self._socket = transport.get_extra_info("socket")
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        self._loop = loop
        self._seconds = seconds
        self._waiting = 0
        self._moved = False
        self._timer: TimerHandle = loop.call_later(seconds, self._look)

    def moved(self) -> None:
        """Something was written or taken: what waits now is not what waited at the last look."""
        self._moved = True

    def stop(self) -> None:
        """Ask nothing more."""
        self._timer.cancel()

    def _look(self) -> None:
        waits = self._transport.get_write_buffer_size()
        if waits and waits >= self._waiting > 0 and not self._moved:
            self.cut()
            return
        self._waiting, self._moved = waits, False
        self._timer = self._loop.call_later(self._seconds, self._look)

    def cut(self) -> None:
        """Close at once, whatever is unsent."""
        # Otherwise the kernel would go on offering what is left to a client that does not take it.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, FORGET_WHAT_IS_UNSENT)
        self._transport.abort()
