"""Replace the signing key or the master key; whatever a crash leaves half done, the same command finishes.

The new key is written beside the old one first. Then the databases change, each in one transaction, and only
then the new key takes the place of the old one. A process that runs meanwhile refuses to write (503) until it
is started again with the new key: see `app.audit.log_keys` and `SubjectKeys`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select, text, update

from app.audit.append import Appender
from app.audit.committed import committed
from app.audit.connected import ALL_HEADS, act_for
from app.audit.errors import SecretsRefused, StoreUnavailable
from app.audit.log_keys import newest, register, require_newest
from app.audit.next_secret import add_earlier, locked, made_next, put_in_place, sweep
from app.audit.prepare import prepare_event
from app.audit.records import Event
from app.audit.rewrapping import rewrap
from app.audit.secret_files import EARLIER, MASTER, SIGNING, Secret
from app.audit.store import Store
from app.audit.tables import log_head
from app.audit.vault import Vault
from app.transparency.checkpoint import Signer, countersign

NO_STATEMENT_LIMIT = text("SET LOCAL statement_timeout = 0")
NOBODY_ELSE_WRITES = text("LOCK TABLE log_head IN EXCLUSIVE MODE")
MAY_ROTATE = text(
    "SELECT has_table_privilege('log_head', 'UPDATE') AND has_table_privilege('log_key', 'INSERT')"
)
TENANTS = select(log_head.c.tenant).where(log_head.c.size > 0).order_by(log_head.c.tenant)


class Rotation:
    """Rotates the keys of one folder of secrets, and of the databases that are used with them."""

    def __init__(self, folder: Path, environment: Mapping[str, str], store: Store) -> None:
        self._folder = folder
        self._environment = environment
        self._store = store

    def signing(self, event_of: Callable[[str], Event]) -> int:
        """How many logs got a leaf with the new key. Raises SecretsRefused, KeyReplaced and StoreUnavailable.

        *event_of* makes the event for a tenant: an id, the time and who does it.
        """
        vault = self._store.vault
        with self._turn(SIGNING, EARLIER):
            seed = made_next(SIGNING, self._folder)
            add_earlier(self._folder, vault.signer.verifier_key)
            signer = Signer(vault.origin, Ed25519PrivateKey.from_private_bytes(seed))
            count = committed(
                self._store.database.writer,
                lambda connection: _end_old_key(connection, vault, signer, event_of),
            )
            put_in_place(SIGNING, self._folder)
        return count

    def master(self) -> int:
        """How many keys of subjects were wrapped anew. Raises SecretsRefused and StoreUnavailable.

        The old master key is kept under another name: backups of the keys from before need it.
        """
        old = self._store.vault.secrets
        with self._turn(MASTER):
            new = replace(old, master=made_next(MASTER, self._folder))
            count = rewrap(self._store.keys, old, new)
            put_in_place(MASTER, self._folder, keep_old=True)
        return count

    @contextmanager
    def _turn(self, *rotated: Secret) -> Iterator[None]:
        if given := [each.variable for each in rotated if each.variable in self._environment]:
            raise SecretsRefused(f"Only secrets in files can be rotated: {', '.join(given)} is set.")
        with locked(self._folder):
            for each in rotated:
                sweep(each, self._folder)
            yield


def _end_old_key(
    connection: Connection, vault: Vault, signer: Signer, event_of: Callable[[str], Event]
) -> int:
    """All logs or none: between two of them, no process could write to both."""
    number, signs_now = newest(connection)
    if signs_now == signer.verifier_key:
        return 0
    require_newest(connection, vault.signer.log_key)
    if connection.dialect.name == "postgresql":
        if not connection.scalar(MAY_ROTATE):
            raise StoreUnavailable(
                "Only the owner of the tables may rotate the signing key: set DECOMPASS_OWNER_DATABASE_URL."
            )
        connection.execute(NO_STATEMENT_LIMIT)
        connection.execute(NOBODY_ELSE_WRITES)
    appender = Appender(connection.dialect, vault)
    act_for(connection, ALL_HEADS)
    tenants = list(connection.scalars(TENANTS))
    for tenant in tenants:
        _end_in(connection, appender, signer, event_of(tenant))
    if number == 0:
        register(connection, vault.signer.log_key)
    register(connection, signer.log_key)
    return len(tenants)


def _end_in(connection: Connection, appender: Appender, signer: Signer, event: Event) -> None:
    tenant = event.actor.tenant
    said = replace(event, detail={"what": "signing", "verifier_key": signer.verifier_key})
    before = appender.lock(connection, tenant)
    appender.append(connection, tenant, before, [prepare_event(said)], {})
    head = log_head.c.tenant == tenant
    note = connection.scalars(select(log_head.c.note).where(head)).one()
    both = countersign(note.decode(), signer).encode()
    connection.execute(update(log_head).where(head).values(note=both))
