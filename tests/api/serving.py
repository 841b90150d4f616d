"""A real server on a real socket, in a thread of the test."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from app.api.server import AnnouncingServer, server_config
from app.settings import Settings

SETTINGS = Settings.from_environment({"DECOMPASS_PORT": "0"})


class SignallingServer(AnnouncingServer):
    """Tells another thread when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config, docs=True)
        self.answering = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()


@contextmanager
def running(application: ASGIApp, **changes: Any) -> Iterator[int]:
    """A server on a free port; the port."""
    config = server_config(application, SETTINGS)
    for name, value in changes.items():
        setattr(config, name, value)
    server = SignallingServer(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        assert server.answering.wait(10)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
