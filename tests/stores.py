"""The store of a test: its database, a database of keys beside it, and the same secrets in every test."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pysqlite3 import dbapi2  # type: ignore[import-untyped] # the package ships no types

from app.audit.migrations import KEYS, migrate
from app.audit.secrets import Secrets
from app.audit.store import Store, open_store

SEED, MASTER, INDEX, PEPPER = (sha256(b"%d" % number).digest() for number in range(4))
SECRETS = Secrets(
    signing=Ed25519PrivateKey.from_private_bytes(SEED), earlier=(), master=MASTER, index=INDEX, pepper=PEPPER
)
SECRETS_AS_VARIABLES: Mapping[str, str] = {
    "DECOMPASS_SECRETS_SIGNING": SEED.hex(),
    "DECOMPASS_SECRETS_MASTER": MASTER.hex(),
    "DECOMPASS_SECRETS_INDEX": INDEX.hex(),
    "DECOMPASS_SECRETS_PEPPER": PEPPER.hex(),
}
ORIGIN = "test.example"


def keys_of(url: str) -> str:
    """The database of keys that belongs to a database of records; migrated by the first who asks."""
    if url.startswith("sqlite:///"):
        file = Path(f"{url.removeprefix('sqlite:///')}.keys")
    else:
        name = (
            url.rpartition("/")[2].partition("?")[0]
            if "host=" not in url
            else url.split("@/")[1].split("?", maxsplit=1)[0]
        )
        file = Path(tempfile.gettempdir(), f"keys-of-{name}.db")
    if not file.exists():
        shutil.copy(_migrated_keys(), file)
    return f"sqlite:///{file}"


@cache
def _migrated_keys() -> Path:
    file = Path(tempfile.mkdtemp(prefix="keys-"), "template.db")
    migrate(f"sqlite:///{file}", KEYS)
    return file


def environment_of(url: str) -> dict[str, str]:
    """What a program of a test is told of its store."""
    return {
        "DECOMPASS_DATABASE_URL": url,
        "DECOMPASS_KEYS_URL": keys_of(url),
        "DECOMPASS_ORIGIN": ORIGIN,
        **SECRETS_AS_VARIABLES,
    }


def store_at(url: str) -> Store:
    """The store of a migrated database."""
    return open_store(url, keys_of(url), SECRETS, ORIGIN)


@contextmanager
def opened_store(url: str) -> Iterator[Store]:
    """The same, closed afterwards."""
    store = store_at(url)
    try:
        yield store
    finally:
        store.close()


def copied_store(url: str, folder: Path) -> str:
    """The address of a copy of both databases of a store that nobody has open."""
    file = Path(url.removeprefix("sqlite:///"))
    for each in (file, Path(f"{file}.keys")):
        with closing(dbapi2.connect(str(each))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it in the one file
        shutil.copy(each, folder / each.name)
    return f"sqlite:///{folder / file.name}"
