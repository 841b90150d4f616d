"""`decompass erase | hold`: end the life of a subject's records, or see to it that nobody can."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from app.audit.erasure import REASONS, Noted
from app.audit.records import LOCAL_TENANT, Actor, Event, Kind
from app.cli.commands import DONE, InputRefused, say
from app.cli.store_commands import store_of
from app.identifiers import record_ids
from app.main import now

NOT_DONE = 1
SAID = {
    "erased": "Erased: the key is destroyed, and no record of this subject can be read any more. Its leaf is "
    "number {index}. Backups of the database of keys still hold the key until they are gone.",
    "refused": "Refused: the records of this subject are under a legal hold. Leaf number {index} says so.",
    "nothing": "There is nothing under this subject that could be read. Leaf number {index} says so.",
    "held": "Held: nobody can erase this subject until `decompass hold SUBJECT off`. Leaf number {index}.",
    "released": "Released: this subject can be erased again. Leaf number {index}.",
}


def add_erasure_commands(commands: Any) -> None:
    """The commands, with what each is told."""
    erase = commands.add_parser("erase", help="erase the records of a subject for good")
    erase.add_argument("--reason", required=True, choices=REASONS, help="why; it stands in the log for ever")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    _of_a_subject(erase)
    erase.set_defaults(command=lambda given: erase_subject(given, os.environ))

    hold = commands.add_parser("hold", help="begin or end a legal hold on the records of a subject")
    _of_a_subject(hold)
    hold.add_argument("switch", choices=("on", "off"))
    hold.set_defaults(command=lambda given: hold_subject(given, os.environ))


def _of_a_subject(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "subject",
        metavar="SUBJECT",
        help="the subject as the cases name it, or - for standard input: what is typed here stays in the "
        "history of the shell, and others on the machine see it in the list of processes",
    )
    parser.add_argument("--tenant", default=LOCAL_TENANT, help="whose subject it is (default: %(default)s)")


def erase_subject(given: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Ask, erase, and say what came of it."""
    subject = _subject(given.subject)
    if not given.yes:
        _require_yes(on_terminal=given.subject != "-" and sys.stdin.isatty())
    with store_of(environment) as store:
        store.require_usable()
        return _told(store.erasure.erase(subject, command_event("erase", given.tenant), given.reason))


def hold_subject(given: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Begin or end a legal hold, and say what came of it."""
    subject = _subject(given.subject)
    with store_of(environment) as store:
        store.require_usable()
        return _told(
            store.erasure.hold(subject, command_event("hold", given.tenant), on=given.switch == "on")
        )


def _subject(given: str) -> str:
    subject = sys.stdin.readline().removesuffix("\n") if given == "-" else given
    if not subject:
        raise InputRefused("Name a subject.")
    return subject


def _require_yes(*, on_terminal: bool) -> None:
    if not on_terminal:
        raise InputRefused("Nobody is here to be asked: repeat it with --yes. An erasure cannot be undone.")
    Console(stderr=True).print("An erasure cannot be undone. Type `erase` to go on: ", end="")
    if sys.stdin.readline().strip() != "erase":
        raise InputRefused("Nothing was erased.")


def command_event(kind: Kind, tenant: str) -> Event:
    """What somebody does at the command line. Tenants know nothing of its user but a number."""
    return Event(record_ids()(), now(), Actor(tenant, f"command-line:{os.getuid()}"), kind)


def _told(noted: Noted) -> int:
    say(SAID[noted.what].format(index=noted.index))
    return NOT_DONE if noted.what in ("refused", "nothing") else DONE
