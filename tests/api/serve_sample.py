"""Serves the sample application, for tests that need a process of their own."""

import os

from app.api.server import serve
from app.settings import Settings
from tests.api.sample import sample_application

if __name__ == "__main__":
    serve(
        lambda settings: sample_application(log_requests=settings.access_log),
        Settings.from_environment(os.environ),
    )
