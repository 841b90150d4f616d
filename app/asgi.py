"""The application for servers that import one. The only module that does something when it is imported."""

import os

from app.main import create_app
from app.settings import Settings

app = create_app(Settings.from_environment(os.environ))
