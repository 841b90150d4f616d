"""A new secret beside the one it will replace, and how it takes its place: whole, or not at all."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.audit.errors import SecretsRefused
from app.audit.secret_files import EARLIER, Secret, make_secret, read_secret, written_aside
from app.transparency.durable import keep_names


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One rotation at a time. Raises SecretsRefused, also for what the disk refuses within."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(descriptor)
    except BlockingIOError as error:
        raise SecretsRefused("Another rotation is under way.") from error
    except OSError as error:
        raise SecretsRefused(f"{folder} cannot be written to: {error.strerror}.") from error


def sweep(secret: Secret, folder: Path) -> None:
    """Remove what a rotation that was interrupted has left beside the secret: it is one as well."""
    for each in folder.glob(f".{Path(secret.file).stem}.*"):
        each.unlink()


def made_next(secret: Secret, folder: Path) -> bytes:
    """The secret that comes next: made now, or by a rotation that was interrupted."""
    coming = _next(secret)
    make_secret(secret, folder / coming.file)
    keep_names(folder)
    return read_secret(coming, folder, {})


def put_in_place(secret: Secret, folder: Path, *, keep_old: bool = False) -> None:
    """The next secret is the secret from here on."""
    path = folder / secret.file
    if keep_old:
        aside = folder / f".{secret.file}.{secrets.token_hex(8)}"
        aside.hardlink_to(path)
        aside.replace(path.with_stem(f"{path.stem}.previous"))
    (folder / _next(secret).file).replace(path)
    keep_names(folder)


def add_earlier(folder: Path, verifier_key: str) -> None:
    """Add a public key to those that signed before, once."""
    known = read_secret(EARLIER, folder, {}).decode().split()
    if verifier_key not in known:
        path = folder / EARLIER.file
        written_aside(path, "".join(f"{each}\n" for each in (*known, verifier_key))).replace(path)
        keep_names(folder)


def _next(secret: Secret) -> Secret:
    path = Path(secret.file)
    return replace(secret, file=str(path.with_stem(f"{path.stem}.next")))
