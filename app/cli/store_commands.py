"""The commands that need the record or its secrets: secrets, public-key, migrate, serve, verify."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.api.server import serve as serve_http
from app.api.start_up import require_safe_start
from app.audit.database import open_database
from app.audit.roles import role_of
from app.audit.secret_files import SIGNING, make_secrets, read_secret
from app.audit.secrets import Secrets
from app.audit.store import Store, open_store
from app.cli.commands import DONE, NOT_VERIFIED, say
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.main import create_app, now, require_usable
from app.services.assessments import ROUTE
from app.services.rulesets import Rulesets
from app.services.verification import Verifier
from app.settings import DATABASE_URL, Settings
from app.transparency.checkpoint import Signer
from app.transparency.keys import VerifierKey


def serve(environment: Mapping[str, str]) -> int:
    """Answer requests until told to stop."""
    settings = Settings.from_environment(environment)
    require_safe_start(settings, environment, now())
    secrets = Secrets.load(settings.secrets, environment)
    with store_of(environment) as store:
        require_usable(settings, store)  # what start-up would refuse with a traceback, in one line
    serve_http(partial(create_app, secrets=secrets), settings)
    return DONE


def make_missing_secrets(environment: Mapping[str, str]) -> int:
    """Make the secrets that are not there yet, and say what must be done with them."""
    folder = Settings.from_environment(environment).secrets
    if made := make_secrets(folder):
        say(f"Made in {folder}: {', '.join(made)}.")
        say(
            "Back them up now, apart from the databases: without them no record can be read, and with both "
            "whoever finds the backup can read every record."
        )
    else:
        say(f"Every secret is in {folder}; nothing was made.")
    say(public_key_sentence(environment))
    return DONE


def print_public_key(environment: Mapping[str, str]) -> int:
    """Print the key that verifies what is signed now, and nothing else."""
    print(_public_key(environment))  # noqa: T201 - what the command is for
    return DONE


def public_key_sentence(environment: Mapping[str, str]) -> str:
    """What is said of the key wherever one was made."""
    return f"To verify the logs, hand out this public key: {_public_key(environment)}"


def _public_key(environment: Mapping[str, str]) -> VerifierKey:
    """From the signing key alone: to show it needs no other secret and no database."""
    settings = Settings.from_environment(environment)
    seed = read_secret(SIGNING, settings.secrets, environment)
    return Signer(settings.origin, Ed25519PrivateKey.from_private_bytes(seed)).log_key


def migrate_databases(environment: Mapping[str, str]) -> int:
    """Bring both databases to the newest schema, and the records of earlier releases into the log."""
    with closing(open_database(Settings.from_environment(environment).database_url)) as database:
        service_role = role_of(database)
    with owner_store_of(environment) as store:
        store.migrate(ROUTE, service_role)
    return DONE


def verify_record(tenant: str, record_id: UUID, environment: Mapping[str, str]) -> int:
    """Verify one recorded assessment and print the three answers."""
    with store_of(environment) as store:
        store.require_usable()
        found = Verifier(Rulesets(POSTOP_LUMBAR), store).verify(tenant, record_id)
    print(json.dumps(found.content(record_id), indent=2))  # noqa: T201 - what the command is for
    return DONE if found.passed else NOT_VERIFIED


@contextmanager
def owner_store_of(environment: Mapping[str, str]) -> Iterator[Store]:
    """The same store as the owner of its tables opens it, where the environment names one."""
    owner = Settings.from_environment(environment).owner_database_url
    with store_of({**environment, DATABASE_URL.variable: owner} if owner else environment) as store:
        yield store


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
