"""Serves like `decompass serve`, but answers before the commit: a test must notice."""

import asyncio
import os
from functools import partial

from app.api.server import serve
from app.audit import store
from app.audit.recorder import Recorder
from app.audit.records import Recording, Stored
from app.main import create_app
from app.settings import Settings
from tests.stores import SECRETS


class HastyRecorder(Recorder):
    """Acknowledges what it has not stored yet."""

    async def record(self, recording: Recording) -> Stored:
        asyncio.get_running_loop().create_task(super().record(recording))
        return Stored(recording.record.id, recording.record.answer, replayed=False)


def lie() -> None:
    """Have the service of this process made with a recorder that acknowledges too early."""
    vars(store)["Recorder"] = HastyRecorder


if __name__ == "__main__":
    lie()
    serve(partial(create_app, secrets=SECRETS), Settings.from_environment(os.environ))
