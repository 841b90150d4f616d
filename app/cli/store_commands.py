"""The commands that need the record: secrets, migrate, serve, verify."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from rich.console import Console

from app.api.server import serve as serve_http
from app.api.start_up import require_safe_start
from app.audit.secret_files import make_secrets
from app.audit.secrets import Secrets
from app.audit.store import Store, open_store
from app.cli.commands import DONE, NOT_VERIFIED
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.main import create_app, now
from app.services.assessments import ROUTE
from app.services.rulesets import Rulesets
from app.services.verification import Verifier
from app.settings import Settings


def serve(environment: Mapping[str, str]) -> int:
    """Answer requests until told to stop."""
    settings = Settings.from_environment(environment)
    require_safe_start(settings, environment, now())
    secrets = Secrets.load(settings.secrets, environment)
    with store_of(environment) as store:
        store.require_usable()  # in one line what start-up would refuse as well, but with a traceback
    serve_http(partial(create_app, secrets=secrets), settings)
    return DONE


def make_missing_secrets(environment: Mapping[str, str]) -> int:
    """Make the secrets that are not there yet, and say what must be done with them."""
    folder = Settings.from_environment(environment).secrets
    console = Console(soft_wrap=True)
    if not (made := make_secrets(folder)):
        console.print(f"Every secret is in {folder}; nothing was made.", markup=False, highlight=False)
        return DONE
    console.print(f"Made in {folder}: {', '.join(made)}.", markup=False, highlight=False)
    console.print(
        "Back them up now, apart from the databases: without them no record can be read, and with both "
        "whoever finds the backup can read every record.",
        highlight=False,
    )
    return DONE


def migrate_databases(environment: Mapping[str, str]) -> int:
    """Bring both databases to the newest schema, and the records of earlier releases into the log."""
    with store_of(environment) as store:
        store.migrate(ROUTE)
    return DONE


def verify_record(tenant: str, record_id: UUID, environment: Mapping[str, str]) -> int:
    """Verify one recorded assessment and print the three answers."""
    with store_of(environment) as store:
        store.require_usable()
        found = Verifier(Rulesets(POSTOP_LUMBAR), store).verify(tenant, record_id)
    print(json.dumps(found.content(record_id), indent=2))  # noqa: T201 - what the command is for
    return DONE if found.passed else NOT_VERIFIED


@contextmanager
def store_of(environment: Mapping[str, str]) -> Iterator[Store]:
    """The store that the environment names, closed afterwards."""
    settings = Settings.from_environment(environment)
    secrets = Secrets.load(settings.secrets, environment)
    store = open_store(settings.database_url, settings.keys_url, secrets, settings.origin)
    try:
        yield store
    finally:
        store.close()
