"""Serves like `decompass serve`, but with a queue that few records fill."""

import os
from dataclasses import replace

from app.api.server import serve
from app.audit.recorder import Recorder
from app.settings import Settings
from tests.api.service import application_of
from tests.stores import store_at

QUEUE = 16

if __name__ == "__main__":
    chosen = Settings.from_environment(os.environ)
    store = store_at(chosen.database_url)
    small = replace(store, recorder=Recorder(store.database, store.vault, queue_size=QUEUE))
    serve(lambda _: application_of(small), chosen)
