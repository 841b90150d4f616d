"""The command line: serve, migrate, keys, assess, rules, docs, openapi, verify."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from rich.console import Console

from app.access.errors import AccessError
from app.audit.errors import RecordError
from app.cli import commands
from app.cli.commands import InputRefused
from app.cli.keys import add_keys_command
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

    serve = commands_of.add_parser("serve", help="answer requests on the address that the settings name")
    serve.set_defaults(command=lambda _: commands.serve(os.environ))

    migrate = commands_of.add_parser("migrate", help="bring the database to the newest schema")
    migrate.set_defaults(command=lambda _: commands.migrate_database(os.environ))

    add_keys_command(commands_of)

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

    verify = commands_of.add_parser("verify", help="verify a recorded assessment")
    verify.add_argument("id", type=UUID, metavar="ID", help="the id that the assessment was answered with")
    verify.set_defaults(command=lambda given: commands.verify_record(given.id, os.environ))
    return parser


if __name__ == "__main__":
    main()
