"""Serves like `decompass serve`, but the kernel may sync a commit when it likes: a test must notice."""

import os

from app.api.server import serve
from app.audit import sqlite
from app.main import create_app
from app.settings import Settings

if __name__ == "__main__":
    sqlite.WRITER_PRAGMAS = {**sqlite.WRITER_PRAGMAS, "synchronous": "OFF"}
    serve(create_app, Settings.from_environment(os.environ))
