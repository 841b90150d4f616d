"""Where each secret comes from: its environment variable, or else its file, which nobody else may read."""

import base64
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from app.audit.derivation import KEY_BYTES
from app.audit.errors import SecretsRefused
from app.transparency.durable import keep_names

PREFIX = "DECOMPASS_SECRETS_"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
WRITTEN_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
HEXADECIMAL = re.compile(r"[0-9a-fA-F]{64}")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{43}=?")
FEWEST_DIFFERENT_BYTES = 16
"""Of 32 random bytes fewer are different once in 10^16 keys: it is a placeholder, not a secret."""


def key_in(text: str) -> bytes:
    """The 32 bytes that a text stands for. Raises ValueError, which does not repeat the text."""
    if HEXADECIMAL.fullmatch(text):
        key = bytes.fromhex(text)
    elif BASE64.fullmatch(text):
        key = base64.urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "=")
    else:
        raise ValueError(f"must hold {KEY_BYTES} bytes, as {2 * KEY_BYTES} hexadecimal digits or as base64.")
    if len(set(key)) < FEWEST_DIFFERENT_BYTES:
        raise ValueError("is not random: let `decompass secrets` make it.")
    return key


def signing_seed_in(text: str) -> bytes:
    """The 32 bytes of an Ed25519 private key, from PEM or as they are. Raises ValueError."""
    if not text.startswith("-----BEGIN"):
        return key_in(text)
    try:
        key = load_pem_private_key(text.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("a key of another kind")
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("must hold an Ed25519 private key as PEM, not encrypted.") from error
    return key.private_bytes_raw()


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret: its file, the variable that takes the place of the file, and how the text is read."""

    name: str
    file: str
    parse: Callable[[str], bytes]
    required: bool = True

    @property
    def variable(self) -> str:
        """The environment variable, with the text itself and not with a path."""
        return PREFIX + self.name.upper()


SIGNING = Secret("signing", "signing.pem", signing_seed_in)
MASTER = Secret("master", "master.key", key_in)
INDEX = Secret("index", "index.key", key_in)
PEPPER = Secret("pepper", "pepper.key", key_in)
EARLIER = Secret("earlier", "earlier.txt", str.encode, required=False)
"""Public keys that signed before, one a line: not secret, and not there before the first rotation."""
MADE = (SIGNING, MASTER, INDEX, PEPPER)
SECRETS = (*MADE, EARLIER)


def unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that looks like one of a secret, and is none."""
    known = sorted(secret.variable for secret in SECRETS)
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is not a secret. The secrets are {', '.join(known)}."


def read_secret(secret: Secret, folder: Path, environment: Mapping[str, str]) -> bytes:
    """What the variable or else the file holds; empty where it need not be there. Raises SecretsRefused."""
    text, place = environment.get(secret.variable), secret.variable
    if text is None:
        text, place = _read(secret, folder), str(folder / secret.file)
    try:
        return secret.parse(text.strip())
    except ValueError as error:
        # Not chained: what a library says of a text may quote it.
        raise SecretsRefused(f"{place} {error}") from None


def make_secrets(folder: Path) -> list[str]:
    """Make what is missing, for this user alone; the names of the new files. What is there stays as it is.

    Raises SecretsRefused where the folder cannot be written to.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        made = [secret.file for secret in MADE if make_secret(secret, folder / secret.file)]
        if made:
            keep_names(folder)  # before anything is encrypted with what is in them
    except OSError as error:
        raise SecretsRefused(f"{folder} cannot be written to: {error.strerror}.") from error
    return made


def _new(secret: Secret) -> str:
    if secret is SIGNING:
        key = Ed25519PrivateKey.generate()
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return secrets.token_hex(KEY_BYTES) + "\n"


def make_secret(secret: Secret, path: Path) -> bool:
    """Make a secret at a path; False where there is one already."""
    # Written under another name and then linked: a secret is there as a whole or not at all, and the link
    # fails where another process was first.
    if path.exists():
        return False
    aside = written_aside(path, _new(secret))
    try:
        with suppress(FileExistsError):
            path.hardlink_to(aside)
            return True
        return False
    finally:
        aside.unlink()


def written_aside(path: Path, text: str) -> Path:
    """A file of this user alone with the text in it, on the disk, beside the path that it is meant for."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    return aside


def _read(secret: Secret, folder: Path) -> str:
    path = folder / secret.file
    try:
        text = path.read_bytes().decode("ascii", "replace")
        _require_private(path, path.stat().st_mode if secret.required else 0, folder.stat().st_mode)
    except FileNotFoundError as error:
        if not secret.required:
            return ""
        missing = path if folder.is_dir() else folder
        raise SecretsRefused(
            f"{missing} is not there: run `decompass secrets`, or bring it back from its backup."
        ) from error
    except OSError as error:
        raise SecretsRefused(f"{path} cannot be read: {error.strerror}.") from error
    return text


def _require_private(path: Path, file_mode: int, folder_mode: int) -> None:
    problems = []
    if file_mode & OF_OTHERS:
        problems.append(f"{path} is open to other users of this machine: run `chmod 600 {path}`.")
    if folder_mode & WRITTEN_BY_OTHERS:
        problems.append(f"{path.parent} can be written to by others: run `chmod 700 {path.parent}`.")
    if problems:
        raise SecretsRefused(*problems)
