"""`decompass rotate signing | master`: replace a key by a new one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from app.audit.rotation import Rotation
from app.cli.commands import DONE, say
from app.cli.erasing import command_event
from app.cli.store_commands import owner_store_of, public_key_sentence
from app.settings import Settings


def add_rotate_command(commands: Any) -> None:
    """The command, with what it is told."""
    rotate = commands.add_parser("rotate", help="replace a key by a new one; then restart every process")
    acts = rotate.add_subparsers(metavar="KEY", required=True)
    signing = acts.add_parser("signing", help="the key that signs the logs")
    signing.set_defaults(command=lambda _: rotate_signing(os.environ))
    master = acts.add_parser("master", help="the key that wraps the keys of subjects")
    master.set_defaults(command=lambda _: rotate_master(os.environ))


def rotate_signing(environment: Mapping[str, str]) -> int:
    """Have a new key sign every log from here on."""
    logs = _rotated(environment, lambda rotation: rotation.signing(lambda each: command_event("key", each)))
    say(
        f"A new key signs from here on; {logs} logs have a leaf that says so, and the old public key is in "
        "earlier.txt. Restart every process of the service with the new secrets: until then they refuse to "
        "write. " + public_key_sentence(environment)
    )
    return DONE


def rotate_master(environment: Mapping[str, str]) -> int:
    """Wrap the keys of all subjects with a new master key."""
    keys = _rotated(environment, Rotation.master)
    say(
        f"{keys} keys of subjects are wrapped with a new master key. Restart every process "
        "of the service with the new secrets: until then they refuse to read and write. master.previous.key "
        "opens backups of the keys from before: destroy it when the last of these is gone."
    )
    return DONE


def _rotated(environment: Mapping[str, str], rotate: Callable[[Rotation], int]) -> int:
    folder = Settings.from_environment(environment).secrets
    with owner_store_of(environment) as store:
        store.require_migrated()
        return rotate(Rotation(folder, environment, store))
