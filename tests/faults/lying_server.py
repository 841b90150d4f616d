"""Serves like `decompass serve`, but answers before the commit: a test must notice."""

import asyncio
import os

from app import main
from app.api.server import serve
from app.audit.recorder import Recorder
from app.audit.records import Record, Stored
from app.settings import Settings


class HastyRecorder(Recorder):
    """Acknowledges what it has not stored yet."""

    async def record(self, record: Record) -> Stored:
        asyncio.get_running_loop().create_task(super().record(record))
        return Stored(record.id, record.answer, replayed=False)


def lie() -> None:
    """Have the service of this process made with a recorder that acknowledges too early."""
    vars(main)["Recorder"] = HastyRecorder


if __name__ == "__main__":
    lie()
    serve(main.create_app, Settings.from_environment(os.environ))
