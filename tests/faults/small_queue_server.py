"""Serves like `decompass serve`, but with a queue that few records fill."""

import os

from app.api.server import serve
from app.audit.database import open_database
from app.audit.recorder import Recorder
from app.settings import Settings
from tests.api.service import application_of

QUEUE = 16

if __name__ == "__main__":
    chosen = Settings.from_environment(os.environ)
    database = open_database(chosen.database_url)
    serve(lambda _: application_of(database, recorder=Recorder(database, queue_size=QUEUE)), chosen)
