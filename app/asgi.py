"""The application for servers that import one. The only module that does something when it is imported."""

import os
from collections.abc import Mapping

from app.api.application import Application
from app.api.start_up import require_safe_start
from app.audit.secrets import Secrets
from app.main import create_app, now
from app.settings import Settings


def application(environment: Mapping[str, str]) -> Application:
    """The service of this environment, unless it is not safe to start."""
    settings = Settings.from_environment(environment)
    require_safe_start(settings, environment, now())
    return create_app(settings, Secrets.load(settings.secrets, environment))


app = application(os.environ)
