"""The key of each subject, wrapped: made with the first record, destroyed when the subject is erased.

Nothing is kept in memory between two calls: another process may have destroyed a key in the meantime, and
what is sealed with a destroyed key is lost.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.audit.connected import connected
from app.audit.database import Database
from app.audit.errors import KeyAltered, KeyReplaced, LegalHold, SecretsRefused, StoreUnavailable
from app.audit.forgetting import forget_deleted
from app.audit.inserting import insert_new
from app.audit.key_lookup import Lookup
from app.audit.key_rows import KeyRows
from app.audit.key_tables import subject_key as table
from app.audit.rows import Reading
from app.audit.sealing import SubjectKey
from app.audit.secrets import Secrets, index_tag

Thing = TypeVar("Thing")

AT_ONCE = 1000
"""Keys that are asked for in one statement."""
ATTEMPTS = 3
OTHER_SECRETS = (
    "The keys of subjects were made with another master or index key: bring back the ones that were used "
    "before, or finish the rotation of the master key."
)
IDS = select(table.c.key_id)
_connected = partial(connected, store="The store of the keys")

Owner = tuple[str, str]
"""A tenant, and a subject of that tenant."""


class Tagged(NamedTuple):
    """An owner as the database knows it."""

    tenant: str
    tag: bytes


class SubjectKeys:
    """The keys in a database of their own, opened with the secrets of the service."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._reader = database.reader
        self._writer = database.writer
        self._secrets = secrets
        self._rows = KeyRows(secrets, database.writer.dialect)
        self._ids = Reading([table.c.key_id], database.reader.dialect)
        self._insert = insert_new(table, database.writer.dialect).returning(*self._rows.columns)
        self._by_tag = Lookup(table, self._rows.columns, table.c.subject_tag)
        self._by_id = Lookup(table, self._rows.columns, table.c.key_id)

    def keys_for(self, wanted: Collection[Owner]) -> dict[Owner, SubjectKey]:
        """The current key of each owner, made and committed where there is none.

        One SELECT where all are known. An owner whose stored key was damaged is left out, so that the others
        can be served. Raises the errors of SQLAlchemy: the recorder repeats, refuses or stops as they say.
        """
        found = self.known(wanted)
        for _ in range(ATTEMPTS):
            missing = {Tagged(owner[0], self._tag(*owner)): owner for owner in wanted if owner not in found}
            if not missing:
                break
            found |= {missing[tag]: key for tag, key in self._made(missing).items()}
        return {owner: key for owner in wanted if (key := found.get(owner)) is not None}

    def known(self, wanted: Collection[Owner]) -> dict[Owner, SubjectKey | None]:
        """The keys that are there, and none is made; None in the place of a damaged one. Raises as above."""
        tags = {owner: Tagged(owner[0], self._tag(*owner)) for owner in wanted}
        with self._reader.connect() as connection:
            stored = self._stored(connection, tags.values())
        return {owner: stored[tag] for owner, tag in tags.items() if tag in stored}

    def key(self, tenant: str, key_id: UUID) -> SubjectKey | None:
        """The key of that id; None where it was destroyed or damaged. Raises StoreUnavailable."""
        return self.keys(tenant, [key_id]).get(key_id)

    def keys(self, tenant: str, ids: Iterable[UUID]) -> dict[UUID, SubjectKey]:
        """The keys of these ids; absent where destroyed or damaged. Raises StoreUnavailable."""
        found: dict[UUID, SubjectKey] = {}
        with _connected(self._reader) as connection:
            for some in _portions(ids):
                for row in self._by_id.rows(connection, [(tenant, each) for each in some]):
                    if (key := self._rows.key(connection, row)) is not None:
                        found[key.id] = key
        return found

    def key_ids_of(self, tenant: str, subject: str) -> list[UUID]:
        """The ids of the keys that are there for a subject and can be read. Raises StoreUnavailable."""
        asked = self._ids.query().where(*self._of(tenant, subject))
        with _connected(self._reader) as connection:
            rows = map(self._ids.row, connection.execute(asked).mappings())
            return [row.values["key_id"] for row in rows if not row.damaged]

    def own_key_ids_of(self, tenant: str, subject: str) -> list[UUID]:
        """The same, of keys that were made for this subject and no other.

        Raises KeyAltered where one was altered, or put in the place of its own, and StoreUnavailable.
        """
        with _connected(self._reader) as connection:
            keys = self._stored(connection, [Tagged(tenant, self._tag(tenant, subject))]).values()
        if None in keys:
            raise KeyAltered("The key of this subject was altered: restore the keys, then repeat it.")
        return [key.id for key in keys if key is not None]

    def tenants(self) -> list[str]:
        """The tenants that have keys. Raises StoreUnavailable."""
        with _connected(self._reader) as connection:
            return list(connection.scalars(select(table.c.tenant).distinct()))

    def there(self, tenant: str, ids: Iterable[UUID]) -> list[UUID]:
        """Which of these keys are there, damaged or not. Raises StoreUnavailable."""
        with _connected(self._reader) as connection:
            found = (
                connection.scalars(IDS.where(table.c.tenant == tenant, table.c.key_id.in_(some)))
                for some in _portions(ids)
            )
            return [key_id for some in found for key_id in some]

    def held(self, tenant: str, ids: Collection[UUID]) -> bool:
        """Whether one of these keys is under a legal hold. Raises StoreUnavailable."""
        holds = select(table.c.key_id).where(table.c.tenant == tenant, table.c.key_id.in_(ids), table.c.held)
        with _connected(self._reader) as connection:
            return connection.execute(holds).first() is not None

    def destroy_ids(self, tenant: str, ids: Collection[UUID]) -> list[UUID]:
        """Destroy these keys for good; the ids of what was there. To repeat it does no harm.

        Raises LegalHold, and StoreUnavailable where a trace may be left: then it must be repeated.
        """
        gone: list[UUID] = []
        for some in [*_portions(ids)] or [[]]:  # with nothing to destroy, traces of before may be left
            gone += self._destroy(tenant, some)
        return gone

    def hold(self, tenant: str, subject: str, *, on: bool) -> bool:
        """Begin or end a legal hold; False where there is no key to hold. Raises StoreUnavailable."""
        with _connected(self._writer) as connection, connection.begin():
            held = update(table).where(*self._of(tenant, subject)).values(held=on)
            return connection.execute(held).rowcount > 0

    def require_known_secrets(self) -> None:
        """Refuse secrets that cannot open or find the keys that are there. Raises SecretsRefused."""
        with _connected(self._reader) as connection:
            try:
                self._rows.require_current(connection)
            except KeyReplaced as replaced:
                raise SecretsRefused(OTHER_SECRETS) from replaced
            self._rows.tell_altered(connection)

    def _tag(self, tenant: str, subject: str) -> bytes:
        return index_tag(self._secrets.index, tenant, "subject", subject)

    def _of(self, tenant: str, subject: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return table.c.tenant == tenant, table.c.subject_tag == self._tag(tenant, subject)

    def _stored(self, connection: Connection, tags: Collection[Tagged]) -> dict[Tagged, SubjectKey | None]:
        """What is there for these tags; None in the place of a damaged key."""
        return self._opened(connection, self._by_tag.rows(connection, tags))

    def _made(self, tags: Collection[Tagged]) -> dict[Tagged, SubjectKey | None]:
        """Make and commit what is missing; where another process was first, its key is the one."""
        # In the same order in every process, so that two who make the same keys cannot deadlock.
        rows = [self._rows.made(*tag) for tag in sorted(tags)]
        with self._writer.begin() as connection:
            made = self._opened(connection, connection.execute(self._insert, rows))
            # A rotation wraps all keys or none, so that the others tell; an insert waits for its end.
            self._rows.require_current(connection, but=[key.id for key in made.values() if key is not None])
            return made | self._stored(connection, [tag for tag in tags if tag not in made])

    def _opened(self, connection: Connection, rows: Iterable[Row[Any]]) -> dict[Tagged, SubjectKey | None]:
        # All at once: to judge one may take another statement.
        return {Tagged(row.tenant, row.subject_tag): self._rows.key(connection, row) for row in [*rows]}

    def _destroy(self, tenant: str, ids: Collection[UUID]) -> list[UUID]:
        these = table.c.tenant == tenant, table.c.key_id.in_(ids)
        with _connected(self._writer) as connection, connection.begin():
            found = select(table.c.key_id, table.c.held).where(*these).with_for_update()
            rows = connection.execute(found).all()
            if any(row.held for row in rows):
                raise LegalHold("The records of this subject are under a legal hold: its key stays.")
            connection.execute(delete(table).where(*these))
        self._forget_deleted()
        return [row.key_id for row in rows]

    def _forget_deleted(self) -> None:
        try:
            forget_deleted(self._writer, table)
        except SQLAlchemyError as error:
            raise StoreUnavailable("The key is destroyed, but a trace may be left: try again.") from error


def _portions(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    left = iter(things)
    while some := list(islice(left, AT_ONCE)):
        yield some
