"""Serves like `decompass serve`, but answers before the commit: a test must notice."""

import asyncio
import os

from app.api.server import serve
from app.audit.database import open_database
from app.audit.recorder import Recorder
from app.audit.records import Record, Stored
from app.settings import Settings
from tests.api.service import application_of


class HastyRecorder(Recorder):
    """Acknowledges what it has not stored yet."""

    async def record(self, record: Record) -> Stored:
        asyncio.get_running_loop().create_task(super().record(record))
        return Stored(record.id, record.answer, replayed=False)


if __name__ == "__main__":
    chosen = Settings.from_environment(os.environ)
    database = open_database(chosen.database_url)
    serve(lambda _: application_of(database, recorder=HastyRecorder(database)), chosen)
