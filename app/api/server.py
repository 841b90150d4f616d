"""Runs an application under uvicorn, with the limits of a service that faces strangers."""

import contextlib
import gc
import logging
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from app.api.connection import GuardedProtocol
from app.api.log_lines import log_in_lines
from app.settings import Settings

MOST_CONNECTIONS = 512
"""Of one process. Each has one request under way, so that they alone never fill the queue of 2000 records."""
COLLECTED_AFTER = (20_000, 20, 50)
"""What a request makes are trees, which go when it ends: the collector need not look at every chart."""

log = logging.getLogger("decompass.server")


class AnnouncingServer(uvicorn.Server):
    """A server that tells where its documentation is once it answers."""

    def __init__(self, config: uvicorn.Config, docs: bool) -> None:
        super().__init__(config)
        self._docs = docs

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What start-up made stays for the life of the process; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTED_AFTER)
        if self.started:
            log.info("Listening on %s", self._address() + ("/docs" if self._docs else ""))

    def _address(self) -> str:
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(application: Callable[[Settings], ASGIApp], settings: Settings) -> None:
    """Answer requests until the process is told to stop; requests that were accepted are finished first."""
    log_in_lines(log_requests=settings.access_log)
    server = AnnouncingServer(server_config(application(settings), settings), docs=settings.docs)
    # After its orderly end the server raises the signal that ended it again; for Ctrl+C that is no news.
    with contextlib.suppress(KeyboardInterrupt):
        server.run()


def server_config(application: ASGIApp, settings: Settings) -> uvicorn.Config:
    """uvicorn's configuration for this service."""
    return uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=MOST_CONNECTIONS,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=20,
    )
