"""Serves like `decompass serve`, but the kernel may sync a commit when it likes: a test must notice."""

import os
from functools import partial

from app.api.server import serve
from app.audit import sqlite
from app.main import create_app
from app.settings import Settings
from tests.stores import SECRETS

if __name__ == "__main__":
    sqlite.WRITER_PRAGMAS = {**sqlite.WRITER_PRAGMAS, "synchronous": "OFF"}
    serve(partial(create_app, secrets=SECRETS), Settings.from_environment(os.environ))
