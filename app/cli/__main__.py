"""The command line: the service and its database, assessments, the rules, and proofs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console

from app.access.errors import AccessError
from app.audit.errors import RecordError
from app.audit.records import LOCAL_TENANT
from app.cli import commands, proofs, store_commands, whole_database
from app.cli.commands import InputRefused
from app.cli.erasing import add_erasure_commands
from app.cli.keys import add_keys_command
from app.cli.rotating import add_rotate_command
from app.services.errors import ServiceError
from app.services.rule_book import FOLDER
from app.settings import SettingsError
from app.version import VERSION

REFUSED = 2
"""The exit status for input that was refused, as argparse has it for wrong arguments."""
FAILED = 1

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 could not be done or did not verify, 2 input refused."""
    parsed = _parser().parse_args(arguments)
    try:
        status = run(parsed, Console(stderr=True))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has gone: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FAILED
    sys.exit(status)


def run(parsed: argparse.Namespace, errors: Console) -> int:
    """The exit status of a parsed command; what was refused is told on the error console."""
    command: Command = parsed.command
    try:
        return command(parsed)
    except (InputRefused, SettingsError) as refusal:
        for line in refusal.problems:
            errors.print(line, markup=False, highlight=False)
        return REFUSED
    except (AccessError, RecordError, ServiceError) as failure:
        errors.print(str(failure) or type(failure).__name__, markup=False, highlight=False)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="decompass", description="Cited, recorded assessments after lumbar decompression."
    )
    parser.add_argument("--version", action="version", version=VERSION)
    commands_of = parser.add_subparsers(metavar="COMMAND", required=True)

    _add_service(commands_of)
    add_keys_command(commands_of)
    add_erasure_commands(commands_of)
    add_rotate_command(commands_of)
    _add_rules(commands_of)
    _add_verification(commands_of)
    proofs.add_to(commands_of)
    return parser


def _add_service(commands_of: Any) -> None:
    serve = commands_of.add_parser("serve", help="answer requests on the address that the settings name")
    serve.set_defaults(command=lambda _: store_commands.serve(os.environ))

    migrate = commands_of.add_parser("migrate", help="bring the databases to the newest schema")
    migrate.set_defaults(command=lambda _: store_commands.migrate_databases(os.environ))

    secrets = commands_of.add_parser(
        "secrets", help="make the secrets that are missing; none is ever replaced"
    )
    secrets.set_defaults(command=lambda _: store_commands.make_missing_secrets(os.environ))

    key = commands_of.add_parser("public-key", help="print the key that verifies the logs of this service")
    key.set_defaults(command=lambda _: store_commands.print_public_key(os.environ))


def _add_rules(commands_of: Any) -> None:
    assess = commands_of.add_parser("assess", help="assess a case from a file; nothing is recorded")
    assess.add_argument("case", metavar="CASE.json", help="the case as JSON, or - for standard input")
    assess.add_argument("--json", action="store_true", help="print the answer of the API instead of a page")
    assess.set_defaults(command=lambda given: commands.assess_file(given.case, as_json=given.json))

    rules = commands_of.add_parser("rules", help="list the rules, or show one in full")
    rules.add_argument("rule", nargs="?", metavar="RULE", help="the id of a rule")
    rules.set_defaults(command=lambda given: commands.show_rules(given.rule))

    docs = commands_of.add_parser("docs", help="write the rule book")
    docs.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    docs.set_defaults(command=lambda given: commands.write_docs(given.folder))

    openapi = commands_of.add_parser("openapi", help="print the OpenAPI document")
    openapi.set_defaults(command=lambda _: commands.print_openapi())


def _add_verification(commands_of: Any) -> None:
    verify = commands_of.add_parser("verify", help="verify a recorded assessment, or the whole database")
    verify.add_argument(
        "id", nargs="?", type=UUID, metavar="ID", help="an assessment; without one, everything is verified"
    )
    verify.add_argument("--tenant", help="whose record or log (without an id: every log)")
    whole_database.add_options(verify)
    verify.set_defaults(command=_verify)

    recover = whole_database.add_recover(commands_of)
    recover.set_defaults(command=lambda given: whole_database.declare_restored(given, os.environ))


def _verify(given: argparse.Namespace) -> int:
    if given.id is None:
        return whole_database.verify_database(given, os.environ)
    return store_commands.verify_record(given.tenant or LOCAL_TENANT, given.id, os.environ)


if __name__ == "__main__":
    main()
