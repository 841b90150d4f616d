"""What keeps the record, put together once: two databases, the secrets, the one writer, the reads."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from app.audit.archive import Archive
from app.audit.carrying_over import WITH_A_LOG, carry_over
from app.audit.connected import ALL_HEADS, act_for, connected
from app.audit.database import Database, open_database
from app.audit.erasure import Erasure
from app.audit.errors import RecordError
from app.audit.jobs import BatchObserver
from app.audit.log import Log
from app.audit.log_keys import newest, register, require_known_signer
from app.audit.migrations import KEYS, require_current_schema, upgrade
from app.audit.recorder import Recorder
from app.audit.roles import grant, require_maker
from app.audit.secrets import Secrets
from app.audit.subject_keys import SubjectKeys
from app.audit.vault import Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Store:
    """The parts of the record, each made for the same two databases."""

    database: Database
    keys: Database
    vault: Vault
    recorder: Recorder
    archive: Archive
    log: Log
    erasure: Erasure

    def migrate(self, route: bytes, service_role: str = "") -> None:
        """Bring both databases to the newest schema; what earlier releases kept is carried over into the log.

        *route* stands before the case in what a repetition under the same key must repeat; *service_role* is
        the role that the service has, where it is not that of this store. All or nothing, and safe when many
        processes start at once.
        """
        self.keys.require_safe()
        self.database.require_safe()
        with self.keys.writer.begin() as connection:
            require_maker(connection)
            upgrade(connection, history=KEYS)
        with self.database.writer.begin() as connection:
            require_maker(connection)
            upgrade(connection, WITH_A_LOG)
            carry_over(connection, self.vault, route)
            upgrade(connection)
            key = self.vault.signer.log_key
            act_for(connection, ALL_HEADS)
            require_known_signer(connection, key)
            if newest(connection) == (0, ""):
                register(connection, key)
            if service_role:
                grant(connection, service_role)

    def require_usable(self) -> None:
        """Connect, and refuse databases and secrets that do not belong together or cannot keep a promise."""
        self.require_migrated()
        self.vault.subject_keys.require_known_secrets()
        with connected(self.database.reader, ALL_HEADS) as connection:
            require_known_signer(connection, self.vault.signer.log_key)

    def require_migrated(self) -> None:
        """Connect, and refuse databases of another release."""
        require_current_schema(self.database)
        require_current_schema(self.keys, KEYS)

    def finish_erasures(self) -> None:
        """Destroy the keys whose erasure was interrupted. What cannot be destroyed now is told in the log."""
        try:
            if finished := self.erasure.finish():
                log.warning("%d keys were destroyed whose erasure had been interrupted", finished)
        except RecordError as error:
            log.error("an erasure is not finished: %s Run `decompass erase` again.", error)

    def close(self) -> None:
        """Answer all that was accepted, and close every connection."""
        self.recorder.close()
        self.database.close()
        self.keys.close()


def open_store(
    database_url: str,
    keys_url: str,
    secrets: Secrets,
    origin: str,
    observer: BatchObserver | None = None,
) -> Store:
    """The store at these addresses; nothing is connected to yet."""
    database, keys = open_database(database_url), open_database(keys_url)
    vault = Vault(secrets, SubjectKeys(keys, secrets), origin)
    return Store(
        database=database,
        keys=keys,
        vault=vault,
        recorder=Recorder(database, vault, observer=observer),
        archive=Archive(database, vault),
        log=Log(database),
        erasure=Erasure(database, vault),
    )
