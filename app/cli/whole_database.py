"""The commands about the whole database: verify without an id, recover."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.audit.pins import Pins, load_pins
from app.audit.store import Store
from app.audit.whole.check import Asked, check_database
from app.audit.whole.findings import Finding
from app.audit.whole.recovery import declare_recovery
from app.cli.commands import DONE, NOT_VERIFIED, say
from app.cli.store_commands import store_of
from app.identifiers import record_ids
from app.main import now


@dataclass
class Told:
    """Prints each finding as it is made, and counts."""

    as_json: bool
    accept_recovery: bool
    wrong: int = 0
    console: Console = field(default_factory=lambda: Console(soft_wrap=True))

    def __call__(self, finding: Finding) -> None:
        accepted = finding.declared and self.accept_recovery
        self.wrong += not accepted
        if self.as_json:
            self.line(json.dumps(_members(finding) | {"accepted": accepted}))
        else:
            self.line(f"{finding}{' (accepted)' if accepted else ''}")

    def line(self, text: str) -> None:
        """One line, as it is."""
        self.console.print(text, markup=False, highlight=False)


def verify_database(given: Namespace, environment: Mapping[str, str]) -> int:
    """Look through the whole database, read-only; a line for each finding, and a summary."""
    told = Told(given.json, given.accept_recovery)
    progress = Progress(
        TextColumn("verifying"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    progress.disable = not progress.console.is_terminal
    with store_of(environment) as store, progress:
        pins = _pins(store, given.pins)
        bar = progress.add_task("", total=None)
        asked = Asked(
            tenant=given.tenant,
            keyed=not given.keyless,
            pins=pins,
            start=lambda total: progress.update(bar, total=total),
            step=lambda count: progress.advance(bar, count),
        )
        looked = check_database(store, asked, told)
    _summary(told, looked.logs, looked.entries, pins)
    return NOT_VERIFIED if told.wrong else DONE


def declare_restored(given: Namespace, environment: Mapping[str, str]) -> int:
    """Append to every log that the database was restored from a backup."""
    with store_of(environment) as store:
        store.require_usable()
        declared = declare_recovery(store, _pins(store, given.pins), now, record_ids())
    for each in declared:
        say(f"{each.tenant}: restored at {each.restored} entries; {each.pinned} were handed out.")
    return DONE


def add_recover(commands_of: _SubParsersAction[ArgumentParser]) -> ArgumentParser:
    """The arguments of `recover`."""
    recover = commands_of.add_parser(
        "recover", help="declare in the logs that the databases were restored from a backup"
    )
    recover.add_argument(
        "--pins", type=Path, metavar="FILE", help="the checkpoints that were kept outside the database"
    )
    return recover


def add_options(verify: ArgumentParser) -> None:
    """The arguments of `verify` without an id."""
    verify.add_argument(
        "--pins",
        type=Path,
        metavar="FILE",
        help="checkpoints kept outside, as the anchor file:/… writes them",
    )
    verify.add_argument("--keyless", action="store_true", help="open no content: what an auditor can check")
    verify.add_argument("--json", action="store_true", help="a line of JSON for each finding, and a summary")
    verify.add_argument(
        "--accept-recovery",
        action="store_true",
        help="let pass what a restore lost, where `decompass recover` declared it",
    )


def _pins(store: Store, path: Path | None) -> Pins:
    return Pins() if path is None else load_pins(path, store.vault.verifier_keys)


def _summary(told: Told, logs: int, entries: int, pins: Pins) -> None:
    if told.as_json:
        told.line(
            json.dumps({"logs": logs, "entries": entries, "wrong": told.wrong, "pinned": bool(pins.roots)})
        )
        return
    if pins.unreadable:
        told.line(f"{pins.unreadable} line(s) of the pins are no checkpoints of this service.")
    outcome = f"{told.wrong} finding(s)" if told.wrong else "nothing is wrong"
    told.line(f"{entries} entries in {logs} log(s): {outcome}.")
    if not pins.roots:
        told.line("Without --pins nobody can see that a whole log, or its end, was taken away.")


def _members(finding: Finding) -> dict[str, str | int | None]:
    return {"tenant": finding.tenant, "index": finding.index, "what": finding.what}
