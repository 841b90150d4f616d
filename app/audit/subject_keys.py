"""The key of each subject, wrapped: made with the first record, destroyed when the subject is erased.

Nothing is kept in memory between two calls: another process may have destroyed a key in the meantime, and
what is sealed with a destroyed key is lost.
"""

import logging
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from app.audit.database import Database
from app.audit.derivation import KEY_BYTES
from app.audit.errors import KeyReplaced, LegalHold, SecretsRefused, StoreUnavailable
from app.audit.forgetting import forget_deleted
from app.audit.key_lookup import Lookup
from app.audit.key_tables import subject_key as table
from app.audit.sealing import SubjectKey
from app.audit.secrets import Secrets, index_tag
from app.audit.wrapping import unwrap, wrap, wrapping_id

log = logging.getLogger(__name__)

Thing = TypeVar("Thing")

AT_ONCE = 1000
"""Keys that are asked for in one statement."""
ATTEMPTS = 3
COLUMNS = (table.c.tenant, table.c.subject_tag, table.c.key_id, table.c.wrapped, table.c.wrapped_by)
INSERT = {
    name: dialect.insert(table).on_conflict_do_nothing().returning(*COLUMNS)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
BY_TAG = Lookup(table, COLUMNS, table.c.subject_tag)
BY_ID = Lookup(table, COLUMNS, table.c.key_id)
USED = select(table.c.wrapped_by).distinct()
REPLACED = "The master key was replaced: restart this process with the new one."

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
        self._wrapped_by = wrapping_id(secrets)
        self._insert = INSERT[database.writer.dialect.name]

    def keys_for(self, wanted: Collection[Owner]) -> dict[Owner, SubjectKey]:
        """The current key of each owner, made and committed where there is none.

        One SELECT where all are known. An owner whose stored key was damaged is left out, so that the others
        can be served. Raises the errors of SQLAlchemy: the recorder repeats, refuses or stops as they say.
        """
        tags = {owner: Tagged(owner[0], self._tag(*owner)) for owner in wanted}
        with self._reader.connect() as connection:
            stored = self._stored(connection, tags.values())
        for _ in range(ATTEMPTS):
            missing = {tag for tag in tags.values() if tag not in stored}
            if not missing:
                break
            stored |= self._made(missing)
        return {owner: key for owner, tag in tags.items() if (key := stored.get(tag)) is not None}

    def key(self, tenant: str, key_id: UUID) -> SubjectKey | None:
        """The key of that id; None where it was destroyed or damaged. Raises StoreUnavailable."""
        return self.keys(tenant, [key_id]).get(key_id)

    def keys(self, tenant: str, ids: Iterable[UUID]) -> dict[UUID, SubjectKey]:
        """The keys of these ids; absent where destroyed or damaged. Raises StoreUnavailable."""
        found: dict[UUID, SubjectKey] = {}
        with _available(self._reader) as connection:
            for some in _portions(ids):
                for row in _by_id(connection, tenant, some):
                    if (key := self._unwrapped(row)) is not None:
                        found[row.key_id] = key
        return found

    def key_ids_of(self, tenant: str, subject: str) -> list[UUID]:
        """The ids of the keys that are there for a subject. Raises StoreUnavailable."""
        with _available(self._reader) as connection:
            return list(connection.scalars(select(table.c.key_id).where(*self._of(tenant, subject))))

    def tenants(self) -> list[str]:
        """The tenants that have keys. Raises StoreUnavailable."""
        with _available(self._reader) as connection:
            return list(connection.scalars(select(table.c.tenant).distinct()))

    def there(self, tenant: str, ids: Iterable[UUID]) -> list[UUID]:
        """Which of these keys are there, damaged or not. Raises StoreUnavailable."""
        with _available(self._reader) as connection:
            return [row.key_id for some in _portions(ids) for row in _by_id(connection, tenant, some)]

    def held(self, tenant: str, ids: Collection[UUID]) -> bool:
        """Whether one of these keys is under a legal hold. Raises StoreUnavailable."""
        holds = select(table.c.key_id).where(table.c.tenant == tenant, table.c.key_id.in_(ids), table.c.held)
        with _available(self._reader) as connection:
            return connection.execute(holds).first() is not None

    def destroy(self, tenant: str, subject: str) -> list[UUID]:
        """Destroy the keys of a subject for good; the ids of what was there. To repeat it does no harm.

        Raises LegalHold, and StoreUnavailable where a trace may be left: then it must be repeated.
        """
        return self._destroy(*self._of(tenant, subject))

    def destroy_ids(self, tenant: str, ids: Collection[UUID]) -> list[UUID]:
        """The same for the ids that an `erase` leaf names: it finishes what a crash interrupted."""
        gone: list[UUID] = []
        for some in [*_portions(ids)] or [[]]:  # with nothing to destroy, traces of before may be left
            gone += self._destroy(table.c.tenant == tenant, table.c.key_id.in_(some))
        return gone

    def hold(self, tenant: str, subject: str, *, on: bool) -> bool:
        """Begin or end a legal hold; False where there is no key to hold. Raises StoreUnavailable."""
        with _available(self._writer) as connection, connection.begin():
            held = update(table).where(*self._of(tenant, subject)).values(held=on)
            return connection.execute(held).rowcount > 0

    def require_known_secrets(self) -> None:
        """Refuse secrets that cannot open or find the keys that are there. Raises SecretsRefused."""
        with _available(self._reader) as connection:
            used = set(connection.scalars(USED))
        if used - {self._wrapped_by}:
            raise SecretsRefused(
                "The keys of subjects were made with another master or index key: bring back the ones that "
                "were used before, or finish the rotation of the master key."
            )

    def _tag(self, tenant: str, subject: str) -> bytes:
        return index_tag(self._secrets.index, tenant, "subject", subject)

    def _of(self, tenant: str, subject: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return table.c.tenant == tenant, table.c.subject_tag == self._tag(tenant, subject)

    def _stored(self, connection: Connection, tags: Collection[Tagged]) -> dict[Tagged, SubjectKey | None]:
        """What is there for these tags; None in the place of a damaged key."""
        return self._opened(BY_TAG.rows(connection, tags))

    def _made(self, tags: Collection[Tagged]) -> dict[Tagged, SubjectKey | None]:
        """Make and commit what is missing; where another process was first, its key is the one."""
        # In the same order in every process, so that two who make the same keys cannot deadlock.
        rows = [self._new(tag) for tag in sorted(tags)]
        with self._writer.begin() as connection:
            made = self._opened(connection.execute(self._insert, rows))
            self._refuse_outdated(connection, len(rows))
            return made | self._stored(connection, [tag for tag in tags if tag not in made])

    def _refuse_outdated(self, connection: Connection, made: int) -> None:
        # A rotation wraps all keys or none, so that one of the others tells; an insert waits for its end.
        if set(connection.scalars(select(table.c.wrapped_by).limit(made + 1))) - {self._wrapped_by}:
            raise KeyReplaced(REPLACED)

    def _opened(self, rows: Iterable[Row[Any]]) -> dict[Tagged, SubjectKey | None]:
        return {Tagged(row.tenant, row.subject_tag): self._unwrapped(row) for row in rows}

    def _new(self, owner: Tagged) -> dict[str, object]:
        return {
            "tenant": owner.tenant,
            "key_id": uuid4(),
            "subject_tag": owner.tag,
            "wrapped": wrap(self._secrets.master, owner.tenant, os.urandom(KEY_BYTES)),
            "wrapped_by": self._wrapped_by,
            "held": False,
        }

    def _unwrapped(self, row: Row[Any]) -> SubjectKey | None:
        if (key := unwrap(self._secrets.master, row.tenant, row.wrapped)) is not None:
            return SubjectKey(row.key_id, key)
        if row.wrapped_by != self._wrapped_by:
            raise KeyReplaced(REPLACED)
        log.error("the key %s cannot be unwrapped: it was altered", row.key_id)
        return None

    def _destroy(self, *which: ColumnElement[bool]) -> list[UUID]:
        with _available(self._writer) as connection, connection.begin():
            found = select(table.c.key_id, table.c.held).where(*which).with_for_update()
            rows = connection.execute(found).all()
            if any(row.held for row in rows):
                raise LegalHold("The records of this subject are under a legal hold: its key stays.")
            ids = [row.key_id for row in rows]
            connection.execute(delete(table).where(*which, table.c.key_id.in_(ids)))
        self._forget_deleted()
        return ids

    def _forget_deleted(self) -> None:
        try:
            forget_deleted(self._writer, table)
        except SQLAlchemyError as error:
            raise StoreUnavailable("The key is destroyed, but a trace may be left: try again.") from error


def _by_id(connection: Connection, tenant: str, ids: Iterable[UUID]) -> Iterable[Row[Any]]:
    return BY_ID.rows(connection, [(tenant, each) for each in ids])


def _portions(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    left = iter(things)
    while some := list(islice(left, AT_ONCE)):
        yield some


@contextmanager
def _available(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreUnavailable("The store of the keys does not answer; try again later.") from error
