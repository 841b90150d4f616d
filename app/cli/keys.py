"""The commands for API keys: create, list, revoke. Of what is made and revoked the log tells."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.access.api_keys import LONGEST_LABEL, ApiKey, ApiKeys
from app.access.caller import TENANT
from app.access.scopes import MEANINGS, Scope, known_scopes
from app.audit.store import Store
from app.cli.commands import DONE
from app.cli.erasing import command_event
from app.cli.store_commands import store_of
from app.main import api_keys_of, now

DEFAULT_DAYS, MOST_DAYS = 365, 3650


def create_key(
    tenant: str, scopes: frozenset[Scope], label: str, days: int, environment: Mapping[str, str]
) -> int:
    """Make a key and print it, this once: nobody has it before the log tells of it."""
    with store_of(environment) as store:
        key, text = _keys(store).create(tenant, scopes, label, timedelta(days=days))
        _append(store, key, "created")
    print(text)  # noqa: T201 - what the command is for
    Console(stderr=True).print(
        f"Key {key.key_id} of {tenant}, until {key.expires_at:%Y-%m-%d}. It is shown this once.",
        highlight=False,
    )
    return DONE


def list_keys(environment: Mapping[str, str]) -> int:
    """Show every key; what it opens, and until when."""
    table = Table("Key", "Tenant", "Label", "Scopes", "Made", "Expires", "State", box=None, pad_edge=False)
    with store_of(environment) as store:
        for key_id, key in _keys(store).listed():
            if key is None:
                table.add_row(key_id, *[""] * 5, "altered")
                continue
            days = (f"{moment:%Y-%m-%d}" for moment in (key.made_at, key.expires_at))
            label = escape(key.label)
            table.add_row(key_id, key.tenant, label, " ".join(sorted(key.scopes)), *days, key.state(now()))
    Console().print(table)
    return DONE


def revoke_key(key_id: str, environment: Mapping[str, str]) -> int:
    """Let a key open nothing any more, from now on and everywhere, and say so in the log.

    Where the log cannot be written the key is revoked all the same; to repeat the command adds the leaf.
    """
    with store_of(environment) as store:
        key = _keys(store).revoke(key_id)
        if key is not None:  # whose log it would be, an altered row does not tell
            _append(store, key, "revoked")
    return DONE


def _keys(store: Store) -> ApiKeys:
    store.require_usable()
    return api_keys_of(store)


def _append(store: Store, key: ApiKey, what: Literal["created", "revoked"]) -> None:
    """Tell of the key in the log of its tenant, by the name that the leaves of its requests have it under."""
    said = {"what": what, "credential": key.caller.credential, "scopes": " ".join(sorted(key.scopes))}
    store.recorder.start()
    asyncio.run(store.recorder.log(replace(command_event("access", key.tenant), detail=said)))


def add_keys_command(commands: Any) -> None:
    """`keys create`, `keys list` and `keys revoke`, for the parser of the command line."""
    keys = commands.add_parser("keys", help="make, list and revoke API keys")
    acts = keys.add_subparsers(metavar="ACT", required=True)

    create = acts.add_parser("create", help="make a key and show it, this once")
    create.add_argument("--tenant", required=True, type=_tenant, help="whose records it opens")
    create.add_argument("--scopes", required=True, type=_scopes, help=_scope_words())
    create.add_argument("--label", default="", type=_label, help="what it is for; no personal data")
    create.add_argument("--expires", default=DEFAULT_DAYS, type=_days, metavar="DAYS", help="365 by itself")
    create.set_defaults(
        command=lambda given: create_key(given.tenant, given.scopes, given.label, given.expires, os.environ)
    )
    acts.add_parser("list", help="show every key").set_defaults(command=lambda _: list_keys(os.environ))
    revoke = acts.add_parser("revoke", help="let a key open nothing any more")
    revoke.add_argument("id", metavar="ID", help="its id, as `decompass keys list` shows it")
    revoke.set_defaults(command=lambda given: revoke_key(given.id, os.environ))


def _tenant(text: str) -> str:
    if not TENANT.fullmatch(text):
        raise argparse.ArgumentTypeError("a tenant is 1 to 40 of a-z, 0-9 and -")
    return text


def _scopes(text: str) -> frozenset[Scope]:
    words = text.split(",")
    scopes = known_scopes(words)
    if len(scopes) != len(words):
        raise argparse.ArgumentTypeError(f"some of {','.join(Scope)}, each once, separated by commas")
    return scopes


def _label(text: str) -> str:
    if len(text) > LONGEST_LABEL or not text.isprintable():
        raise argparse.ArgumentTypeError(f"a label has at most {LONGEST_LABEL} printable characters")
    return text


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MOST_DAYS):
        raise argparse.ArgumentTypeError(f"a whole number of days from 1 to {MOST_DAYS}")
    return int(text)


def _scope_words() -> str:
    return "separated by commas: " + "; ".join(f"{scope} ({words})" for scope, words in MEANINGS.items())
